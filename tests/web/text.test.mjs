// The page's words: every language has every key with the same placeholders,
// and none of them calls anything harmless.
import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as ar from '../../web/locales/ar.js';
import * as de from '../../web/locales/de.js';
import en from '../../web/locales/en.js';
import { packWords } from '../../web/lib/pack-text.js';
import { chooseLanguage, directionOf, fill, LANGUAGES, Text } from '../../web/lib/text.js';

const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
// A key's words: one text, or one for each kind of number.
const forms = (words) => (typeof words === 'string' ? [['', words]] : Object.entries(words));
const FORBIDDEN = /\b(benign|harmless|all clear|nothing to worry|no cancer|healthy|gutartig|harmlos|unbedenklich|Entwarnung|gesund)\b|حميد|سليم/i;

describe.each([['de', de], ['ar', ar]])('%s', (_, file) => {
  test('translates every key of en.js and no other', () => {
    expect(Object.keys(file.default).sort()).toEqual(Object.keys(en).sort());
  });
  test('keeps the placeholders of each', () => {
    for (const [key, words] of Object.entries(file.default)) {
      expect([key, typeof words]).toEqual([key, typeof en[key]]);
      const wanted = placeholders(typeof en[key] === 'string' ? en[key] : en[key].other);
      for (const [form, text] of forms(words)) {
        const found = placeholders(text);
        // "one thread" and "two threads" may be words without a figure
        const same = found.length === wanted.length ? wanted : wanted.filter((name) => name !== 'n');
        expect([key, form, text.trim() !== '', found]).toEqual([key, form, true, same]);
      }
    }
  });
});

describe.each([['en', { default: en }], ['de', de], ['ar', ar]])('%s', (language, file) => {
  test('never calls anything harmless', () => {
    for (const [key, words] of Object.entries(file.default)) {
      for (const [, text] of forms(words)) expect([key, text]).not.toEqual([key, expect.stringMatching(FORBIDDEN)]);
    }
  });

  test('has a form for each kind of number that the language has', () => {
    const kinds = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    const counted = Object.entries(file.default).filter(([, words]) => typeof words !== 'string');
    expect(counted.length).toBeGreaterThan(1);
    for (const [key, words] of counted) expect([key, Object.keys(words).sort()]).toEqual([key, kinds]);
  });

  test('writes no "(s)"', () => {
    for (const [key, words] of Object.entries(file.default)) for (const [, text] of forms(words)) expect([key, text]).not.toEqual([key, expect.stringMatching(/\(\w{1,2}\)/)]);
  });
});

// Screens that come when they are gone to have words of their own, by the same rules.
const screens = readdirSync(new URL('../../web/locales/', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
test('there are screens with words of their own', () => expect(screens).toContain('batch'));
describe.each(screens)('the words of the screen %s', (screen) => {
  const load = async (language) => (await import(`../../web/locales/${screen}/${language}.js`)).default;
  test.each(Object.keys(LANGUAGES))('%s has every key, placeholder and form, and calls nothing harmless', async (language) => {
    const [english, words] = await Promise.all([load('en'), load(language)]);
    expect(Object.keys(words)).toEqual(Object.keys(english));
    const kinds = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    for (const [key, value] of Object.entries(words)) {
      expect([key, typeof value]).toEqual([key, typeof english[key]]);
      if (typeof value !== 'string') expect([key, Object.keys(value).sort()]).toEqual([key, kinds]);
      const wanted = placeholders(typeof english[key] === 'string' ? english[key] : english[key].other);
      for (const [form, text] of forms(value)) {
        // Of none or one, what is counted may be a word without a figure.
        const optional = form === '' || form === 'few' || form === 'many' || form === 'other' ? [] : ['n', 'changed', 'first'];
        const found = placeholders(text);
        expect([key, form, text.trim() !== '', wanted.filter((name) => !found.includes(name) && !optional.includes(name)), found.filter((name) => !wanted.includes(name))])
          .toEqual([key, form, true, [], []]);
        expect([key, text]).not.toEqual([key, expect.stringMatching(FORBIDDEN)]);
      }
    }
  });
});

test.each([
  ['en', 1, 'Runs b on 1 thread.'], ['en', 4, 'Runs b on 4 threads.'], ['de', 1, 'Läuft mit b in 1 Thread.'],
  ['ar', 2, 'يعمل بـ b في خيطين.'], ['ar', 3, 'يعمل بـ b في 3 خيوط.'],
])('%s counts %d', (language, n, words) => {
  expect(new Text(language, { en, de: de.default, ar: ar.default }[language]).count('about_build', n, { build: 'b' })).toBe(words);
});

test('no words for "works without a network" can be read as "is going offline"', () => {
  for (const words of [de.default.offline_ready, de.default.offline_now]) expect(words).not.toMatch(/geht/i);
});

test('every key that a page names exists', () => {
  const html = readFileSync(new URL('../../web/index.html', import.meta.url), 'utf8');
  const keys = [...html.matchAll(/data-(?:text|words)="(\w+)"/g)].map(([, key]) => key);
  expect(keys.length).toBeGreaterThan(5);
  for (const key of keys) expect(Object.keys(en)).toContain(key);
});

test('the language is the first that there is a file for', () => {
  expect(chooseLanguage(['fr-CA', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['fr', 'constructor'])).toBe('en');
  expect(Object.keys(LANGUAGES).map(directionOf)).toEqual(['ltr', 'ltr', 'rtl']);
  expect(['fa', 'he-IL', 'fr'].map(directionOf)).toEqual(['rtl', 'rtl', 'ltr']); // a pack may have more than the page
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
  const wordsOf = (own, opened = { imported: null, bare: null }) => packWords(own, opened, new Text('en', {}));
  const texts = { language: 'ar', name: 'n', intended_use: 'u', not_for: 'x', notices: ['one'], classes: { a: { label: 'A', text: 't', advice: 'do' } } };

  test('are marked with their language', () => {
    expect(wordsOf(texts)).toMatchObject({ lang: 'ar', dir: 'rtl', notices: ['one'], isReviewed: true });
    expect(wordsOf({ ...texts, reviewed: false }).isReviewed).toBe(false);
  });
  test('a file without a pack says nothing of itself: the page does, in its own language', () => {
    const own = wordsOf({ ...texts, intended_use: '', not_for: '' }, { imported: {}, bare: {} });
    expect(own).toMatchObject({ lang: 'en', dir: 'ltr', isImported: true, not_for: new Text('en', {}).get('bare_not_for') });
    expect(own.intended_use).toMatch(/does not say/);
    expect(wordsOf(texts, { imported: {}, bare: null })).toMatchObject({ lang: 'ar', isImported: true, intended_use: 'u' });
    expect(wordsOf(texts).isImported).toBe(false);
  });
  test('what it does not say is null, and the page has its own words', () => {
    const { heading, lead, take, tips, evidence, actionOf, reasonOf } = wordsOf(texts);
    expect([heading, lead, take, tips, evidence, actionOf('soon'), reasonOf('glare')]).toEqual(Array(7).fill(null));
  });
  test('show the id of what it does not name, and nothing of every object', () => {
    expect(wordsOf(texts).classOf('z')).toEqual({ id: 'z', label: 'z', text: '', advice: '' });
    expect(wordsOf(texts).classOf('toString').label).toBe('toString');
    expect(wordsOf(texts).groupOf('g')).toEqual({ label: 'g', text: '' });
    expect(wordsOf({ ...texts, actions: {} }).actionOf('constructor')).toBe(null);
  });
});

// Every translation says as much as the first: the same classes, reasons and
// notices, the same figures, and no comfort in any of them.
const models = new URL('../../models/', import.meta.url);
const packs = readdirSync(models).filter((id) => ['pack.json', 'texts'].every((name) => existsSync(new URL(`${id}/${name}`, models))));
describe.each(packs)('the words of %s', (id) => {
  const languages = readdirSync(new URL(`${id}/texts/`, models)).map((name) => name.replace('.json', ''));
  const texts = Object.fromEntries(languages.map((language) => [language, JSON.parse(readFileSync(new URL(`${id}/texts/${language}.json`, models), 'utf8'))]));
  const shape = (value, key) => (key === 'language' || key === 'reviewed' ? null : typeof value === 'string' ? 'text'
    : Array.isArray(value) ? value.map(shape) : Object.fromEntries(Object.keys(value).sort().map((name) => [name, shape(value[name], name)])));
  const leaves = (value) => (typeof value === 'string' ? [value] : typeof value === 'object' ? Object.values(value).flatMap(leaves) : []);
  const figures = (text) => (text ?? '').replaceAll(',', '.').match(/\d\.\d+/g);

  test('are in the page\'s languages', () => expect(languages.sort()).toEqual(Object.keys(LANGUAGES).sort()));

  test.each(languages)('%s says what English says, and never that something is harmless', (language) => {
    expect(texts[language].language).toBe(language);
    expect(shape(texts[language])).toEqual(shape(texts.en));
    expect(figures(texts[language].evidence)).toEqual(figures(texts.en.evidence));
    for (const words of leaves(texts[language])) {
      expect(words.trim()).not.toBe('');
      expect(words).not.toMatch(FORBIDDEN);
    }
  });
});
test('there are packs to look at', () => expect(packs.length).toBeGreaterThan(0));
