#!/usr/bin/env python3
"""The corpora of tests/fuzz/targets/, one file a target: inputs behind each
other, each [u32 size, little-endian][bytes].

  corpus.py seed TARGET FOLDER      the golden files that the target takes
  corpus.py unpack FILE.bin FOLDER  each input as a file named after its digest
  corpus.py pack FOLDER FILE.bin    back, the small ones first
"""
import hashlib
import pathlib
import struct
import sys
import zlib

TESTS = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = TESTS / 'golden'
MAX_SEED_BYTES = 65536  # larger ones only slow the fuzzer down


def jpeg_segments(file):
    """(marker, payload) of each segment before the first scan."""
    at = 2
    while at + 4 <= len(file) and file[at] == 0xff and file[at + 1] != 0xda:
        length = int.from_bytes(file[at + 2:at + 4], 'big')
        yield file[at + 1], file[at + 4:at + 2 + length]
        at += 2 + length


def png_chunks(file):
    at = 8
    while at + 8 <= len(file):
        length = int.from_bytes(file[at:at + 4], 'big')
        yield file[at + 4:at + 8], file[at + 8:at + 8 + length]
        at += 12 + length


def exif_seeds():
    for path in GOLDEN.glob('*.jpg'):
        for marker, payload in jpeg_segments(path.read_bytes()):
            if marker == 0xe1 and payload.startswith(b'Exif\0\0'):
                yield payload[6:]
    for path in GOLDEN.glob('*.png'):
        yield from (payload for kind, payload in png_chunks(path.read_bytes()) if kind == b'eXIf')


def icc_seeds():
    """Each profile as grey's, as colours', as CMYK's."""
    profiles = []
    for path in GOLDEN.glob('*.jpg'):
        profiles += [payload[14:] for marker, payload in jpeg_segments(path.read_bytes())
                     if marker == 0xe2 and payload.startswith(b'ICC_PROFILE\0')]
    for path in GOLDEN.glob('*.png'):
        profiles += [zlib.decompress(payload[payload.index(b'\0') + 2:])
                     for kind, payload in png_chunks(path.read_bytes()) if kind == b'iCCP']
    for profile in profiles:
        yield from (bytes([pixels]) + profile for pixels in range(3))


def pack_seeds():
    for folder in (TESTS / 'cli/spots', TESTS / 'packs/stripes'):
        pack = (folder / 'pack.json').read_bytes()
        yield pack
        for texts in (folder / 'texts').glob('*.json'):
            yield pack + b'\0' + texts.read_bytes()


def files(*patterns):
    return lambda: (path.read_bytes() for pattern in patterns for path in GOLDEN.glob(pattern))


SEEDS = {
    'exif': exif_seeds, 'icc': icc_seeds, 'pack': pack_seeds,
    'jpeg': files('*.jpg'), 'png': files('*.png'), 'webp': files('*.webp'),
    'metadata': files('metadata/*.tflite', 'models/relu_*.tflite'), 'model': files('models/*.tflite', 'metadata/*.tflite'),
}


def write_all(inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def read_packed(path):
    data, at = path.read_bytes(), 0
    while at < len(data):
        size, = struct.unpack_from('<I', data, at)
        if at + 4 + size > len(data):
            sys.exit(f'{path}: an input of {size} bytes at {at} goes beyond the end, {len(data)}')
        yield data[at + 4:at + 4 + size]
        at += 4 + size


def main(words):
    if len(words) != 3 or words[0] not in ('seed', 'unpack', 'pack'):
        sys.exit(__doc__)
    if words[0] == 'seed':
        if words[1] not in SEEDS:
            sys.exit(f'{words[1]} is no target; there are {", ".join(SEEDS)}')
        write_all((data for data in SEEDS[words[1]]() if len(data) <= MAX_SEED_BYTES), pathlib.Path(words[2]))
    elif words[0] == 'unpack':
        write_all(read_packed(pathlib.Path(words[1])), pathlib.Path(words[2]))
    else:
        inputs = sorted({path.read_bytes() for path in pathlib.Path(words[1]).iterdir()}, key=lambda data: (len(data), data))
        pathlib.Path(words[2]).write_bytes(b''.join(struct.pack('<I', len(data)) + data for data in inputs))


if __name__ == '__main__':
    main(sys.argv[1:])
