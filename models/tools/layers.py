"""The layers of a .tflite that have weights: read and changed, and what flows through them on given pictures.

Owns where a layer's channels lie. Refuses to know what a change is good for, and to change a constant that two operators share.
"""
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from models.tools import compact, runner

OPERATOR, ACTIVATION = schema.BuiltinOperator, schema.ActivationFunctionType
OUT_AXIS = {OPERATOR.CONV_2D: 0, OPERATOR.DEPTHWISE_CONV_2D: -1, OPERATOR.FULLY_CONNECTED: 0}  # of the filter; channels in are the last one
STORED = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.INT8: np.int8, schema.TensorType.INT32: np.int32}


class Network:
    """A file's only graph. `layers`: its operators with constant weights and biases that are theirs alone, in the order they run."""

    def __init__(self, path):
        self.model = compact.read(path)
        self.graph, = self.model.subgraphs
        self.consumers = {}
        for operator in self.graph.operators:
            for index in operator.inputs:
                self.consumers.setdefault(int(index), []).append(operator)
        self.layers = [operator for operator in self.graph.operators if self.code(operator) in OUT_AXIS and self.is_own(operator)]

    def code(self, operator):
        entry = self.model.operatorCodes[operator.opcodeIndex]
        return max(entry.builtinCode, entry.deprecatedBuiltinCode)

    def is_own(self, operator):
        constants = [int(index) for index in operator.inputs[1:]]
        return len(constants) == 2 and min(constants) >= 0 and all(
            len(self.consumers[i]) == 1 and self.graph.tensors[i].type in STORED and self.is_constant(i) for i in constants)

    def is_constant(self, index):
        return self.model.buffers[self.graph.tensors[index].buffer].data is not None

    def name(self, index):
        return self.graph.tensors[index].name.decode()

    def shape(self, index):
        return [int(side) for side in self.graph.tensors[index].shape]

    def stored(self, index):
        tensor = self.graph.tensors[index]
        return np.frombuffer(bytes(bytearray(self.model.buffers[tensor.buffer].data)), STORED[tensor.type]).reshape(self.shape(index))

    def along(self, index, numbers):
        """One number, or one for each channel, of a quantised constant, so that they meet its elements."""
        shape = [1] * len(self.shape(index))
        if len(numbers) > 1:
            shape[self.graph.tensors[index].quantization.quantizedDimension] = -1
        return np.reshape(np.float64(numbers), shape)

    def scales(self, index):
        return self.along(index, self.graph.tensors[index].quantization.scale)

    def values(self, index):
        """A constant as the numbers it stands for."""
        stored = self.stored(index)
        if stored.dtype == np.float32:
            return stored
        zero = self.along(index, self.graph.tensors[index].quantization.zeroPoint)
        return ((stored - zero) * self.scales(index)).astype(np.float32)

    def replace(self, index, values):
        """Of the same type and shape; in a buffer of its own."""
        buffer, tensor = schema.BufferT(), self.graph.tensors[index]
        buffer.data = np.frombuffer(np.ascontiguousarray(values, STORED[tensor.type]).tobytes(), np.uint8)
        if not any(other is not tensor and other.buffer == tensor.buffer for other in self.graph.tensors):
            self.model.buffers[tensor.buffer].data = None
        self.model.buffers.append(buffer)
        tensor.buffer = len(self.model.buffers) - 1

    def write(self, path):
        compact.write(self.model, path)


def flows(path, samples, only=None):
    """({tensor: largest absolute value of each channel}, {tensor: mean over the samples, in its own shape}) of what operators give.

    samples: network inputs, float32 [n,H,W,3], normalised. only: one tensor's name."""
    interpreter = Interpreter(model_path=str(path), num_threads=1, experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    written = {int(index) for operator in Network(path).graph.operators for index in operator.outputs}
    written.add(interpreter.get_input_details()[0]["index"])
    details = [detail for detail in interpreter.get_tensor_details() if detail["index"] in written and len(detail["shape"]) >= 2
               and only in (None, detail["name"])]
    largest, mean = {}, {}
    for sample in samples:
        runner.run(interpreter, sample[None])
        for detail in details:
            values, (scale, zero) = interpreter.get_tensor(detail["index"]), detail["quantization"]
            if values.dtype != np.float32:
                values = (values.astype(np.float32) - zero) * np.float32(scale)
            name, channels = detail["name"], np.abs(values).reshape(-1, values.shape[-1]).max(0)
            largest[name] = np.maximum(largest[name], channels) if name in largest else channels
            mean[name] = mean.get(name, 0) + values / np.float32(len(samples))
    return largest, mean


def mean_output(network, operator, inputs, weights):
    """Mean over places of a layer's sums without its bias, float32 [channels]; exact, padding and all, since they are linear.

    inputs: mean of what goes in, [1,H,W,C] or [1,C]; weights: as the file lays them out."""
    import torch
    if network.code(operator) == OPERATOR.FULLY_CONNECTED:
        return (inputs.reshape(-1, weights.shape[1]) @ weights.T).mean(0)
    options, depthwise = operator.builtinOptions, network.code(operator) == OPERATOR.DEPTHWISE_CONV_2D
    stride, dilation = (options.strideH, options.strideW), (options.dilationHFactor, options.dilationWFactor)
    pixels = torch.from_numpy(np.array(inputs, np.float32)).permute(0, 3, 1, 2)
    filters = torch.from_numpy(np.array(weights)).permute(*((3, 0, 1, 2) if depthwise else (0, 3, 1, 2)))
    if options.padding == schema.Padding.SAME:
        short = [max((-(-side // step) - 1) * step + (kernel - 1) * apart + 1 - side, 0)
                 for side, step, kernel, apart in zip(inputs.shape[1:3], stride, weights.shape[1:3], dilation)]
        pixels = torch.nn.functional.pad(pixels, (short[1] // 2, short[1] - short[1] // 2, short[0] // 2, short[0] - short[0] // 2))
    sums = torch.nn.functional.conv2d(pixels, filters, stride=stride, dilation=dilation, groups=inputs.shape[-1] if depthwise else 1)
    return sums.mean((0, 2, 3)).numpy()
