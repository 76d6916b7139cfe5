"""Writes normalization.tflite: a model whose TFLite metadata says mean 127.5
and std 64, 65, 66 for its input. The metadata flatbuffer is written field by
field (metadata_schema.fbs), since its Python package pins old versions.

    pip install ai-edge-litert==2.3.0 numpy flatbuffers
    python tests/golden/metadata/make_metadata.py
"""
import pathlib

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

HERE = pathlib.Path(__file__).parent


def table(builder, num_fields, **offsets):
    builder.StartObject(num_fields)
    for name, (field, value) in offsets.items():
        if name.startswith('byte'):
            builder.PrependUint8Slot(field, value, 0)
        else:
            builder.PrependUOffsetTRelativeSlot(field, value, 0)
    return builder.EndObject()


def vector(builder, offsets):
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def metadata():
    b = flatbuffers.Builder(256)
    mean = b.CreateNumpyVector(np.array([127.5], np.float32))
    std = b.CreateNumpyVector(np.array([64, 65, 66], np.float32))
    options = table(b, 2, mean=(0, mean), std=(1, std))
    unit = table(b, 2, byte=(0, 1), options=(1, options))
    tensor = table(b, 7, units=(4, vector(b, [unit])))
    subgraph = table(b, 7, inputs=(2, vector(b, [tensor])))
    b.Finish(table(b, 8, subgraphs=(3, vector(b, [subgraph]))), b'M001')
    return bytes(b.Output())


def main():
    source = (HERE.parent / 'models' / 'relu_f32.tflite').read_bytes()
    model = schema.ModelT.InitFromPackedBuf(source, 0)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(metadata(), np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = 'TFLITE_METADATA', len(model.buffers) - 1
    model.metadata = [entry]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b'TFL3')
    (HERE / 'normalization.tflite').write_bytes(bytes(builder.Output()))


if __name__ == '__main__':
    main()
