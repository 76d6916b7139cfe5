// The ways of docs/COMMAND.md to spread many pictures: they rest on paths on
// standard input, one a line, and one line of answer each.
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {GOLDEN, insitu, lines, ROOT, scratchFolder, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const command = [join(ROOT, 'build/insitu'), 'classify', '--pack', SPOTS, '-'];
const pictures = readdirSync(GOLDEN).filter((name) => /\.(png|jpg)$/.test(name)).sort().map((name) => join(GOLDEN, name));
const asked = [...pictures, join(GOLDEN, 'none.png')];
const input = asked.map((path) => `${path}\n`).join('');

const answers = (found) => new Map(found.map(({file, ok, top, status}) => [file, ok ? top.id : status]));
const expected = () => answers(lines(insitu('native', command.slice(1), {input}).out));
const works = (...words) => spawnSync(words[0], words.slice(1)).status === 0;

const hasParallel = works('parallel', '--version');


(hasParallel ? test : test.skip)(`GNU parallel${hasParallel ? '' : ' (not installed: apt-get install parallel)'}`, () => {
  const done = spawnSync('parallel', ['-j', '2', '--pipe', '-N', '10', '--keep-order', ...command], {input, encoding: 'utf8'});
  const found = lines(done.stdout);
  expect(found.map(({file}) => file)).toEqual(asked);
  expect(answers(found)).toEqual(expected());
  expect(done.status).toBe(1); // one block had a missing picture
});

test('xargs, where nothing else is installed', () => {
  const done = spawnSync('xargs', ['-P', '2', '-n', '10', ...command.slice(0, -1)], {input, encoding: 'utf8'});
  expect(answers(lines(done.stdout))).toEqual(expected());
});

test('a Slurm array task takes its share of the lines', () => {
  // The sbatch script of docs/COMMAND.md, each task run here in turn.
  const list = join(folder, 'paths.txt');
  writeFileSync(list, input);
  const [, script] = /```bash\n(#!\/bin\/bash\n#SBATCH[\s\S]+?)```/.exec(readFileSync(join(ROOT, 'docs/COMMAND.md'), 'utf8'));
  const tasks = script.match(/--array=0-(\d+)/)[1];
  const found = [];
  for (let task = 0; task <= tasks; ++task) {
    const done = spawnSync('bash', ['-c', script], {cwd: folder, encoding: 'utf8', env: {
      ...process.env, SLURM_ARRAY_TASK_ID: String(task), SLURM_ARRAY_TASK_COUNT: String(Number(tasks) + 1),
      INSITU_PACK: SPOTS, PATH: `${join(ROOT, 'build')}:${process.env.PATH}`}});
    expect(done.stderr).toBe('');
    found.push(...lines(readFileSync(join(folder, `answers-${task}.jsonl`), 'utf8')));
  }
  expect(found).toHaveLength(asked.length);
  expect(answers(found)).toEqual(expected());
});

const python = process.env.SPARK_PYTHON ?? process.env.PYTHON ?? 'python3';
const hasSpark = works(python, '-c', 'import pyspark') && works('java', '-version');
(hasSpark ? test : test.skip)(`Spark's pipe()${hasSpark ? '' : ` (${python} has no pyspark, or there is no java)`}`, () => {
  const list = join(folder, 'spark-paths.txt');
  writeFileSync(list, input);
  const done = spawnSync(python, [join(ROOT, 'docs/examples/spark_pipe.py'), list, join(folder, 'spark'),
    '--partitions', '2', '--command', command.join(' ')], {encoding: 'utf8', timeout: 280_000});
  const report = JSON.parse(done.stdout.trim().split('\n').at(-1));
  expect(report).toMatchObject({asked: asked.length, answered: asked.length});
  expect(done.status).toBe(1); // one picture is missing
  const found = readdirSync(join(folder, 'spark')).filter((name) => name.startsWith('part-'))
    .flatMap((name) => lines(readFileSync(join(folder, 'spark', name), 'utf8')));
  expect(answers(found)).toEqual(expected());
}, 300_000);
