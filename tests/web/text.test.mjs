// The page's words: every language has every key with the same placeholders,
// and none of them calls anything harmless.
import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import * as ar from '../../web/locales/ar.js';
import * as de from '../../web/locales/de.js';
import en, { evidence } from '../../web/locales/en.js';
import { packWords } from '../../web/lib/pack-text.js';
import { chooseLanguage, directionOf, fill, LANGUAGES, Text } from '../../web/lib/text.js';

const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const FORBIDDEN = /\b(benign|harmless|all clear|nothing to worry|no cancer|healthy|gutartig|harmlos|unbedenklich|Entwarnung|gesund)\b|حميد|سليم/i;

describe.each([['de', de], ['ar', ar]])('%s', (_, file) => {
  test('translates every key of en.js and no other', () => {
    expect(Object.keys(file.default).sort()).toEqual(Object.keys(en).sort());
  });
  test('keeps the placeholders of each', () => {
    for (const [key, words] of Object.entries(file.default)) {
      expect([key, words.trim() !== '', placeholders(words)]).toEqual([key, true, placeholders(en[key])]);
    }
  });
});

test.each([['en', en], ['de', de.default], ['ar', ar.default]])('%s never calls anything harmless', (_, strings) => {
  for (const [key, words] of Object.entries(strings)) expect([key, words]).not.toEqual([key, expect.stringMatching(FORBIDDEN)]);
});

test('every key that a page names exists', () => {
  const html = readFileSync(new URL('../../web/index.html', import.meta.url), 'utf8');
  const keys = [...html.matchAll(/data-text="(\w+)"/g)].map(([, key]) => key);
  expect(keys.length).toBeGreaterThan(5);
  for (const key of keys) expect(Object.keys(en)).toContain(key);
});

test('the language is the first that there is a file for', () => {
  expect(chooseLanguage(['fr-CA', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['fr', 'constructor'])).toBe('en');
  expect(Object.keys(LANGUAGES).map(directionOf)).toEqual(['ltr', 'ltr', 'rtl']);
});

test('fill leaves unknown names and own names of objects alone', () => {
  expect(fill('{a} {b} {toString}', { a: 1 })).toBe('1 {b} {toString}');
});

test('a share is never rounded to what it is not', () => {
  const text = new Text('en', {});
  expect([0, 0.0004, 0.0149, 0.5, 0.994, 0.9951, 1].map((p) => text.percent(p)))
    .toEqual(['0%', 'under 1%', '1%', '50%', '99%', 'over 99%', '100%']);
});

test('digits are Latin in every language', () => {
  expect(new Text('ar', ar.default).percent(0.42)).toMatch(/42/);
});

describe('the words of a pack', () => {
  const pack = {
    id: 'spots', name: 'Spots', intended_use: 'u', not_for: 'n', notices: ['one'],
    classes: [{ id: 'a', label: 'A', text: 't', advice: 'do' }, { id: 'b', label: 'B', text: 't', advice: 'do' }],
  };
  const words = (classes) => packWords(new Text('de', {}, { spots: { notices: ['eins'], classes } }), pack);
  const one = { label: 'Eins', text: 't', advice: 'r' };

  test('are translated as a whole', () => {
    expect(words({ a: one, b: one })).toMatchObject({ lang: 'de', notices: ['eins'], name: 'Spots' });
    expect(words({ a: one, b: one }).classOf('a')).toEqual({ id: 'a', ...one });
  });
  test('stay English where one class lacks', () => {
    expect(words({ a: one })).toMatchObject({ lang: 'en', dir: 'ltr', notices: ['one'] });
    expect(words({ a: one }).classOf('a').label).toBe('A');
  });
  test('show the id of a class that the pack does not name', () => {
    expect(words({}).classOf('z')).toEqual({ id: 'z', label: 'z', text: '', advice: '' });
  });
});

// A translation follows the pack's own text: as many notices, the same classes.
const pack_url = new URL('../../models/skin/pack.json', import.meta.url);
(existsSync(pack_url) ? test : test.skip).each([['de', de], ['ar', ar]])('%s has all of the skin pack\'s words', (language, file) => {
  const pack = JSON.parse(readFileSync(pack_url, 'utf8'));
  const words = packWords(new Text(language, file.default, file.packs), pack);
  expect(words.lang).toBe(language);
  expect(Object.keys(file.packs.skin.classes).sort()).toEqual(pack.classes.map(({ id }) => id).sort());
  expect(words.notices).toHaveLength(pack.notices.length);
  for (const { label, text, advice } of Object.values(file.packs.skin.classes)) {
    expect([label, text, advice].join(' ')).not.toMatch(FORBIDDEN);
    for (const one of [label, text, advice]) expect(one.trim()).not.toBe('');
  }
});

test.each([['de', de], ['ar', ar]])('%s gives the same evidence as English', (_, file) => {
  const figures = (text) => text.replaceAll(',', '.').match(/\d\.\d+/g);
  expect(Object.keys(file.evidence)).toEqual(Object.keys(evidence));
  for (const id of Object.keys(evidence)) expect(figures(file.evidence[id])).toEqual(figures(evidence[id]));
});
