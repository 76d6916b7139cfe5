"""Cases of what exporters of other frameworks write: PyTorch's by way of ONNX or directly, and TensorFlow's older ones. See make.py."""
import numpy as np
from model import activation, OPERATOR
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
