// One dialect: what eslint, flake8 and clang-format say of the sources, and that
// each of them sees wrong examples.
import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {ESLint} from 'eslint';

const ROOT = resolve(import.meta.dirname, '../..');

// -> {status, said}; a program that is not there says what to install
function run(program, words, input) {
  const {status, stdout, stderr, error} = spawnSync(program, words, {cwd: ROOT, input, encoding: 'utf8', maxBuffer: 1 << 26});
  if (error) throw new Error(`${program}: ${error.message} (tests/install-packages.sh names what the tests need)`);
  return {status, said: stdout + stderr};
}
const filesOf = (folders, ending) => folders.flatMap((folder) => readdirSync(join(ROOT, folder), {recursive: true})
  .filter((name) => ending.test(name) && !name.includes('node_modules')).map((name) => join(folder, name)));

describe('eslint', () => {
  const eslint = new ESLint({cwd: ROOT});
  const problemsOf = (results) => results.flatMap(({filePath, messages}) =>
    messages.map(({line, ruleId, message}) => `${filePath.slice(ROOT.length + 1)}:${line} ${ruleId}: ${message}`));

  test('finds nothing', async () => {
    const results = await eslint.lintFiles(['.']);
    expect(results.length).toBeGreaterThan(80);
    expect(problemsOf(results)).toEqual([]);
  });

  test.each([
    ['web/a.js', 'export const a = process.argv;', 'no-undef'],
    ['web/sw/a.js', 'export const a = window.name;', 'no-undef'],
    ['web/classifier/worker.js', 'export const a = document.title;', 'no-undef'],
    ['web/a.js', 'export const a = (b) => b == 1;', 'eqeqeq'],
    ['web/a.js', 'const unused = 1;', 'no-unused-vars'],
    ['web/a.js', 'export const a = eval("1");', 'no-eval'],
    ['tests/a.test.mjs', 'try { a(); } catch {}\nfunction a() {}', 'no-empty'],
  ])('%s: %s', async (path, text, rule) => {
    const [{messages}] = await eslint.lintText(text, {filePath: join(ROOT, path)});
    expect(messages.map(({ruleId}) => ruleId)).toContain(rule);
  });
});

describe('flake8', () => {
  test('finds nothing', () => {
    const files = filesOf(['models', 'tests', 'wasm-build'], /\.py$/);
    expect(files.length).toBeGreaterThan(20);
    expect(run('flake8', files)).toEqual({status: 0, said: ''});
  });

  test.each([['import os\n', 'F401'], ['a = b\n', 'F821'], ['def f():\n  return 1\n', 'E111'], [`a = "${'x'.repeat(170)}"\n`, 'E501']])('%j is %s', (text, code) => {
    const {status, said} = run('flake8', ['-'], text);
    expect(status).toBe(1);
    expect(said).toContain(code);
  });
});

// Version 19 is in Debian 12 and 13; another one lays out differently.
function clangFormat(words, input) {
  const program = ['clang-format-19', 'clang-format'].find((name) => {
    const {error, stdout} = spawnSync(name, ['--version'], {encoding: 'utf8'});
    return !error && / 19\./.test(stdout);
  });
  return run(program ?? 'clang-format-19', words, input);
}

describe('clang-format', () => {
  test('sees a line that is laid out otherwise', () => {
    const words = ['--dry-run', '-Werror', '--assume-filename=src/a.c'];
    expect(clangFormat(words, 'int f(int a) { return a; }\n')).toEqual({status: 0, said: ''});
    for (const text of ['int f(int a) {return a;}\n', 'int* a;\n', 'int f(int a) {\n    return a + 1;\n}\n']) {
      const {status, said} = clangFormat(words, text);
      expect([text, status]).toEqual([text, 1]);
      expect(said).toContain('clang-format-violations');
    }
  });

  test('finds nothing', () => {
    const files = filesOf(['src', 'tests'], /\.[ch]$/);
    expect(files.length).toBeGreaterThan(150);
    expect(clangFormat(['--dry-run', '-Werror', ...files])).toEqual({status: 0, said: ''});
  });
});

describe('what a merge left', () => {
  const MARKER = '^(<<<<<<<|>>>>>>>)( |$)';

  test('no tracked file has its markers', () => {
    const {status, said} = run('git', ['grep', '-nIE', MARKER]);
    expect(said).toBe('');
    expect(status).toBe(1); // 1: nothing found, more: git could not look
  });

  test('it is seen', () => {
    expect(run('grep', ['-nE', MARKER], 'a\n<<<<<<< HEAD\nb\n').said).toBe('2:<<<<<<< HEAD\n');
  });
});
