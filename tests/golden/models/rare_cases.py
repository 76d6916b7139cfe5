"""Cases for make.py: operators that few classifiers have."""
import numpy as np
from model import activation, NONE, OPERATOR, RELU, SAME, schema, VALID, weights

CASES = {}


def transpose_conv(kind, input_shape, filter_shape, output_shape, stride, padding=SAME, fused=NONE, bias=True, per_channel=True):
    def make(m, rng):
        shape = m.tensor('i32', [4], output_shape)
        x = activation(m, kind, input_shape, 'in')
        w, b = weights(m, rng, kind, filter_shape, 0, filter_shape[0], per_channel and kind == 'i8')
        y = activation(m, kind, output_shape, 'out', scale=.07)
        m.operator(OPERATOR.TRANSPOSE_CONV, [shape, w, x] + [b] * bias, [y], 'TransposeConvOptions', padding=padding,
                   strideW=stride[1], strideH=stride[0], fusedActivationFunction=fused)
        m.version(OPERATOR.TRANSPOSE_CONV, 4 if fused else 3)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'transpose_conv_{kind}'] = transpose_conv(kind, [1, 4, 3, 5], [7, 3, 3, 5], [1, 8, 6, 7], (2, 2))
    CASES[f'transpose_conv_valid_{kind}'] = transpose_conv(kind, [1, 3, 4, 3], [4, 4, 2, 3], [1, 8, 12, 4], (2, 3), VALID)
CASES['transpose_conv_no_bias_f32'] = transpose_conv('f32', [2, 3, 3, 4], [5, 2, 2, 4], [2, 6, 6, 5], (2, 2), bias=False)
CASES['transpose_conv_stride_one_f32'] = transpose_conv('f32', [1, 5, 4, 4], [3, 3, 3, 4], [1, 5, 4, 3], (1, 1), fused=RELU)
CASES['transpose_conv_odd_f32'] = transpose_conv('f32', [1, 4, 4, 2], [3, 5, 3, 2], [1, 7, 7, 3], (2, 2))
CASES['transpose_conv_per_tensor_i8'] = transpose_conv('i8', [1, 4, 3, 5], [7, 3, 3, 5], [1, 8, 6, 7], (2, 2), per_channel=False)
# Small as a file and as values; what lies between them would take gigabytes.
OTHERS = {'transpose_conv_far_apart': transpose_conv('f32', [1, 1, 1, 16], [1, 1, 1, 16], [1, 5000, 5000, 1], (5000, 5000), VALID)}


def mirror_pad(kind, shape, paddings, mode):
    def make(m, rng):
        x = activation(m, kind, shape, 'in')
        p = m.tensor('i32', [len(shape), 2], paddings)
        y = activation(m, kind, [a + b + c for a, (b, c) in zip(shape, paddings)], 'out')
        m.operator(OPERATOR.MIRROR_PAD, [x, p], [y], 'MirrorPadOptions', mode=mode)
    return make


REFLECT, SYMMETRIC = schema.MirrorPadMode.REFLECT, schema.MirrorPadMode.SYMMETRIC
for kind in ('f32', 'i8', 'u8'):
    CASES[f'mirror_pad_reflect_{kind}'] = mirror_pad(kind, [1, 4, 5, 3], [(0, 0), (3, 1), (2, 4), (0, 0)], REFLECT)
    CASES[f'mirror_pad_symmetric_{kind}'] = mirror_pad(kind, [1, 4, 5, 3], [(0, 0), (4, 1), (0, 5), (0, 0)], SYMMETRIC)
CASES['mirror_pad_last_f32'] = mirror_pad('f32', [2, 6], [(1, 0), (2, 3)], REFLECT)


def strided_slice(kind, shape, begin, end, strides, output_shape, **masks):
    def make(m, rng):
        x = activation(m, kind, shape, 'in')
        lists = [m.tensor('i32', [len(values)], values) for values in (begin, end, strides)]
        m.operator(OPERATOR.STRIDED_SLICE, [x] + lists, [activation(m, kind, output_shape, 'out')], 'StridedSliceOptions', **masks)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'strided_slice_steps_{kind}'] = strided_slice(kind, [1, 7, 8, 3], [0, 0, 1, 0], [1, 7, 8, 3], [1, 2, 3, 1], [1, 4, 3, 3])
CASES['strided_slice_late_f32'] = strided_slice('f32', [1, 9, 7, 2], [0, 4, 3, 0], [1, 9, 7, 2], [1, 4, 3, 1], [1, 2, 2, 2])
CASES['strided_slice_channels_f32'] = strided_slice('f32', [1, 3, 4, 3], [0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, -1], [1, 3, 4, 3],
                                                    beginMask=15, endMask=15)
CASES['strided_slice_backwards_f32'] = strided_slice('f32', [2, 7, 5, 2], [1, 6, 0, 0], [2, 0, 5, 2], [1, -2, 2, 1], [3, 3, 2], shrinkAxisMask=1)


def gather(kind, shape, indices, axis, output_shape):
    def make(m, rng):
        x, i = activation(m, kind, shape, 'in'), m.tensor('i32', np.shape(indices), indices)
        m.operator(OPERATOR.GATHER, [x, i], [activation(m, kind, output_shape, 'out')], 'GatherOptions', axis=axis)
    return make


CASES['gather_channels_f32'] = gather('f32', [1, 3, 4, 3], [2, 1, 0], 3, [1, 3, 4, 3])
CASES['gather_channels_i8'] = gather('i8', [1, 3, 4, 3], [2, 1, 0], 3, [1, 3, 4, 3])
CASES['gather_square_f32'] = gather('f32', [1, 5, 2], [[4, 0], [1, 1], [2, 3]], 1, [1, 3, 2, 2])


def softmax(kind, beta):
    def make(m, rng):
        quantized = {} if kind == 'f32' else dict(scale=1 / 256, zero=-128 if kind == 'i8' else 0)
        x, y = activation(m, kind, [2, 9], 'in'), activation(m, kind, [2, 9], 'out', **quantized)
        m.operator(OPERATOR.SOFTMAX, [x], [y], 'SoftmaxOptions', beta=beta)
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'softmax_cold_{kind}'] = softmax(kind, .5)
CASES['softmax_hot_f32'] = softmax('f32', 2.)


def float16(make):
    """A network in float16, answered by the same one in float32: that is how it is run, and what its ends become."""
    def both(m, rng):
        make(m, rng, 'f32' if m.for_answer else 'f16')
    return both


@float16
def float16_ends(m, rng, kind):
    x, wide = m.tensor(kind, [1, 4, 5, 3], role='in'), m.tensor('f32', [1, 4, 5, 3])
    scaled, y = m.tensor('f32', [1, 4, 5, 3]), m.tensor(kind, [1, 4, 5, 3], role='out')
    m.operator(OPERATOR.CAST, [x], [wide], 'CastOptions')
    m.operator(OPERATOR.MUL, [wide, m.tensor('f32', [3], [.5, 2, -1])], [scaled], 'MulOptions')
    m.operator(OPERATOR.CAST, [scaled], [y], 'CastOptions')


@float16
def float16_throughout(m, rng, kind):
    """Arithmetic in halves, which LiteRT's own kernels have none for, with a constant; then back by DEQUANTIZE."""
    x, shifted = m.tensor(kind, [2, 6], role='in'), m.tensor(kind, [2, 6])
    relu, y = m.tensor(kind, [2, 6]), m.tensor('f32', [2, 6], role='out')
    m.operator(OPERATOR.ADD, [x, m.tensor(kind, [6], np.arange(6) / 4)], [shifted], 'AddOptions')
    m.operator(OPERATOR.RELU, [shifted], [relu])
    m.operator(OPERATOR.ABS if m.for_answer else OPERATOR.DEQUANTIZE, [relu], [y])  # the same of what is at least 0


@float16
def float16_weights_used_twice(m, rng, kind):
    """One constant that is widened by the file's DEQUANTIZE, and is read in halves as well."""
    x, w = m.tensor(kind, [1, 4], role='in'), m.tensor(kind, [3, 4], rng.normal(0, 1, [3, 4]).astype(np.float16))
    wide, y = m.tensor('f32', [3, 4]), m.tensor('f32', [3, 4], role='out')
    z = m.tensor('f32', [1, 3], role='out')
    m.operator(OPERATOR.ADD, [w, x], [m.tensor(kind, [3, 4])], 'AddOptions')
    total, single = len(m.tensors) - 1, m.tensor('f32', [1, 4])
    if m.for_answer:
        m.operator(OPERATOR.ABS, [total], [y])
        m.operator(OPERATOR.FULLY_CONNECTED, [x, w], [z], 'FullyConnectedOptions')
        return
    m.operator(OPERATOR.DEQUANTIZE, [w], [wide])
    m.operator(OPERATOR.CAST, [x], [single], 'CastOptions')
    m.operator(OPERATOR.ABS, [total], [m.tensor(kind, [3, 4])])
    m.operator(OPERATOR.DEQUANTIZE, [len(m.tensors) - 1], [y])
    m.operator(OPERATOR.FULLY_CONNECTED, [single, wide, -1], [z], 'FullyConnectedOptions')


CASES |= {f'{make}_f32': globals()[make] for make in ('float16_ends', 'float16_throughout', 'float16_weights_used_twice')}
