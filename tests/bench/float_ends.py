"""Writes a site's first network with float32 at both ends, for LiteRT.js, which refuses int8 there.

It is the first pack's default variant, and quantised. A QUANTIZE is put before the input and a DEQUANTIZE behind each output; nothing
else changes. Refuses to leave a file behind that answers otherwise: on one
made-up picture both are run by LiteRT's interpreter, and what comes out must be
equal. That picture's answer is written beside it, for whoever runs the file
elsewhere.

    python tests/bench/float_ends.py DIST OUT.tflite
"""

import argparse
import json
import pathlib

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

IDENTIFIER = b"TFL3"


def operator_code(model, builtin):
    """The index of an operator's code, added where the model has none."""
    for index, code in enumerate(model.operatorCodes):
        if code.builtinCode == builtin:
            return index
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = builtin
    code.version = 1
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def float_twin(graph, index):
    """A float32 tensor of the same shape -> its index."""
    tensor = schema.TensorT()
    tensor.shape = graph.tensors[index].shape
    tensor.type = schema.TensorType.FLOAT32
    tensor.name = graph.tensors[index].name + b"_float32"
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def operator(code, source, target):
    made = schema.OperatorT()
    made.opcodeIndex = code
    made.inputs, made.outputs = [source], [target]
    return made


def with_float_ends(data):
    """The bytes of a model of one graph, one input -> the same with float32 ends."""
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    for buffer in model.buffers:
        if buffer.offset > 1:  # weights that lie behind the model: 0 and 1 are none
            buffer.data = np.frombuffer(data, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    graph, = model.subgraphs
    source, = graph.inputs
    quantise = operator_code(model, schema.BuiltinOperator.QUANTIZE)
    dequantise = operator_code(model, schema.BuiltinOperator.DEQUANTIZE)
    twin = float_twin(graph, source)
    graph.operators.insert(0, operator(quantise, twin, source))
    graph.inputs = [twin]
    outputs = list(graph.outputs)
    graph.outputs = [float_twin(graph, index) for index in outputs]
    graph.operators += [operator(dequantise, index, end) for index, end in zip(outputs, graph.outputs)]
    renamed = dict(zip([source, *outputs], [twin, *graph.outputs]))
    for signature in model.signatureDefs or []:
        for end in [*signature.inputs, *signature.outputs]:
            end.tensorIndex = renamed[end.tensorIndex]
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def made_up_picture(shape):
    """[1,H,W,3] f32 in -1..1: any engine can make it: (37 i mod 256) / 127.5 - 1."""
    values = (np.arange(np.prod(shape)) * 37) % 256
    return (values / 127.5 - 1).astype(np.float32).reshape(shape)


def answer(data, picture):
    """The outputs of a model [f32], its input and outputs quantised where they are."""
    runner = Interpreter(model_content=data)
    runner.allocate_tensors()
    entry, = runner.get_input_details()
    if entry["dtype"] != np.float32:
        scale, zero = entry["quantization"]
        limits = np.iinfo(entry["dtype"])
        picture = np.clip(np.round(picture / scale) + zero, limits.min, limits.max).astype(entry["dtype"])
    runner.set_tensor(entry["index"], picture)
    runner.invoke()
    values = []
    for end in runner.get_output_details():
        value = runner.get_tensor(end["index"]).astype(np.float32)
        scale, zero = end["quantization"]
        values.append(((value - zero) * scale if end["dtype"] != np.float32 else value).ravel())
    return np.concatenate(values)


def first_model(packs):
    """The file of the first pack's default variant, of the folder of a site's packs."""
    folder = packs / json.loads((packs / "index.json").read_text())["first"]
    pack = json.loads((folder / "pack.json").read_text())
    return folder / next(one["file"] for one in pack["variants"] if one["name"] == pack["default_variant"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=pathlib.Path, help="a built site, as dist/")
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    model = first_model(args.site / "models")
    data = model.read_bytes()
    made = with_float_ends(data)
    runner = Interpreter(model_content=made)
    entry, = runner.get_input_details()
    shape = [int(size) for size in entry["shape"]]
    picture = made_up_picture(shape)
    before, after = answer(data, picture), answer(made, picture)
    difference = float(np.max(np.abs(before - after)))
    if difference > 1e-6 * float(np.max(np.abs(before))):
        raise SystemExit(f"{model} with float32 ends differs by {difference}")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(made)
    args.out.with_suffix(".json").write_text(json.dumps({"shape": shape, "outputs": [float(value) for value in after]}) + "\n")


if __name__ == "__main__":
    main()
