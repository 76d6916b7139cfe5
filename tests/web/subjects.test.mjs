// What a model is about is said by its pack alone: no pack's id, class, illness
// or part of the body is in code, in the page or in its build.
import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const TEXT = /\.(c|h|inc|js|mjs|mk|sh|ts|html|css|json|webmanifest|svg)$/;
const WORDS = ['skin', 'lesions?', 'moles?', 'melanomas?', 'na?ev(us|i)', 'keratos[ei]s', 'carcinomas?', 'cancers?', 'tumou?rs?', 'dermat\\w*', 'dermoscop\\w*',
  'pneumonia', 'covid\\w*', 'x-rays?', 'chest', 'lungs?', 'retina\\w*', 'leaf', 'scab', 'colon', 'polyps?', 'ham10000', 'malignan\\w*', 'benign', 'illness(es)?', 'diseases?',
  'muttermal\\w*', 'fleck\\w*', 'krebs\\w*'];
// German for skin, as nouns are written; French has the word for high.
const AS_WRITTEN = /(?<![\p{L}\d])Haut(?![\p{L}\d])/u;
const ARABIC = ['الجلد', 'بقعة', 'شامة', 'ميلانوما', 'سرطان'];

const models = join(root, 'models');
const packs = readdirSync(models).filter((id) => existsSync(join(models, id, 'pack.json')));
const ids = [...new Set(packs.flatMap((id) => JSON.parse(readFileSync(join(models, id, 'pack.json'), 'utf8')).classes.map((one) => one.id)))];
const subjects = new RegExp(`(?<![\\p{L}\\d])(${[...packs, ...WORDS, ...ARABIC].join('|')})(?![\\p{L}\\d])`, 'iu');
// Class ids are short: only as they are written, and not within names.
const classes = new RegExp(`["'\`](${ids.join('|')})["'\`]`);

const files = ['src', 'web', 'wasm-build'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && TEXT.test(entry.name)).map((entry) => join(entry.parentPath ?? entry.path, entry.name)));

test('there is something to look through, and to look for', () => {
  expect(files.length).toBeGreaterThan(150);
  expect([packs.length, ids.length].map((count) => count >= 2)).toEqual([true, true]);
  expect('a spot on the skin').toMatch(subjects);
  expect(`id === '${ids[0]}'`).toMatch(classes);
  expect(['auf der Haut', 'en haut'].map((text) => AS_WRITTEN.test(text))).toEqual([true, false]);
  expect('the page leaves; colonnade; skinny').not.toMatch(subjects);
});

test('no file speaks of a pack\'s subject', () => {
  const found = files.flatMap((path) => readFileSync(path, 'utf8').split('\n').flatMap((line, index) =>
    [subjects, AS_WRITTEN, classes].flatMap((pattern) => {
      const [word] = pattern.exec(line) ?? [];
      return word ? [`${path.slice(root.length)}:${index + 1}: ${word}`] : [];
    })));
  expect(found).toEqual([]);
});
