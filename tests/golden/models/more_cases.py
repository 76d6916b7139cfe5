"""Cases of the operators that networks have beside convolutions and their like,
of dynamic range, and of shapes that are worked out of constants. See make.py."""
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from model import activation, NONE, OPERATOR, QUANTIZED, RELU6, SAME, VALID

CASES = {}
FULL = [1, 4, 3, 11]
KINDS = ('f32', 'i8', 'u8')


def unary(code, kind, options=None, x={}, y={}, shape=(1, 5, 4, 7), square=False, **fields):
    """square: of x * x + 0.1, for what takes no negative numbers."""
    def make(m, rng):
        a = activation(m, kind, shape, 'in', **x)
        if square:
            squared, positive = m.tensor('f32', shape), m.tensor('f32', shape)
            m.operator(OPERATOR.SQUARE, [a], [squared], 'SquareOptions')
            m.operator(OPERATOR.ADD, [squared, m.tensor('f32', [], .1)], [positive], 'AddOptions')
            a = positive
        m.operator(code, [a], [activation(m, kind, shape, 'out', **y)], options, **fields)
    return make


for name, options in (('ABS', 'AbsOptions'), ('NEG', 'NegOptions'), ('SQUARE', 'SquareOptions'), ('EXP', 'ExpOptions'),
                      ('TANH', None), ('ELU', None)):
    CASES[f'{name.lower()}_f32'] = unary(getattr(OPERATOR, name), 'f32', options)
for name, options in (('SQRT', None), ('RSQRT', None), ('LOG', None)):
    CASES[f'{name.lower()}_f32'] = unary(getattr(OPERATOR, name), 'f32', options, square=True)
for kind, zero in (('i8', 0), ('u8', 128)):
    CASES[f'tanh_{kind}'] = unary(OPERATOR.TANH, kind, y=dict(scale=1 / 128, zero=zero))
CASES['elu_i8'] = unary(OPERATOR.ELU, 'i8', y=dict(scale=.03, zero=-90))
CASES['gelu_f32'] = unary(OPERATOR.GELU, 'f32', 'GeluOptions', approximate=False)
CASES['gelu_approximate_f32'] = unary(OPERATOR.GELU, 'f32', 'GeluOptions', approximate=True)
CASES['gelu_i8'] = unary(OPERATOR.GELU, 'i8', 'GeluOptions', y=dict(scale=.03, zero=-120), approximate=False)
CASES['l2_normalization_f32'] = unary(OPERATOR.L2_NORMALIZATION, 'f32', 'L2NormOptions', shape=(2, 9))
for kind in KINDS:
    CASES[f'leaky_relu_{kind}'] = unary(OPERATOR.LEAKY_RELU, kind, 'LeakyReluOptions', y=dict(scale=.04), alpha=.2)
    CASES[f'relu_n1_to_1_{kind}'] = unary(OPERATOR.RELU_N1_TO_1, kind)
CASES['leaky_relu_small_i8'] = unary(OPERATOR.LEAKY_RELU, 'i8', 'LeakyReluOptions', alpha=.001)
CASES['relu_0_to_1_f32'] = unary(OPERATOR.RELU_0_TO_1, 'f32')


def binary(code, kind, options=None, b_shape=FULL, constant=None, first=False, b={}, y={}, fused=None):
    """constant: what the other input holds; first: it is the first input."""
    def make(m, rng):
        x = activation(m, kind, FULL, 'in')
        if constant is None:
            other = activation(m, kind, b_shape, 'in', **b)
        else:
            other = m.tensor(kind, b_shape, constant(rng), **({} if kind == 'f32' else QUANTIZED[kind] | b))
        fields = {} if fused is None else dict(fusedActivationFunction=fused)
        m.operator(code, [other, x] if first else [x, other], [activation(m, kind, FULL, 'out', **y)], options, **fields)
    return make


SCALAR = {'f32': lambda rng: 1 / 127.5, 'i8': lambda rng: 40, 'u8': lambda rng: 170}
for kind in KINDS:
    CASES[f'maximum_{kind}'] = binary(OPERATOR.MAXIMUM, kind, 'MaximumMinimumOptions')
    CASES[f'minimum_{kind}'] = binary(OPERATOR.MINIMUM, kind, 'MaximumMinimumOptions')
    CASES[f'mul_scalar_{kind}'] = binary(OPERATOR.MUL, kind, 'MulOptions', [], SCALAR[kind])
    CASES[f'add_scalar_{kind}'] = binary(OPERATOR.ADD, kind, 'AddOptions', [], SCALAR[kind], fused=RELU6, y=dict(scale=.06))
    CASES[f'sub_from_scalar_{kind}'] = binary(OPERATOR.SUB, kind, 'SubOptions', [], SCALAR[kind], first=True, y=dict(scale=.06))
CASES['div_f32'] = binary(OPERATOR.DIV, 'f32', 'DivOptions', [11], lambda rng: rng.uniform(1, 3, 11))
CASES['squared_difference_f32'] = binary(OPERATOR.SQUARED_DIFFERENCE, 'f32', 'SquaredDifferenceOptions')
CASES['squared_difference_i8'] = binary(OPERATOR.SQUARED_DIFFERENCE, 'i8', 'SquaredDifferenceOptions', y=dict(scale=.4, zero=-128))
CASES['prelu_f32'] = binary(OPERATOR.PRELU, 'f32', None, [1, 1, 11], lambda rng: rng.normal(0, .5, [1, 1, 11]))
CASES['prelu_i8'] = binary(OPERATOR.PRELU, 'i8', None, [1, 1, 11], lambda rng: rng.integers(-100, 100, [1, 1, 11]), b=dict(scale=.01, zero=0))


def shaped(code, kind, input_shape, output_shapes, before=(), after=(), options=None, y={}, **fields):
    """before, after: constants round the input, as (type, value)."""
    def make(m, rng):
        x = activation(m, kind, input_shape, 'in')
        constants = [[m.tensor(t, np.shape(v), v) for t, v in group] for group in (before, after)]
        outputs = [activation(m, kind, shape, 'out', **y) for shape in output_shapes]
        m.operator(code, constants[0] + [x] + constants[1], outputs, options, **fields)
    return make


PICTURE = [1, 4, 6, 8]
for kind in KINDS:
    CASES[f'expand_dims_{kind}'] = shaped(OPERATOR.EXPAND_DIMS, kind, [1, 3, 4], [[1, 3, 4, 1]], after=[('i32', -1)], options='ExpandDimsOptions')
    CASES[f'split_{kind}'] = shaped(OPERATOR.SPLIT, kind, PICTURE, [[1, 4, 6, 2]] * 4, before=[('i32', -1)], options='SplitOptions', numSplits=4)
    CASES[f'split_v_{kind}'] = shaped(OPERATOR.SPLIT_V, kind, PICTURE, [[1, 4, 1, 8], [1, 4, 5, 8]],
                                      after=[('i32', [1, -1]), ('i32', 2)], options='SplitVOptions', numSplits=2)
    CASES[f'unpack_{kind}'] = shaped(OPERATOR.UNPACK, kind, [2, 3, 5], [[2, 5]] * 3, options='UnpackOptions', axis=1, num=3)
    CASES[f'slice_{kind}'] = shaped(OPERATOR.SLICE, kind, PICTURE, [[1, 2, 5, 8]], after=[('i32', [0, 1, 1, 0]), ('i32', [1, 2, -1, 8])],
                                    options='SliceOptions')
    CASES[f'strided_slice_{kind}'] = shaped(
        OPERATOR.STRIDED_SLICE, kind, PICTURE, [[1, 4, 7]], after=[('i32', [0, 0, 2, -7]), ('i32', [1, 9, 3, 0]), ('i32', [1, 1, 1, 1])],
        options='StridedSliceOptions', beginMask=1, endMask=8, shrinkAxisMask=4)
    CASES[f'gather_{kind}'] = shaped(OPERATOR.GATHER, kind, PICTURE, [[1, 6, 8]], after=[('i32', 2)], options='GatherOptions', axis=1)
    CASES[f'depth_to_space_{kind}'] = shaped(OPERATOR.DEPTH_TO_SPACE, kind, PICTURE, [[1, 8, 12, 2]], options='DepthToSpaceOptions', blockSize=2)
    CASES[f'space_to_depth_{kind}'] = shaped(OPERATOR.SPACE_TO_DEPTH, kind, PICTURE, [[1, 2, 3, 32]], options='SpaceToDepthOptions', blockSize=2)
    CASES[f'reduce_max_{kind}'] = shaped(OPERATOR.REDUCE_MAX, kind, PICTURE, [[1, 8]], after=[('i32', [1, 2])], options='ReducerOptions', keepDims=False)
    CASES[f'reduce_max_keep_dims_{kind}'] = shaped(OPERATOR.REDUCE_MAX, kind, PICTURE, [[1, 1, 1, 8]], after=[('i32', [1, 2])],
                                                   options='ReducerOptions', keepDims=True)
    for mode in ('legacy', 'align_corners', 'half_pixel_centers'):
        fields = dict(alignCorners=mode == 'align_corners', halfPixelCenters=mode == 'half_pixel_centers')
        CASES[f'resize_bilinear_{mode}_{kind}'] = shaped(OPERATOR.RESIZE_BILINEAR, kind, PICTURE, [[1, 7, 9, 8]], after=[('i32', [7, 9])],
                                                         options='ResizeBilinearOptions', **fields)
    CASES[f'resize_nearest_neighbor_{kind}'] = shaped(OPERATOR.RESIZE_NEAREST_NEIGHBOR, kind, PICTURE, [[1, 8, 18, 8]], after=[('i32', [8, 18])],
                                                      options='ResizeNearestNeighborOptions', halfPixelCenters=True)
CASES['sum_f32'] = shaped(OPERATOR.SUM, 'f32', PICTURE, [[1, 4, 6]], after=[('i32', [3])], options='ReducerOptions', keepDims=False)


def padded_pool(kind, fill, fused=NONE, input_shape=(1, 6, 7, 5), output_shape=(1, 3, 4, 5), paddings=((0, 0), (1, 1), (1, 1), (0, 0))):
    """PADV2 before a VALID pool, as PyTorch's are exported."""
    def make(m, rng):
        x = activation(m, kind, input_shape, 'in')
        padded = activation(m, kind, [n + sum(p) for n, p in zip(input_shape, paddings)])
        constants = [m.tensor('i32', [4, 2], paddings), m.tensor(kind, [], fill, **QUANTIZED.get(kind, {}))]
        m.operator(OPERATOR.PADV2, [x] + constants, [padded], 'PadV2Options')
        m.operator(OPERATOR.MAX_POOL_2D, [padded], [activation(m, kind, output_shape, 'out')], 'Pool2DOptions', padding=VALID,
                   strideW=2, strideH=2, filterWidth=3, filterHeight=3, fusedActivationFunction=fused)
    return make


LOWEST = {'f32': -np.inf, 'i8': -128, 'u8': 0}
for kind in KINDS:
    CASES[f'network_padded_pool_{kind}'] = padded_pool(kind, LOWEST[kind])
CASES['network_padded_pool_relu6_f32'] = padded_pool('f32', -np.inf, fused=RELU6)
# what a pool may not take over: another number, channels, more than a window
CASES['network_padded_pool_zero_f32'] = padded_pool('f32', 0)
CASES['network_padded_pool_channels_f32'] = padded_pool('f32', -np.inf, output_shape=(1, 3, 4, 6), fused=RELU6,
                                                        paddings=((0, 0), (1, 1), (1, 1), (0, 1)))
CASES['network_padded_pool_far_f32'] = padded_pool('f32', -np.inf, output_shape=(1, 4, 4, 5), fused=RELU6,
                                                   paddings=((0, 0), (1, 3), (1, 1), (0, 0)))
CASES['padv2_f32'] = shaped(OPERATOR.PADV2, 'f32', [1, 3, 4, 2], [[1, 4, 6, 2]],
                            after=[('i64', [[0, 0], [1, 0], [1, 1], [0, 0]]), ('f32', -3.5)], options='PadV2Options')


def joined(code, kind, shapes, output_shape, options, scales=None, **fields):
    def make(m, rng):
        inputs = [activation(m, kind, shape, 'in', **({} if scales is None else dict(scale=scales[i])))
                  for i, shape in enumerate(shapes)]
        m.operator(code, inputs, [activation(m, kind, output_shape, 'out')], options, **fields)
    return make


for kind in KINDS:
    CASES[f'concatenation_{kind}'] = joined(OPERATOR.CONCATENATION, kind, [[1, 2, 3, 5], [1, 2, 3, 4]], [1, 2, 3, 9], 'ConcatenationOptions', axis=-1)
    CASES[f'concatenation_seven_{kind}'] = joined(OPERATOR.CONCATENATION, kind, [[1, n, 3] for n in range(1, 8)], [1, 28, 3], 'ConcatenationOptions', axis=1)
    CASES[f'pack_{kind}'] = joined(OPERATOR.PACK, kind, [[2, 3]] * 3, [2, 3, 3], 'PackOptions', axis=1, valuesCount=3)
CASES['concatenation_scales_u8'] = joined(OPERATOR.CONCATENATION, 'u8', [[1, 5], [1, 4]], [1, 9], 'ConcatenationOptions', [.05, .02], axis=1)


def pool(code, kind, input_shape, output_shape, window, stride, padding):
    def make(m, rng):
        x, y = activation(m, kind, input_shape, 'in'), activation(m, kind, output_shape, 'out')
        m.operator(code, [x], [y], 'Pool2DOptions', padding=padding, strideW=stride, strideH=stride, filterWidth=window,
                   filterHeight=window, fusedActivationFunction=NONE)
    return make


for kind in KINDS:
    for name, code in (('average', OPERATOR.AVERAGE_POOL_2D), ('max', OPERATOR.MAX_POOL_2D)):
        CASES[f'{name}_pool_2d_pixel_{kind}'] = pool(code, kind, [1, 7, 6, 5], [1, 4, 3, 5], 1, 2, VALID)
        CASES[f'{name}_pool_2d_skip_{kind}'] = pool(code, kind, [1, 8, 9, 5], [1, 3, 3, 5], 2, 3, SAME)


def hybrid(code, input_shape, filter_shape, output_shape, options, per_channel, axis=0, kind='i8', **fields):
    """Dynamic range: float32 under int8 filters. Engines choose the steps of the input in
    different ways, so the answer is that of the same filters in float32. kind u8: the same
    bytes under that name, as TensorFlow wrote them at first."""
    def make(m, rng):
        channels = filter_shape[axis]
        x = m.tensor('f32', input_shape, role='in')
        scale = rng.uniform(.004, .012, channels) if per_channel else .008
        whole = rng.integers(-127, 128, filter_shape)
        if m.for_answer:
            w = m.tensor('f32', filter_shape, whole * np.reshape(scale, [-1] + [1] * (len(filter_shape) - 1) if axis == 0 else [-1]))
        else:
            w = m.tensor(kind, filter_shape, whole.astype(np.int8).view(np.uint8) if kind == 'u8' else whole, scale=scale, axis=axis)
        bias = m.tensor('f32', [channels], rng.normal(0, .5, channels))
        m.operator(code, [x, w, bias], [m.tensor('f32', output_shape, role='out')], options, **fields)
    return make


CONV = dict(padding=SAME, dilationWFactor=1, dilationHFactor=1, fusedActivationFunction=RELU6)
for word, per_channel in (('', True), ('per_tensor_', False)):
    CASES[f'dynamic_conv_2d_{word}f32'] = hybrid(OPERATOR.CONV_2D, [1, 5, 6, 3], [9, 3, 3, 3], [1, 3, 3, 9], 'Conv2DOptions', per_channel,
                                                 strideW=2, strideH=2, **CONV)
    CASES[f'dynamic_fully_connected_{word}f32'] = hybrid(OPERATOR.FULLY_CONNECTED, [2, 40], [11, 40], [2, 11], 'FullyConnectedOptions', per_channel)
CASES['dynamic_conv_2d_pointwise_f32'] = hybrid(OPERATOR.CONV_2D, [1, 4, 5, 17], [12, 1, 1, 17], [1, 4, 5, 12], 'Conv2DOptions', True,
                                                strideW=1, strideH=1, **CONV)
CASES['dynamic_conv_2d_unsigned_f32'] = hybrid(OPERATOR.CONV_2D, [1, 4, 5, 17], [12, 1, 1, 17], [1, 4, 5, 12], 'Conv2DOptions', False, kind='u8',
                                               strideW=1, strideH=1, **CONV)
CASES['dynamic_fully_connected_unsigned_f32'] = hybrid(OPERATOR.FULLY_CONNECTED, [2, 40], [11, 40], [2, 11], 'FullyConnectedOptions', False, kind='u8')
CASES['dynamic_conv_2d_depthwise_f32'] = hybrid(OPERATOR.CONV_2D, [1, 8, 7, 6], [6, 7, 7, 1], [1, 8, 7, 6], 'Conv2DOptions', True,
                                                strideW=1, strideH=1, **CONV)
CASES['dynamic_depthwise_conv_2d_f32'] = hybrid(OPERATOR.DEPTHWISE_CONV_2D, [1, 5, 6, 8], [1, 3, 3, 8], [1, 5, 6, 8], 'DepthwiseConv2DOptions', True,
                                                axis=3, depthMultiplier=1, strideW=1, strideH=1, **CONV)
CASES['dynamic_fully_connected_flatten_f32'] = hybrid(OPERATOR.FULLY_CONNECTED, [1, 2, 3, 4], [7, 24], [1, 7], 'FullyConnectedOptions', False)
CASES['dynamic_fully_connected_keep_dims_f32'] = hybrid(OPERATOR.FULLY_CONNECTED, [1, 3, 8], [5, 8], [1, 3, 5], 'FullyConnectedOptions', False,
                                                        keepNumDims=True)


def matmul(b_shape, constant=False, **fields):
    def make(m, rng):
        a = m.tensor('f32', [2, 3, 4, 5], role='in')
        b = m.tensor('f32', b_shape, rng.normal(0, 1, b_shape)) if constant else m.tensor('f32', b_shape, role='in')
        m.operator(OPERATOR.BATCH_MATMUL, [a, b], [m.tensor('f32', [2, 3, 4, 7], role='out')], 'BatchMatMulOptions', **fields)
    return make


CASES['batch_matmul_f32'] = matmul([2, 3, 5, 7])
CASES['batch_matmul_adj_y_f32'] = matmul([2, 3, 7, 5], adjY=True)
CASES['batch_matmul_constant_f32'] = matmul([2, 3, 5, 7], True)


def case(name):
    def register(make):
        CASES[name] = make
    return register


@case('conv_2d_dead_channels_i8')
def _(m, rng):
    """Channels that never answered while they were calibrated have hardly any scale."""
    x = activation(m, 'i8', [1, 4, 5, 6], 'in')
    scale = rng.uniform(.004, .012, 5)
    scale[1], scale[3] = 1e-15, 1e-20
    w = m.tensor('i8', [5, 3, 3, 6], rng.integers(-127, 128, [5, 3, 3, 6]), scale=scale)
    bias = m.tensor('i32', [5], rng.integers(-900, 900, 5), scale=scale * .05)
    y = activation(m, 'i8', [1, 4, 5, 5], 'out', scale=.06)
    m.operator(OPERATOR.CONV_2D, [x, w, bias], [y], 'Conv2DOptions', strideW=1, strideH=1, **CONV)


@case('cast_u8')
def _(m, rng):
    """A picture's bytes as they are, without a scale."""
    x, y = m.tensor('u8', [1, 3, 4, 3], role='in'), m.tensor('f32', [1, 3, 4, 3], role='out')
    m.operator(OPERATOR.CAST, [x], [y], 'CastOptions')


@case('network_keras_flatten_f32')
def _(m, rng):
    """Rescaling by a scalar, and Flatten as Keras writes it: the batch of a shape,
    packed with what is left, is where it is reshaped to."""
    x, scaled = m.tensor('f32', [1, 3, 4, 2], role='in'), m.tensor('f32', [1, 3, 4, 2])
    shape, batch, target = m.tensor('i32', [4]), m.tensor('i32', []), m.tensor('i32', [2])
    y = m.tensor('f32', [1, 24], role='out')
    m.operator(OPERATOR.MUL, [x, m.tensor('f32', [], 1 / 255)], [scaled], 'MulOptions')
    m.operator(OPERATOR.SHAPE, [scaled], [shape], 'ShapeOptions', outType=schema.TensorType.INT32)
    m.operator(OPERATOR.STRIDED_SLICE, [shape, m.tensor('i32', [1], [0]), m.tensor('i32', [1], [1]), m.tensor('i32', [1], [1])], [batch],
               'StridedSliceOptions', shrinkAxisMask=1)
    m.operator(OPERATOR.PACK, [batch, m.tensor('i32', [], -1)], [target], 'PackOptions', valuesCount=2)
    m.operator(OPERATOR.RESHAPE, [scaled, target], [y], 'ReshapeOptions')


@case('network_folded_shapes_f32')
def _(m, rng):
    """Each operator of constants: what is left to run is one RESHAPE and one ADD."""
    x, y = m.tensor('f32', [1, 3, 4, 2], role='in'), m.tensor('f32', [4, 6], role='out')
    shape, picked, whole = m.tensor('i64', [4]), m.tensor('i64', [2]), m.tensor('i64', [])
    m.operator(OPERATOR.SHAPE, [x], [shape], 'ShapeOptions', outType=schema.TensorType.INT64)
    m.operator(OPERATOR.GATHER, [shape, m.tensor('i32', [2], [2, 1])], [picked], 'GatherOptions', axis=0)  # 4, 3
    m.operator(OPERATOR.REDUCE_PROD, [shape, m.tensor('i32', [1], [0])], [whole], 'ReducerOptions')  # 24
    narrow, product, rest = m.tensor('i32', [2]), m.tensor('i32', [2]), m.tensor('i32', [1])
    m.operator(OPERATOR.CAST, [picked], [narrow], 'CastOptions')
    m.operator(OPERATOR.MUL, [narrow, m.tensor('i32', [2], [1, 2])], [product], 'MulOptions')  # 4, 6
    m.operator(OPERATOR.SLICE, [product, m.tensor('i32', [1], [1]), m.tensor('i32', [1], [1])], [rest], 'SliceOptions')  # 6
    first, target = m.tensor('i32', [1]), m.tensor('i32', [2])
    m.operator(OPERATOR.STRIDED_SLICE, [product] + [m.tensor('i32', [1], [n]) for n in (1, -3, -2)], [first], 'StridedSliceOptions')  # 6, from its end
    m.operator(OPERATOR.SUB, [first, m.tensor('i32', [1], [2])], [m.tensor('i32', [1])], 'SubOptions')
    four = len(m.tensors) - 1
    m.operator(OPERATOR.CONCATENATION, [four, rest], [target], 'ConcatenationOptions', axis=0)
    moved, filled, squeezed = m.tensor('f32', [4, 6]), m.tensor('f32', [4, 6]), m.tensor('f32', [4, 6])
    m.operator(OPERATOR.FILL, [target, m.tensor('f32', [], .25)], [filled], 'FillOptions')
    expanded, root = m.tensor('f32', [1, 4, 6]), m.tensor('f32', [1, 4, 6])
    m.operator(OPERATOR.EXPAND_DIMS, [filled, m.tensor('i32', [], 0)], [expanded], 'ExpandDimsOptions')
    m.operator(OPERATOR.RSQRT, [expanded], [root])
    m.operator(OPERATOR.SQUEEZE, [root], [squeezed], 'SqueezeOptions', squeezeDims=[0])
    turned, ramp = m.tensor('f32', [4, 6]), m.tensor('f32', [6, 4], np.arange(24).reshape(6, 4))
    m.operator(OPERATOR.TRANSPOSE, [ramp, m.tensor('i32', [2], [1, 0])], [turned], 'TransposeOptions')
    summed = m.tensor('f32', [4, 6])
    m.operator(OPERATOR.ADD, [squeezed, turned], [summed], 'AddOptions')
    m.operator(OPERATOR.RESHAPE, [x, target], [moved], 'ReshapeOptions')
    m.operator(OPERATOR.ADD, [moved, summed], [y], 'AddOptions')


@case('network_unused_f32')
def _(m, rng):
    """An operator that nobody can run, behind which is nothing."""
    x, y, left = m.tensor('f32', [1, 6], role='in'), m.tensor('f32', [1, 6], role='out'), m.tensor('f32', [1, 6])
    m.operator(OPERATOR.RELU, [x], [y])
    m.operator(OPERATOR.COS, [x], [left], 'CosOptions')


# Files that do not run as they are, for xnn_plan.c and api_bare.c: no answers.
OTHERS = {}


def other(name):
    def register(make):
        OTHERS[name] = make
    return register


@other('forty_unsupported')
def _(m, rng):
    """Forty operators that are not built in, of two kinds, and a convolution."""
    x = m.tensor('f32', [1, 4, 4, 3], role='in')
    for i in range(40):
        y = m.tensor('f32', [1, 4, 4, 3])
        m.operator(OPERATOR.COS if i % 2 else OPERATOR.SIN, [x], [y], 'CosOptions' if i % 2 else None)
        x = y
    w = m.tensor('f32', [5, 1, 1, 3], rng.normal(0, 1, [5, 1, 1, 3]))
    m.operator(OPERATOR.CONV_2D, [x, w, m.tensor('f32', [5], np.zeros(5))], [m.tensor('f32', [1, 4, 4, 5], role='out')],
               'Conv2DOptions', strideW=1, strideH=1, **CONV)
