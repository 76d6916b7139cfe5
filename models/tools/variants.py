"""A pack's weights in four precisions, as a pack in a working folder: float32, float16, dynamic range, int8.

What the pack ships is taken as it is; the rest is made from its float32 file, from a checkpoint, from its float16 file, whose
weights are then float32's rounded, or, where it ships int8 alone and no checkpoint is given, from that one's weights made float
again: then what int8 seems to lose is what its activations lose, and what its weights lost is not told. int8 is always the
pack's own, as its calibration pictures are not here. Each precision is calibrated as the pack's variant of the same kind of sums:
int8 as int8, the three others as the pack's float one; where a pack has int8 alone, as that. Refuses to fit anything.
"""
import copy
import hashlib
import json
import os
import pathlib
import shutil

from models.tools import written

PRECISIONS = ("float32", "float16", "dynamic", "int8")


def whole(source, target):
    """Float16 weights → float32 constants of the same values, without the DEQUANTIZE behind each."""
    import numpy as np
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_quantizer.utils import tfl_flatbuffer_utils as flatbuffer
    model = flatbuffer.read_model(str(source))
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    for graph in model.subgraphs:
        kept = []
        for operator in graph.operators:
            tensor = graph.tensors[operator.inputs[0]]
            constant = model.buffers[tensor.buffer].data
            if codes[operator.opcodeIndex] != schema.BuiltinOperator.DEQUANTIZE or tensor.type != schema.TensorType.FLOAT16 or constant is None:
                kept.append(operator)
                continue
            values = np.frombuffer(bytes(bytearray(constant)), dtype=np.float16).astype(np.float32)
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values.tobytes(), dtype=np.uint8)
            model.buffers.append(buffer)
            graph.tensors[operator.outputs[0]].buffer = len(model.buffers) - 1
            model.buffers[tensor.buffer].data = None
        graph.operators = kept
        drop_unused(model, graph)
    flatbuffer.write_model(model, str(target))


def drop_unused(model, graph):
    """Tensors of the only graph that no operator has: the interpreter gives them no memory, and calibration reads all."""
    named = [*graph.inputs, *graph.outputs, *(index for operator in graph.operators for index in [*operator.inputs, *operator.outputs])]
    used = sorted({int(index) for index in named if index >= 0})
    place = {-1: -1, **{index: now for now, index in enumerate(used)}}
    for one in (graph, *graph.operators):
        one.inputs, one.outputs = [place[int(i)] for i in one.inputs], [place[int(i)] for i in one.outputs]
    for entry in model.signatureDefs or []:
        for tensor in [*entry.inputs, *entry.outputs]:
            tensor.tensorIndex = place[tensor.tensorIndex]
    graph.tensors = [graph.tensors[index] for index in used]


def dequantised(source, target):
    """Full int8 → float32 that computes the same with weights and biases as they are after rounding, and activations that are not rounded."""
    from ai_edge_litert import schema_py_generated as schema

    from models.tools import layers
    network = layers.Network(source)
    for index, tensor in enumerate(network.graph.tensors):
        scales = tensor.quantization and tensor.quantization.scale
        if tensor.type not in (schema.TensorType.INT8, schema.TensorType.INT32) or scales is None or len(scales) == 0:  # shapes and axes stay
            continue
        values = network.values(index) if network.is_constant(index) else None
        tensor.type, tensor.quantization = schema.TensorType.FLOAT32, None
        if values is not None:
            network.replace(index, values)
    network.write(target)


def dynamic(source, target):
    """Float32 → int8 weights, float activations that are quantised anew for each run."""
    from ai_edge_quantizer import quantizer, recipe

    from models.tools import compact
    tool = quantizer.Quantizer(str(source), recipe.dynamic_wi8_afp32())
    compact.of_bytes(tool.quantize(enable_progress_report=False).quantized_model, target)


def float_file(pack, content, work, config, checkpoint):
    """A float32 .tflite of the pack's network, and how it was come by."""
    files = {v["precision"]: pack / v["file"] for v in content["variants"]}
    target = work / "float32.tflite"
    if "float32" in files:
        shutil.copyfile(files["float32"], target)
        return target, "the pack's own"
    if checkpoint:
        from models.tools import export, network
        model = network.load(config["network"], len(content["classes"]), checkpoint, **network.shape_of(config))
        difference = export.export(model.network, content["input"]["width"], content["input"]["height"], target)
        if difference > 1e-4:
            raise SystemExit(f"the exported network differs by {difference:.2g} from PyTorch; at most 1e-4 is expected")
        return target, "from its checkpoint"
    if "float16" in files:
        whole(files["float16"], target)
        return target, "from its float16 weights"
    dequantised(files["int8"], target)
    return target, ("from its int8 weights, made float again, as no other were kept: what int8 loses below, its activations lose; what its weights "
                    "lost is not told")


def make(pack, config, work, checkpoint=None):
    """(folder of a pack with four variants, how its float32 was come by); made once for the same weights."""
    content = written.read(pack / "pack.json")
    key = [content["input"], content["calibration"], str(checkpoint), [[v["sha256"], v.get("calibration"), v.get("decision")] for v in content["variants"]]]
    folder = work / ("precisions-" + hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]) / content["id"]
    if (folder / "pack.json").is_file():
        return folder, json.loads((folder / "made.json").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    by_precision = {v["precision"]: v for v in content["variants"]}
    if "int8" not in by_precision:
        raise SystemExit(f"{pack}: has no int8 variant; the four precisions are compared with it")
    source, how = float_file(pack, content, folder, config, checkpoint)
    if "float16" in by_precision:
        shutil.copyfile(pack / by_precision["float16"]["file"], folder / "float16.tflite")
    else:
        from models.tools import half
        half.halve(source, folder / "float16.tflite")
    dynamic(source, folder / "dynamic.tflite")
    shutil.copyfile(pack / by_precision["int8"]["file"], folder / "int8.tflite")
    float_like = by_precision.get("float32") or by_precision.get("float16") or by_precision["int8"]
    made = copy.deepcopy(content)
    made["variants"] = []
    for name in PRECISIONS:
        data = (folder / f"{name}.tflite").read_bytes()
        entry = copy.deepcopy(by_precision["int8"] if name == "int8" else float_like)
        entry.pop("metrics", None)
        if name != "int8" and float_like is by_precision["int8"] or name == "dynamic":
            entry.get("decision", {}).pop("typicality", None)  # names tensors of its own file
        entry.update(name=name, precision=name, file=f"{name}.tflite", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        made["variants"].append(entry)
    made["default_variant"], made["selftest"] = "int8", []
    for beside in ("texts", content.get("card", "card.md")):
        link(pack / beside, folder / beside)
    (folder / "made.json").write_text(json.dumps(how))
    written.write_whole(folder / "pack.json", json.dumps(made))  # last: where it is, everything is
    return folder, how


def link(source, target):
    if not target.exists():
        os.symlink(pathlib.Path(source).resolve(), target)
