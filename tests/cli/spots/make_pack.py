"""Writes the pack of tests/cli: a network small enough to work out by hand.

    python tests/cli/spots/make_pack.py     (needs ai-edge-litert, numpy, Pillow)

It answers which colour a picture mostly has: the mean of each channel over
the normalised 16x16 input, then a dense layer with the weights below, which
are the logits of red, green and blue. float32 and int8 (per tensor). The
expected probabilities in pack.json are computed here with numpy.
"""

import hashlib
import json
from pathlib import Path

import ai_edge_litert.schema_py_generated as schema
import flatbuffers
import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
SIDE = 16
MEAN, STD = [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]
WEIGHTS = np.array([[0.75, -0.25, -0.25], [-0.25, 0.75, -0.25], [-0.25, -0.25, 0.75]], np.float32)
BIAS = np.array([0.125, 0.0, -0.125], np.float32)
PRIOR = [0.5, 0.3, 0.2]
TEMPERATURE = 0.8
INPUT_SCALE, WEIGHT_SCALE, OUTPUT_SCALE = 4 / 255, 1 / 127, 5 / 255


def tensor(name, shape, dtype, buffer=0, scale=None):
    made = schema.TensorT()
    made.name, made.shape, made.type, made.buffer = name, shape, dtype, buffer
    if scale is not None:
        made.quantization = schema.QuantizationParametersT()
        made.quantization.scale, made.quantization.zeroPoint = [scale], [0]
    return made


def buffer(array=None):
    made = schema.BufferT()
    if array is not None:
        made.data = np.frombuffer(array.tobytes(), np.uint8)
    return made


def operator(code_index, inputs, outputs, options_type, options):
    made = schema.OperatorT()
    made.opcodeIndex, made.inputs, made.outputs = code_index, inputs, outputs
    made.builtinOptionsType, made.builtinOptions = options_type, options
    return made


def operator_code(builtin):
    made = schema.OperatorCodeT()
    made.builtinCode, made.deprecatedBuiltinCode, made.version = builtin, builtin, 1
    return made


def write_model(path, weights, bias, kind, scales):
    """scales: input, weights, bias, output; all None for float32."""
    bias_kind = schema.TensorType.FLOAT32 if scales[0] is None else schema.TensorType.INT32
    graph = schema.SubGraphT()
    graph.tensors = [
        tensor("image", [1, SIDE, SIDE, 3], kind, scale=scales[0]),
        tensor("axes", [2], schema.TensorType.INT32, 1),
        tensor("means", [1, 3], kind, scale=scales[0]),
        tensor("weights", [3, 3], kind, 2, scales[1]),
        tensor("bias", [3], bias_kind, 3, scales[2]),
        tensor("logits", [1, 3], kind, scale=scales[3]),
    ]
    graph.inputs, graph.outputs = [0], [5]
    means = schema.ReducerOptionsT()
    means.keepDims = False
    dense = schema.FullyConnectedOptionsT()
    graph.operators = [
        operator(0, [0, 1], [2], schema.BuiltinOptions.ReducerOptions, means),
        operator(1, [2, 3, 4], [5], schema.BuiltinOptions.FullyConnectedOptions, dense),
    ]
    model = schema.ModelT()
    model.version, model.description = 3, "which colour"
    model.operatorCodes = [
        operator_code(schema.BuiltinOperator.MEAN),
        operator_code(schema.BuiltinOperator.FULLY_CONNECTED),
    ]
    model.subgraphs = [graph]
    model.buffers = [buffer(), buffer(np.array([1, 2], np.int32)), buffer(weights), buffer(bias)]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(builder.Output())


def expected(image, prior):
    means = ((np.asarray(image, np.float64) / 255 - MEAN) / STD).mean(axis=(0, 1))
    logits = (WEIGHTS @ means + BIAS) / TEMPERATURE + (np.log(PRIOR) if prior == "training" else 0)
    shares = np.exp(logits - logits.max())
    return [round(float(p), 6) for p in shares / shares.sum()]


def variant(name, precision):
    path = HERE / f"spots-{name}.tflite"
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return {"name": name, "precision": precision, "file": path.name, "bytes": len(data), "sha256": digest}


def main():
    write_model(HERE / "spots-float32.tflite", WEIGHTS, BIAS, schema.TensorType.FLOAT32, [None] * 4)
    scales = [INPUT_SCALE, WEIGHT_SCALE, INPUT_SCALE * WEIGHT_SCALE, OUTPUT_SCALE]
    write_model(HERE / "spots-int8.tflite", np.round(WEIGHTS / WEIGHT_SCALE).astype(np.int8),
                np.round(BIAS / scales[2]).astype(np.int32), schema.TensorType.INT8, scales)

    # 16 px in, 16 px out: no resizing between the drawing and the expectation.
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    pixels = np.stack([40 + 12 * x, 90 + 4 * y, 200 - 5 * x - 3 * y], axis=-1).astype(np.uint8)
    image = Image.fromarray(pixels)
    image.save(HERE / "selftest" / "slopes.png")

    names = ["red", "green", "blue"]
    pack = {
        "format": 1, "id": "spots", "version": "1.0.0", "name": "Which colour", "task": "multiclass",
        "intended_use": "Tests of the command.", "not_for": "Anything else.", "notices": ["Only a test."],
        "licence": {"weights": "Apache-2.0", "data": "none", "source": "make_pack.py"}, "card": "card.md",
        "input": {"width": SIDE, "height": SIDE, "crop_fraction": 1.0, "mean": MEAN, "std": STD},
        "output": "logits",
        "classes": [{"id": name, "label": name.capitalize(), "text": f"Mostly {name}.", "advice": "None."}
                    for name in names],
        "calibration": {"temperature": TEMPERATURE, "bias": [0, 0, 0], "score_prior": "uniform",
                        "training_prior": PRIOR, "default_prior": "training"},
        "default_variant": "float32",
        "variants": [variant("float32", "float32"), variant("int8", "int8")],
        "selftest": [
            {"file": "selftest/slopes.png", "prior": prior, "tolerance": 0.02,
             "expected": {name: expected(image, prior) for name in ("float32", "int8")}}
            for prior in ("training", "uniform")
        ],
    }
    (HERE / "pack.json").write_text(json.dumps(pack, indent=2) + "\n")
    (HERE / "card.md").write_text("# Which colour\n\nA pack for tests, made by make_pack.py. It knows nothing.\n")


if __name__ == "__main__":
    main()
