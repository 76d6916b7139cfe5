"""Writes a pack of format 2 with everything that a pack can have, of a kind far from any medicine: drawn stripes.

    python tests/packs/stripes/make_pack.py     (needs ai-edge-litert, numpy, Pillow)

The network is set by hand: a 3x3 convolution finds edges that rise to the right and edges that rise downwards, their
means over the picture go through a dense layer. So the feature map, the map of where it looked, the statistics behind
typicality and every probability can be worked out here with numpy, and are.
"""
import base64
import hashlib
import json
from pathlib import Path

import ai_edge_litert.schema_py_generated as schema
import flatbuffers
import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
SIDE = 32
MEAN, STD = [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]
NAMES = ["standing", "lying", "checked"]
PRIOR = [0.4, 0.4, 0.2]
# [out 2, 3, 3, in 3]: the difference over two pixels of the mean of the channels
KERNEL = np.zeros((2, 3, 3, 3), np.float32)
KERNEL[0, 1, 0], KERNEL[0, 1, 2] = -1 / 3, 1 / 3
KERNEL[1, 0, 1], KERNEL[1, 2, 1] = -1 / 3, 1 / 3
WEIGHTS = np.array([[12, -12], [-12, 12], [20, 20]], np.float32)
BIAS = np.array([0, 0, -16], np.float32)


def tensor(name, shape, buffer=0, kind=schema.TensorType.FLOAT32):
    made = schema.TensorT()
    made.name, made.shape, made.type, made.buffer = name, shape, kind, buffer
    return made


def buffer(array=None):
    made = schema.BufferT()
    if array is not None:
        made.data = np.frombuffer(array.tobytes(), np.uint8)
    return made


def operator(index, inputs, outputs, kind, options):
    made = schema.OperatorT()
    made.opcodeIndex, made.inputs, made.outputs = index, inputs, outputs
    made.builtinOptionsType, made.builtinOptions = kind, options
    return made


def operator_code(builtin):
    made = schema.OperatorCodeT()
    made.builtinCode, made.deprecatedBuiltinCode, made.version = builtin, builtin, 1
    return made


def write_model(path):
    out = (SIDE - 3) // 2 + 1
    graph = schema.SubGraphT()
    graph.tensors = [tensor("image", [1, SIDE, SIDE, 3]), tensor("kernel", [2, 3, 3, 3], 1), tensor("none", [2], 2),
                     tensor("edges", [1, out, out, 2]), tensor("axes", [2], 3, schema.TensorType.INT32),
                     tensor("means", [1, 2]), tensor("weights", [3, 2], 4), tensor("bias", [3], 5),
                     tensor("logits", [1, 3])]
    graph.inputs, graph.outputs = [0], [8]
    conv = schema.Conv2DOptionsT()
    conv.padding, conv.strideH, conv.strideW = schema.Padding.VALID, 2, 2
    conv.fusedActivationFunction = schema.ActivationFunctionType.RELU
    conv.dilationHFactor = conv.dilationWFactor = 1
    graph.operators = [operator(0, [0, 1, 2], [3], schema.BuiltinOptions.Conv2DOptions, conv),
                       operator(1, [3, 4], [5], schema.BuiltinOptions.ReducerOptions, schema.ReducerOptionsT()),
                       operator(2, [5, 6, 7], [8], schema.BuiltinOptions.FullyConnectedOptions,
                                schema.FullyConnectedOptionsT())]
    model = schema.ModelT()
    model.version, model.description = 3, "stripes"
    model.operatorCodes = [operator_code(code) for code in (
        schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.MEAN, schema.BuiltinOperator.FULLY_CONNECTED)]
    model.subgraphs = [graph]
    model.buffers = [buffer(), buffer(KERNEL), buffer(np.zeros(2, np.float32)), buffer(np.array([1, 2], np.int32)),
                     buffer(WEIGHTS), buffer(BIAS)]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(builder.Output())


def features(pixels):
    """uint8 [32,32,3] -> the mean of each edge channel."""
    x = ((pixels.astype(np.float64) / 255 - MEAN) / STD).mean(axis=2)
    right, down = x[1:-1, 2:] - x[1:-1, :-2], x[2:, 1:-1] - x[:-2, 1:-1]
    return np.array([np.maximum(edges[::2, ::2], 0).mean() for edges in (right, down)])


def probabilities(pixels, prior):
    logits = WEIGHTS @ features(pixels) + BIAS + (np.log(PRIOR) if prior == "training" else 0)
    shares = np.exp(logits - logits.max())
    return [round(float(p), 6) for p in shares / shares.sum()]


def draw(kind, seed):
    """uint8 [32,32,3]: stripes four pixels wide of two greys, with a little grain."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:SIDE, 0:SIDE] + rng.integers(0, 8, 2)[:, None, None]
    on = {"standing": x // 4 % 2, "lying": y // 4 % 2, "checked": (x // 4 + y // 4) % 2}[kind]
    dark, light = rng.integers(50, 80), rng.integers(180, 210)
    grey = np.where(on, light, dark)[..., None] + rng.normal(0, 3, (SIDE, SIDE, 3))
    return np.clip(grey, 0, 255).astype(np.uint8)


def coded(array):
    return base64.b64encode(array.tobytes()).decode()


def typicality():
    """Distance from the nearest of nothing: whitened features of all kinds together, 100 drawings of each."""
    found = np.array([features(draw(kind, 1000 + i)) for kind in NAMES for i in range(100)])
    mean = found.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((found - mean).T))
    rows = (vectors / np.sqrt(values)).T  # [2, 2]: distances in standard deviations
    scales = np.abs(rows).max(axis=1) / 127
    quantised = np.round(rows / scales[:, None]).astype(np.int8)
    scores = np.sort([-np.linalg.norm(scales * (quantised @ (f - mean))) for f in found])
    shares = [0, 0.02, 0.1, 0.5, 1]
    knots = [[float(scores[0] - 1), 0.0]] + [[float(np.quantile(scores, s)), s] for s in shares[1:]]
    return {"tensors": ["edges"], "features": 2, "distance_rows": 2, "mean": coded(mean.astype("<f4")),
            "gain": coded(np.ones(2, "<f4")), "rows": coded(quantised), "row_scales": coded(scales.astype("<f4")),
            "row_biases": coded(np.zeros(2, "<f4")), "knots": knots, "limit": 0.01}


TEXTS = {
    "en": {
        "language": "en", "reviewed": True, "name": "Stripes", "intended_use": "Tests.", "not_for": "Anything else.",
        "notices": ["It knows drawn stripes alone."],
        "heading": "Which way do the stripes run?", "lead": "A model on this device looks at drawn stripes.",
        "classes": {
            "standing": {"label": "Standing stripes", "text": "They run up and down.", "advice": "Leave them."},
            "lying": {"label": "Lying stripes", "text": "They run from side to side.", "advice": "Leave them."},
            "checked": {"label": "Checks", "text": "They cross.", "advice": "Count them."}},
        "groups": {"crossing": {"label": "Stripes that cross", "text": "Checks."}},
        "actions": {"soon": {"label": "Count them now", "text": "Before they are gone."},
                    "show": {"label": "Show them to somebody", "text": "When there is time."},
                    "watch": {"label": "Leave them", "text": "They stay as they are."}},
        "reasons": {"not-this-kind": {"text": "This is no drawing of stripes.", "advice": "Draw some."}}},
    "ar": {
        "language": "ar", "reviewed": False, "name": "خطوط", "intended_use": "اختبارات.", "not_for": "أي شيء آخر.",
        "notices": ["يعرف الخطوط المرسومة فقط."],
        "heading": "إلى أين تتجه الخطوط؟", "lead": "نموذج على هذا الجهاز ينظر إلى خطوط مرسومة.",
        "classes": {
            "standing": {"label": "خطوط قائمة", "text": "من أعلى إلى أسفل.", "advice": "اتركها."},
            "lying": {"label": "خطوط أفقية", "text": "من جانب إلى جانب.", "advice": "اتركها."},
            "checked": {"label": "مربعات", "text": "تتقاطع.", "advice": "عدّها."}},
        "groups": {"crossing": {"label": "خطوط متقاطعة", "text": "مربعات."}},
        "actions": {"soon": {"label": "عدّها الآن", "text": "قبل أن تختفي."},
                    "show": {"label": "أرها لأحد", "text": "عندما يتسع الوقت."},
                    "watch": {"label": "اتركها", "text": "تبقى كما هي."}},
        "reasons": {"not-this-kind": {"text": "هذا ليس رسم خطوط.", "advice": "ارسم خطوطا."}}},
}


def main():
    for folder in ("texts", "selftest"):
        (HERE / folder).mkdir(exist_ok=True)
    path = HERE / "stripes-float32.tflite"
    write_model(path)
    data = path.read_bytes()
    tests = []
    for kind in NAMES:
        pixels = draw(kind, 7)
        Image.fromarray(pixels).save(HERE / "selftest" / f"{kind}.png", optimize=True)
        tests += [{"file": f"selftest/{kind}.png", "prior": prior, "tolerance": 0.001,
                   "expected": {"float32": probabilities(pixels, prior)}} for prior in ("training", "uniform")]
    pack = {
        "format": 2, "id": "stripes", "version": "1.0.0", "task": "multiclass", "output": "logits",
        "languages": list(TEXTS), "domain": ["drawing"],
        "licence": {"weights": "Apache-2.0", "data": "none", "source": "make_pack.py"}, "card": "card.md",
        "input": {"width": SIDE, "height": SIDE, "crop_fraction": 1.0, "mean": MEAN, "std": STD},
        "classes": [{"id": "standing", "action": "watch"}, {"id": "lying", "action": "watch"},
                    {"id": "checked", "action": "soon"}],
        "groups": [{"id": "crossing", "classes": ["checked"], "action": "soon"}],
        "calibration": {"temperature": 1, "score_prior": "uniform", "training_prior": PRIOR,
                        "default_prior": "training"},
        "default_variant": "float32",
        "variants": [{
            "name": "float32", "precision": "float32", "file": path.name, "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "decision": {"prior": "training", "set": {"coverage": 0.9, "thresholds": [0.3, 0.3, 0.2]}, "answer_p": 0.5,
                         "groups": {"crossing": 0.1},
                         "quality": [{"measure": "dark", "above": 0.9, "reason": "too-dark", "decision": "reject"}],
                         "typicality": typicality()}}],
        "selftest": tests,
    }
    (HERE / "pack.json").write_text(json.dumps(pack, indent=2, ensure_ascii=False) + "\n")
    for language, texts in TEXTS.items():
        (HERE / "texts" / f"{language}.json").write_text(json.dumps(texts, indent=2, ensure_ascii=False) + "\n")
    (HERE / "card.md").write_text("# Stripes\n\nA pack for tests, made by make_pack.py. It knows drawn stripes alone.\n")


if __name__ == "__main__":
    main()
