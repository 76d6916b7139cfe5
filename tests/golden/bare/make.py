"""Writes small networks as people export them, for api_bare.c and bare.test.mjs.

    pip install ai-edge-litert==2.3.0 numpy flatbuffers
    python tests/golden/bare/make.py        # writes beside itself

Each takes the mean colour of a picture and gives three classes from it, but for
what its name says. TFLite's interpreter ran each of them (main), so that none is
a file that only we can read.
"""
import io
import pathlib
import sys
import zipfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent / 'models'), str(HERE.parent / 'metadata')]
from make_metadata import table, vector  # noqa: E402
from model import Model, OPERATOR, SAME  # noqa: E402

WEIGHTS = np.array([[2, -1, 0], [-1, 2, .5], [0, -.5, 1]], np.float32)
SOFTMAX, FINDINGS = (OPERATOR.SOFTMAX, 'SoftmaxOptions', dict(beta=1.)), (OPERATOR.LOGISTIC, None, {})


def mean_of(m, x, shape):
    y = m.tensor('f32', [1, shape[-1]])
    m.operator(OPERATOR.MEAN, [x, m.tensor('i32', [2], [1, 2])], [y], 'ReducerOptions')
    return y


def dense(m, x, weights, role=None):
    """-> [1, rows of weights]"""
    y = m.tensor('f32', [1, len(weights)], role=role)
    w, bias = m.tensor('f32', weights.shape, weights), m.tensor('f32', [len(weights)], np.zeros(len(weights)))
    m.operator(OPERATOR.FULLY_CONNECTED, [x, w, bias], [y], 'FullyConnectedOptions')
    return y


def end(m, x, squash, shape=(1, 3), role='out'):
    if squash is None:
        return x
    y = m.tensor('f32', shape, role=role)
    m.operator(squash[0], [x], [y], squash[1], **squash[2])
    return y


def places(squash):
    """Softmax or sigmoid at each place, then the mean over the places."""
    def make(m):
        x = m.tensor('f32', [1, 16, 16, 3], role='in')
        w, bias = m.tensor('f32', [3, 4, 4, 3], np.repeat(np.repeat(WEIGHTS[:, None, None], 4, 1), 4, 2)), m.tensor('f32', [3], [0, 0, 0])
        y = m.tensor('f32', [1, 4, 4, 3])
        m.operator(OPERATOR.CONV_2D, [x, w, bias], [y], 'Conv2DOptions', padding=SAME, strideW=4, strideH=4, dilationWFactor=1, dilationHFactor=1)
        squashed = end(m, y, squash, [1, 4, 4, 3], None)
        m.operator(OPERATOR.MEAN, [squashed, m.tensor('i32', [2], [1, 2])], [m.tensor('f32', [1, 3], role='out')], 'ReducerOptions')
    return make


def plain(shape=(1, 16, 16, 3), weights=WEIGHTS, squash=SOFTMAX, before=None, kind='f32'):
    def make(m):
        x = m.tensor(kind, shape, role='in', **({} if kind == 'f32' else dict(scale=1 / 255)))
        x = before(m, x) if before else x
        pixels = mean_of(m, x, (3,) if shape[1] == 3 or shape[-1] == 3 else (1,))
        end(m, dense(m, pixels, weights, None if squash else 'out'), squash, [1, len(weights)])
    return make


def turned(m, x):
    y = m.tensor('f32', [1, 16, 16, 3])
    m.operator(OPERATOR.TRANSPOSE, [x, m.tensor('i32', [4], [0, 2, 3, 1])], [y], 'TransposeOptions')
    return y


def scaled(m, x):
    y = m.tensor('f32', [1, 16, 16, 3])
    m.operator(OPERATOR.MUL, [x, m.tensor('f32', [], 1 / 255)], [y], 'MulOptions')
    return y


def worked(*steps):
    """Sums and products with constants, on either side, as exporters write them: (operator, constant, whether it is first)."""
    def make(m, x):
        for name, constant, is_first in steps:
            y, c = m.tensor('f32', [1, 16, 16, 3]), m.tensor('f32', np.shape(constant), constant)
            m.operator(getattr(OPERATOR, name.upper()), [c, x] if is_first else [x, c], [y], f'{name}Options')
            x = y
        return x
    return make


def padded(m, x):
    """Nothing round it, and then bytes."""
    y, none = m.tensor('f32', [1, 16, 16, 3]), m.tensor('i32', [4, 2], np.zeros([4, 2]))
    m.operator(OPERATOR.PAD, [x, none], [y], 'PadOptions')
    return scaled(m, y)


def quantised(low, high):
    """As full int8 with float32 ends begins: its range is that of the pictures it was fitted to."""
    def make(m, x):
        scale = (high - low) / 255
        q, y = m.tensor('i8', [1, 16, 16, 3], scale=scale, zero=-128 - round(low / scale)), m.tensor('f32', [1, 16, 16, 3])
        m.operator(OPERATOR.QUANTIZE, [x], [q], 'QuantizeOptions')
        m.operator(OPERATOR.DEQUANTIZE, [q], [y], 'DequantizeOptions')
        return scaled(m, y) if high == 255 else y
    return make


def written_out(m):
    """A softmax as EXP, SUM and DIV."""
    plain(squash=None)(m)
    scores = m.outputs.pop()
    exponentials, total = m.tensor('f32', [1, 3]), m.tensor('f32', [1, 1])
    m.operator(OPERATOR.EXP, [scores], [exponentials], 'ExpOptions')
    m.operator(OPERATOR.SUM, [exponentials, m.tensor('i32', [1], [1])], [total], 'ReducerOptions', keepDims=True)
    m.operator(OPERATOR.DIV, [exponentials, total], [m.tensor('f32', [1, 3], role='out')], 'DivOptions')


def written_out_shown(m):
    """The same with the SUM under another shape, and that broadcast."""
    plain(squash=None)(m)
    scores = m.outputs.pop()
    exponentials, total, row, sums = m.tensor('f32', [1, 3]), m.tensor('f32', [1]), m.tensor('f32', [1, 1]), m.tensor('f32', [1, 3])
    m.operator(OPERATOR.EXP, [scores], [exponentials], 'ExpOptions')
    m.operator(OPERATOR.SUM, [exponentials, m.tensor('i32', [1], [1])], [total], 'ReducerOptions', keepDims=False)
    m.operator(OPERATOR.RESHAPE, [total, m.tensor('i32', [2], [1, 1])], [row], 'ReshapeOptions')
    m.operator(OPERATOR.BROADCAST_TO, [row, m.tensor('i32', [2], [1, 3])], [sums], 'BroadcastToOptions')
    m.version(OPERATOR.BROADCAST_TO, 2)
    m.operator(OPERATOR.DIV, [exponentials, sums], [m.tensor('f32', [1, 3], role='out')], 'DivOptions')


def findings_written_out(m):
    """A sigmoid as 1 / (1 + EXP(NEG))."""
    plain(squash=None)(m)
    scores = m.outputs.pop()
    negated, exponentials, total = (m.tensor('f32', [1, 3]) for _ in range(3))
    m.operator(OPERATOR.NEG, [scores], [negated], 'NegOptions')
    m.operator(OPERATOR.EXP, [negated], [exponentials], 'ExpOptions')
    m.operator(OPERATOR.ADD, [m.tensor('f32', [], 1), exponentials], [total], 'AddOptions')
    m.operator(OPERATOR.DIV, [m.tensor('f32', [], 1), total], [m.tensor('f32', [1, 3], role='out')], 'DivOptions')


def scalar(m):
    """Yes or no without a dimension, as PyTorch's squeeze() leaves it."""
    plain(weights=WEIGHTS[:1], squash=FINDINGS)(m)
    m.operator(OPERATOR.RESHAPE, [m.outputs.pop(), m.tensor('i32', [0], np.zeros(0))], [m.tensor('f32', [], role='out')], 'ReshapeOptions')


def batch(m):
    """Four pictures at once, as it was trained."""
    plain()(m)
    for tensor in m.tensors:
        if tensor.shape[:1] == [1] and len(tensor.shape) > 1:
            tensor.shape[0] = 4


def batch_apart(m):
    """Two pictures at once, of which each goes its own way to its own answer: one alone cannot."""
    x, axis = m.tensor('f32', [2, 16, 16, 3], role='in'), m.tensor('i32', [], 0)
    parts, y = [m.tensor('f32', [1, 16, 16, 3]) for _ in range(2)], m.tensor('f32', [2, 16, 16, 3])
    m.operator(OPERATOR.SPLIT, [axis, x], parts, 'SplitOptions', numSplits=2)
    m.operator(OPERATOR.CONCATENATION, parts, [y], 'ConcatenationOptions', axis=0)
    m.operator(OPERATOR.MEAN, [y, m.tensor('i32', [2], [1, 2])], [m.tensor('f32', [2, 3], role='out')], 'ReducerOptions', keepDims=False)


def batch_of_views(m):
    """One answer for four pictures."""
    x, shares = m.tensor('f32', [4, 16, 16, 3], role='in'), m.tensor('f32', [3])
    m.operator(OPERATOR.MEAN, [x, m.tensor('i32', [3], [0, 1, 2])], [shares], 'ReducerOptions', keepDims=False)
    m.operator(OPERATOR.RESHAPE, [shares, m.tensor('i32', [2], [1, 3])], [m.tensor('f32', [1, 3], role='out')], 'ReshapeOptions')


def batch_last(m):
    """Height, width and channels before the picture's number: no grey picture of 3 rows."""
    x, y = m.tensor('f32', [16, 16, 3, 1], role='in'), m.tensor('f32', [1, 16, 16, 3])
    m.operator(OPERATOR.TRANSPOSE, [x, m.tensor('i32', [4], [3, 0, 1, 2])], [y], 'TransposeOptions')
    m.operator(OPERATOR.MEAN, [y, m.tensor('i32', [2], [1, 2])], [m.tensor('f32', [1, 3], role='out')], 'ReducerOptions', keepDims=False)


def dequantized(m, x):
    y = m.tensor('f32', [1, 16, 16, 3])
    m.operator(OPERATOR.DEQUANTIZE, [x], [y], 'DequantizeOptions')
    return y


def ensemble(m):
    """The average of two networks, as Keras writes it: ADD, then MUL by 0.5."""
    x = m.tensor('f32', [1, 16, 16, 3], role='in')
    pixels = mean_of(m, x, (3,))
    parts = [end(m, dense(m, pixels, w), SOFTMAX, role=None) for w in (WEIGHTS, WEIGHTS[::-1].copy())]
    added = m.tensor('f32', [1, 3])
    m.operator(OPERATOR.ADD, parts, [added], 'AddOptions')
    m.operator(OPERATOR.MUL, [added, m.tensor('f32', [], .5)], [m.tensor('f32', [1, 3], role='out')], 'MulOptions')


def summed(m):
    """Two softmaxes added and not halved: no distribution any more."""
    x = m.tensor('f32', [1, 16, 16, 3], role='in')
    pixels = mean_of(m, x, (3,))
    parts = [end(m, dense(m, pixels, w), SOFTMAX, role=None) for w in (WEIGHTS, WEIGHTS[::-1].copy())]
    m.operator(OPERATOR.ADD, parts, [m.tensor('f32', [1, 3], role='out')], 'AddOptions')


def picked(shape, squash=SOFTMAX, best=0):
    """The class alone, int64, or the best so many scores with their indices, of one softmax or of one at each place."""
    def make(m):
        places(squash)(m) if len(shape) == 4 else plain(squash=squash)(m)
        if len(shape) == 4:  # before the mean
            m.operators.pop()
            m.outputs = [m.operators[-1].outputs[0]]
        scores = m.outputs.pop()
        if best:
            outputs = [m.tensor(kind, [*shape[:-1], best], role='out') for kind in ('f32', 'i32')]
            m.operator(OPERATOR.TOPK_V2, [scores, m.tensor('i32', [], best)], outputs, 'TopKV2Options')
        else:
            y, axis = m.tensor('i64', shape[:-1], role='out'), m.tensor('i32', [], len(shape) - 1)
            m.operator(OPERATOR.ARG_MAX, [scores, axis], [y], 'ArgMaxOptions', outputType=schema.TensorType.INT64)
    return make


def each_place(squash):
    """What detectors and segmenters give: classes at each of 4 x 4 places."""
    def make(m):
        places(squash)(m)
        m.operators.pop()
        m.outputs = [m.operators[-1].outputs[0]]
    return make


def named(layer, side, another='picture'):
    """Of the size of Teachable Machine's networks, with layers named as it names them or as others do."""
    def make(m):
        plain((1, side, side, 3))(m)
        m.tensors[-3].name, m.tensors[-1].name = layer, another
    return make


def open_size(m):
    plain()(m)
    m.tensors[0].shape, m.tensors[0].shapeSignature = [1, 1, 1, 3], [-1, -1, -1, 3]


MODELS = {
    'places_probabilities': places(SOFTMAX), 'places_findings': places(FINDINGS), 'ensemble': ensemble, 'summed': summed,
    'softmax': plain(), 'findings': plain(squash=FINDINGS), 'logits': plain(squash=None), 'open_size': open_size,
    'planar': plain((1, 3, 16, 16), before=turned), 'grey': plain((1, 16, 16, 1), WEIGHTS[:, :1]), 'bytes': plain(before=scaled),
    'yes_no': plain(weights=WEIGHTS[:1], squash=FINDINGS), 'yes_no_logit': plain(weights=WEIGHTS[:1], squash=None),
    'picked': picked([1, 3]), 'picked_logits': picked([1, 3], None), 'picked_best': picked([1, 3], best=2),
    'picked_places': picked([1, 4, 4, 3]), 'uint8': plain(before=dequantized, kind='u8'),
    'padded_bytes': plain(before=padded), 'quantised_bytes': plain(before=quantised(0, 255)), 'quantised_signed': plain(before=quantised(-1, 1)),
    'bytes_first': plain(before=worked(('Mul', 1 / 255, True))), 'scalar': scalar,
    'batch': batch, 'batch_apart': batch_apart, 'batch_of_views': batch_of_views, 'batch_last': batch_last,
    'deviations': plain(before=worked(('Mul', [1 / 58, 1 / 57, 1 / 56], True), ('Add', [-2.1, -2, -1.8], True))),
    'means_first': plain(before=worked(('Add', [-123.7, -116.3, -103.5], True), ('Mul', [1 / 58, 1 / 57, 1 / 56], False))),
    'written_out_shown': written_out_shown, 'findings_written_out': findings_written_out,
    'quantised_other': plain(before=quantised(-2.1, 2.6)), 'written_out': written_out,
    'teachable': named('sequential_4/sequential_3/dense_Dense1/MatMul', 224), 'not_teachable': named('sequential/dense_1/MatMul', 224),
    'each_place': each_place(SOFTMAX), 'each_place_findings': each_place(FINDINGS), 'each_place_logits': each_place(None),
    'teachable_small': named('dense_Dense1/bias', 16), 'teachable_not': named('dense_Dense1/bias', 224, 'conv2d_Conv2D1/bias'),
}


def metadata(*subgraphs):
    """A mean and std for the input, and files of labels ('name', or 'name' and its locale), of each subgraph."""
    b = flatbuffers.Builder(256)
    tables = []
    for mean, std, labels in subgraphs:
        mean, std = b.CreateNumpyVector(np.array([mean], np.float32)), b.CreateNumpyVector(np.array([std], np.float32))
        unit = table(b, 2, byte=(0, 1), options=(1, table(b, 2, mean=(0, mean), std=(1, std))))
        source = table(b, 7, units=(4, vector(b, [unit])))
        files = []
        for name, *locale in [(labels,)] if isinstance(labels, str) else labels:
            strings = {'name': (0, b.CreateString(name)), **{'locale': (3, b.CreateString(one)) for one in locale}}
            files.append(table(b, 5, **strings, byte=(2, 2)))  # TENSOR_AXIS_LABELS
        target = table(b, 7, files=(6, vector(b, files)))
        tables.append(table(b, 7, inputs=(2, vector(b, [source])), outputs=(3, vector(b, [target]))))
    b.Finish(table(b, 8, subgraphs=(3, vector(b, tables))), b'M001')
    return bytes(b.Output())


DO_NOTHING = metadata((0, 1, 'labels.txt'))  # as people write who mean that


def with_metadata(content, files, method=zipfile.ZIP_STORED, told=DO_NOTHING):
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(told, np.uint8)
    model.buffers.append(buffer)
    entry.name, entry.buffer = 'TFLITE_METADATA', len(model.buffers) - 1
    model.metadata = [entry]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b'TFL3')
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, 'w', method) as written:
        for name, text in files.items():
            written.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), text, method)
    return bytes(builder.Output()) + archive.getvalue()


def behind(content):
    """The same, its buffers behind the flatbuffer, where files above 2 GB have them."""
    model, archive = schema.ModelT.InitFromPackedBuf(content, 0), content[content.find(b'PK\x03\x04'):]
    full = [(buffer, bytes(buffer.data)) for buffer in model.buffers if buffer.data is not None and len(buffer.data)]
    for buffer, data in full:
        buffer.data, buffer.offset, buffer.size = None, 2, len(data)

    def packed():
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b'TFL3')
        return bytes(builder.Output())
    end = (len(packed()) + 15) // 16 * 16
    for buffer, data in full:
        buffer.offset = end
        end = (end + len(data) + 15) // 16 * 16
    whole = bytearray(packed().ljust(end, b'\0'))
    for buffer, data in full:
        whole[buffer.offset:buffer.offset + len(data)] = data
    return bytes(whole) + archive


# What a network of MODELS says of itself: mean, std, the files of labels, and the archive's content.
TOLD = (
    ('labels_numbered', 'softmax', 0, 255, (('tiere.txt', 'de'), ('animals.txt',)),
     {'tiere.txt': 'Katze\nHund\nVogel\n', 'animals.txt': '\ufeff0 cat\r\n1 guide dog\r\n2\t bird \r\n\r\n'}),
    ('labels_mac', 'softmax', 0, 255, 'labels.txt', {'labels.txt': ' cat\rdog\t\rbird\r'}),
    ('labels_spreadsheet', 'softmax', 0, 255, 'labels.txt', {'labels.txt': '0;cat\n1;"dog, ""guide"""\n2,bird\n'}),
    ('labels_decimal', 'softmax', 0, 255, 'labels.txt', {'labels.txt': '0,5 mg\n1,5 mg\n2,5 "mg"\n'}),
    ('labels_short', 'softmax', 0, 255, 'labels.txt', {'labels.txt': 'cat\ndog\n'}),
    ('labels_names', 'softmax', 0, 255, 'temp_meta.txt',
     {'temp_meta.txt': str({'task': 'classify', 'imgsz': [16, 16], 'names': {0: 'guide dog', 1: "cat's eye", 2: 'bird'}})}),
    ('labels_names_two', 'softmax', 0, 255, 'temp_meta.txt', {'temp_meta.txt': str({'names': {0: 'cat', 2: 'bird'}})}),
    ('labels_one', 'yes_no', 0, 255, 'labels.txt', {'labels.txt': 'crossing\n'}),
    ('std_zero', 'softmax', 0, 0, 'labels.txt', {'labels.txt': 'cat\ndog\nbird\n'}),
    ('std_zero_uint8', 'uint8', 0, 0, 'labels.txt', {'labels.txt': 'cat\ndog\nbird\n'}),
)


def two_signatures():
    """One file of two networks, each a subgraph: "scores" gives logits, "shares" probabilities. Constants keep their buffers."""
    whole = None
    for index, (name, squash) in enumerate((('scores', None), ('shares', SOFTMAX))):
        m = Model()
        plain(squash=squash)(m)
        part = schema.ModelT.InitFromPackedBuf(m.bytes(), 0)
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = name, index
        signature.inputs, signature.outputs = [schema.TensorMapT()], [schema.TensorMapT()]
        signature.inputs[0].name, signature.inputs[0].tensorIndex = 'picture', part.subgraphs[0].inputs[0]
        signature.outputs[0].name, signature.outputs[0].tensorIndex = name, part.subgraphs[0].outputs[0]
        if whole is None:
            whole, whole.signatureDefs = part, [signature]
            continue
        for tensor in part.subgraphs[0].tensors:
            tensor.buffer += len(whole.buffers) if tensor.buffer else 0
        for operator in part.subgraphs[0].operators:
            operator.opcodeIndex += len(whole.operatorCodes)
        whole.buffers += part.buffers
        whole.operatorCodes += part.operatorCodes
        whole.subgraphs += part.subgraphs
        whole.signatureDefs.append(signature)
    builder = flatbuffers.Builder(1024)
    builder.Finish(whole.Pack(builder), b'TFL3')
    return bytes(builder.Output())


def main():
    content = two_signatures()
    (HERE / 'two_signatures.tflite').write_bytes(content)
    told = metadata((0, 255, 'letters.txt'), (127.5, 127.5, 'animals.txt'))
    files = {'letters.txt': 'a\nb\nc\n', 'animals.txt': 'cat\ndog\nbird\n'}
    (HERE / 'two_signatures_metadata.tflite').write_bytes(with_metadata(content, files, told=told))
    runners = [Interpreter(model_content=content).get_signature_runner(name) for name in ('scores', 'shares')]
    scores, shares = [list(runner(picture=np.full([1, 16, 16, 3], .5, np.float32)).values())[0] for runner in runners]
    assert np.allclose(np.exp(scores) / np.exp(scores).sum(), shares)
    for name, make in MODELS.items():
        model = Model()
        make(model)
        content = model.bytes()
        if name == 'uint8':
            files = {'other.txt': 'x', 'labels.txt': 'cat\r\ndog\r\nbird\r\n'}
            for packed, method in (('metadata', zipfile.ZIP_STORED), ('deflated', zipfile.ZIP_DEFLATED)):
                (HERE / f'uint8_{packed}.tflite').write_bytes(with_metadata(content, files, method))
        for told, base, mean, std, labels, files in TOLD:
            if base == name:
                (HERE / f'{told}.tflite').write_bytes(with_metadata(content, files, told=metadata((mean, std, labels))))
        if name == 'softmax':
            told = with_metadata(content, {'labels.txt': 'cat\ndog\nbird\n'}, told=metadata((127.5, 127.5, 'labels.txt')))
            (HERE / 'labels_behind.tflite').write_bytes(behind(told))
            Interpreter(model_content=behind(told)).allocate_tensors()
        interpreter = Interpreter(model_content=content)
        if name == 'open_size':
            interpreter.resize_tensor_input(0, [1, 16, 16, 3])
        interpreter.allocate_tensors()
        interpreter.invoke()
        (HERE / f'{name}.tflite').write_bytes(content)


if __name__ == '__main__':
    main()
