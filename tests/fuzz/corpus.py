#!/usr/bin/env python3
"""The corpora of tests/fuzz/targets/, one file a target: [u32 size, little-endian]
and so many bytes, deflated (RFC 1951): inputs behind each other, each [u32 size][bytes].

  corpus.py seed TARGET FOLDER      the golden files that the target takes
  corpus.py unpack FILE.bin FOLDER  each input as a file named after its digest
  corpus.py pack FOLDER FILE.bin    back, the small ones first
"""
import hashlib
import json
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


def jpeg_of(segments):
    return b'\xff\xd8' + b''.join(struct.pack('>BBH', 0xff, marker, 2 + len(payload)) + payload for marker, payload in segments)


def jpeg_seeds():
    """The golden files; two components; and a scan for each coefficient and one more."""
    yield from files('*.jpg')()
    yield jpeg_of([(0xc0, bytes((8, 0, 64, 0, 64, 2, 1, 0x11, 0, 2, 0x11, 0)))])
    scans = [(0, 0, 1), *((k, k, 0) for k in range(1, 64)), (0, 0, 0x10)]
    yield jpeg_of([(0xc2, bytes((8, 0, 64, 0, 64, 1, 1, 0x11, 0))), *((0xda, bytes((1, 1, 0, *scan))) for scan in scans)])


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


def changed(pack, change):
    """The pack with the field that `at` names set to `value`, or without it (tests/packs/changes.json)."""
    made = json.loads(json.dumps(pack))
    *above, last = (int(key) if key.isdigit() else key for key in change['at'].split('/'))
    node = made
    for key in above:
        node = node[key]
    if 'value' in change:
        node[last] = change['value']
    else:
        del node[last]
    return made


def pack_seeds():
    for folder in (TESTS / 'cli/spots', TESTS / 'packs/stripes'):
        pack = (folder / 'pack.json').read_bytes()
        yield pack
        for texts in (folder / 'texts').glob('*.json'):
            yield pack + b'\0' + texts.read_bytes()
    for row in json.loads((TESTS / 'packs/changes.json').read_text()):
        base = row['base'] if isinstance(row['base'], dict) else json.loads((TESTS.parent / row['base']).read_text())
        yield json.dumps(base, separators=(',', ':')).encode()
        for change in row['taken'] + row['refused']:
            yield json.dumps(changed(base, change), separators=(',', ':')).encode()


def png_chunk(kind, payload):
    return struct.pack('>I', len(payload)) + kind + payload + struct.pack('>I', zlib.crc32(kind + payload))


def png_of(chunks):
    return b'\x89PNG\r\n\x1a\n' + b''.join(png_chunk(*chunk) for chunk in chunks)


def png_seeds():
    """The golden files; each way of saying what colours are meant; and what a reader of the header refuses."""
    yield from files('*.png', '*.apng')()
    header, *rest = png_chunks((GOLDEN / 'grey1.png').read_bytes())
    for transfer in range(19):
        cicp = b'cICP', bytes([(1, 9, 12)[transfer % 3], transfer, 0, 1])
        yield png_of([header, cicp, *rest])
        yield png_of([header, cicp, (b'iCCP', b'x\0\0'), (b'sRGB', b'\1'), *rest])
    for at in range(10, 13):
        yield png_of([(b'IHDR', header[1][:at] + b'\2' + header[1][at + 1:]), *rest])
    yield png_of([header, (b'IEND', b'')])
    header, *rest = png_chunks((GOLDEN / 'palette1.png').read_bytes())
    yield png_of([header, *(chunk for chunk in rest if chunk[0] != b'PLTE')])
    yield png_of([header, (b'PLTE', b''), *rest])


def riff_chunks(file):
    at = 12
    while at + 8 <= len(file):
        size = int.from_bytes(file[at + 4:at + 8], 'little')
        yield file[at:at + 4], file[at + 8:at + 8 + size]
        at += 8 + size + size % 2


def webp_of(chunks):
    body = b'WEBP' + b''.join(kind + struct.pack('<I', len(payload)) + payload + b'\0' * (len(payload) % 2) for kind, payload in chunks)
    return b'RIFF' + struct.pack('<I', len(body)) + body


def webp_seeds():
    """The golden files; and animations whose first frame is cut, is empty or reaches too far."""
    yield from files('*.webp')()
    chunks = list(riff_chunks((GOLDEN / 'animation.webp').read_bytes()))
    first = next(i for i, (kind, _) in enumerate(chunks) if kind == b'ANMF')
    frame = chunks[first][1]
    for cut in (frame[:10], frame[:16], frame[:16] + b'ABCD' + struct.pack('<I', 0), b'\xff\xff\0' + frame[3:]):
        yield webp_of([*chunks[:first], (b'ANMF', cut), *chunks[first + 1:]])
    yield webp_of([(chunks[0][0], chunks[0][1][:4]), *chunks[1:]])


def zipped_seeds():
    """Models with an archive behind them, whose every number is off in turn, or whose labels are."""
    yield from files('metadata/*.tflite', 'bare/*.tflite', 'models/relu_*.tflite')()
    yield from chosen_anew('bare/two_signatures_metadata.tflite', 'bare/picked*.tflite', 'models/add_f32.tflite',
                           'models/depthwise_conv_2d_6x6_f32.tflite', 'models/others/odd_bytes_without_scale.tflite')
    for path in (GOLDEN / 'bare').glob('uint8_*.tflite'):
        file = path.read_bytes()
        end, local, entry = file.rfind(b'PK\5\6'), file.find(b'PK\3\4'), file.find(b'PK\1\2')
        if end < 0:
            continue
        places = [local, entry, *range(entry + 8, entry + 46), *range(end + 10, end + 20)]
        yield from (file[:at] + b'\xff' + file[at + 1:] for at in places)
        yield file[:entry + 46] + b'?' + file[entry + 47:]  # another name
        yield file[:-1]
        yield file[:local]
        yield from (file[:at] + b'\0' + file[at + 1:] for at in range(local + 30, entry, 3))


def archive_seeds():
    """The name of an archive's first file and the archive, whose every number is off in turn, or whose bytes are."""
    for path in (GOLDEN / 'bare').glob('uint8_*.tflite'):
        file = path.read_bytes()
        if b'PK\5\6' not in file:
            continue
        archive = file[file.find(b'PK\3\4'):]
        end, entry = archive.rfind(b'PK\5\6'), archive.find(b'PK\1\2')
        name = archive[30:30 + int.from_bytes(archive[26:28], 'little')]
        head = bytes([len(name)]) + name
        yield head + archive
        yield head + b'before it' + archive
        yield head + archive[:end + 20] + b'\7\0comment'
        yield head[:-1] + b'?' + archive
        for at in (0, *range(30, entry, 3), *range(entry, entry + 46), *range(end, end + 22)):
            for byte in b'\0', b'\2', b'\xff':
                yield head + archive[:at] + byte + archive[at + 1:]


def any_seeds():
    """For targets that take bytes as choices."""
    yield from (hashlib.shake_128(bytes([index])).digest(3 + 2 * index) for index in range(128))


def files(*patterns):
    return lambda: (path.read_bytes() for pattern in patterns for path in GOLDEN.glob(pattern))


def chosen_anew(*patterns):
    """The same models with other bytes behind them, by which a target chooses other options."""
    yield from (data + bytes(range(count)) for data in files(*patterns)() for count in range(12))


def model_seeds():
    yield from files('models/*.tflite', 'models/others/*.tflite', 'metadata/*.tflite', 'bare/*.tflite')()
    yield from chosen_anew('bare/two_signatures.tflite', 'bare/open_size.tflite')
    file = (GOLDEN / 'models/add_f32.tflite').read_bytes()
    yield file[:4] + b'TFL2' + file[8:]


SEEDS = {
    'exif': exif_seeds, 'icc': icc_seeds, 'pack': pack_seeds,
    'jpeg': jpeg_seeds, 'png': png_seeds, 'webp': webp_seeds, 'metadata': zipped_seeds,
    'model': model_seeds, 'zip': archive_seeds,
    **dict.fromkeys(('markers', 'progressive', 'restarts', 'reuse'), any_seeds),
}


def write_all(inputs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def read_packed(path):
    packed, at = path.read_bytes(), 0
    data = zlib.decompress(packed[4:], -zlib.MAX_WBITS)
    if len(data) != struct.unpack_from('<I', packed)[0]:
        sys.exit(f'{path}: it inflates to {len(data)} bytes, but says another number')
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
        whole = b''.join(struct.pack('<I', len(data)) + data for data in inputs)
        deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
        pathlib.Path(words[2]).write_bytes(struct.pack('<I', len(whole)) + deflate.compress(whole) + deflate.flush())


if __name__ == '__main__':
    main(sys.argv[1:])
