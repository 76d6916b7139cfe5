// What standard output holds when lines are long, writers many and readers gone.
import {spawn, spawnSync} from 'node:child_process';
import {closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {lineWriter} from '../../src/cli/node_output.mjs';
import {forms, insitu, insituShell, lines, quote, scratchFolder, shellWords, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const FLOAT32 = join(SPOTS, 'spots-float32.tflite');
const labels = join(folder, 'long.txt');
const paths = join(folder, 'paths.txt');
const COUNT = 40;

// A line of 30 kB, as a model of 500 classes has it: seven times what a pipe takes whole.
beforeAll(() => {
  writeFileSync(labels, ['r', 'g', 'b'].map((letter) => `${letter.repeat(5000)}\n`).join(''));
  writeFileSync(paths, `${SLOPES}\n`.repeat(COUNT));
});

describe.each(forms)('%s: lines of insitu classify', (form) => {
  const long = `${shellWords(form, ['classify', '--model', FLOAT32, '--labels', labels, '-'])} < ${quote(paths)}`;
  const three = `{ ${long} & ${long} & ${long} & wait; }`;
  const isWhole = (line) => { try { return JSON.parse(line).ok; } catch { return false; } };

  test('three processes on one pipe never mix their lines', () => {
    // A reader that is late fills the pipe, so that writers must wait in the middle of a line.
    const {out} = insituShell(`${three} | { sleep 1; cat; }`);
    const found = out.trimEnd().split('\n');
    expect(found.filter((line) => !isWhole(line))).toHaveLength(0);
    expect(found).toHaveLength(3 * COUNT);
  });

  test.each([['>', 'one opened file'], ['>>', 'a file that each opens']])('nor with %s %s', (arrow) => {
    const file = join(folder, `${form}-${arrow.length}`);
    writeFileSync(file, '');
    insituShell(arrow === '>' ? `${three} > ${quote(file)}`
      : `{ ${`${long} >> ${quote(file)} & `.repeat(3)} wait; }`);
    const found = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(found.filter((line) => !isWhole(line))).toHaveLength(0);
    expect(found).toHaveLength(3 * COUNT);
  });

  test('a writer that was killed keeps nobody waiting', () => {
    // Killed while the pipe is full, so in the middle of a line; the other's lines follow.
    const {out} = insituShell(`{ ${long} & id=$!; sleep 1.5; kill -9 $id; wait $id; ${long}; } 2>/dev/null | { sleep 3; cat; }`);
    expect(out.trimEnd().split('\n').filter(isWhole).length).toBeGreaterThanOrEqual(COUNT);
  });

  test('a reader that has gone ends the command by SIGPIPE', () => {
    const {out} = insituShell(`{ { yes ${quote(SLOPES)} | ${shellWords(form, ['classify', '--pack', SPOTS, '-'])}; echo $? >&3; } | head -n 1 >/dev/null; } 3>&1`);
    expect(out).toBe('141\n'); // 128 + 13: how a shell tells of SIGPIPE
  });

  test.each([[1, 1], [2, 2], [3, 3], [1024, 3]])('--top %i leaves %i classes, all else as it was', (count, left) => {
    const answer = (...args) => {
      const {code, out} = insitu(form, ['classify', '--pack', SPOTS, ...args, SLOPES, 'none, "classes":[1].png']);
      expect(code).toBe(1); // the second is not there
      const [line, failure] = lines(out);
      delete line.ms;
      return [line, failure];
    };
    const [all, failure] = answer();
    expect(all.classes).toHaveLength(3);
    expect(answer('--top', String(count))).toEqual([{...all, classes: all.classes.slice(0, left)}, failure]);
  });

  test('--top is told from the words of a file\'s name', () => {
    const odd = join(folder, `${form} {"classes":[{"a":1},{"b":"\\"}],"x.png`);
    writeFileSync(odd, readFileSync(SLOPES));
    const [line] = lines(insitu(form, ['classify', '--pack', SPOTS, '--top', '1', odd]).out);
    expect(line).toMatchObject({file: odd, ok: true, model: {id: 'spots'}});
    expect(line.classes).toEqual([expect.objectContaining(line.top)]);
  });

  test.each(['0', '1025', 'x'])('--top %s is wrong usage', (count) => {
    expect(insitu(form, ['classify', '--pack', SPOTS, '--top', count, SLOPES]))
      .toMatchObject({code: 2, out: '', err: expect.stringContaining('from 1 to 1024')});
  });
});

test('Node: what a killed writer left is taken away, what a living one holds is waited for', () => {
  const fifo = join(folder, 'fifo');
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
  const fd = openSync(fifo, 'r+');
  const {dev, ino} = fstatSync(fd);
  const lock = join(tmpdir(), `insitu-${process.getuid()}-${dev}-${ino}.lock`);
  const write = lineWriter(fd);
  const holder = spawn('sleep', ['60']);
  symlinkSync(String(holder.pid), lock);
  const freed = spawn('sh', ['-c', `sleep 0.5; rm ${quote(lock)}`]);
  const start = Date.now();
  expect(write(Buffer.from('ab'))).toBe(2);
  expect(Date.now() - start).toBeGreaterThan(300);
  const {pid: dead} = spawnSync('true');
  symlinkSync(String(dead), lock);
  expect(write(Buffer.from('cd'))).toBe(2);
  expect(existsSync(lock)).toBe(false);
  const bytes = Buffer.alloc(4);
  readSync(fd, bytes);
  expect(bytes.toString()).toBe('abcd');
  closeSync(fd);
  holder.kill();
  freed.kill();
});
