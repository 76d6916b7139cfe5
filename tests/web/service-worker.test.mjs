// What the service worker keeps, and how, against caches made here.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { clear, fetchPackFile, isolated, keep, kept, replace } from '../../web/sw/how.js';
import { cacheNameOf, entryFor, filesToKeep, indexFiles, keyOf } from '../../web/sw/what.js';

const SCOPE = 'https://page.example/app/';
const file = (url, revision = '1') => ({ url, revision });

class FakeCache {
  entries = new Map();
  async match(request) { return this.entries.get(request.url ?? request)?.clone(); }
  async put(request, response) { this.entries.set(request.url ?? request, response); }
  async delete(request) { return this.entries.delete(request.url ?? request); }
  async keys() { return [...this.entries.keys()].map((url) => ({ url })); }
}

let stores;
let fetched;
beforeEach(() => {
  stores = {};
  fetched = [];
  globalThis.caches = { open: async (name) => (stores[name] ??= new FakeCache()) };
  globalThis.fetch = async (url) => {
    fetched.push(String(url.url ?? url));
    return new Response('bytes');
  };
});

describe('what', () => {
  const files = ['index.html', 'wasm/infer-simd.wasm', 'wasm/infer-simd-mt.mjs', 'wasm/infer-relaxed.wasm', 'wasm/infer-relaxed-mt.mjs', 'wasm/decode.wasm'].map((url) => file(url));
  test('leaves out the builds that this browser never asks for', () => {
    expect(filesToKeep(files, true).map(({ url }) => url)).toEqual(['index.html', 'wasm/infer-relaxed.wasm', 'wasm/infer-relaxed-mt.mjs', 'wasm/decode.wasm']);
    expect(filesToKeep(files, false).map(({ url }) => url)).toEqual(['index.html', 'wasm/infer-simd.wasm', 'wasm/infer-simd-mt.mjs', 'wasm/decode.wasm']);
  });

  test('packs have their own cache', () => {
    expect(cacheNameOf('models/skin/pack.json')).toBe('insitu-packs');
    expect(cacheNameOf(`${SCOPE}models/skin/a.tflite`)).toBe('insitu-packs');
    expect(cacheNameOf('classifier/models.js')).toBe('insitu-page');
  });

  test.each([
    ['', 'index.html'], ['index.html?lang=de#about', 'index.html'], ['app.js', 'app.js'],
    ['other.js', undefined], ['../elsewhere/app.js', undefined],
  ])('%s is answered by %s', (address, url) => {
    const entries = indexFiles([file('index.html'), file('app.js')], SCOPE);
    expect(entryFor(new URL(address, SCOPE).href, SCOPE, entries)?.url).toBe(url);
  });
});

describe('how', () => {
  test('keeps each file once, under its revision', async () => {
    await keep([file('a.js'), file('models/x/pack.json')], SCOPE);
    expect(Object.keys(stores).sort()).toEqual(['insitu-packs', 'insitu-page']);
    expect(await (await kept(file('a.js'), SCOPE)).text()).toBe('bytes');
    await keep([file('a.js'), file('b.js')], SCOPE);
    expect(fetched.map((url) => url.slice(SCOPE.length))).toEqual(['a.js', 'models/x/pack.json', 'b.js']);
  });

  test('a changed file is fetched anew and the old goes at activation', async () => {
    await keep([file('a.js'), file('b.js')], SCOPE);
    await keep([file('a.js', '2')], SCOPE);
    expect(await kept(file('a.js', '1'), SCOPE)).toBeDefined();
    await clear([file('a.js', '2')], SCOPE);
    expect([...stores['insitu-page'].entries.keys()]).toEqual([keyOf(file('a.js', '2'), SCOPE)]);
  });

  test('one file that cannot be had fails the installation', async () => {
    globalThis.fetch = async () => new Response('', { status: 500 });
    await expect(keep([file('a.js')], SCOPE)).rejects.toThrow(/a\.js: the server answered 500/);
  });

  test('another variant is kept as it is used, and answers without a network', async () => {
    const request = new Request(`${SCOPE}models/x/float32.tflite`);
    await fetchPackFile(request);
    await clear([], SCOPE);
    globalThis.fetch = async () => { throw new TypeError('no network'); };
    expect(await (await fetchPackFile(request)).text()).toBe('bytes');
    await expect(fetchPackFile(new Request(`${SCOPE}models/x/other.tflite`))).rejects.toThrow(/no network/);
  });

  test('a refused copy is replaced by what the server has, and kept on an error', async () => {
    const entry = file('models/x/a.tflite');
    await keep([entry], SCOPE);
    globalThis.fetch = async () => new Response('', { status: 503 });
    expect((await replace(entry, SCOPE, new Request(`${SCOPE}models/x/a.tflite`))).status).toBe(503);
    expect(await (await kept(entry, SCOPE)).text()).toBe('bytes');
    globalThis.fetch = async () => new Response('published');
    expect(await (await replace(entry, SCOPE, new Request(`${SCOPE}models/x/a.tflite`))).text()).toBe('published');
    expect(await (await kept(entry, SCOPE)).text()).toBe('published');
  });

  test('isolates the page and leaves frames and set headers alone', () => {
    expect(isolated(new Response(''), false).headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(isolated(new Response(''), true).headers.has('cross-origin-embedder-policy')).toBe(false);
    const set = new Response('', { headers: { 'cross-origin-embedder-policy': 'credentialless' } });
    expect(isolated(set, false)).toBe(set);
  });
});
