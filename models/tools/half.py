"""Float32 .tflite → the same with float16 weights, half its size; inputs, outputs and sums stay float32.

  python -m models.tools.half FLOAT.tflite OUT.tflite

Each weight is a float16 constant with a DEQUANTIZE behind it, which the core turns into float32 once, when it opens
the file. Biases stay float32: they are few. Fits nothing and reads no picture.
"""
import argparse
import pathlib

from models.tools import full_disk

OPERATORS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")  # which have weights


def halve(source, target):
    """Writes `target`; an error where a weight lies beyond float16's largest number, 65,504."""
    from ai_edge_quantizer import qtyping, quantizer
    tool = quantizer.Quantizer(str(source))
    weights = qtyping.TensorQuantizationConfig(num_bits=16, dtype=qtyping.TensorDataType.FLOAT)
    for operator in OPERATORS:
        tool.update_quantization_recipe(
            regex=".*", algorithm_key=quantizer.AlgorithmName.FLOAT_CASTING, operation_name=qtyping.TFLOperationName[operator],
            op_config=qtyping.OpQuantizationConfig(weight_tensor_config=weights, compute_precision=qtyping.ComputePrecision.FLOAT,
                                                   explicit_dequantize=True))
    require_small(source)
    pathlib.Path(target).write_bytes(tool.quantize(enable_progress_report=False).quantized_model)  # see compact.of_bytes


def require_small(source):
    """Of the weights alone: what fills a padding may be minus infinity, and stays float32."""
    import numpy as np
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_quantizer.utils import tfl_flatbuffer_utils as flatbuffer
    largest = float(np.finfo(np.float16).max)
    model = flatbuffer.read_model(str(source))
    graph = model.subgraphs[0]
    wanted = {getattr(schema.BuiltinOperator, name) for name in OPERATORS}
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    for index in sorted({operator.inputs[1] for operator in graph.operators if codes[operator.opcodeIndex] in wanted}):
        tensor = graph.tensors[index]
        values = flatbuffer.get_tensor_data(tensor, model.buffers)
        if values is not None and values.dtype == np.float32 and values.size and np.abs(values).max() > largest:
            raise SystemExit(f"{source}: {flatbuffer.get_tensor_name(tensor)!r} holds {np.abs(values).max():.4g}, float16 {largest:.0f} at most; "
                             "leave float16 out of the config's pack.variants")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    args = parser.parse_args()
    halve(args.source, args.target)
    print(f"{args.target}: {args.target.stat().st_size} bytes of {args.source.stat().st_size}")


if __name__ == "__main__":
    full_disk.started(main)
