"""Cases of what exporters of other frameworks write: PyTorch's by way of ONNX or directly, and TensorFlow's older ones. See make.py."""
import numpy as np
from model import activation, OPERATOR, QUANTIZED
from more_cases import KINDS, PICTURE, shaped

CASES = {}


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
