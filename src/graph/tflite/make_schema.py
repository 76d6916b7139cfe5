"""Writes schema.h and operators.inc beside itself: TFLite's codes and field numbers.

    pip install ai-edge-litert==2.3.0
    pip download --no-deps tflite-support==0.4.4 && unzip -j tflite_support*.whl '*/metadata_schema_py_generated.py'
    python src/graph/tflite/make_schema.py .../ai_edge_litert/schema_py_generated.py metadata_schema_py_generated.py
    make format

Both are what flatc makes of schema.fbs and metadata_schema.fbs; the digests pin them.
Only the tables and enumerations that are read here are written.
"""
import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
PINS = ('4e9b3b3017f8ad21244441cc375d9df58fa57ac7561d7010e5f9a635f42a4ac2',
        'bcd857b0f5af7d74ec948e882d4d8e31f4bdd41dece562110d1ffcbd8453bf50')
ENUMS = (['TensorType', 'Padding', 'ActivationFunctionType', 'MirrorPadMode'], ['ProcessUnitOptions', 'AssociatedFileType'])
TABLES = (
    ['Model', 'OperatorCode', 'SubGraph', 'Tensor', 'QuantizationParameters', 'Operator', 'Buffer', 'Metadata', 'SignatureDef',
     'Conv2DOptions', 'DepthwiseConv2DOptions', 'FullyConnectedOptions', 'TransposeConvOptions', 'BatchMatMulOptions',
     'Pool2DOptions', 'ReducerOptions', 'SoftmaxOptions', 'L2NormOptions', 'LeakyReluOptions', 'GeluOptions',
     'AddOptions', 'SubOptions', 'MulOptions', 'DivOptions',
     'ConcatenationOptions', 'PackOptions', 'UnpackOptions', 'SplitOptions', 'GatherOptions', 'StridedSliceOptions',
     'SqueezeOptions', 'ResizeBilinearOptions', 'ResizeNearestNeighborOptions', 'DepthToSpaceOptions',
     'SpaceToDepthOptions', 'MirrorPadOptions', 'ArgMaxOptions', 'ShapeOptions', 'CastOptions'],
    ['ModelMetadata', 'SubGraphMetadata', 'TensorMetadata', 'ProcessUnit', 'NormalizationOptions', 'AssociatedFile'])


def upper(name):
    """Conv2DOptions: CONV_2D_OPTIONS; strideW: STRIDE_W."""
    name = re.sub(r'([a-z])([A-Z0-9])', r'\1_\2', name)
    return re.sub(r'([A-Z0-9])([A-Z][a-z])', r'\1_\2', name).upper()


def body_of(source, name):
    found = re.search(rf'^class {name}\(object\):\n(.*?)(?=^class |^def |\Z)', source, re.M | re.S)
    assert found, name
    return found[1]


def enum_of(source, name):
    return [(word, int(code)) for word, code in re.findall(r'^    (\w+) = (-?\d+)$', body_of(source, name), re.M)]


def fields_of(source, table):
    """Each field's name, number and default: a vtable's first entry is at byte 4."""
    fields = {}
    for method, text in re.findall(r'^    def (\w+)\(self(?:, j)?\):\n(.*?)(?=^    def |^    #|\Z)', body_of(source, table), re.M | re.S):
        offset = re.search(r'\.Offset\((\d+)\)', text)
        if not offset or method.endswith(('AsNumpy', 'Length', 'IsNone')):
            continue
        default = re.findall(r'^        return (\S+)$', text, re.M)
        fields[method] = (int(offset[1]) - 4) // 2, default[-1] if default else '0'
    return fields


def main():
    sources = []
    for path, pin in zip(sys.argv[1:3], PINS, strict=True):
        content = pathlib.Path(path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == pin, f'{path} is not the pinned file'
        sources.append(content.decode())
    lines = ['/* Made by make_schema.py from TFLite\'s schema.fbs (as in ai-edge-litert 2.3.0) and',
             ' * metadata_schema.fbs (as in tflite-support 0.4.4); do not edit. Codes, and the',
             ' * numbers of fields in their tables; a default is named where it is not 0. */',
             '#ifndef INSITU_GRAPH_TFLITE_SCHEMA_H_', '#define INSITU_GRAPH_TFLITE_SCHEMA_H_', '',
             '/* clang-format off */',
             'typedef enum tflite_operator {', '#define TFLITE_OPERATOR(code, NAME) TFLITE_##NAME = code,',
             '#include "graph/tflite/operators.inc"', '#undef TFLITE_OPERATOR', '} tflite_operator;']
    for source, enums, tables in zip(sources, ENUMS, TABLES, strict=True):
        for name in enums:
            lines += ['', f'enum {{ /* {name} */']
            lines += [f'  TFLITE_{upper(name)}_{upper(word) if not word.isupper() else word} = {code},'
                      for word, code in enum_of(source, name)]
            lines.append('};')
        for table in tables:
            lines += ['', f'enum {{ /* {table} */']
            for field, (number, default) in fields_of(source, table).items():
                lines.append(f'  TFLITE_{upper(table)}_{upper(field)} = {number},')
                if re.fullmatch(r'-?\d+', default) and default != '0':
                    lines.append(f'  TFLITE_{upper(table)}_{upper(field)}_DEFAULT = {default},')
            lines.append('};')
    lines += ['/* clang-format on */', '', '#endif', '']
    (HERE / 'schema.h').write_text('\n'.join(lines))
    operators = ['/* Made by make_schema.py: the builtin operators of TFLite\'s schema, code and name. */']
    operators += [f'TFLITE_OPERATOR({code}, {name})' for name, code in enum_of(sources[0], 'BuiltinOperator')
                  if name != 'PLACEHOLDER_FOR_GREATER_OP_CODES']
    (HERE / 'operators.inc').write_text('\n'.join(operators) + '\n')


if __name__ == '__main__':
    main()
