"""Runs a .tflite in the reference interpreter (ai_edge_litert), quantised or not. Knows no classes and no metrics."""
import numpy as np
from ai_edge_litert.interpreter import Interpreter


def open_model(path, threads=1):
    interpreter = Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    return interpreter


def signature(path):
    """(signature's key, its only input's name)."""
    (key, parts), = Interpreter(model_path=str(path)).get_signature_list().items()
    name, = parts["inputs"]
    return key, name


def input_size(path):
    """(width, height)."""
    _, height, width, _ = Interpreter(model_path=str(path)).get_input_details()[0]["shape"]
    return int(width), int(height)


def run(interpreter, pixels):
    """Normalised float32 [1,H,W,3] → float32 [classes]; quantises and dequantises as the core does."""
    source, = interpreter.get_input_details()
    target, = interpreter.get_output_details()
    if source["dtype"] != np.float32:
        scale, zero = source["quantization"]
        limits = np.iinfo(source["dtype"])
        pixels = np.clip(np.round(pixels / np.float32(scale)) + zero, limits.min, limits.max).astype(source["dtype"])
    interpreter.set_tensor(source["index"], pixels)
    interpreter.invoke()
    out = interpreter.get_tensor(target["index"])[0]
    if target["dtype"] != np.float32:
        scale, zero = target["quantization"]
        out = (out.astype(np.float32) - zero) * np.float32(scale)
    return out


def turned(pixels, view):
    """[n,H,W,3]: bit 0 of `view` mirrors it, bit 1 turns it upside down."""
    return pixels[:, ::-2 * (view >> 1 & 1) + 1, ::-2 * (view & 1) + 1]


def logits(path, pixels, mean, std, views=1, threads=1):
    """uint8 [n,H,W,3] → float32 [n,classes], the mean over as many views as the pack's input says."""
    from models.tools import prepare
    interpreter = open_model(path, threads)
    return np.stack([np.mean([run(interpreter, prepare.normalise(turned(p[None], view), mean, std)) for view in range(views)], 0)
                     for p in pixels])
