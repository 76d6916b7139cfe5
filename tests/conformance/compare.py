"""Runs networks by the command, native and as WebAssembly, and by LiteRT's interpreter, and compares the answers:

    python tests/conformance/compare.py NETWORKS_DIR build OUT.md [DIR_OF_REAL_FILES...] [--networks NAME...]

NETWORKS_DIR is what make_network.py wrote; build has insitu and node/. OUT.md gets the tables and what they mean; exit
status 1 where a tolerance is missed or a network is refused. A run that was cut goes on where it was: each network's figures
are kept in build/conformance.json as long as the command stays the same.
"""
import argparse
import gzip
import hashlib
import json
import pathlib
import platform
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

NETWORKS = ('MobileNet', 'MobileNetV2', 'MobileNetV3Small', 'MobileNetV3Large', 'EfficientNetB0', 'EfficientNetV2B0',
            'ResNet50', 'ResNet50V2', 'DenseNet121', 'InceptionV3', 'Xception', 'NASNetMobile', 'ConvNeXtTiny')
KINDS = ('default.float32', 'small.float32', 'small.float16', 'small.dynamic', 'small.int8')
SHOWN = {'default': 'float32, default export', 'float32': 'float32', 'float16': 'float16 weights', 'dynamic': 'dynamic range',
         'int8': 'int8'}
SMALL_PX = 96  # where a file of others leaves its size open
SAME_SUMS = 1e-5  # of a probability: float32, in which sums come in another order
MAX_COST_RATIO = 1.25  # mean distance from float32, ours to LiteRT's
MAX_APART = 1.5  # largest difference, to LiteRT's largest distance from float32
MIN_SAME_TOP = .85
SLACK = 1e-3  # of a probability, where all of these are next to nothing
BUILDS = {'plain': 'node/insitu-simd.mjs', 'relaxed': 'node/insitu-relaxed.mjs'}  # of the same sources, for Node
NUM_BUILD_PICTURES = 3  # of the 16, and of the small networks: a process each

INTRODUCTION = '''# Conformance

Written by `make conformance` ({made}, {processor}); do not edit. The command (native, one thread) beside LiteRT's interpreter
(ai-edge-litert {litert}, as it comes, with XNNPACK), and beside itself as WebAssembly in Node: the same files, the same pictures.

The networks are the classifiers of `keras.applications` (Keras {keras}, TensorFlow {tensorflow}; this Keras has no RegNet) that are of
a size for phones, with seeded random weights: batch statistics are those of drawn pictures of eight kinds, and the last
layer is fitted to tell the kinds apart (`tests/conformance/make_network.py`). *Default export* is what
`TFLiteConverter.from_keras_model` writes with all parameters left alone: the network's own size, 224 or 299 pixels or (MobileNetV3) open, and
the batch open. The other four are of 96 pixels, with the converter's options for each precision.

- **largest difference**: of any class's probability, of all pictures, between the two.
- **same top class**: in n of N pictures the command's first class is LiteRT's (or one of those that share its first place).
- **from float32**: how far the answers are from LiteRT's to the float32 file, ours / LiteRT's: the mean over pictures of the
  largest difference. It is what the precision costs, and should not depend on who runs the file.

| | tolerance | why |
|---|---|---|
| float32, float16 weights | largest difference {sums:g}, the same top class in all | sums in another order; most come in the same one |
| dynamic range, int8 | from float32 at most {ratio:g} times LiteRT's; largest difference at most {apart:g} times LiteRT's own largest distance \
from float32; the same top class in {top:.0%} | both round what float32 does not. A tie that two kernels round apart moves what follows, and \
a network that nobody trained damps nothing; so the distance that counts is the one from float32. A single operator is held to one step \
(`tests/c/xnn_operators.c`) |

Where the two part in int8, each operator by itself on LiteRT's own tensors (`tests/conformance/operators.py`, run by hand on one picture
of each network named here, not of MobileNetV3Large), none by more than one step: HARD_SWISH is a table made in float32 here and
fixed-point arithmetic there, one step in 0.2 % of outputs (MobileNetV3Small); RELU
between two scales, in 0.5 and 0.9 % (NASNetMobile, Xception); SQUARED_DIFFERENCE and RSQRT, in 0.2 % (ConvNeXtTiny). None of
DenseNet121's and InceptionV3's does. In dynamic range, pointwise convolutions quantise their input a pixel at a time here, and depthwise
filters are widened to float32.
'''

OF_BUILDS = '''## Native and WebAssembly

The command as WebAssembly, with plain and with relaxed SIMD, as browsers run it, beside the native one: the networks of 96 pixels,
the first {pictures} of the pictures.
Tolerance: the same top class, and probabilities within {sums:g}, or twice what LiteRT's own kernels and XNNPACK's differ by in its interpreter,
on the same file and pictures (*LiteRT's own*), where that is more; in dynamic range as above between the two of different make. Float sums
come in another order, and relaxed SIMD rounds products and sums once; what is quantised anew from them can fall to the other side of a step.

| network | precision | LiteRT's own | plain: largest difference | same top class | relaxed: largest difference | same top class |
|---|---|---|---|---|---|---|
'''


class Theirs:
    def __init__(self, path, given_shape, resolver=OpResolverType.BUILTIN):
        self.interpreter = Interpreter(str(path), num_threads=1, experimental_op_resolver_type=resolver)
        self.input = self.interpreter.get_input_details()[0]
        self.open_size = list(self.input['shape_signature'][1:3]) == [-1, -1]
        self.shape = [int(given if size < 0 else size) for size, given in zip(self.input['shape_signature'], given_shape)]
        if self.shape != list(self.input['shape']):
            self.interpreter.resize_tensor_input(self.input['index'], self.shape)
        self.interpreter.allocate_tensors()
        self.output = self.interpreter.get_output_details()[0]

    def run(self, given):
        self.interpreter.set_tensor(self.input['index'], given)
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.output['index'])


def quantised(detail, values):
    """Values of the network's own range in the input's type."""
    if detail['dtype'] == np.float32:
        return values.astype(np.float32)
    scale, zero_point = detail['quantization']
    limits = np.iinfo(detail['dtype'])
    return np.clip(np.round(values / scale + zero_point), limits.min, limits.max).astype(detail['dtype'])


def real(detail, values):
    """A tensor's values as real numbers, [classes]."""
    values = values.astype(np.float64).ravel()
    if detail['dtype'] == np.float32 or not detail['quantization'][0]:
        return values
    scale, zero_point = detail['quantization']
    return (values - zero_point) * scale


def run_ours(command, path, theirs, given, folder):
    np.save(folder / 'in.npy', given)
    size = ['--size', f'{theirs.shape[2]},{theirs.shape[1]}'] if theirs.open_size else []
    done = subprocess.run([*command, 'run', path, '--in', folder / 'in.npy', '--out', folder / 'out.npy', *size],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f'{path.name}: {done.stderr.strip()}')
    return np.load(folder / 'out.npy')


def why_refused(command, path):
    """Every reason of the command, '' where it runs the file."""
    done = subprocess.run([*command, 'inspect', path, '--json'], capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip()
    facts = json.loads(done.stdout)
    if facts['supported']:
        return ''
    return '; '.join(sorted({': '.join(filter(None, (entry['operator'], entry['why']))) for entry in facts['unsupported']}))


def answers_of(commands, path, pictures, folder):
    """What LiteRT, and each command, answer to the pictures: [N,classes] each."""
    theirs = Theirs(path, [1, *pictures.shape[1:]])
    given = [quantised(theirs.input, picture[None]) for picture in pictures]
    ours = [np.array([real(theirs.output, run_ours(command, path, theirs, one, folder)) for one in given]) for command in commands]
    return np.array([real(theirs.output, theirs.run(one)) for one in given]), *ours


def same_top(ours, theirs):
    return sum(bool(b[a.argmax()] == b.max()) for a, b in zip(ours, theirs))


def own_difference(path, pictures, by_xnnpack):
    """How far LiteRT's answers by its own kernels are from those by XNNPACK."""
    other = Theirs(path, [1, *pictures.shape[1:]], OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    answers = [real(other.output, other.run(quantised(other.input, picture[None]))) for picture in pictures]
    return float(np.abs(np.array(answers) - by_xnnpack).max())


def row_of(command, networks, name, kind, reference, folder):
    size, precision = kind.split('.')
    path = networks / f'{name}.{kind}.tflite'
    row = {'network': name, 'kind': kind}
    if not path.exists():
        log = networks / f'{name}.failed.txt'
        failed = log.read_text().splitlines() if log.exists() else []
        row['not_made'] = next((line.split(': ', 1)[1] for line in failed if line.startswith(f'{name}.{kind}: ')), 'not made')
        return row
    row['refused'] = why_refused(command, path)
    if row['refused']:
        return row
    theirs, ours = answers_of([command], path, np.load(networks / f'{name}.{size}.npy'), folder)
    row.update(difference=float(np.abs(ours - theirs).max()), same_top=same_top(ours, theirs), pictures=len(ours))
    row['furthest'] = furthest = float(np.abs(theirs - reference[name]).max()) if size == 'small' and name in reference else 0.
    if kind == 'small.float32':
        reference[name] = theirs
    elif size == 'small' and name in reference:
        row['from_float32'] = [float(np.abs(answers - reference[name]).max(1).mean()) for answers in (ours, theirs)]
    if precision in ('float32', 'float16'):
        row['own'] = own_difference(path, np.load(networks / f'{name}.{size}.npy'), theirs) if size == 'small' else 0.
        row['within'] = row['difference'] <= SAME_SUMS and row['same_top'] == row['pictures']
    else:
        cost, their_cost = row['from_float32']
        row['within'] = (cost <= MAX_COST_RATIO * their_cost + SLACK and row['difference'] <= MAX_APART * furthest + SLACK
                         and row['same_top'] >= MIN_SAME_TOP * row['pictures'])
    return row


def builds_of(row, command, build, networks, folder):
    """How far each build for Node is from the native command, by the network of a row that runs; its first pictures."""
    if row.get('refused', True) or row['kind'].startswith('default'):
        return {}
    path = networks / f'{row["network"]}.{row["kind"]}.tflite'
    node = [['node', '--experimental-wasm-relaxed-simd', build / file] for file in BUILDS.values()]
    pictures = np.load(networks / f'{row["network"]}.small.npy')[:NUM_BUILD_PICTURES]
    _, ours, *builds = answers_of([command, *node], path, pictures, folder)
    limit = MAX_APART * row['furthest'] + SLACK if row['kind'].endswith('dynamic') else max(SAME_SUMS, 2 * row.get('own', 0))
    found = {name: dict(difference=float(np.abs(answers - ours).max()), pictures=len(ours), same_top=same_top(answers, ours))
             for name, answers in zip(BUILDS, builds)}
    return {name: one | {'within': one['difference'] <= limit and one['same_top'] == one['pictures']} for name, one in found.items()}


def begin_of(row):
    return f'| {row["network"]} | {SHOWN["default" if row["kind"].startswith("default") else row["kind"].split(".")[1]]} |'


def text_of_builds(row, builds):
    cells = [f'{found["difference"]:.1e}{"" if found["within"] else ", **outside the tolerance**"} | {found["same_top"]} of {found["pictures"]}'
             for found in builds.values()]
    own = f'{row["own"]:.1e}' if 'own' in row else ''
    return f'{begin_of(row)} {own} | {" | ".join(cells)} |'


def text_of(row):
    begin = begin_of(row)
    if 'not_made' in row:
        return f'{begin} TensorFlow does not write it: {row["not_made"]} | | | |'
    if row['refused']:
        return f'{begin} refused: {row["refused"]} | | | |'
    costs = ' / '.join(f'{cost:.1e}' for cost in row['from_float32']) if 'from_float32' in row else ''
    note = 'runs' if row['within'] else 'runs, **outside the tolerance**'
    return f'{begin} {note} | {row["difference"]:.1e} | {row["same_top"]} of {row["pictures"]} | {costs} |'


def real_inputs(path, detail, shape):
    """The input that lies beside the file, or three drawn ones over the whole range of the type or of -1..1."""
    given = path.with_name(path.name.replace('.tflite', '.in.npy.gz'))
    if given.exists():
        return [np.load(gzip.open(given)).astype(detail['dtype'])]
    rng = np.random.default_rng(12)
    made = []
    for _ in range(3):
        coarse = rng.uniform(0, 1, [1, 8, 8, shape[3]])
        smooth = coarse.repeat(-(-shape[1] // 8), 1).repeat(-(-shape[2] // 8), 2)[:, :shape[1], :shape[2]]
        if detail['dtype'] == np.float32:
            made.append((smooth * 2 - 1).astype(np.float32))
        else:
            limits = np.iinfo(detail['dtype'])
            made.append(np.round(limits.min + smooth * (limits.max - limits.min)).astype(detail['dtype']))
    return made


def real_row(command, path, folder):
    begin = f'| `{path.name}` | {path.stat().st_size:,} |'
    refused = why_refused(command, path)
    if refused:
        return f'{begin} refused: {refused} | | |', False
    try:
        theirs = Theirs(path, [1, SMALL_PX, SMALL_PX, 3])
    except (RuntimeError, ValueError) as error:
        return f'{begin} LiteRT refuses it: {" ".join(str(error).split())[:120]} | | |', True
    if 0 in theirs.shape or len(theirs.shape) != 4:
        return f'{begin} left out: no size of its own, {theirs.shape} | | |', True
    given = real_inputs(path, theirs.input, theirs.shape)
    pairs = [(real(theirs.output, run_ours(command, path, theirs, one, folder)), real(theirs.output, theirs.run(one))) for one in given]
    difference = max(float(np.abs(a - b).max()) for a, b in pairs)
    step = theirs.output['quantization'][0] or None
    shown = f'{difference:.1e}' + (f' ({difference / step:.0f} steps)' if step else '')
    scale = max(1., max(float(np.abs(b).max()) for _, b in pairs))
    within = difference <= (4 * step if step else 1e-5 * scale)
    return f'{begin} runs{"" if within else ", **outside the tolerance**"} | {shown} | {same_top(*zip(*pairs))} of {len(pairs)} |', within


class Kept:
    """What runs before found, by the same files."""

    def __init__(self, path):
        self.path = path
        self.found = json.loads(path.read_text()) if path.exists() else {}

    def get(self, name, files, make):
        key = hashlib.sha256(b''.join(file.read_bytes() for file in files)).hexdigest()
        if self.found.get(name, {}).get('key') != key:
            self.found[name] = {'key': key, 'value': make()}
            self.path.write_text(json.dumps(self.found, indent=1))
        return self.found[name]['value']


def processor():
    """x86_64 with AVX-512: which kernels both take."""
    info = pathlib.Path('/proc/cpuinfo')
    words = set(info.read_text().split()) if info.exists() else set()
    best = next((name for flag, name in (('amx_int8', 'AMX'), ('avx512_vnni', 'AVX-512 VNNI'), ('avx512f', 'AVX-512'), ('avx2', 'AVX2')) if flag in words), '')
    return platform.machine() + (f' with {best}' if best else '')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    for name in ('networks_dir', 'build', 'out'):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument('real', type=pathlib.Path, nargs='*')
    parser.add_argument('--networks', nargs='+', default=NETWORKS)
    parser.add_argument('--native', action='store_true', help='not as WebAssembly')
    options = parser.parse_args()
    networks, build, out = options.networks_dir, options.build.resolve(), options.out
    command = [build / 'insitu']
    for folder in options.real:
        if not folder.is_dir():
            parser.error(f'{folder} is no folder')
    real_files = [path for folder in options.real for path in sorted(folder.rglob('*.tflite'))]
    versions = {name: value for name, value in (line.split('==') for line in
                (pathlib.Path(__file__).parent / 'requirements.txt').read_text().splitlines() if '==' in line)}
    lines = [INTRODUCTION.format(litert=versions['ai-edge-litert'], keras=versions['keras'], tensorflow=versions['tensorflow-cpu'],
                                 made=subprocess.run([*command, '--version'], capture_output=True, text=True).stdout.strip(),
                                 processor=processor(), sums=SAME_SUMS, ratio=MAX_COST_RATIO, apart=MAX_APART, top=MIN_SAME_TOP),
             '| network | precision | | largest difference | same top class | from float32, ours / LiteRT |', '|---|---|---|---|---|---|']
    print('\n'.join(lines[1:]), flush=True)
    good, kept, of_wasm = True, Kept(build / 'conformance.json'), []
    modules = [command[0], *(build / 'node' / f'module-{name}.wasm' for name in ('simd', 'relaxed'))]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in options.networks:
            reference = {}
            made = [path for path in (networks / f'{name}.failed.txt', *sorted(networks.glob(f'{name}.*.tflite'))) if path.exists()]
            for row in kept.get(name, [*command, *made], lambda: [row_of(command, networks, name, kind, reference, folder) for kind in KINDS]):
                good = good and row.get('within', 'not_made' in row)
                lines.append(text_of(row))
                print(lines[-1], flush=True)
                builds = {} if options.native else kept.get(f'{name}.{row["kind"]} in Node', [*modules, *made],
                                                            lambda: builds_of(row, command, build, networks, folder))
                if builds:
                    good = good and all(found['within'] for found in builds.values())
                    of_wasm.append(text_of_builds(row, builds))
                    print(of_wasm[-1], flush=True)
        left_out = [name for name in NETWORKS if name not in options.networks]
        if left_out:
            lines += ['', f'Left out in this run: {", ".join(left_out)}.']
        lines += ['', *OF_BUILDS.format(pictures=NUM_BUILD_PICTURES, sums=SAME_SUMS).splitlines(), *of_wasm, '', '## Files of others', '']
        if real_files:
            lines += ['Largest difference of any output. Tolerance: 1e-5 of the largest output, or 4 steps of a quantised one: each layer rounds once.', '',
                      '| file | bytes | | largest difference | same top class |', '|---|---|---|---|---|']
        else:
            lines.append('None were given (`make conformance REAL="FOLDER..."`).')
        for path in real_files:
            line, within = real_row(command, path, pathlib.Path(folder))
            good = good and within
            lines.append(line)
            print(line, flush=True)
    out.write_text('\n'.join(lines) + '\n')
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
