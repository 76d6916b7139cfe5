"""Cases of what exporters of other frameworks write: PyTorch's by way of ONNX or directly, and TensorFlow's older ones. See make.py."""
from model import OPERATOR
from more_cases import KINDS, PICTURE, shaped

CASES = {}


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
