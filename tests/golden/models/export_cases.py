"""Cases of what exporters of other frameworks write: PyTorch's by way of ONNX or directly, and TensorFlow's older ones. See make.py."""
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from model import activation, OPERATOR, QUANTIZED
from more_cases import KINDS, PICTURE, shaped

CASES = {}
INT32 = schema.TensorType.INT32


def case(name):
    def register(make):
        CASES[name] = make
    return register


def reduced(code, kind, axes, keep=False, shape=PICTURE):
    kept = [1 if i in axes else n for i, n in enumerate(shape) if keep or i not in axes]
    return shaped(code, kind, shape, [kept], after=[('i32', axes)], options='ReducerOptions', keepDims=keep)


for name, code in (('max', OPERATOR.REDUCE_MAX), ('min', OPERATOR.REDUCE_MIN)):
    for kind in KINDS:
        CASES[f'reduce_{name}_channels_{kind}'] = reduced(code, kind, [3], keep=True)
    CASES[f'reduce_{name}_planes_f32'] = reduced(code, 'f32', [2, 3])  # [N,C,H,W]
    CASES[f'reduce_{name}_apart_f32'] = reduced(code, 'f32', [1, 3], shape=[2, 4, 6, 3])
    CASES[f'reduce_{name}_picture_f32'] = reduced(code, 'f32', [0, 1, 2, 3], keep=True)
    CASES[f'reduce_{name}_of_one_f32'] = reduced(code, 'f32', [1], shape=[2, 1, 5])
CASES['reduce_max_pictures_f32'] = reduced(OPERATOR.REDUCE_MAX, 'f32', [1, 2], shape=[3, 4, 5, 2])


def matmul(kind, a_shape, b_shape, output_shape, constant=False, **fields):
    def make(m, rng):
        quantized = {} if kind == 'f32' else dict(scale=.01, zero=3)
        a = activation(m, kind, a_shape, 'in')
        b = m.tensor(kind, b_shape, rng.integers(-99, 99, b_shape), **quantized) if constant else activation(m, kind, b_shape, 'in', **quantized)
        m.operator(OPERATOR.BATCH_MATMUL, [a, b], [activation(m, kind, output_shape, 'out', scale=.03)], 'BatchMatMulOptions', **fields)
        m.version(OPERATOR.BATCH_MATMUL, 4)
    return make


CASES['batch_matmul_adj_x_f32'] = matmul('f32', [2, 5, 4], [2, 5, 7], [2, 4, 7], adjX=True)
CASES['batch_matmul_adj_both_f32'] = matmul('f32', [2, 5, 4], [2, 7, 5], [2, 4, 7], adjX=True, adjY=True)
CASES['batch_matmul_broadcast_f32'] = matmul('f32', [2, 1, 4, 5], [3, 5, 7], [2, 3, 4, 7])
CASES['batch_matmul_matrix_f32'] = matmul('f32', [2, 3, 4, 5], [5, 7], [2, 3, 4, 7], True)
CASES['batch_matmul_i8'] = matmul('i8', [2, 4, 5], [2, 5, 7], [2, 4, 7])
CASES['batch_matmul_constant_i8'] = matmul('i8', [2, 4, 5], [1, 7, 5], [2, 4, 7], True, adjY=True)


@case('dynamic_batch_matmul_f32')
def _(m, rng):
    """As dynamic range has attention; the answer is that of the same matrix in float32."""
    a, whole = activation(m, 'f32', [2, 4, 5], 'in'), rng.integers(-127, 128, [2, 5, 7])
    b = m.tensor('f32', [2, 5, 7], whole * np.float32(.01)) if m.for_answer else m.tensor('i8', [2, 5, 7], whole, scale=.01)
    m.operator(OPERATOR.BATCH_MATMUL, [a, b], [m.tensor('f32', [2, 4, 7], role='out')], 'BatchMatMulOptions')
    m.version(OPERATOR.BATCH_MATMUL, 4)


def selected(compare, kind='f32', limit=.5, code=OPERATOR.SELECT_V2, row=False):
    """Elements that compare so with a limit as they are, others less a row of numbers (or a number)."""
    def make(m, rng):
        x, truth = activation(m, kind, [2, 5, 6], 'in'), m.tensor('bool', [2, 5, 6])
        of = {} if kind == 'f32' else QUANTIZED[kind]
        numbers = rng.normal(0, 1, 6) if kind == 'f32' else rng.integers(0, 100, 6)
        other = m.tensor(kind, [6] if row else [], numbers if row else numbers[0], **of)
        m.operator(getattr(OPERATOR, compare), [x, m.tensor(kind, [], limit, **of)], [truth])
        m.operator(code, [truth, x, other], [activation(m, kind, [2, 5, 6], 'out')], 'SelectV2Options')
    return make


for compare in ('GREATER', 'GREATER_EQUAL', 'LESS', 'LESS_EQUAL'):
    CASES[f'{compare.lower()}_f32'] = selected(compare, row=True)
for kind in ('i8', 'u8'):
    for compare in ('GREATER', 'LESS_EQUAL', 'EQUAL', 'NOT_EQUAL'):
        CASES[f'{compare.lower()}_{kind}'] = selected(compare, kind, 40)


@case('select_logical_f32')
def _(m, rng):
    """Above and below a limit, infinite on the side that is not taken, as an exponential is that only small numbers want."""
    x, y = m.tensor('f32', [1, 3, 4, 5], role='in'), m.tensor('f32', [1, 3, 4, 5], role='in')
    above, below, both, either, grown, large, inner = (m.tensor(kind, [1, 3, 4, 5]) for kind in ('bool', 'bool', 'bool', 'bool', 'f32', 'f32', 'f32'))
    m.operator(OPERATOR.GREATER, [x, y], [above], 'GreaterOptions')
    m.operator(OPERATOR.LESS, [x, m.tensor('f32', [], 1)], [below], 'LessOptions')
    m.operator(OPERATOR.LOGICAL_AND, [above, below], [both], 'LogicalAndOptions')
    m.operator(OPERATOR.LOGICAL_OR, [above, below], [either], 'LogicalOrOptions')
    m.operator(OPERATOR.MUL, [x, m.tensor('f32', [], 100)], [grown], 'MulOptions')
    m.operator(OPERATOR.EXP, [grown], [large], 'ExpOptions')
    m.operator(OPERATOR.SELECT, [below, m.tensor('f32', [1, 3, 4, 5], np.ones([1, 3, 4, 5])), large], [inner], 'SelectOptions')
    fixed = m.tensor('bool', [1, 3, 1, 1], [[[[0]], [[1]], [[1]]]])
    first, second = m.tensor('f32', [1, 3, 4, 5]), m.tensor('f32', [1, 3, 4, 5])
    m.operator(OPERATOR.SELECT_V2, [both, x, y], [first], 'SelectV2Options')
    m.operator(OPERATOR.SELECT_V2, [either, y, first], [second], 'SelectV2Options')
    m.operator(OPERATOR.SELECT_V2, [fixed, second, x], [m.tensor('f32', [1, 3, 4, 5], role='out')], 'SelectV2Options')
    less = m.tensor('bool', [1, 3, 4, 5])
    m.operator(OPERATOR.LESS, [large, m.tensor('f32', [], 1e30)], [less], 'LessOptions')
    m.operator(OPERATOR.SELECT, [less, large, inner], [m.tensor('f32', [1, 3, 4, 5], role='out')], 'SelectOptions')


for kind in KINDS:
    CASES[f'tile_{kind}'] = shaped(OPERATOR.TILE, kind, [2, 1, 3, 4], [[2, 5, 9, 4]], after=[('i32', [1, 5, 3, 1])], options='TileOptions')
CASES['tile_wide_f32'] = shaped(OPERATOR.TILE, 'f32', [1, 1, 3], [[1, 100, 3]], after=[('i64', [1, 100, 1])], options='TileOptions')


def broadcast_to(kind, shape, output_shape):
    def make(m, rng):
        x, y = activation(m, kind, shape, 'in'), activation(m, kind, output_shape, 'out')
        m.operator(OPERATOR.BROADCAST_TO, [x, m.tensor('i32', [len(output_shape)], output_shape)], [y], 'BroadcastToOptions')
        m.version(OPERATOR.BROADCAST_TO, 2)
    return make


for kind in KINDS:
    CASES[f'broadcast_to_{kind}'] = broadcast_to(kind, [3, 1, 4], [2, 3, 5, 4])


@case('split_of_32_f32')
def _(m, rng):
    """The groups of a convolution, apart."""
    x, parts = m.tensor('f32', [1, 2, 3, 64], role='in'), [m.tensor('f32', [1, 2, 3, 2]) for _ in range(32)]
    m.operator(OPERATOR.SPLIT, [m.tensor('i32', [], 3), x], parts, 'SplitOptions', numSplits=32)
    m.operator(OPERATOR.CONCATENATION, parts[::-1], [m.tensor('f32', [1, 2, 3, 64], role='out')], 'ConcatenationOptions', axis=3)


def shape_of(m, x, rank):
    shape = m.tensor('i32', [rank])
    m.operator(OPERATOR.SHAPE, [x], [shape], 'ShapeOptions', outType=INT32)
    return shape


@case('network_unstacked_shape_f32')
def _(m, rng):
    """Places side by side, as attention takes them: tf.shape, unstacked; and a token before them."""
    x, side = m.tensor('f32', [1, 4, 6, 8], role='in'), [m.tensor('i32', []) for _ in range(4)]
    m.operator(OPERATOR.UNPACK, [shape_of(m, x, 4)], side, 'UnpackOptions', num=4)
    places, target, token_shape = m.tensor('i32', []), m.tensor('i32', [3]), m.tensor('i32', [3])
    m.operator(OPERATOR.MUL, side[1:3], [places], 'MulOptions')
    m.operator(OPERATOR.PACK, [side[0], places, side[3]], [target], 'PackOptions', valuesCount=3)
    row, token = m.tensor('f32', [1, 24, 8]), m.tensor('f32', [1, 1, 8])
    m.operator(OPERATOR.RESHAPE, [x, target], [row], 'ReshapeOptions')
    m.operator(OPERATOR.PACK, [side[0], m.tensor('i32', [], 1), side[3]], [token_shape], 'PackOptions', valuesCount=3)
    m.operator(OPERATOR.BROADCAST_TO, [m.tensor('f32', [1, 8], rng.normal(0, 1, [1, 8])), token_shape], [token], 'BroadcastToOptions')
    m.version(OPERATOR.BROADCAST_TO, 2)
    m.operator(OPERATOR.CONCATENATION, [token, row], [m.tensor('f32', [1, 25, 8], role='out')], 'ConcatenationOptions', axis=1)


@case('network_arithmetic_of_shapes_f32')
def _(m, rng):
    """Halves of a shape and what is left, chosen and counted."""
    x = m.tensor('f32', [1, 4, 6, 8], role='in')
    shape, parts = shape_of(m, x, 4), [m.tensor('i32', [2]) for _ in range(2)]
    m.operator(OPERATOR.SPLIT, [m.tensor('i32', [], 0), shape], parts, 'SplitOptions', numSplits=2)  # 1, 4 and 6, 8
    half, odd, is_even, chosen = m.tensor('i32', [2]), m.tensor('i32', [2]), m.tensor('bool', [2]), m.tensor('i32', [2])
    m.operator(OPERATOR.FLOOR_DIV, [parts[1], m.tensor('i32', [], 2)], [half], 'FloorDivOptions')  # 3, 4
    m.operator(OPERATOR.FLOOR_MOD, [half, m.tensor('i32', [], 2)], [odd], 'FloorModOptions')  # 1, 0
    m.operator(OPERATOR.EQUAL, [odd, m.tensor('i32', [], 0)], [is_even], 'EqualOptions')
    m.operator(OPERATOR.SELECT_V2, [is_even, half, m.tensor('i32', [2], [16, 9])], [chosen], 'SelectV2Options')  # 16, 4
    count, turned, copies, target = m.tensor('i32', [3]), m.tensor('i32', [3]), m.tensor('i32', [3]), m.tensor('i32', [4])
    m.operator(OPERATOR.RANGE, [m.tensor('i32', [], 1), m.tensor('i32', [], 6), m.tensor('i32', [], 2)], [count], 'RangeOptions')  # 1, 3, 5
    m.operator(OPERATOR.TILE, [m.tensor('i32', [1], [1]), m.tensor('i32', [1], [3])], [copies], 'TileOptions')
    m.operator(OPERATOR.SUB, [count, copies], [turned], 'SubOptions')  # 0, 2, 4
    first = m.tensor('i32', [2])
    m.operator(OPERATOR.SLICE, [turned, m.tensor('i32', [1], [0]), m.tensor('i32', [1], [2])], [first], 'SliceOptions')  # 0, 2
    added = m.tensor('i32', [2])
    m.operator(OPERATOR.MAXIMUM, [first, m.tensor('i32', [2], [3, 1])], [added], 'MaximumMinimumOptions')  # 3, 2
    one = m.tensor('i32', [2])
    m.operator(OPERATOR.SUB, [added, m.tensor('i32', [2], [2, 0])], [one], 'SubOptions')  # 1, 2
    last = m.tensor('i32', [2])
    m.operator(OPERATOR.FLOOR_DIV, [m.tensor('i32', [2], [192, 6]), m.tensor('i32', [2], [64, 2])], [last], 'FloorDivOptions')  # 3, 3
    shaped_by = m.tensor('i32', [2])
    m.operator(OPERATOR.MUL, [one, m.tensor('i32', [2], [1, 6])], [shaped_by], 'MulOptions')  # 1, 12
    m.operator(OPERATOR.CONCATENATION, [shaped_by, chosen], [target], 'ConcatenationOptions')  # 1, 12, 16, 4: 4 times as many
    four, wide = m.tensor('f32', [4, 4, 6, 8]), m.tensor('f32', [1, 12, 16, 4])
    m.operator(OPERATOR.TILE, [x, m.tensor('i32', [4], [4, 1, 1, 1])], [four], 'TileOptions')
    m.operator(OPERATOR.RESHAPE, [four, target], [wide], 'ReshapeOptions')
    m.operator(OPERATOR.SUM, [wide, last], [m.tensor('f32', [1, 12, 16], role='out')], 'ReducerOptions')


def power(exponent, shape=(), above_zero=False):
    def make(m, rng):
        x = m.tensor('f32', [1, 3, 4, 5], role='in')
        if above_zero:
            positive = m.tensor('f32', [1, 3, 4, 5])
            m.operator(OPERATOR.MAXIMUM, [x, m.tensor('f32', [], 1e-6)], [positive], 'MaximumMinimumOptions')
            x = positive
        m.operator(OPERATOR.POW, [x, m.tensor('f32', shape, np.full(shape, exponent))], [m.tensor('f32', [1, 3, 4, 5], role='out')], 'PowOptions')
    return make


CASES |= {'pow_square_f32': power(2), 'pow_cube_f32': power(3, [5]), 'pow_eleven_f32': power(11), 'pow_63_f32': power(63),
          'pow_zero_f32': power(0), 'pow_inverse_f32': power(-2),
          'pow_root_f32': power(.5, [1, 1, 1, 1], True), 'pow_inverse_root_f32': power(-.5, above_zero=True),
          'pow_third_f32': power(1 / 3, above_zero=True)}
for shape in ([3, 9], [2, 3, 1], [1, 2, 2, 7]):
    CASES[f'log_softmax_{len(shape)}_f32'] = shaped(OPERATOR.LOG_SOFTMAX, 'f32', shape, [shape], options='LogSoftmaxOptions')
CASES['log_softmax_i8'] = shaped(OPERATOR.LOG_SOFTMAX, 'i8', [3, 9], [[3, 9]], options='LogSoftmaxOptions', y=dict(scale=16 / 256, zero=127))


@case('log_softmax_far_f32')
def _(m, rng):
    """Logits so far apart that the smallest of a softmax is 0."""
    x, far = m.tensor('f32', [2, 7], role='in'), m.tensor('f32', [2, 7])
    m.operator(OPERATOR.MUL, [x, m.tensor('f32', [], 1e4)], [far], 'MulOptions')
    m.operator(OPERATOR.LOG_SOFTMAX, [far], [m.tensor('f32', [2, 7], role='out')], 'LogSoftmaxOptions')


CASES['reverse_v2_f32'] = shaped(OPERATOR.REVERSE_V2, 'f32', [1, 5, 4, 3], [[1, 5, 4, 3]], after=[('i32', [-1])], options='ReverseV2Options')
CASES['reverse_v2_rows_f32'] = shaped(OPERATOR.REVERSE_V2, 'f32', [2, 5, 4], [[2, 5, 4]], after=[('i32', [1, 2])], options='ReverseV2Options')


@case('add_n_f32')
def _(m, rng):
    inputs = [m.tensor('f32', [1, 3, 5], role='in') for _ in range(3)]
    m.operator(OPERATOR.ADD_N, inputs, [m.tensor('f32', [1, 3, 5], role='out')], 'AddNOptions')


def dead_filter(scales, whole=None):
    """Filters of which a channel, or all, never answered: their scale rounds to 0, and so does their bias's."""
    def make(m, rng):
        x = activation(m, 'i8', [1, 5, 5, 3], 'in')
        w = m.tensor('i8', [4, 3, 3, 3], rng.integers(-127, 128, [4, 3, 3, 3]), scale=scales)
        bias = m.tensor('i32', [4], [700, -300, 900, 5], scale=np.array(scales) * .05)
        m.operator(OPERATOR.CONV_2D, [x, w, bias], [activation(m, 'i8', [1, 5, 5, 4], 'out', scale=.06)], 'Conv2DOptions', strideW=1, strideH=1,
                   dilationWFactor=1, dilationHFactor=1)
    return make


CASES |= {'conv_2d_scale_of_0_i8': dead_filter([.01, .008, .006, 0]), 'conv_2d_all_scales_of_0_i8': dead_filter([0.]),
          'conv_2d_subnormal_scale_i8': dead_filter([.01, 1e-40, .006, 1e-38])}


@case('network_left_over_f32')
def _(m, rng):
    """What converters leave in a file and nobody reads, or that means nothing: tensors of nothing and of
    eight dimensions, the quantisation of what is float32 again, one output under two names."""
    x, y = m.tensor('f32', [1, 6], role='in', scale=.1, zero=5), m.tensor('f32', [2, 3], role='out', scale=[.1, .2, .3], zero=[1, 2, 3], axis=1)
    m.tensor('f32', [0, 4])
    m.tensor('i32', [0], np.zeros(0))
    m.tensor('f32', [1] * 8)
    m.operator(OPERATOR.RESHAPE, [x, m.tensor('i32', [2], [2, 3], scale=1., zero=7)], [y], 'ReshapeOptions')
    if not m.for_answer:
        m.outputs.append(y)


@case('network_scalar_f32')
def _(m, rng):
    """Yes or no as PyTorch squeezes it, to a scalar, by a list of no dimensions; and a sigmoid behind that."""
    x, one, number = m.tensor('f32', [1, 5], role='in'), m.tensor('f32', [1, 1]), m.tensor('f32', [])
    w, bias = m.tensor('f32', [1, 5], rng.normal(0, 1, [1, 5])), m.tensor('f32', [1], [.5])
    m.operator(OPERATOR.FULLY_CONNECTED, [x, w, bias], [one], 'FullyConnectedOptions')
    m.operator(OPERATOR.RESHAPE, [one, m.tensor('i32', [0], np.zeros(0))], [number], 'ReshapeOptions')
    m.operator(OPERATOR.LOGISTIC, [number], [m.tensor('f32', [], role='out')])
    m.operator(OPERATOR.SQUEEZE, [one], [m.tensor('f32', [], role='out')], 'SqueezeOptions')


@case('network_scalar_within_f32')
def _(m, rng):
    """A picture less its mean, over its largest: numbers without dimensions."""
    x = m.tensor('f32', [1, 3, 4, 2], role='in')
    mean, less, largest, total, root, y = (m.tensor('f32', shape) for shape in ([], [1, 3, 4, 2], [], [], [], [1, 3, 4, 2]))
    axes = m.tensor('i32', [4], [0, 1, 2, 3])
    m.operator(OPERATOR.MEAN, [x, axes], [mean], 'ReducerOptions')
    m.operator(OPERATOR.SUB, [x, mean], [less], 'SubOptions')
    m.operator(OPERATOR.REDUCE_MAX, [less, axes], [largest], 'ReducerOptions')
    m.operator(OPERATOR.DIV, [less, largest], [y], 'DivOptions')
    m.operator(OPERATOR.SUM, [y, axes], [total], 'ReducerOptions')
    m.operator(OPERATOR.MAXIMUM, [total, m.tensor('f32', [], .25)], [root], 'MaximumMinimumOptions')
    m.operator(OPERATOR.ADD, [y, root], [m.tensor('f32', [1, 3, 4, 2], role='out')], 'AddOptions')
    m.operator(OPERATOR.MEAN, [y, m.tensor('i32', [0], np.zeros(0))], [m.tensor('f32', [1, 3, 4, 2], role='out')], 'ReducerOptions')


for kind in ('i8', 'u8'):
    CASES[f'mean_of_all_{kind}'] = shaped(OPERATOR.MEAN, kind, [1, 3, 4, 2], [[]], after=[('i32', [0, 1, 2, 3])], options='ReducerOptions', y=dict(scale=.03))


def nearest(kind, size, shape=PICTURE, **fields):
    return shaped(OPERATOR.RESIZE_NEAREST_NEIGHBOR, kind, shape, [[shape[0], *size, shape[3]]], after=[('i32', size)],
                  options='ResizeNearestNeighborOptions', **fields)


for kind in KINDS:
    CASES[f'resize_nearest_neighbor_odd_{kind}'] = nearest(kind, [7, 9])
CASES['resize_nearest_neighbor_centers_f32'] = nearest('f32', [3, 11], halfPixelCenters=True)
CASES['resize_nearest_neighbor_corners_f32'] = nearest('f32', [8, 13], alignCorners=True)
CASES['resize_nearest_neighbor_pictures_f32'] = nearest('f32', [4, 4], shape=[3, 2, 2, 5])
CASES['resize_nearest_neighbor_one_f32'] = nearest('f32', [1, 1], shape=[1, 5, 4, 3], alignCorners=True)


def space_to_batch(kind):
    return shaped(OPERATOR.SPACE_TO_BATCH_ND, kind, [2, 4, 5, 3], [[12, 3, 3, 3]], after=[('i32', [2, 3]), ('i32', [[0, 2], [1, 3]])])


def batch_to_space(kind):
    return shaped(OPERATOR.BATCH_TO_SPACE_ND, kind, [12, 3, 3, 2], [[2, 4, 5, 2]], after=[('i32', [2, 3]), ('i32', [[0, 2], [1, 3]])])


for kind in KINDS:
    CASES[f'space_to_batch_nd_{kind}'], CASES[f'batch_to_space_nd_{kind}'] = space_to_batch(kind), batch_to_space(kind)
