import {closeSync, copyFileSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {byId, expectSpots, forms, GOLDEN, insitu, insituShell, insituStart, lines, scratchFolder, shellWords, slopes, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const golden = readdirSync(GOLDEN).filter((name) => /\.(png|jpg)$/.test(name)).map((name) => join(GOLDEN, name));

describe.each(forms)('%s: insitu classify', (form) => {
  const classify = (args, options) => insitu(form, ['classify', '--pack', SPOTS, ...args], options);

  test.each(['training', 'uniform'])('gives the probabilities of the formula, %s prior', (prior) => {
    const {code, out} = classify(['--prior', prior, SLOPES]);
    expect(code).toBe(0);
    const [line] = lines(out);
    const expected = expectSpots(slopes, {prior});
    ['red', 'green', 'blue'].forEach((id, index) => expect(byId(line)[id]).toBeCloseTo(expected[index], 6));
  });

  test('prints the contract\'s line, every class by falling probability', () => {
    const {out, err} = classify([SLOPES]);
    expect(err).toBe('');
    expect(out.endsWith('\n')).toBe(true);
    const [line, ...more] = lines(out);
    expect(more).toEqual([]);
    expect(Object.keys(line)).toEqual(['file', 'ok', 'decision', 'reasons', 'top', 'classes', 'quality', 'picture', 'model', 'ms']);
    expect(line).toMatchObject({file: SLOPES, ok: true, model: {id: 'spots', version: '1.0.0', variant: 'float32', prior: 'training'}});
    const {score: _, ...first} = line.classes[0];
    expect(line.top).toEqual(first);
    expect(line.classes.map(({label}) => label)).toEqual(['Red', 'Green', 'Blue']);
    const ps = line.classes.map(({p}) => p);
    expect(ps).toEqual([...ps].sort((a, b) => b - a));
    expect(ps.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    for (const key of ['decode', 'prepare', 'infer']) expect(line.ms[key]).toBeGreaterThanOrEqual(0);
  });

  test('int8 agrees with float32 within its step', () => {
    const [line] = lines(classify(['--variant', 'int8', SLOPES]).out);
    expect(line.model.variant).toBe('int8');
    const expected = expectSpots(slopes);
    ['red', 'green', 'blue'].forEach((id, index) =>
      expect(Math.abs(byId(line)[id] - expected[index])).toBeLessThan(0.02));
  });

  test('answers the others when a file is damaged, missing or a folder, in input order', () => {
    const half = join(folder, `${form}-half.jpg`);
    copyFileSync(join(GOLDEN, 'baseline.jpg'), half);
    truncateSync(half, readFileSync(half).length >> 1);
    const text = join(folder, `${form}-text.jpg`);
    writeFileSync(text, 'not a picture');
    const {code, out} = classify([SLOPES, half, 'no-such.jpg', text, folder, SLOPES]);
    expect(code).toBe(1);
    const found = lines(out);
    expect(found.map(({file}) => file)).toEqual([SLOPES, half, 'no-such.jpg', text, folder, SLOPES]);
    expect(found.map(({ok}) => ok)).toEqual([true, false, false, false, false, true]);
    expect(found.map(({status}) => status)).toEqual([undefined, 'truncated', 'io', 'unknown-format', 'io', undefined]);
    for (const line of found.filter(({ok}) => !ok)) {
      expect(Object.keys(line)).toEqual(['file', 'ok', 'status', 'message']);
      expect(line.message).not.toBe('');
    }
  });

  test('reads paths from standard input: LF, CRLF, empty lines, no line end at the end', () => {
    const {code, out} = classify(['-'], {input: `${SLOPES}\r\n\n${golden[0]}\n${SLOPES}`});
    expect(code).toBe(0);
    expect(lines(out).map(({file}) => file)).toEqual([SLOPES, golden[0], SLOPES]);
  });

  test('no lines on standard input are no failure', () => {
    expect(classify(['-'], {input: ''})).toMatchObject({code: 0, out: ''});
  });

  test('a line that is no path is an error line, and the next is answered', () => {
    const {code, out} = classify(['-'], {input: `${'x'.repeat(200_000)}\na\0b\n${SLOPES}\n`});
    expect(code).toBe(1);
    const found = lines(out);
    expect(found.map(({status}) => status)).toEqual(['too-large', 'invalid-argument', undefined]);
    expect(found[2].ok).toBe(true);
  });

  test('answers each line as it arrives', async () => {
    const child = insituStart(form, ['classify', '--pack', SPOTS, '-']);
    let out = '';
    const answered = (count) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to line ${count} while the input is open`)), 20_000);
      const look = (chunk) => {
        out += chunk;
        if (out.split('\n').length > count) {
          clearTimeout(timer);
          child.stdout.off('data', look);
          resolve();
        }
      };
      child.stdout.on('data', look);
    });
    for (let count = 1; count <= 3; ++count) {
      const wait = answered(count);
      child.stdin.write(`${SLOPES}\n`);
      await wait;
    }
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.end();
    expect(await ended).toBe(0);
    expect(lines(out)).toHaveLength(3);
  });

  test('file names of any bytes make valid JSON', () => {
    const odd = join(folder, `${form} "quoted" \\ é.png`);
    copyFileSync(SLOPES, odd);
    const [line] = lines(classify([odd]).out);
    expect(line).toMatchObject({file: odd, ok: true});
  });

  test('a file behind -- may begin with a dash', () => {
    mkdirSync(join(folder, form), {recursive: true});
    copyFileSync(SLOPES, join(folder, form, '--odd.png'));
    const {code, out} = classify(['--', '--odd.png'], {cwd: join(folder, form)});
    expect(code).toBe(0);
    expect(lines(out)[0].file).toBe('--odd.png');
  });

  const full = existsSync('/dev/full');
  (full ? test : test.skip)(`a full disk is a failure${full ? '' : ' (no /dev/full)'}`, () => {
    const disk = openSync('/dev/full', 'w');
    const {code, err} = classify([SLOPES], {stdout: disk});
    closeSync(disk);
    expect(code).toBe(1);
    expect(err).toContain('cannot write to standard output');
  });

  test('reads a picture from a pipe, also a slow one', () => {
    const {code, out} = insituShell(`(head -c 50 '${SLOPES}'; sleep 0.3; tail -c +51 '${SLOPES}') | ${shellWords(form, ['classify', '--pack', SPOTS, '/dev/stdin'])}`);
    expect({code, ...lines(out)[0]}).toMatchObject({code: 0, file: '/dev/stdin', ok: true});
    const fromFile = lines(classify([SLOPES]).out)[0];
    expect(lines(out)[0].classes).toEqual(fromFile.classes);
  });

  test('takes the pack of INSITU_PACK where none is named', () => {
    const {code, out} = insitu(form, ['classify', SLOPES], {env: {INSITU_PACK: SPOTS}});
    expect(code).toBe(0);
    expect(lines(out)[0].model.id).toBe('spots');
  });

  test.each([
    ['no file', []],
    ['an unknown option', ['--bogus', SLOPES]],
    ['an option without its value', ['--variant']],
    ['a prior that is none', ['--prior', 'flat', SLOPES]],
    ['zero threads', ['--threads', '0', SLOPES]],
    ['threads that are no number', ['--threads', '2x', SLOPES]],
    ['a pack and a model', ['--model', 'm.tflite', SLOPES]],
    ['a mean for a pack', ['--mean', '0.5', SLOPES]],
  ])('wrong usage: %s', (_, args) => {
    const {code, out, err} = classify(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^insitu classify: .+\nTry 'insitu classify --help'\.\n$/);
  });

  test.each([
    ['a missing pack', () => ['--pack', join(folder, 'none')], 'io', /pack\.json/],
    ['a variant that is none', () => ['--pack', SPOTS, '--variant', 'int4'], 'invalid-argument', /float32, int8/],
    ['a model of another version', () => ['--pack', damagedPack('longer', (bytes) => Buffer.concat([bytes, Buffer.from([0])]))],
      'digest-mismatch', /737 bytes, but the pack says 736/],
    ['a damaged model', () => ['--pack', damagedPack('flipped', (bytes) => { bytes[600] ^= 1; return bytes; })],
      'digest-mismatch', /SHA-256/],
    ['a pack.json that is none', () => ['--pack', brokenPack('{"format": 1')], 'invalid-pack', /not JSON/],
    ['a bare file that is no model', () => ['--model', SLOPES], 'invalid-model', /./],
  ])('fails once, by name, with %s', (_, args, status, message) => {
    const {code, out, err} = insitu(form, ['classify', ...args(), SLOPES, SLOPES]);
    expect(code).toBe(1);
    const [line, ...more] = lines(out);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ok: false, status});
    expect(line.message).toMatch(message);
    expect(err).toContain(line.message);
  });

  function damagedPack(name, change) {
    const copy = join(folder, `${form}-${name}`);
    cpSync(SPOTS, copy, {recursive: true});
    const model = join(copy, 'spots-float32.tflite');
    writeFileSync(model, change(readFileSync(model)));
    return copy;
  }
  function brokenPack(text) {
    const copy = join(folder, `${form}-broken`);
    mkdirSync(copy, {recursive: true});
    writeFileSync(join(copy, 'pack.json'), text);
    return copy;
  }
});

test('native and Node answer every golden picture alike', () => {
  const [native, node] = forms.map((form) => lines(insitu(form, ['classify', '--pack', SPOTS, ...golden]).out));
  expect(native).toHaveLength(golden.length);
  expect(native.filter(({ok}) => ok).length).toBeGreaterThan(20);
  native.forEach((line, index) => {
    const other = node[index];
    expect(other.ok).toBe(line.ok);
    if (!line.ok) {
      expect(other).toEqual(line);
    } else {
      expect(other.top.id).toBe(line.top.id);
      for (const [id, p] of Object.entries(byId(line))) expect(Math.abs(byId(other)[id] - p)).toBeLessThan(1e-5);
    }
  });
});
