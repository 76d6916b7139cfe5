// The page's words: every language has every key with the same placeholders,
// and none of them calls anything harmless.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import en from '../../web/locales/en.js';
import { packWords } from '../../web/lib/pack-text.js';
import { Words } from '../../web/lib/words.js';
import { chooseLanguage, directionOf, LANGUAGES, REVIEWED, Text } from '../../web/lib/text.js';
import { standInDocument } from './dom.mjs';

const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
// A key's words: one text, or one for each kind of number.
const forms = (words) => (typeof words === 'string' ? [['', words]] : Object.entries(words));
// What would comfort, by language, each as a whole word where the language has such.
const COMFORT = {
  en: ['benign', 'harmless', 'all clear', 'nothing to worry', 'no cancer', 'healthy', 'safe', 'innocuous', 'no risk'],
  de: ['gutartige?[rsn]?', 'harmlose?[rsn]?', 'unbedenklich', 'Entwarnung', 'gesunde?[rsn]?', 'sicher ungefährlich', 'ungefährlich', 'kein Krebs', 'kein Grund zur Sorge'],
  es: ['benign[oa]s?', 'inofensiv[oa]s?', 'inocu[oa]s?', 'san[oa]s?', 'sin peligro', 'sin riesgo', 'nada de qué preocuparse', 'no es cáncer', 'todo (?:está )?bien', 'segur[oa]s?'],
  fr: ['béni(?:n|gne)s?', 'inoffensi(?:f|ve)s?', 'anodine?s?', 'saine?s?', 'sans danger', 'sans risque', 'rien à craindre', 'pas de cancer', 'rassurante?s?', 'tout va bien'],
  ar: ['حميد', 'سليم', 'غير ضار', 'آمن', 'لا داعي للقلق', 'لا خطر'],
  hi: ['सौम्य', 'हानिरहित', 'सुरक्षित', 'स्वस्थ', 'निरापद', 'कोई ख़तरा नहीं', 'कोई खतरा नहीं', 'चिंता की कोई बात नहीं', 'कैंसर नहीं'],
  'zh-Hans': ['良性', '无害', '健康的', '安全', '放心', '没事', '不是癌', '没有危险', '正常'],
};
const WORDLESS = ['ar', 'hi', 'zh-Hans']; // \p{L} beside a word is no other word there: prefixes, vowel signs, no spaces
const forbidden = (language) => new RegExp(WORDLESS.includes(language) ? COMFORT[language].join('|')
  : `(?<!\\p{L})(?:${COMFORT[language].join('|')})(?!\\p{L})`, 'iu');
const load = async (language) => (await import(`../../web/locales/${language}.js`)).default;
const kindsOf = (language) => new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();

test('comfort is seen in every language, and no more than comfort', () => {
  expect(Object.keys(COMFORT).sort()).toEqual(Object.keys(LANGUAGES).sort());
  const said = { en: 'This is benign.', de: 'Das ist gutartig.', es: 'Esto es benigno.', fr: 'C’est bénin.', ar: 'هذا حميد', hi: 'यह सौम्य है।', 'zh-Hans': '这是良性的。' };
  for (const [language, words] of Object.entries(said)) expect([language, words]).toEqual([language, expect.stringMatching(forbidden(language))]);
  expect('The unsafest safeguard').not.toMatch(forbidden('en'));
});

test('the page has a file for each of its languages, and English is the one that is reviewed by all means', () => {
  const files = readdirSync(new URL('../../web/locales/', import.meta.url)).filter((name) => name.endsWith('.js')).map((name) => name.replace('.js', ''));
  expect(files.sort()).toEqual(Object.keys(LANGUAGES).sort());
  expect(REVIEWED).toContain('en');
  for (const language of REVIEWED) expect(Object.keys(LANGUAGES)).toContain(language);
});

describe.each(Object.keys(LANGUAGES))('%s', (language) => {
  let words;
  beforeAll(async () => { words = await load(language); });

  test('translates every key of en.js and no other', () => expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort()));

  test('keeps the placeholders of each', () => {
    for (const [key, value] of Object.entries(words)) {
      expect([key, typeof value]).toEqual([key, typeof en[key]]);
      const wanted = placeholders(typeof en[key] === 'string' ? en[key] : en[key].other);
      for (const [form, text] of forms(value)) {
        const found = placeholders(text);
        // "one thread" and "two threads" may be words without a figure
        const same = found.length === wanted.length ? wanted : wanted.filter((name) => name !== 'n');
        expect([key, form, text.trim() !== '', found]).toEqual([key, form, true, same]);
      }
    }
  });

  test('never calls anything harmless', () => {
    for (const [key, value] of Object.entries(words)) {
      for (const [, text] of forms(value)) expect([key, text]).not.toEqual([key, expect.stringMatching(forbidden(language))]);
    }
  });

  // Who speaks to the page says what they read.
  test('the brief words of the bar are part of what its buttons are called', () => {
    for (const [brief, ...names] of [['bar_another', 'another_photo', 'take_another'], ['bar_adjust', 'adjust'], ['bar_share', 'share_open']]) {
      for (const name of names) expect([name, words[name].toLowerCase()]).toEqual([name, expect.stringContaining(words[brief].toLowerCase())]);
    }
  });

  test('has a form for each kind of number that the language has', () => {
    const counted = Object.entries(words).filter(([, value]) => typeof value !== 'string');
    expect(counted.length).toBeGreaterThan(1);
    for (const [key, value] of counted) expect([key, Object.keys(value).sort()]).toEqual([key, kindsOf(language)]);
  });

  test('writes no "(s)"', () => {
    for (const [key, value] of Object.entries(words)) for (const [, text] of forms(value)) expect([key, text]).not.toEqual([key, expect.stringMatching(/\(\w{1,2}\)/)]);
  });
});

// Screens that come when they are gone to have words of their own, by the same rules.
const screens = readdirSync(new URL('../../web/locales/', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
test('there are screens with words of their own', () => expect(screens).toContain('batch'));
describe.each(screens)('the words of the screen %s', (screen) => {
  const loadOf = async (language) => (await import(`../../web/locales/${screen}/${language}.js`)).default;
  test.each(Object.keys(LANGUAGES))('%s has every key, placeholder and form, and calls nothing harmless', async (language) => {
    const [english, words] = await Promise.all([loadOf('en'), loadOf(language)]);
    expect(Object.keys(words)).toEqual(Object.keys(english));
    const kinds = kindsOf(language);
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
        expect([key, text]).not.toEqual([key, expect.stringMatching(forbidden(language))]);
      }
    }
  });
});

test.each([
  ['en', 1, 'Runs b on 1 thread.'], ['en', 4, 'Runs b on 4 threads.'], ['de', 1, 'Läuft mit b in 1 Thread.'],
  ['ar', 2, 'يعمل بـ b في خيطين.'], ['ar', 3, 'يعمل بـ b في 3 خيوط.'],
  ['es', 1, 'Usa b en 1 hilo.'], ['fr', 0, 'Utilise b sur 0 fil.'], ['zh-Hans', 3, '以 b 运行，3 个线程。'], ['hi', 2, 'b के साथ 2 थ्रेड पर चलता है।'],
])('%s counts %d', async (language, n, words) => {
  expect(new Text(language, await load(language)).count('about_build', n, { build: 'b' })).toBe(words);
});

test.each([['en', 999, '1 KB'], ['en', 3.73e6, '3.7 MB'], ['en', 10_737.4e6, '10.7 GB'], ['de', 10_737.4e6, '10,7 GB']])('%s: %d bytes are %s', async (language, bytes, words) => {
  expect(new Text(language, await load(language)).bytes(bytes)).toBe(words);
});

test('no words for "works without a network" can be read as "is going offline"', async () => {
  const de = await load('de');
  for (const words of [de.offline_ready, de.offline_now]) expect(words).not.toMatch(/geht/i);
});

test('every key that a page names exists', () => {
  const html = readFileSync(new URL('../../web/index.html', import.meta.url), 'utf8');
  const keys = [...html.matchAll(/data-(?:text|words)="(\w+)"/g)].map(([, key]) => key);
  expect(keys.length).toBeGreaterThan(5);
  for (const key of keys) expect(Object.keys(en)).toContain(key);
});

test('the language is the first that there is a file for', () => {
  expect(chooseLanguage(['it-CH', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['it', 'constructor'])).toBe('en');
  expect(['zh', 'zh-CN', 'zh-Hans-SG', 'es-MX', 'fr-CA', 'hi-IN'].map((tag) => chooseLanguage([tag]))).toEqual(['zh-Hans', 'zh-Hans', 'zh-Hans', 'es', 'fr', 'hi']);
  expect(chooseLanguage(['zh-TW', 'zh-Hant-HK', 'fr'])).toBe('fr'); // the other script
  expect(Object.keys(LANGUAGES).filter((language) => directionOf(language) === 'rtl')).toEqual(['ar']);
  expect(['fa', 'he-IL', 'fr'].map(directionOf)).toEqual(['rtl', 'rtl', 'ltr']); // a pack may have more than the page
});

test('numbers in words are written as the language does, with Latin digits', async () => {
  const [english, de, ar] = await Promise.all(['en', 'de', 'ar'].map((language) => Text.load(language)));
  expect(english.get('freq_where', { n: 2003 })).toMatch(/^Counted on 2,003 test/);
  expect(de.get('freq_where', { n: 2003 })).toMatch(/^Gezählt an 2\.003 Test/);
  expect(de.count('result_more', 1234)).toMatch(/1\.234/);
  expect(ar.get('freq_where', { n: 2003 })).toMatch(/2,003/);
  expect(english.get('freq_where', { n: '2003' })).toMatch(/2003/); // written already
});

test('fill leaves unknown names and own names of objects alone', () => {
  expect(new Text('en', {}).fill('{a} {b} {toString}', { a: 1 })).toBe('1 {b} {toString}');
});

test('a share is never rounded to what it is not', () => {
  const text = new Text('en', {});
  expect([0, 0.0004, 0.0149, 0.5, 0.994, 0.9951, 1].map((p) => text.percent(p)))
    .toEqual(['0%', 'under 1%', '1%', '50%', '99%', 'over 99%', '100%']);
});

test.each(Object.keys(LANGUAGES))('digits are Latin in %s', async (language) => {
  expect(new Text(language, await load(language)).percent(0.42)).toMatch(/42/);
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

  test('are in all languages of the page, as pack.json names them', () => {
    expect(languages.sort()).toEqual([...JSON.parse(readFileSync(new URL(`${id}/pack.json`, models), 'utf8')).languages].sort());
    expect(languages.sort()).toEqual(Object.keys(LANGUAGES).sort());
  });

  test.each(languages)('%s says what English says, and never that something is harmless', (language) => {
    expect(texts[language].language).toBe(language);
    expect(shape(texts[language])).toEqual(shape(texts.en));
    expect(figures(texts[language].evidence)).toEqual(figures(texts.en.evidence));
    for (const words of leaves(texts[language])) {
      expect(words.trim()).not.toBe('');
      expect(words).not.toMatch(forbidden(language));
    }
  });
});
test('there are packs to look at', () => expect(packs.length).toBeGreaterThan(0));

test('numbers are made ready apart from their first use, and are written the same', async () => {
  const { NumberFormat } = Intl;
  const made = [];
  Intl.NumberFormat = function (...args) {
    made.push(args);
    return new NumberFormat(...args);
  };
  try {
    const text = await Text.load('de');
    const ready = text.readyNumbers();
    expect(made).toEqual([]);
    await ready;
    expect(made.map(([locale]) => locale)).toEqual(['de-u-nu-latn']);
    expect(text.number(3.72)).toBe('3,7');
    expect(made.length).toBe(1);
  } finally {
    Intl.NumberFormat = NumberFormat;
  }
});

test('what a program says is marked where the sentence has its place, whatever the file is called', () => {
  const before = globalThis.document;
  globalThis.document = standInDocument();
  try {
    const words = new Words(new Text('de'), { refused: '{name} is refused: {message}.' }, {});
    const [first, { attributes, textContent }, last] = words.parts('refused', { name: '{message}.zip', message: 'bad' });
    expect([first, attributes, textContent, last]).toEqual(['{message}.zip is refused: ', { lang: 'en', dir: 'ltr' }, 'bad', '.']);
  } finally {
    globalThis.document = before;
  }
});
