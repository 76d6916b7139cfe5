// models/pack.schema.json and models/texts.schema.json: every pack here is valid
// by them, they refuse what the reader refuses as far as a schema can say it
// (tests/c/pack_changes.c runs the same changes), and their words are insitu.h's.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {changed, inRoot, packProblems, readJson, textsProblems} from './schemas.mjs';

const folders = ['models', 'tests/packs', 'tests/cli'].flatMap((parent) => readdirSync(inRoot(parent)).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(inRoot(folder, 'pack.json')));

describe.each(folders)('%s', (folder) => {
  const pack = readJson(`${folder}/pack.json`);

  test('pack.json is valid', () => {
    expect(packProblems(pack)).toEqual([]);
    expect(pack.id).toBe(folder.split('/').at(-1));
  });

  // A variant that ships must know when it does not know.
  if (folder.startsWith('models/')) test('each variant has limits and what it has learnt', () => {
    for (const {name, decision} of pack.variants) {
      expect([name, Object.keys(decision ?? {})]).toEqual([name, expect.arrayContaining(['set', 'answer_p', 'groups', 'typicality'])]);
    }
    // Statistics of one variant's numbers refuse another's pictures: int8's would refuse a sixth of float32's.
    const rows = pack.variants.map(({decision}) => decision.typicality.rows);
    expect(new Set(rows).size).toBe(rows.length);
  });

  test('has its texts, each valid, with words for all that it names', () => {
    const languages = pack.format === 1 ? [] : pack.languages;
    const files = existsSync(inRoot(folder, 'texts')) ? readdirSync(inRoot(folder, 'texts')).sort() : [];
    expect(files).toEqual(languages.map((language) => `${language}.json`).sort());
    for (const language of languages) {
      const texts = readJson(`${folder}/texts/${language}.json`);
      expect([language, textsProblems(texts)]).toEqual([language, []]);
      expect(texts.language).toBe(language);
      expect(Object.keys(texts.classes).sort()).toEqual(pack.classes.map(({id}) => id).sort());
      expect(Object.keys(texts.groups ?? {}).sort()).toEqual((pack.groups ?? []).map(({id}) => id).sort());
      const actions = [...pack.classes, ...pack.groups ?? []].map(({action}) => action).filter(Boolean);
      for (const action of actions) expect([action, texts.actions?.[action]]).toEqual([action, expect.anything()]);
    }
  });
});

describe.each(readJson('tests/packs/changes.json').map(({base, ...lists}) => {
  const pack = typeof base === 'string' ? readJson(base) : base;
  return [pack.id, {pack, ...lists}];
}))('changes to %s', (_, {pack, taken, refused}) => {
  const title = (change) => [`${change.at} ${'value' in change ? JSON.stringify(change.value) : 'left out'}`, change];

  test.each(taken.map(title))('%s is taken', (_, change) => {
    expect(packProblems(changed(pack, change))).toEqual([]);
  });
  // reader_only: no schema can say it; where one does, the mark is wrong.
  test.each(refused.map(title))('%s is refused', (_, change) => {
    expect(packProblems(changed(pack, change)).length > 0).toBe(change.reader_only !== true);
  });
});

describe('texts', () => {
  const texts = readJson('tests/packs/stripes/texts/en.json');
  test.each([
    [{at: 'language', value: 'e n'}, /language/], [{at: 'reviewed'}, /reviewed/], [{at: 'name', value: ''}, /name/],
    [{at: 'notices', value: 'one'}, /notices/], [{at: 'classes/lying/label'}, /classes\/lying/], [{at: 'classes/lying/advice', value: 1}, /advice/],
    [{at: 'actions/later', value: {label: 'a', text: 'b'}}, /additional.*later/], [{at: 'reasons/ugly', value: {text: 'a'}}, /reasons/],
    [{at: 'groups/crossing', value: 'x'}, /groups\/crossing/], [{at: 'tips', value: [1]}, /tips/],
  ])('%j is refused', (change, expected) => {
    expect(textsProblems(changed(texts, change)).join('; ')).toMatch(expected);
  });
  test.each([[{at: 'evidence', value: 'Tested.'}], [{at: 'take', value: 'Hold still.'}], [{at: 'tips', value: ['a', 'b']}], [{at: 'actions'}], [{at: 'reasons'}]])('%j is taken', (change) => {
    expect(textsProblems(changed(texts, change))).toEqual([]);
  });
});

describe('the words are those of insitu.h', () => {
  const header = readFileSync(inRoot('src/insitu.h'), 'utf8');
  // the rows of an X-macro list, and of each the given part
  const rows = (name, part) => {
    const list = header.slice(header.indexOf(`#define ${name}(X)`)).split(/[^\\]\n/)[0];
    return [...list.matchAll(part)].map(([, word]) => word);
  };
  const {$defs} = readJson('models/pack.schema.json');
  const answer = readJson('docs/answer.schema.json').$defs;

  test('reasons', () => {
    const reasons = rows('INSITU_REASON_LIST', /X\(\w+, "([^"]+)"/g);
    expect(reasons.length).toBeGreaterThan(9);
    expect($defs.reason.enum).toEqual(reasons);
    expect(answer.reason_id.enum).toEqual(reasons);
    expect(readJson('models/texts.schema.json').$defs.reason.enum).toEqual(reasons);
  });
  test('measures', () => {
    const measures = rows('INSITU_QUALITY_LIST', /X\((\w+)\)/g);
    expect(measures.length).toBeGreaterThan(8);
    expect($defs.measure.enum).toEqual(measures);
    expect(Object.keys(answer.quality.properties)).toEqual(measures);
  });
  test.each([
    ['INSITU_MAX_CLASSES', () => $defs.pack2.properties.classes.maxItems],
    ['INSITU_MAX_INPUT_SIDE_PX', () => $defs.input.properties.width.maximum],
    ['INSITU_MAX_MODEL_BYTES', () => $defs.variant.properties.bytes.maximum],
  ])('%s', (name, limit) => {
    const [, text] = header.match(new RegExp(`#define ${name} (\\(?[\\du <]+\\)?)`));
    const [value, shift = 0] = text.match(/\d+/g).map(Number); // 1024u, or (256u << 20)
    expect(value * 2 ** shift).toBe(limit());
  });
});
