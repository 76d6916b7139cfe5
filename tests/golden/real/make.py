"""What TFLite's reference kernels answer for the real .tflite files of the
data set, with the picture that xnn_real_models.c draws too.

    pip install ai-edge-litert==2.3.0 numpy
    python tests/golden/real/make.py ../shared/data/tflite    # writes NAME.out
"""
import pathlib
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

NAMES = ['mobilenet_v1_0.25_128_quant', 'mobilenet_v2_1.0_224_quant', 'tf2_mobilenet_v2_1.0_224_ptq']


def picture(side):
    y, x, c = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing='ij')
    return ((x * x // 61 + y * (3 + c) + x * y // 90 + 50 * c) & 255).astype(np.uint8)


def main():
    for name in NAMES:
        path = pathlib.Path(sys.argv[1]) / f'{name}.tflite'
        interpreter = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
        interpreter.allocate_tensors()
        detail = interpreter.get_input_details()[0]
        interpreter.set_tensor(detail['index'], picture(detail['shape'][1])[None])
        interpreter.invoke()
        output = interpreter.get_tensor(interpreter.get_output_details()[0]['index'])
        (pathlib.Path(__file__).parent / f'{name}.out').write_bytes(output.tobytes())
        order = np.argsort(-output[0].astype(int), kind='stable')[:3]
        print(name, *[(int(i), int(output[0][i])) for i in order])


if __name__ == '__main__':
    main()
