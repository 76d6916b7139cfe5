// What elements and screens of a page share: one worker, one model, and packs'
// files that are fetched once.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Engine } from '../../web/classifier/engine.js';
import { folderOf, PackStore } from '../../web/classifier/engine-packs.js';
import { FakeWorker, FOLDER, makeClient, packOf, serve, until } from './stand-in.mjs';

const SITE = new URL('https://page.example/');
let site;
let engine;
beforeEach(() => {
  site = serve();
  site.files['/models/index.json'] = () => new Response('{"first": "spots", "packs": []}');
  engine = new Engine({ packs: new PackStore(SITE), createClient: () => makeClient(), linger_ms: 5 });
});
afterEach(() => site.stop());

const open = (folder = FOLDER, variant = null, more = {}) => engine.open({ folder, variant, ...more });
const numAsked = (path) => site.asked.filter((one) => one === path).length;

describe('one model for all', () => {
  test('two that open the same pack, by whatever name, share worker, model and pack.json', async () => {
    const sizes = [];
    const all = [open(), open(null), open(FOLDER, 'int8', { onBytes: (...now) => sizes.push(now) })];
    await Promise.all(all.map(({ ready }) => ready));
    expect(FakeWorker.made).toHaveLength(1);
    expect(['pack.json', 'spots.tflite'].map((name) => numAsked(`/models/spots/${name}`))).toEqual([1, 1]);
    expect(sizes.at(-1)).toEqual([4, 4]);
    const answered = await Promise.all(all.map((model, index) => model.classify(new Blob([]), { name: String(index) })));
    expect(answered.map(({ result }) => result.file)).toEqual(['0', '1', '2']);
    expect(all[0].build).toMatchObject({ threads: 1 });
  });

  test('another pack has a worker of its own', async () => {
    site.files['/models/other/pack.json'] = () => new Response(JSON.stringify({ ...packOf(), id: 'other' }));
    site.files['/models/other/spots.tflite'] = site.files['/models/spots/spots.tflite'];
    const both = [open(), open(new URL('../other/', FOLDER))];
    expect((await Promise.all(both.map(({ ready }) => ready))).map(({ pack }) => pack.id)).toEqual(['spots', 'other']);
    expect(FakeWorker.made).toHaveLength(2);
  });

  test('the model goes after its last user, and not while it is only moved', async () => {
    const [first, second] = [open(), open()];
    await Promise.all([first.ready, second.ready]);
    first.close();
    const moved = open();
    second.close();
    await moved.ready;
    await new Promise((done) => setTimeout(done, 20));
    expect(FakeWorker.made.map(({ isGone }) => isGone)).toEqual([undefined]);
    await expect(first.classify(new Blob([]), { name: 'a' })).rejects.toMatchObject({ message: expect.stringMatching(/taken out of the page/) });
    moved.close();
    await until(() => FakeWorker.made[0].isGone);
    await open().ready;
    expect(FakeWorker.made).toHaveLength(2);
  });

  test('a failure is told to all who wait, and the next to open tries again', async () => {
    const model = site.files['/models/spots/spots.tflite'];
    site.files['/models/spots/spots.tflite'] = () => new Response('', { status: 503 });
    for (const { ready } of [open(), open()]) await expect(ready).rejects.toMatchObject({ status: 'io' });
    site.files['/models/spots/spots.tflite'] = model;
    await expect(open().ready).resolves.toMatchObject({ pack: { id: 'spots' } });
  });

  test('names the variants there are', async () => {
    await expect(open(FOLDER, 'int4').ready).rejects.toMatchObject({ status: 'invalid-argument', message: expect.stringMatching(/"int4", it has: int8/) });
  });
});

test.each(['models/spots', 'models/spots/', './models/spots//'])('the folder of %s ends in one slash, so that what lies in it is found', (address) => {
  expect(new URL('card.md', folderOf(address, SITE)).href).toBe('https://page.example/models/spots/card.md');
});

describe('the store of packs', () => {
  const texts = (language, label) => new Response(JSON.stringify({ language, name: 'n', intended_use: 'u', not_for: 'x', notices: [], classes: { a: { label, text: '', advice: '' } } }));
  const two = { ...packOf(), format: 2, languages: ['fr', 'de'], classes: [{ id: 'a' }] };
  let store;
  beforeEach(() => {
    store = new PackStore(SITE);
    site.pack = two;
    site.files['/models/spots/texts/fr.json'] = () => texts('fr', 'un');
    site.files['/models/spots/texts/de.json'] = () => texts('de', 'eins');
  });

  test.each([['de', 'de', 'eins'], ['en', 'fr', 'un'], ['fr', 'fr', 'un']])('asked for %s it gives %s', async (wanted, language, label) => {
    const opened = await store.open(FOLDER);
    expect(await store.texts(opened, wanted)).toMatchObject({ language, classes: { a: { label } } });
    await store.texts(opened, wanted);
    expect(numAsked(`/models/spots/texts/${language}.json`)).toBe(1);
    expect(await store.textsJson(opened)).toContain('un'); // the core's labels are of the first language
  });

  test('a language of one region does for the page\'s, but its own comes first', async () => {
    site.files['/models/spots/texts/de-AT.json'] = () => texts('de-AT', 'ans');
    site.pack = { ...two, languages: ['fr', 'de-AT'] };
    expect(await store.texts(await store.open(FOLDER), 'de')).toMatchObject({ language: 'de-AT', classes: { a: { label: 'ans' } } });
    site.pack = { ...two, languages: ['fr', 'de-AT', 'de'] };
    expect(await store.texts(await store.open(FOLDER, { isAnew: true }), 'de')).toMatchObject({ language: 'de' });
  });

  test.each([
    ['is not there', () => new Response('', { status: 404 })],
    ['is no JSON', () => new Response('<html>')],
    ['lacks a class', () => new Response('{"classes": {}}')],
  ])('a translation that %s: the first language stands in', async (_, answer) => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    site.files['/models/spots/texts/de.json'] = answer;
    expect(await store.texts(await store.open(FOLDER), 'de')).toMatchObject({ language: 'fr' });
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('format 1 has its words in pack.json, in English', async () => {
    site.pack = { ...packOf(), name: 'Spots', notices: ['one'], classes: [{ id: 'a', label: 'A', text: 't', advice: 'do' }] };
    const opened = await store.open(FOLDER);
    expect(await store.textsJson(opened)).toBe(null);
    expect(await store.texts(opened, 'de')).toMatchObject({ language: 'en', name: 'Spots', notices: ['one'], classes: { a: { label: 'A', text: 't', advice: 'do' } } });
  });

  test('what could not be had is asked for again', async () => {
    const pack = site.files['/models/spots/pack.json'];
    site.files['/models/spots/pack.json'] = () => new Response('', { status: 503 });
    await expect(store.open(FOLDER)).rejects.toMatchObject({ status: 'io' });
    site.files['/models/spots/pack.json'] = pack;
    await expect(store.open(FOLDER)).resolves.toMatchObject({ pack: { id: 'spots' } });
  });

  test('an index without a first pack is told', async () => {
    site.files['/models/index.json'] = () => new Response('{}');
    await expect(store.first()).rejects.toMatchObject({ status: 'invalid-pack', message: 'models/index.json names no first pack' });
  });
});
