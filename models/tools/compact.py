"""A .tflite that says nothing twice: equal lists in its tables are written once.

  python -m models.tools.compact IN.tflite OUT.tflite

A filter quantised per channel carries a zero point of 64 bits for each, all of them 0, and its bias the same again: 8 % of
EfficientNet-Lite0 in int8. FlatBuffers let any number of fields point to one list, and interpreters read it as before:
tensors, names, operators and weights are the same, and so are the answers, bit for bit.
"""
import argparse
import pathlib

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from models.tools import full_disk

ALIGNMENT = 16  # of a constant's bytes, as schema.fbs asks


class SharingBuilder(flatbuffers.Builder):
    """Writes a vector or string of the same bytes once."""

    def __init__(self):
        super().__init__(1 << 20)
        self.seen, self.begin = {}, None

    def StartVector(self, elemSize, numElems, alignment):
        self.begin, self.size = self.head, elemSize * numElems
        return super().StartVector(elemSize, numElems, ALIGNMENT if elemSize == 1 and numElems >= ALIGNMENT else alignment)

    def PrependUOffsetTRelative(self, off):
        self.begin = None  # a list of offsets counts from where it stands: the same bytes elsewhere mean something else
        super().PrependUOffsetTRelative(off)

    def EndVector(self, numElems=None):
        offset = super().EndVector()
        if self.begin is None:
            return offset
        first = self.seen.setdefault((self.size, bytes(self.Bytes[self.head:self.head + 4 + self.size])), offset)
        if first != offset:
            self.head = self.begin
        self.begin = None
        return first

    def CreateString(self, s, encoding="utf-8", errors="strict"):
        if ("string", s) not in self.seen:
            self.begin = None
            self.seen["string", s] = super().CreateString(s, encoding, errors)
        return self.seen["string", s]


def read(path):
    """The model with its constants inside: a large file may keep them behind its tables."""
    return parsed(pathlib.Path(path).read_bytes())


def parsed(content):
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for buffer in model.buffers:
        if buffer.offset > 1:
            buffer.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
        buffer.offset = buffer.size = 0
    return model


def write(model, target):
    """A model as `read` gives it, into a file."""
    builder = SharingBuilder()
    builder.Finish(model.Pack(builder), b"TFL3")
    pathlib.Path(target).write_bytes(builder.Output())


def of_bytes(content, target):
    """As `compact`, of what a library made. Its own writers map the file into memory: where the disk is full, that ends the process by
    a signal (SIGBUS) instead of an error."""
    write(parsed(bytes(content)), target)


def compact(source, target):
    """Writes `target`, which may be `source`: what it computes stays."""
    write(read(source), target)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    args = parser.parse_args()
    before = args.source.stat().st_size
    compact(args.source, args.target)
    print(f"{args.target}: {args.target.stat().st_size} bytes, {before} before")


if __name__ == "__main__":
    full_disk.started(main)
