"""Makes one small .tflite a case, with an input and what TFLite's reference
kernels answer to it. The C test xnn_operators.c runs the same files.

    pip install ai-edge-litert==2.3.0 numpy flatbuffers
    python tests/golden/models/make.py        # writes beside itself

NAME.tflite is the model; NAME.io holds its inputs, then its outputs, as raw
little-endian tensors; cases.txt lists the names. others/ holds models for other
tests, without answers. Same versions, same bytes.
"""
import pathlib

import export_cases
import more_cases
import numpy as np
import odd_cases
import rare_cases
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from model import activation, Model, NONE, OPERATOR, QUANTIZED, RELU, RELU6, SAME, VALID, weights

HERE = pathlib.Path(__file__).parent
CASES = {}


def case(name):
    def register(make):
        CASES[name] = make
    return register


def conv(kind, input_shape, filter_shape, output_shape, stride=1, dilation=1, padding=SAME, fused=NONE,
         per_channel=True, depthwise=False):
    def make(m, rng):
        channels = output_shape[3]
        x = activation(m, kind, input_shape, 'in')
        extra = weights(m, rng, kind, filter_shape, 3 if depthwise else 0, channels,
                        per_channel and kind == 'i8')
        y = activation(m, kind, output_shape, 'out', scale=.06)
        fields = dict(padding=padding, strideW=stride, strideH=stride, dilationWFactor=dilation,
                      dilationHFactor=dilation, fusedActivationFunction=fused)
        if depthwise:
            fields['depthMultiplier'] = channels // input_shape[3]
            m.operator(OPERATOR.DEPTHWISE_CONV_2D, [x] + extra, [y], 'DepthwiseConv2DOptions', **fields)
        else:
            m.operator(OPERATOR.CONV_2D, [x] + extra, [y], 'Conv2DOptions', **fields)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'conv_2d_{kind}'] = conv(kind, [1, 5, 6, 3], [9, 3, 3, 3], [1, 5, 6, 9], fused=RELU6)
    CASES[f'conv_2d_stride_{kind}'] = conv(kind, [1, 6, 7, 3], [5, 3, 3, 3], [1, 3, 4, 5], stride=2, fused=RELU)
    CASES[f'conv_2d_pointwise_{kind}'] = conv(kind, [1, 4, 5, 17], [11, 1, 1, 17], [1, 4, 5, 11])
    CASES[f'conv_2d_dilated_{kind}'] = conv(kind, [1, 7, 7, 2], [4, 3, 3, 2], [1, 3, 3, 4], dilation=2, padding=VALID)
    CASES[f'depthwise_conv_2d_{kind}'] = conv(kind, [1, 6, 5, 19], [1, 3, 3, 19], [1, 6, 5, 19], fused=RELU6, depthwise=True)
    CASES[f'depthwise_conv_2d_5x5_{kind}'] = conv(kind, [1, 7, 8, 8], [1, 5, 5, 8], [1, 4, 4, 8], stride=2, depthwise=True)
    CASES[f'depthwise_conv_2d_multiplier_{kind}'] = conv(kind, [1, 5, 5, 3], [1, 3, 3, 6], [1, 3, 3, 6], padding=VALID, depthwise=True)
    CASES[f'depthwise_conv_2d_7x7_{kind}'] = conv(kind, [1, 9, 8, 19], [1, 7, 7, 19], [1, 9, 8, 19], fused=RELU6, depthwise=True)
    CASES[f'depthwise_conv_2d_2x2_{kind}'] = conv(kind, [1, 4, 5, 6], [1, 2, 2, 6], [1, 2, 3, 6], stride=2, depthwise=True)
CASES['depthwise_conv_2d_6x6_f32'] = conv('f32', [1, 12, 13, 33], [1, 6, 6, 33], [1, 6, 7, 33], stride=2, depthwise=True)
CASES['depthwise_conv_2d_7x8_f32'] = conv('f32', [1, 9, 9, 5], [1, 7, 8, 5], [1, 3, 2, 5], padding=VALID, depthwise=True)
for kind in ('f32', 'i8'):
    CASES[f'conv_2d_depthwise_{kind}'] = conv(kind, [1, 8, 7, 18], [18, 7, 7, 1], [1, 8, 7, 18])
CASES['conv_2d_grouped_f32'] = conv('f32', [1, 4, 4, 4], [6, 3, 3, 2], [1, 4, 4, 6])
for kind in ('i8', 'u8'):  # groups of few channels in, and no whole tile of them out; two pictures
    CASES[f'conv_2d_grouped_{kind}'] = conv(kind, [2, 4, 5, 9], [33, 3, 3, 3], [2, 4, 5, 33])
CASES['conv_2d_per_tensor_i8'] = conv('i8', [1, 5, 5, 4], [7, 3, 3, 4], [1, 5, 5, 7], per_channel=False)
CASES['depthwise_conv_2d_dilated_f32'] = conv('f32', [1, 7, 7, 5], [1, 3, 3, 5], [1, 7, 7, 5], dilation=2, depthwise=True)


def fully_connected(kind, input_shape, units, output_shape, per_channel=True, keep=False, fused=NONE, bias=True):
    def make(m, rng):
        depth = int(np.prod(input_shape)) * units // int(np.prod(output_shape))
        x = activation(m, kind, input_shape, 'in')
        extra = weights(m, rng, kind, [units, depth], 0, units, per_channel and kind == 'i8')
        if not bias:
            extra[1] = -1
        y = activation(m, kind, output_shape, 'out', scale=.07)
        m.operator(OPERATOR.FULLY_CONNECTED, [x] + extra, [y], 'FullyConnectedOptions', keepNumDims=keep,
                   fusedActivationFunction=fused)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'fully_connected_{kind}'] = fully_connected(kind, [1, 37], 10, [1, 10], fused=RELU)
    CASES[f'fully_connected_flatten_{kind}'] = fully_connected(kind, [1, 2, 3, 4], 7, [1, 7])
for kind in ('f32', 'i8'):
    CASES[f'fully_connected_no_bias_{kind}'] = fully_connected(kind, [1, 12], 5, [1, 5], bias=False)
CASES['fully_connected_keep_dims_f32'] = fully_connected('f32', [1, 3, 8], 5, [1, 3, 5], keep=True)
CASES['fully_connected_per_tensor_i8'] = fully_connected('i8', [2, 20], 9, [2, 9], per_channel=False)


def pool(code, kind, input_shape, output_shape, window, stride, padding=VALID, fused=NONE):
    def make(m, rng):
        x, y = activation(m, kind, input_shape, 'in'), activation(m, kind, output_shape, 'out')
        m.operator(code, [x], [y], 'Pool2DOptions', padding=padding, strideW=stride, strideH=stride,
                   filterWidth=window[1], filterHeight=window[0], fusedActivationFunction=fused)
    return make


for kind in ('f32', 'i8', 'u8'):
    for name, code in (('average', OPERATOR.AVERAGE_POOL_2D), ('max', OPERATOR.MAX_POOL_2D)):
        CASES[f'{name}_pool_2d_{kind}'] = pool(code, kind, [1, 7, 6, 5], [1, 4, 3, 5], (3, 3), 2, SAME)
        CASES[f'{name}_pool_2d_global_{kind}'] = pool(code, kind, [1, 4, 5, 9], [1, 1, 1, 9], (4, 5), 1)
    CASES[f'max_pool_2d_relu_{kind}'] = pool(OPERATOR.MAX_POOL_2D, kind, [1, 4, 4, 3], [1, 2, 2, 3], (2, 2), 2, VALID, RELU)


def mean(kind, input_shape, axes, output_shape, keep):
    def make(m, rng):
        x = activation(m, kind, input_shape, 'in')
        a = m.tensor('i32', [len(axes)], axes)
        y = activation(m, kind, output_shape, 'out', scale=.04)
        m.operator(OPERATOR.MEAN, [x, a], [y], 'ReducerOptions', keepDims=keep)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'mean_{kind}'] = mean(kind, [1, 5, 4, 6], [1, 2], [1, 6], False)
    CASES[f'mean_keep_dims_{kind}'] = mean(kind, [1, 5, 4, 6], [-3, -2], [1, 1, 1, 6], True)
for kind in ('i8', 'u8'):
    CASES[f'mean_channels_{kind}'] = mean(kind, [1, 3, 4, 77], [3], [1, 3, 4, 1], True)
CASES['mean_channels_f32'] = mean('f32', [1, 3, 4, 5], [3], [1, 3, 4], False)


def binary(code, options, kind, a_shape, b_shape, output_shape, constant=False, fused=NONE, a={}, b={}, y={}):
    def make(m, rng):
        first = activation(m, kind, a_shape, 'in', **a)
        if constant:
            data = rng.normal(0, 1, b_shape) if kind == 'f32' else rng.integers(0, 100, b_shape)
            second = m.tensor(kind, b_shape, data, **(QUANTIZED[kind] | (b if kind != 'f32' else {})))
        else:
            second = activation(m, kind, b_shape, 'in', **b)
        output = activation(m, kind, output_shape, 'out', **y)
        m.operator(code, [first, second], [output], options, fusedActivationFunction=fused)
    return make


FULL, GATE = [1, 4, 3, 11], [1, 1, 1, 11]
for kind in ('f32', 'i8', 'u8'):
    for name, code, options in (('add', OPERATOR.ADD, 'AddOptions'), ('sub', OPERATOR.SUB, 'SubOptions'),
                                ('mul', OPERATOR.MUL, 'MulOptions')):
        output = {} if name == 'mul' else dict(scale=.09)
        CASES[f'{name}_{kind}'] = binary(code, options, kind, FULL, FULL, FULL, b=dict(scale=.03), y=output)
        CASES[f'{name}_constant_{kind}'] = binary(code, options, kind, FULL, [11], FULL, constant=True, fused=RELU6, y=output)
    CASES[f'mul_gate_{kind}'] = binary(OPERATOR.MUL, 'MulOptions', kind, GATE, FULL, FULL, a=dict(scale=.004))
CASES['add_far_scales_i8'] = binary(OPERATOR.ADD, 'AddOptions', 'i8', FULL, FULL, FULL, a=dict(scale=.00004), y=dict(scale=.06))


def unary(code, kind, options=None, x={}, y={}, shape=(1, 5, 4, 7), **fields):
    def make(m, rng):
        a, b = activation(m, kind, shape, 'in', **x), activation(m, kind, shape, 'out', **y)
        m.operator(code, [a], [b], options, **fields)
    return make


PROBABILITY = {'f32': {}, 'i8': dict(scale=1 / 256, zero=-128), 'u8': dict(scale=1 / 256, zero=0)}
for kind in ('f32', 'i8', 'u8'):
    CASES[f'softmax_{kind}'] = unary(OPERATOR.SOFTMAX, kind, 'SoftmaxOptions', y=PROBABILITY[kind], shape=(1, 13), beta=1.)
    CASES[f'logistic_{kind}'] = unary(OPERATOR.LOGISTIC, kind, y=PROBABILITY[kind])
    CASES[f'hard_swish_{kind}'] = unary(OPERATOR.HARD_SWISH, kind, y=dict(scale=.03))
    CASES[f'relu_{kind}'] = unary(OPERATOR.RELU, kind)
    CASES[f'relu6_{kind}'] = unary(OPERATOR.RELU6, kind, y=dict(scale=6 / 255, zero={'i8': -128, 'u8': 0}.get(kind, 0)))


def shaped(code, kind, input_shape, output_shape, constant=None, options=None, **fields):
    def make(m, rng):
        x = activation(m, kind, input_shape, 'in')
        extra = [] if constant is None else [m.tensor('i32', np.shape(constant), constant)]
        m.operator(code, [x] + extra, [activation(m, kind, output_shape, 'out')], options, **fields)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'pad_{kind}'] = shaped(OPERATOR.PAD, kind, [1, 3, 4, 2], [1, 6, 5, 4], [[0, 0], [1, 2], [0, 1], [2, 0]], 'PadOptions')
    CASES[f'reshape_{kind}'] = shaped(OPERATOR.RESHAPE, kind, [1, 3, 4, 2], [1, 24], [-1, 24], 'ReshapeOptions', newShape=[-1, 24])
    CASES[f'transpose_{kind}'] = shaped(OPERATOR.TRANSPOSE, kind, [1, 3, 4, 2], [1, 2, 3, 4], [0, 3, 1, 2], 'TransposeOptions')
    CASES[f'squeeze_{kind}'] = shaped(OPERATOR.SQUEEZE, kind, [1, 1, 1, 9], [1, 9], None, 'SqueezeOptions', squeezeDims=[1, 2])


def convert(code, from_kind, to_kind, options, y={}):
    def make(m, rng):
        x = activation(m, from_kind, [1, 6, 7], 'in')
        m.operator(code, [x], [activation(m, to_kind, [1, 6, 7], 'out', **y)], options)
    return make


for source, target in (('f32', 'i8'), ('f32', 'u8'), ('u8', 'i8'), ('i8', 'u8')):
    CASES[f'quantize_{source}_{target}'] = convert(OPERATOR.QUANTIZE, source, target, 'QuantizeOptions')
CASES['quantize_i8_i8'] = convert(OPERATOR.QUANTIZE, 'i8', 'i8', 'QuantizeOptions', y=dict(scale=.08, zero=9))
for source in ('i8', 'u8'):
    CASES[f'dequantize_{source}'] = convert(OPERATOR.DEQUANTIZE, source, 'f32', 'DequantizeOptions')


@case('dequantize_weights_f16')
def _(m, rng):
    half = m.tensor('f16', [6, 10], rng.normal(0, .3, [6, 10]))
    bias16 = m.tensor('f16', [6], [0, -0., 6e-8, 1e-5, 2.5, -65504])
    wide, bias = m.tensor('f32', [6, 10]), m.tensor('f32', [6])
    m.operator(OPERATOR.DEQUANTIZE, [half], [wide], 'DequantizeOptions')
    m.operator(OPERATOR.DEQUANTIZE, [bias16], [bias], 'DequantizeOptions')
    x, y = m.tensor('f32', [1, 10], role='in'), m.tensor('f32', [1, 6], role='out')
    m.operator(OPERATOR.FULLY_CONNECTED, [x, wide, bias], [y], 'FullyConnectedOptions')


def quantised_weights(kind, zero):
    """Weights of a network trained for quantisation and exported without: QUANTIZE and DEQUANTIZE of float32 constants."""
    def make(m, rng):
        x, values = activation(m, 'f32', [1, 5, 5, 3], 'in'), m.tensor('f32', [4, 3, 3, 3], rng.normal(0, .3, [4, 3, 3, 3]))
        quantised = m.tensor(kind, [4, 3, 3, 3], scale=rng.uniform(.004, .012, 4), zero=zero)
        wide, bias = m.tensor('f32', [4, 3, 3, 3]), m.tensor('f32', [4], rng.normal(0, .5, 4))
        m.operator(OPERATOR.QUANTIZE, [values], [quantised], 'QuantizeOptions')
        m.operator(OPERATOR.DEQUANTIZE, [quantised], [wide], 'DequantizeOptions')
        m.operator(OPERATOR.CONV_2D, [x, wide, bias], [activation(m, 'f32', [1, 3, 3, 4], 'out')], 'Conv2DOptions', padding=VALID, strideW=1,
                   strideH=1, dilationWFactor=1, dilationHFactor=1, fusedActivationFunction=NONE)
    return make


CASES['quantize_weights_u8'] = quantised_weights('u8', 128)
CASES['quantize_weights_i8'] = quantised_weights('i8', 0)


def padded_conv(kind):
    """PAD before a strided VALID convolution, as Keras writes MobileNet."""
    def make(m, rng):
        x, padded = activation(m, kind, [1, 6, 6, 3], 'in'), activation(m, kind, [1, 7, 7, 3])
        paddings = m.tensor('i32', [4, 2], [[0, 0], [0, 1], [0, 1], [0, 0]])
        m.operator(OPERATOR.PAD, [x, paddings], [padded], 'PadOptions')
        extra = weights(m, rng, kind, [4, 3, 3, 3], 0, 4, kind == 'i8')
        y = activation(m, kind, [1, 3, 3, 4], 'out', scale=.06)
        m.operator(OPERATOR.CONV_2D, [padded] + extra, [y], 'Conv2DOptions', padding=VALID, strideW=2, strideH=2,
                   dilationWFactor=1, dilationHFactor=1, fusedActivationFunction=RELU6)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'network_pad_conv_{kind}'] = padded_conv(kind)


@case('network_two_outputs_f32')
def _(m, rng):
    """An output that another operator reads too, and a skip connection."""
    x = m.tensor('f32', [1, 4, 4, 8], role='in')
    extra = weights(m, rng, 'f32', [8, 1, 1, 8], 0, 8, False)
    first, second = m.tensor('f32', [1, 4, 4, 8], role='out'), m.tensor('f32', [1, 4, 4, 8], role='out')
    m.operator(OPERATOR.CONV_2D, [x] + extra, [first], 'Conv2DOptions', padding=SAME, strideW=1, strideH=1,
               dilationWFactor=1, dilationHFactor=1)
    m.operator(OPERATOR.ADD, [x, first], [second], 'AddOptions')


def open_model(content):
    """With the reference kernels; ELU and RELU_0_TO_1 have one kernel, not among those."""
    for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            interpreter = Interpreter(model_content=content, experimental_op_resolver_type=resolver)
            interpreter.allocate_tensors()
            return interpreter
        except (RuntimeError, ValueError) as reason:
            if "Didn't find op" not in str(reason):
                raise
            problem = reason
    raise problem


def run(content, rng):
    interpreter = open_model(content)
    tensors = []
    for detail in interpreter.get_input_details():
        shape, dtype = tuple(detail['shape']), detail['dtype']
        if dtype == np.float32:
            data = rng.normal(0, 2, shape).astype(dtype)
        else:
            data = rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max + 1, shape).astype(dtype)
        interpreter.set_tensor(detail['index'], data)
        tensors.append(data)
    interpreter.invoke()
    tensors += [interpreter.get_tensor(d['index']) for d in interpreter.get_output_details()]
    return b''.join(np.ascontiguousarray(t).tobytes() for t in tensors)


CASES |= more_cases.CASES | rare_cases.CASES | export_cases.CASES


def main():
    for old in [*HERE.glob('*.tflite'), *HERE.glob('*.io')]:
        old.unlink()
    for name, make in sorted(CASES.items()):
        seed = int.from_bytes(name.encode()[-8:], 'little') % 2**32
        model, answering = Model(), Model(for_answer=True)
        for m in (model, answering):
            make(m, np.random.default_rng(seed))
        content = model.bytes()
        try:
            expected = run(answering.bytes(), np.random.default_rng(seed + 1))
        except (RuntimeError, ValueError) as reason:
            raise SystemExit(f'{name}: TFLite does not run it: {reason}') from reason
        (HERE / f'{name}.tflite').write_bytes(content)
        (HERE / f'{name}.io').write_bytes(expected)
    for name, make in (more_cases.OTHERS | rare_cases.OTHERS | odd_cases.OTHERS).items():
        model = Model()
        make(model, np.random.default_rng(1))
        (HERE / 'others').mkdir(exist_ok=True)
        (HERE / 'others' / f'{name}.tflite').write_bytes(model.bytes())
    (HERE / 'cases.txt').write_text('\n'.join(sorted(CASES)) + '\n')


if __name__ == '__main__':
    main()
