"""Files that no build can run, for xnn_refusals.c and the fuzzers: what each is refused for is in that test."""
import numpy as np
from model import NONE, OPERATOR, SAME, schema

OTHERS = {}
SMALL = [1, 4, 4, 2]


def odd(name):
    def register(make):
        OTHERS[f'odd_{name}'] = make
    return register


def conv(m, x, w, y, bias=None):
    m.operator(OPERATOR.CONV_2D, [x, w] + ([] if bias is None else [bias]), [y], 'Conv2DOptions', padding=SAME, strideW=1, strideH=1,
               dilationWFactor=1, dilationHFactor=1, fusedActivationFunction=NONE)


def int4_filter(m, rng, per_channel=True):
    w = m.tensor('i8', [3, 1, 1, 2], scale=[.1, .2, .3] if per_channel else .1)
    m.buffers.append(rng.integers(0, 256, 3, np.uint8).tobytes())  # two a byte
    m.tensors[w].type, m.tensors[w].buffer = schema.TensorType.INT4, len(m.buffers) - 1
    return w


@odd('int4_weights')
def _(m, rng):
    """int8 activations and float ones, in one network."""
    x = m.tensor('i8', SMALL, scale=.05, zero=1, role='in')
    y = m.tensor('i8', [1, 4, 4, 3], scale=.1)
    conv(m, x, int4_filter(m, rng), y, m.tensor('i32', [3], [1, 2, 3], scale=[.005, .01, .015]))
    z = m.tensor('f32', [1, 4, 4, 3])
    m.operator(OPERATOR.DEQUANTIZE, [y], [z])
    w = m.tensor('i8', [2, 48], scale=.1)
    m.buffers.append(rng.integers(0, 256, 48, np.uint8).tobytes())
    m.tensors[w].type, m.tensors[w].buffer = schema.TensorType.INT4, len(m.buffers) - 1
    m.operator(OPERATOR.FULLY_CONNECTED, [z, w, -1], [m.tensor('f32', [1, 2], role='out')], 'FullyConnectedOptions', fusedActivationFunction=NONE)


@odd('int16_activations')
def _(m, rng):
    """As TensorFlow's 16x8 quantisation writes: int8 filters, biases of 64 bits."""
    x = m.tensor('f32', SMALL, role='in')
    q = m.tensor('i16', SMALL, scale=.0001)
    m.operator(OPERATOR.QUANTIZE, [x], [q])
    w = m.tensor('i8', [3, 1, 1, 2], rng.integers(-127, 128, [3, 1, 1, 2]), scale=[.1, .2, .3])
    y = m.tensor('i16', [1, 4, 4, 3], scale=.0002)
    conv(m, q, w, y, m.tensor('i64', [3], [1, 2, 3], scale=[.00001, .00002, .00003]))
    z = m.tensor('i16', [1, 4, 4, 3], scale=1 / 32768)
    m.operator(OPERATOR.LOGISTIC, [y], [z])
    m.operator(OPERATOR.DEQUANTIZE, [z], [m.tensor('f32', [1, 4, 4, 3], role='out')])


@odd('custom')
def _(m, rng):
    """Two operators of somebody's own between ones that run."""
    x = m.tensor('f32', SMALL, role='in')
    a, b, c = (m.tensor('f32', SMALL) for _ in range(3))
    m.operator(OPERATOR.RELU, [x], [a])
    m.operator(OPERATOR.CUSTOM, [a], [b])
    m.custom_name = 'TFLite_Detection_PostProcess'
    m.operator(OPERATOR.CUSTOM, [b], [c])
    m.operator(OPERATOR.LOGISTIC, [c], [m.tensor('f32', SMALL, role='out')])


@odd('four_reasons')
def _(m, rng):
    """Each operator for a reason of its own; each after the first is asked too."""
    x = m.tensor('f32', SMALL, role='in')
    a = m.tensor('f32', SMALL)
    m.operator(OPERATOR.UNIDIRECTIONAL_SEQUENCE_LSTM, [x], [a])
    w = m.tensor('f32', [2, 1, 1, 2], role='in')  # a filter that is known only while running
    b = m.tensor('f32', SMALL)
    conv(m, a, w, b)
    c = m.tensor('i32', SMALL)
    m.operator(OPERATOR.CAST, [b], [c])
    d = m.tensor('i32', SMALL)
    m.operator(OPERATOR.ADD, [c, c], [d], 'AddOptions', fusedActivationFunction=NONE)
    e = m.tensor('f32', SMALL)
    m.operator(OPERATOR.CAST, [d], [e])
    m.operator(OPERATOR.MAX_POOL_2D, [e], [m.tensor('f32', [1, 1, 1, 2], role='out')], 'Pool2DOptions', padding=SAME, strideW=0, strideH=1,
               filterWidth=4, filterHeight=4)


@odd('text')
def _(m, rng):
    """A tensor of texts, a type without a size."""
    x = m.tensor('f32', SMALL, role='in')
    t = m.tensor('f32', SMALL)
    m.tensors[t].type = schema.TensorType.STRING
    m.operator(OPERATOR.CAST, [x], [t])
    m.operator(OPERATOR.CAST, [t], [m.tensor('f32', SMALL, role='out')])


@odd('hybrid_uint8')
def _(m, rng):
    """Filters of bytes under float32: with a zero point, and where TensorFlow's own converter wrote none."""
    x = m.tensor('f32', SMALL, role='in')
    w = m.tensor('u8', [3, 1, 1, 2], rng.integers(0, 256, [3, 1, 1, 2]), scale=.01, zero=120)
    y = m.tensor('f32', [1, 4, 4, 3])
    conv(m, x, w, y, m.tensor('f32', [3], [1, 2, 3]))
    w = m.tensor('u8', [1, 3, 3, 3], rng.integers(0, 256, [1, 3, 3, 3]), scale=.01)
    m.operator(OPERATOR.DEPTHWISE_CONV_2D, [y, w, m.tensor('f32', [3], [1, 2, 3])], [m.tensor('f32', [1, 4, 4, 3], role='out')],
               'DepthwiseConv2DOptions', padding=SAME, strideW=1, strideH=1, dilationWFactor=1, dilationHFactor=1, depthMultiplier=1,
               fusedActivationFunction=NONE)


@odd('sparse')
def _(m, rng):
    x = m.tensor('f32', SMALL, role='in')
    w = m.tensor('f32', [3, 1, 1, 2], np.ones([3, 1, 1, 2]))
    m.tensors[w].sparsity = schema.SparsityParametersT()
    m.tensors[w].sparsity.traversalOrder = [0, 1, 2, 3]
    conv(m, x, w, m.tensor('f32', [1, 4, 4, 3], role='out'))


@odd('variable')
def _(m, rng):
    x = m.tensor('f32', SMALL, role='in')
    state, y = m.tensor('f32', SMALL), m.tensor('f32', SMALL)
    m.tensors[state].isVariable = True
    m.operator(OPERATOR.ADD, [x, state], [y], 'AddOptions', fusedActivationFunction=NONE)
    m.operator(OPERATOR.GREATER, [y, x], [m.tensor('bool', SMALL, role='out')], 'GreaterOptions')


@odd('zero_points')
def _(m, rng):
    """Weights of int8, each channel with a zero point of its own."""
    x, w = m.tensor('f32', SMALL, role='in'), m.tensor('i8', [3, 1, 1, 2], np.ones([3, 1, 1, 2]), scale=[.1, .2, .3], zero=[0, 11, 8])
    wide = m.tensor('f32', [3, 1, 1, 2])
    m.operator(OPERATOR.DEQUANTIZE, [w], [wide], 'DequantizeOptions')
    conv(m, x, wide, m.tensor('f32', [1, 4, 4, 3], role='out'))


def one_custom(name):
    def make(m, rng):
        m.custom_name = name
        m.operator(OPERATOR.CUSTOM, [m.tensor('f32', SMALL, role='in')], [m.tensor('f32', SMALL, role='out')])
    return make


for name, custom_name in (('edge_tpu', 'edgetpu-custom-op'), ('select_tf', 'FlexErf'), ('own_operator', 'MaxUnpooling2D')):
    odd(name)(one_custom(custom_name))


@odd('scratch')
def _(m, rng):
    """As Arm's compiler leaves a network: one operator of its own, which also works in a tensor that nobody writes."""
    x, scratch = m.tensor('f32', SMALL, role='in'), m.tensor('u8', [64])
    m.custom_name = 'ethos-u'
    m.operator(OPERATOR.CUSTOM, [x, scratch], [m.tensor('f32', SMALL, role='out')])


@odd('external')
def _(m, rng):
    """Weights in another file."""
    x = m.tensor('f32', SMALL, role='in')
    w = m.tensor('f32', [3, 1, 1, 2])
    m.tensors[w].externalBuffer = 1
    conv(m, x, w, m.tensor('f32', [1, 4, 4, 3], role='out'))


@odd('custom_quantisation')
def _(m, rng):
    x = m.tensor('f32', SMALL, role='in')
    w = m.tensor('i8', [3, 1, 1, 2], np.ones([3, 1, 1, 2]), scale=.1)
    m.tensors[w].quantization.detailsType = schema.QuantizationDetails.CustomQuantization
    m.tensors[w].quantization.details = schema.CustomQuantizationT()
    m.tensors[w].quantization.details.custom = [1, 2, 3]
    conv(m, x, w, m.tensor('f32', [1, 4, 4, 3], role='out'))


@odd('control_flow')
def _(m, rng):
    """IF on a truth that the network works out."""
    x = m.tensor('f32', SMALL, role='in')
    is_more = m.tensor('bool', SMALL)
    m.operator(OPERATOR.GREATER, [x, x], [is_more], 'GreaterOptions')
    m.operator(OPERATOR.IF, [is_more, x], [m.tensor('f32', SMALL, role='out')], 'IfOptions', thenSubgraphIndex=0, elseSubgraphIndex=0)


@odd('rank_5')
def _(m, rng):
    """Pictures behind each other: CONV_3D."""
    x = m.tensor('f32', [1, 3, 4, 4, 2], role='in')
    w = m.tensor('f32', [1, 1, 1, 2, 3], np.ones([1, 1, 1, 2, 3]))
    m.operator(OPERATOR.CONV_3D, [x, w], [m.tensor('f32', [1, 3, 4, 4, 3], role='out')], 'Conv3DOptions', padding=SAME, strideW=1, strideH=1, strideD=1)


@odd('bytes_without_scale')
def _(m, rng):
    x = m.tensor('u8', SMALL, role='in')
    m.operator(OPERATOR.RELU, [x], [m.tensor('u8', SMALL, role='out')])


@odd('empty_filter')
def _(m, rng):
    """A filter of no outputs."""
    x, w = m.tensor('f32', [1, 4], role='in'), m.tensor('f32', [0, 4], np.zeros([0, 4]))
    m.operator(OPERATOR.FULLY_CONNECTED, [x, w, -1], [m.tensor('f32', [1, 4], role='out')], 'FullyConnectedOptions', fusedActivationFunction=NONE)


@odd('wide_exponent')
def _(m, rng):
    """Exponents of more dimensions than what they are of."""
    x, exponents = m.tensor('f32', [1, 4], role='in'), m.tensor('f32', [2, 4], np.full([2, 4], 2))
    m.operator(OPERATOR.POW, [x, exponents], [m.tensor('f32', [2, 4], role='out')], 'PowOptions')


def emptied(m, dimensions):
    """A list without elements as float32 of so many dimensions, which the file leaves open."""
    x = m.tensor('f32', [1])
    m.operator(OPERATOR.CAST, [m.tensor('i32', [0], np.zeros(0))], [x], 'CastOptions')
    for known in range(1, dimensions):
        y, axis = m.tensor('f32', [1] * (known + 1)), m.tensor('i32', [1], [0 if known == 1 else -1])
        m.operator(OPERATOR.EXPAND_DIMS, [x, axis], [y])
        m.tensors[x].shapeSignature, m.tensors[y].shapeSignature, x = [-1] * known, [-1] * (known + 1), y
    return x


@odd('empty_product')
def _(m, rng):
    x, y = m.tensor('f32', [1, 1], role='in'), m.tensor('f32', [1, 1], role='out')
    m.operator(OPERATOR.BATCH_MATMUL, [x, emptied(m, 2)], [y], 'BatchMatMulOptions')
    m.tensors[y].shapeSignature = [-1, -1]


@odd('empty_picture')
def _(m, rng):
    x, y = m.tensor('f32', [1, 1], role='in'), m.tensor('f32', [1, 2, 2, 1], role='out')
    m.operator(OPERATOR.RESIZE_NEAREST_NEIGHBOR, [emptied(m, 4), m.tensor('i32', [2], [2, 2])], [y], 'ResizeNearestNeighborOptions')
    m.operator(OPERATOR.RELU, [x], [m.tensor('f32', [1, 1], role='out')])
    m.tensors[y].shapeSignature = [-1] * 4


@odd('vast_shape')
def _(m, rng):
    """A new shape of 2^32 elements and what is left of none."""
    x, y = m.tensor('f32', [1, 4], role='in'), m.tensor('f32', [1, 2, 2], role='out')
    m.operator(OPERATOR.RESHAPE, [x, m.tensor('i32', [3], [256, 1 << 24, -1])], [y], 'ReshapeOptions')
    m.tensors[y].shapeSignature = [-1] * 3
