// Files whose names are no UTF-8, as old disks and archives hold them: opened by
// their bytes in both forms, shown with U+FFFD.
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {forms, insitu, insituShell, lines, quote, ROOT, scratchFolder, shellWords, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const bytes = (text) => Buffer.from(text, 'latin1');
const at = (...names) => Buffer.concat(names.flatMap((name, index) => (index ? [bytes('/'), bytes(name)] : [Buffer.from(name)])));
// The shell's spelling of a path: '…'$'\xe9'…, which bash alone knows, so by printf.
const spell = (path) => `"$(printf '${[...path].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}')"`;

const NAMES = ['b\xe9.png', 'b\xe8.png', 'half \xc3.png', '\xed\xa0\x80.png', '%E9 100%.png'];
const shown = (name) => bytes(name).toString();
let writable = true;

beforeAll(() => {
  try {
    mkdirSync(at(folder, 'd\xfcr'));
    for (const name of NAMES) writeFileSync(at(folder, 'd\xfcr', name), readFileSync(SLOPES));
    writeFileSync(at(folder, 'labels \xff.txt'), 'rot\ngelb\nblau\n');
  } catch {
    writable = false; // macOS: names must be UTF-8 there, so there is nothing to show
  }
});
const it = (name, work) => test(name, () => (writable ? work() : undefined));

describe.each(forms)('%s: names that are no UTF-8', (form) => {
  const classify = (...words) => insituShell(`${shellWords(form, ['classify', '--pack', SPOTS])} ${words.join(' ')}`);

  it('as arguments, also two that look alike', () => {
    const {code, out} = classify(...NAMES.map((name) => spell(at(folder, 'd\xfcr', name))));
    expect(code).toBe(0);
    expect(lines(out).map(({file}) => file)).toEqual(NAMES.map((name) => `${folder}/d\uFFFDr/${shown(name)}`));
  });

  it('from a list on standard input, absolute and relative', () => {
    const list = join(folder, `${form}-list.txt`);
    writeFileSync(list, Buffer.concat(NAMES.flatMap((name) => [at(folder, 'd\xfcr', name), bytes('\n')])));
    const {code, out} = classify('-', '<', quote(list));
    expect(code).toBe(0);
    expect(lines(out)).toHaveLength(NAMES.length);
    const inside = insituShell(`cd ${spell(at(folder, 'd\xfcr'))} && ${shellWords(form, ['classify', '--pack', SPOTS])} ${NAMES.map((name) => spell(bytes(name))).join(' ')}`);
    expect(inside.code).toBe(0);
  });

  it('one that is not there is an error line', () => {
    const {code, out} = classify(spell(at(folder, 'd\xfcr', 'b\xea.png')));
    expect(code).toBe(1);
    expect(lines(out)[0]).toMatchObject({ok: false, status: 'io', message: expect.stringContaining('No such file')});
  });

  it('--labels, --model, --images and --scores', () => {
    const model = at(folder, `m\xf6del ${form}.tflite`);
    writeFileSync(model, readFileSync(join(SPOTS, 'spots-float32.tflite')));
    const bare = insituShell(`${shellWords(form, ['classify'])} --model ${spell(model)} --labels=${spell(at(folder, 'labels \xff.txt'))} ${quote(SLOPES)}`);
    expect(bare.code).toBe(0);
    expect(lines(bare.out)[0].classes.map(({label}) => label).sort()).toEqual(['blau', 'gelb', 'rot']);
    const table = at(folder, `t\xe4ble ${form}.csv`);
    writeFileSync(table, Buffer.concat([bytes('image,label\n'), ...NAMES.map((name) => bytes(`${name},red\n`))]));
    const scores = at(folder, `sc\xf6res ${form}.csv`);
    const {code, out} = insituShell(`${shellWords(form, ['evaluate', '--pack', SPOTS, '--json'])} --labels ${spell(table)} ` +
      `--images ${spell(at(folder, 'd\xfcr'))} --scores ${spell(scores)}`);
    expect({code, n: JSON.parse(out).n}).toEqual({code: 0, n: NAMES.length});
    expect(existsSync(scores)).toBe(true);
  });

  test('what is behind a link and .. is what the system says it is', () => {
    mkdirSync(join(folder, `${form}-deep`, 'er'), {recursive: true});
    writeFileSync(join(folder, `${form}-deep`, 'a.png'), readFileSync(SLOPES));
    const {code} = insituShell(`cd ${quote(folder)} && ln -s ${form}-deep/er ${form}-link && ${shellWords(form, ['classify', '--pack', SPOTS])} ${form}-link/../a.png`);
    expect(code).toBe(0); // folded as text, that would be ./a.png
    expect(insitu(form, ['classify', '--pack', SPOTS, `${folder}/none/../${form}-deep/a.png`]).code).toBe(1);
  });

  test('a path above the system\'s length is an error line', () => {
    const {code, out} = insitu(form, ['classify', '--pack', SPOTS, `${'x/'.repeat(3000)}a.png`]);
    expect(code).toBe(1);
    expect(lines(out)[0]).toMatchObject({status: 'io', message: expect.stringMatching(/too long/i)});
  });
});

// npx is Node itself and hands on what it decoded: there is no byte left to go by.
test('npx: a name that lost its bytes is found where one file alone fits', () => {
  if (!writable) return;
  const lone = join(folder, 'lone');
  mkdirSync(lone);
  writeFileSync(at(lone, '\xe9 lone.png'), readFileSync(SLOPES));
  writeFileSync(at(lone, '\xe9 two.png'), readFileSync(SLOPES));
  writeFileSync(at(lone, '\xe8 two.png'), readFileSync(SLOPES));
  const program = quote(join(ROOT, 'src/cli/npx.mjs'));
  const run = (name) => insituShell(`node ${program} classify --pack ${quote(SPOTS)} ${quote(`${lone}/${name}`)}`);
  const found = run('\uFFFD lone.png');
  expect({code: found.code, file: lines(found.out)[0].file}).toEqual({code: 0, file: `${lone}/\uFFFD lone.png`});
  expect(lines(run('\uFFFD two.png').out)[0]).toMatchObject({ok: false, status: 'io'});
});
