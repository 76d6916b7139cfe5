"""Cases for make.py: operators that few classifiers have."""
import numpy as np
from model import activation, NONE, OPERATOR, RELU, SAME, schema, TYPES, VALID, weights

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


def average_pool_far_taller(m, rng):
    """Of 20,227 rows, nearly all of them padding; a table of its pointers would take 11 GB."""
    x, y = activation(m, 'u8', [1, 7, 6, 5], 'in'), activation(m, 'u8', [1, 4, 3, 5], 'out')
    m.operator(OPERATOR.AVERAGE_POOL_2D, [x], [y], 'Pool2DOptions', padding=SAME, strideW=2, strideH=2, filterWidth=3, filterHeight=20227,
               fusedActivationFunction=NONE)


OTHERS['average_pool_far_taller'] = average_pool_far_taller


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


def arg_max(kind, shape, axis, index_kind='i64'):
    def make(m, rng):
        x, a = activation(m, kind, shape, 'in'), m.tensor('i32', [], axis)
        y = m.tensor(index_kind, np.delete(shape, axis), role='out')
        m.operator(OPERATOR.ARG_MAX, [x, a], [y], 'ArgMaxOptions', outputType=TYPES[index_kind][1])
    return make


def topk(kind, shape, k):
    def make(m, rng):
        x, count = activation(m, kind, shape, 'in'), m.tensor('i32', [], k)
        y = activation(m, kind, [*shape[:-1], k], 'out')
        m.operator(OPERATOR.TOPK_V2, [x, count], [y, m.tensor('i32', [*shape[:-1], k], role='out')], 'TopKV2Options')
    return make


for kind in ('f32', 'i8', 'u8'):
    CASES[f'arg_max_{kind}'] = arg_max(kind, [1, 300], -1)
    CASES[f'arg_max_places_{kind}'] = arg_max(kind, [1, 4, 5, 6], 3, 'i32')
    CASES[f'topk_v2_{kind}'] = topk(kind, [2, 300], 7)
CASES['arg_max_middle_f32'] = arg_max('f32', [2, 7, 3], 1)
CASES['arg_max_scalar_f32'] = arg_max('f32', [9], 0)
CASES['topk_v2_all_u8'] = topk('u8', [300], 300)
CASES['topk_v2_one_f32'] = topk('f32', [3, 2, 5], 1)


def dense_softmax(m, rng, **softmax):
    x, logits, scores = m.tensor('f32', [1, 8], role='in'), m.tensor('f32', [1, 5]), m.tensor('f32', [1, 5], **softmax)
    m.operator(OPERATOR.FULLY_CONNECTED, [x] + weights(m, rng, 'f32', [5, 8], 0, 5, False), [logits], 'FullyConnectedOptions')
    m.operator(OPERATOR.SOFTMAX, [logits], [scores], 'SoftmaxOptions', beta=1.)
    return scores


def network_picks(m, rng):
    """The class alone, as float32 and in a row of its own, and the index by itself."""
    scores, index = dense_softmax(m, rng), m.tensor('i64', [1], role='out')
    real, row = m.tensor('f32', [1]), m.tensor('f32', [1, 1], role='out')
    m.operator(OPERATOR.ARG_MAX, [scores, m.tensor('i32', [], 1)], [index], 'ArgMaxOptions', outputType=TYPES['i64'][1])
    m.operator(OPERATOR.CAST, [index], [real], 'CastOptions')
    m.operator(OPERATOR.RESHAPE, [real, m.tensor('i32', [2], [1, 1])], [row], 'ReshapeOptions', newShape=[1, 1])


def network_best(m, rng):
    """The best three, of scores that are an output too."""
    scores = dense_softmax(m, rng, role='out')
    best, indices = m.tensor('f32', [1, 3], role='out'), m.tensor('i32', [1, 3], role='out')
    m.operator(OPERATOR.TOPK_V2, [scores, m.tensor('i32', [], 3)], [best, indices], 'TopKV2Options')


def picked_within(m, rng):
    """What XNNPACK would have to read again."""
    scores, y = dense_softmax(m, rng), m.tensor('f32', [1, 3], role='out')
    best, indices = m.tensor('f32', [1, 3]), m.tensor('i32', [1, 3], role='out')
    m.operator(OPERATOR.TOPK_V2, [scores, m.tensor('i32', [], 3)], [best, indices], 'TopKV2Options')
    m.operator(OPERATOR.SOFTMAX, [best], [y], 'SoftmaxOptions', beta=1.)


CASES |= {'network_picks_f32': network_picks, 'network_best_f32': network_best}
OTHERS['picked_within'] = picked_within


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
