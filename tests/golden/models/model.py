"""A .tflite model under construction, and the tensors that the cases share."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

OPERATOR = schema.BuiltinOperator
TYPES = {'f32': (np.float32, schema.TensorType.FLOAT32), 'f16': (np.float16, schema.TensorType.FLOAT16),
         'i8': (np.int8, schema.TensorType.INT8), 'u8': (np.uint8, schema.TensorType.UINT8),
         'i16': (np.int16, schema.TensorType.INT16), 'i32': (np.int32, schema.TensorType.INT32),
         'i64': (np.int64, schema.TensorType.INT64),
         'bool': (np.bool_, schema.TensorType.BOOL)}
SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
NONE, RELU, RELU6 = (schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU,
                     schema.ActivationFunctionType.RELU6)


class Model:
    """A subgraph under construction; tensors are indices."""

    def __init__(self, for_answer=False):
        self.for_answer = for_answer  # where a case's answer is another network's
        self.tensors, self.buffers, self.operators, self.codes = [], [b''], [], []
        self.inputs, self.outputs, self.versions = [], [], {}
        self.custom_name = None  # of all CUSTOM operators

    def tensor(self, kind, shape, data=None, scale=None, zero=0, axis=0, role=None):
        t = schema.TensorT()
        t.shape, t.type, t.name = list(shape), TYPES[kind][1], f't{len(self.tensors)}'
        t.buffer = 0
        if data is not None:
            self.buffers.append(np.ascontiguousarray(data, TYPES[kind][0]).tobytes())
            t.buffer = len(self.buffers) - 1
        if scale is not None:
            q = schema.QuantizationParametersT()
            q.scale = list(np.atleast_1d(scale).astype(np.float32))
            q.zeroPoint = list(np.broadcast_to(zero, len(q.scale)).astype(np.int64))
            q.quantizedDimension = axis
            t.quantization = q
        self.tensors.append(t)
        index = len(self.tensors) - 1
        if role == 'in':
            self.inputs.append(index)
        if role == 'out':
            self.outputs.append(index)
        return index

    def operator(self, code, inputs, outputs, options=None, **fields):
        if code not in self.codes:
            self.codes.append(code)
        op = schema.OperatorT()
        op.opcodeIndex, op.inputs, op.outputs = self.codes.index(code), list(inputs), list(outputs)
        if options:
            op.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            op.builtinOptions = getattr(schema, options + 'T')()
            for name, value in fields.items():
                assert hasattr(op.builtinOptions, name), name
                setattr(op.builtinOptions, name, value)
        self.operators.append(op)

    def version(self, code, version):
        """Of an operator, where its tensors or options need a newer one than 1."""
        self.versions[code] = version

    def bytes(self):
        model, graph = schema.ModelT(), schema.SubGraphT()
        model.version = 3
        model.operatorCodes = []
        for code in self.codes:
            c = schema.OperatorCodeT()
            c.builtinCode, c.deprecatedBuiltinCode, c.version = code, min(code, 127), self.versions.get(code, 1)
            c.customCode = self.custom_name if code == OPERATOR.CUSTOM else None
            model.operatorCodes.append(c)
        graph.tensors, graph.inputs, graph.outputs = self.tensors, self.inputs, self.outputs
        graph.operators = self.operators
        model.subgraphs = [graph]
        model.buffers = []
        for data in self.buffers:
            b = schema.BufferT()
            b.data = np.frombuffer(data, np.uint8) if data else None
            model.buffers.append(b)
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b'TFL3')
        return bytes(builder.Output())


QUANTIZED = {'f32': {}, 'i8': dict(scale=.05, zero=-3), 'u8': dict(scale=.05, zero=120)}


def activation(m, kind, shape, role=None, **quantization):
    return m.tensor(kind, shape, role=role, **({} if kind == 'f32' else {**QUANTIZED[kind], **quantization}))


def weights(m, rng, kind, shape, axis, channels, per_channel, input_scale=.05):
    """Filter and bias, in the types that go with an input of that kind."""
    if kind == 'f32':
        w = m.tensor('f32', shape, rng.normal(0, .3, shape))
        return [w, m.tensor('f32', [channels], rng.normal(0, .5, channels))]
    scale = rng.uniform(.004, .012, channels) if per_channel else np.array([.008])
    zero = 0 if kind == 'i8' else 131
    data = rng.integers(-127, 128, shape) if kind == 'i8' else rng.integers(0, 256, shape)
    w = m.tensor(kind, shape, data, scale=scale, zero=zero, axis=axis if per_channel else 0)
    return [w, m.tensor('i32', [channels], rng.integers(-900, 900, channels), scale=scale * input_scale)]
