"""A trained network of any of these kinds as float32 .tflite: best.pt of the training here, .keras, .h5, a SavedModel's folder, .onnx.

Keras and SavedModel need TensorFlow, which lives in an environment of its own (models/foundry/requirements-keras.txt); its
Python is named by INSITU_KERAS_PYTHON, or lies in the cache. Each answer has the largest difference between the
framework's outputs and the file's, on noise, relative to the largest output.
"""
import json
import os
import pathlib

from models.foundry import child
from models.foundry.problem import Problem

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERAS = (".keras", ".h5", ".hdf5")
CACHE = pathlib.Path(os.environ.get("INSITU_CACHE", pathlib.Path.home() / ".cache" / "insitu"))


def convert(config, path, target):
    """Writes `target`; what is told of it goes into converted.json."""
    if path.suffix == ".pt":
        return from_training(config, path, target)
    if path.suffix == ".onnx":
        return from_onnx(config, path, target)
    if path.suffix in KERAS or (path / "saved_model.pb").is_file():
        return from_keras(path, target, config["pack"])
    raise Problem(f"{path}: is none of best.pt, .keras, .h5, a SavedModel's folder (with saved_model.pb in it), .onnx")


def from_training(config, path, target):
    import torch

    from models.tools import export, network
    saved = torch.load(path, map_location="cpu", weights_only=True)
    if saved.get("classes", config["classes"]) != config["classes"]:
        raise Problem(f"{path}: was trained for the classes {', '.join(saved['classes'])}, the config names {', '.join(config['classes'])}")
    model = network.build(config["network"], len(config["classes"]), pretrained=False, **network.shape_of(config))
    model.load_state_dict(saved["average"])
    difference = export.export(model.eval().network, config["pack"]["width"], config["pack"]["height"], target)
    return {"framework": f"PyTorch {torch.__version__}", "difference": difference}


def keras_python():
    places = (os.environ.get("INSITU_KERAS_PYTHON"), CACHE / "keras-venv/bin/python", CACHE / "litert-venv/bin/python")
    found = [place for place in places if place and pathlib.Path(place).is_file()]
    if not found:
        raise Problem("a Keras model needs TensorFlow in an environment of its own: python3 -m venv ~/.cache/insitu/keras-venv && "
                      "~/.cache/insitu/keras-venv/bin/pip install -r models/foundry/requirements-keras.txt (or name its Python in INSITU_KERAS_PYTHON)")
    return found[0]


def from_keras(path, target, pack):
    words = [keras_python(), ROOT / "models/foundry/keras_to_tflite.py", path.resolve(), target.resolve(), pack["height"], pack["width"]]
    run = child.run(words, cwd=ROOT, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    lines = run.stdout.strip().splitlines()
    if run.returncode or not lines:
        raise Problem(f"{path}: {(run.stderr.strip().splitlines() or ['the converter said nothing'])[-1]}")
    return json.loads(lines[-1])


def from_onnx(config, path, target):
    """Through PyTorch (onnx2torch), whose export keeps channels last."""
    try:
        import onnx
        import onnx2torch
    except ImportError:
        raise Problem(f"{path}: an ONNX model needs the packages onnx and onnx2torch: pip install -r models/foundry/requirements-onnx.txt") from None
    import torch

    from models.tools import export
    try:
        core = onnx2torch.convert(onnx.load(path)).eval()
    except Exception as error:  # the readers raise what they like
        raise Problem(f"{path}: cannot be read as ONNX: {str(error).strip().splitlines()[0][:200]}") from error
    width, height = config["pack"]["width"], config["pack"]["height"]
    if not config.get("model_input", {}).get("channels_first", True):
        core = Planes(core)
    difference = max(export.export(core, width, height, target), apart(path, core, [1, height, width, 3]))
    return {"framework": f"ONNX, by onnx2torch and PyTorch {torch.__version__}", "difference": difference}


def apart(path, core, shape):
    """How far onnx2torch is from ONNX's own reference on noise, relative to the largest output; `core` takes planes."""
    import numpy as np
    import onnx.reference
    import torch
    model = onnx.load(path)
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    planes = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    first = model.graph.input[0]
    last = [dimension.dim_value for dimension in first.type.tensor_type.shape.dim][-1:]
    wanted = onnx.reference.ReferenceEvaluator(model).run(None, {first.name: x if last == [3] else planes})[0]
    with torch.no_grad():
        found = core(torch.from_numpy(planes)).numpy()
    return float(np.abs(found - wanted).max() / max(1.0, np.abs(wanted).max()))


def Planes(core):  # a class needs torch when it is defined
    import torch

    class Last(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.core = core

        def forward(self, x):
            return self.core(x.permute(0, 2, 3, 1))
    return Last()
