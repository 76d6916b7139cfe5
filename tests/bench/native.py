"""Times the native command beside LiteRT's interpreter: one thread, the same
files, in turn, several passes. Called by run.sh; writes OUT.json.

    python tests/bench/native.py MODELS_DIR build/insitu OUT.json

Each pass runs both in a fresh process. What is compared is the smallest run of
each pass, paired by pass, and the median pass's ratio: other work on the machine
makes runs longer, never shorter. A model whose outputs differ is an error: the
time of another function is no time.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

PASSES, RUNS = 9, 30
MAX_DIFFERENCE_FLOAT32 = 1e-3  # of the outputs' deviation: sums in another order
MIN_CORRELATION_INT8 = 0.99  # rounding of one layer moves the next; most agree to a quantum

THEIRS = '''
import json, sys, time, numpy
from ai_edge_litert.interpreter import Interpreter
model, given, wanted, runs = sys.argv[1:]
interpreter = Interpreter(model, num_threads=1)
interpreter.allocate_tensors()
interpreter.set_tensor(interpreter.get_input_details()[0]['index'], numpy.load(given))
times = []
for _ in range(int(runs)):
    start = time.perf_counter()
    interpreter.invoke()
    times.append((time.perf_counter() - start) * 1e3)
numpy.save(wanted, interpreter.get_tensor(interpreter.get_output_details()[0]['index']))
print(json.dumps({'min': min(times), 'median': sorted(times)[len(times) // 2]}))
'''


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f'{words[0]}: {done.stderr.strip()[-400:]}')
    return done.stdout


def make_input(model):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(str(model))
    detail = interpreter.get_input_details()[0]
    values = np.random.default_rng(12).uniform(-1, 1, detail['shape'])
    if detail['dtype'] != np.float32:
        scale, zero_point = detail['quantization']
        limits = np.iinfo(detail['dtype'])
        values = np.clip(np.round(values / scale + zero_point), limits.min, limits.max)
    return values.astype(detail['dtype'])


def check(model, ours, theirs):
    ours, theirs = ours.astype(np.float64).ravel(), theirs.astype(np.float64).ravel()
    difference = np.abs(ours - theirs).max() / theirs.std()
    correlation = np.corrcoef(ours, theirs)[0, 1]
    good = correlation >= MIN_CORRELATION_INT8 if 'int8' in model.name else difference <= MAX_DIFFERENCE_FLOAT32
    if not good:
        sys.exit(f'{model.name}: outputs differ by {difference:.1e} of their deviation, correlation {correlation:.4f}')
    return difference


def why_refused(model, command):
    """The command's reason for not running the file, '' where it does."""
    facts = json.loads(run(command, 'inspect', model, '--json'))
    return '' if facts['supported'] else facts['unsupported'][0]['why']


def measure(model, command, folder):
    given, wanted, got = (folder / name for name in ('in.npy', 'theirs.npy', 'ours.npy'))
    np.save(given, make_input(model))
    run(command, 'run', model, '--in', given, '--out', got)
    passes = []
    for _ in range(PASSES):
        theirs = json.loads(run(sys.executable, '-c', THEIRS, model, given, wanted, RUNS).splitlines()[-1])
        ours = json.loads(run(command, 'bench', '--model', model, '--runs', RUNS, '--threads', 1, '--json'))['steady_ms']
        passes.append({'ours_min_ms': ours['min'], 'theirs_min_ms': theirs['min'],
                       'ours_median_ms': ours['median'], 'theirs_median_ms': theirs['median']})
    difference = check(model, np.load(got), np.load(wanted))
    least = {who: min(one[f'{who}_min_ms'] for one in passes) for who in ('ours', 'theirs')}
    paired = statistics.median(one['ours_min_ms'] / one['theirs_min_ms'] for one in passes)
    return {'model': model.stem, 'threads': 1, 'difference': difference,
            'ours_min_ms': least['ours'], 'theirs_min_ms': least['theirs'],
            'ratio_of_minima': least['ours'] / least['theirs'], 'ratio_paired': paired, 'passes': passes}


def main():
    models, command, out = (pathlib.Path(word) for word in sys.argv[1:4])
    rows = []
    print(f'{"native, one thread":32}{"ours":>10}{"LiteRT":>10}  ms, minima   ratio  paired')
    with tempfile.TemporaryDirectory() as folder:
        for model in sorted(models.glob('*.tflite')):
            refused = why_refused(model, command.resolve())
            if refused:
                rows.append({'model': model.stem, 'left_out': refused})
                print(f'{model.stem:32}left out: {refused}', flush=True)
                continue
            row = measure(model, command.resolve(), pathlib.Path(folder))
            rows.append(row)
            print(f'{row["model"]:32}{row["ours_min_ms"]:10.2f}{row["theirs_min_ms"]:10.2f}'
                  f'{row["ratio_of_minima"]:20.2f}{row["ratio_paired"]:8.2f}', flush=True)
    out.write_text(json.dumps({'note': 'ratio: ours / LiteRT, below 1 is faster', 'rows': rows}, indent=1) + '\n')


if __name__ == '__main__':
    main()
