// What the service worker keeps, and how, against caches made here.
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { POLICY } from '../../web/shared/policy.js';
import { giveShared, isOfSite, takeShared } from '../../web/sw/shared.js';
import { clear, fetchPackFile, isolated, keep, keepUsed, kept, replace } from '../../web/sw/how.js';
import { cacheNameOf, entryFor, filesToKeep, indexFiles, keyOf } from '../../web/sw/what.js';

const SCOPE = 'https://page.example/app/';
const revision = (content) => createHash('sha256').update(content).digest('hex').slice(0, 16);
const file = (url, content = 'bytes') => ({ url, revision: revision(content) });
const PAGE = `insitu-page ${SCOPE}`;
const PACKS = `insitu-packs ${SCOPE}`;

class FakeCache {
  entries = new Map();
  async match(request) { return this.entries.get(request.url ?? request)?.clone(); }
  async put(request, response) { // as the specification: put anew, a key is the last
    this.entries.delete(request.url ?? request);
    this.entries.set(request.url ?? request, response);
  }
  async delete(request) { return this.entries.delete(request.url ?? request); }
  async keys() { return [...this.entries.keys()].map((url) => ({ url })); }
}

const { put } = FakeCache.prototype;
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
    expect(cacheNameOf('models/skin/pack.json', SCOPE)).toBe(PACKS);
    expect(cacheNameOf(`${SCOPE}models/skin/a.tflite`, SCOPE)).toBe(PACKS);
    expect(cacheNameOf('classifier/models.js', SCOPE)).toBe(PAGE);
    expect(cacheNameOf('https://page.example/models/app.js', 'https://page.example/models/')).toMatch(/^insitu-page /);
  });

  test('two copies of the site on one origin share no cache', () => {
    expect(cacheNameOf('app.js', 'https://page.example/a/')).not.toBe(cacheNameOf('app.js', 'https://page.example/b/'));
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
    expect(Object.keys(stores).sort()).toEqual([PACKS, PAGE]);
    expect(await (await kept(file('a.js'), SCOPE)).text()).toBe('bytes');
    await keep([file('a.js'), file('b.js')], SCOPE);
    expect(fetched.map((url) => url.slice(SCOPE.length))).toEqual(['a.js', 'models/x/pack.json', 'b.js']);
  });

  test('a changed file is fetched anew and the old goes at activation', async () => {
    await keep([file('a.js'), file('b.js')], SCOPE);
    globalThis.fetch = async () => new Response('other');
    await keep([file('a.js', 'other')], SCOPE);
    expect(await kept(file('a.js'), SCOPE)).toBeDefined();
    await clear([file('a.js', 'other')], SCOPE);
    expect([...stores[PAGE].entries.keys()]).toEqual([keyOf(file('a.js', 'other'), SCOPE)]);
  });

  test('one file that cannot be had fails the installation', async () => {
    globalThis.fetch = async () => new Response('', { status: 500 });
    await expect(keep([file('a.js')], SCOPE)).rejects.toThrow(/a\.js: the server answered 500/);
  });

  test('a file that is not the one in the list fails the installation', async () => {
    globalThis.fetch = async () => new Response('of another version');
    await expect(keep([file('a.js')], SCOPE)).rejects.toThrow(/a\.js: the server sent [0-9a-f]{16}, the list names [0-9a-f]{16}/);
    expect(await kept(file('a.js'), SCOPE)).toBeUndefined();
  });

  test('a full disk costs the copy, not the answer', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    FakeCache.prototype.put = async () => { throw new DOMException('no room', 'QuotaExceededError'); };
    try {
      expect(await (await fetchPackFile(new Request(`${SCOPE}models/x/float32.tflite`), SCOPE)).text()).toBe('bytes');
      expect(await (await replace(file('models/x/a.tflite'), SCOPE, new Request(`${SCOPE}models/x/a.tflite`))).text()).toBe('bytes');
      expect(warn).toHaveBeenCalledTimes(2);
    } finally {
      FakeCache.prototype.put = put;
      warn.mockRestore();
    }
  });

  test('another variant is kept as it is used, and answers without a network', async () => {
    const request = new Request(`${SCOPE}models/x/float32.tflite`);
    await fetchPackFile(request, SCOPE);
    await clear([], SCOPE);
    globalThis.fetch = async () => { throw new TypeError('no network'); };
    expect(await (await fetchPackFile(request, SCOPE)).text()).toBe('bytes');
    await expect(fetchPackFile(new Request(`${SCOPE}models/x/other.tflite`), SCOPE)).rejects.toThrow(/no network/);
  });

  describe('files of other packs', () => {
    const used = file('models/y/a.tflite');
    const request = new Request(`${SCOPE}models/y/a.tflite`);
    async function use(entry = used) {
      let work;
      const response = await keepUsed(entry, SCOPE, request, (promise) => { work = promise; });
      await work;
      return response.text();
    }

    test('that the list names are kept once they are used, and go with the version that named them', async () => {
      expect(await kept(used, SCOPE)).toBeUndefined();
      expect(await use()).toBe('bytes');
      expect(await (await kept(used, SCOPE)).text()).toBe('bytes');
      await clear([used], SCOPE);
      expect(await kept(used, SCOPE)).toBeDefined();
      await clear([file('models/y/a.tflite', 'another version')], SCOPE);
      expect(stores[PACKS].entries.size).toBe(0);
    });

    test('that are not what the list names are handed on, and not kept', async () => {
      expect(await use(file('models/y/a.tflite', 'another version'))).toBe('bytes');
      expect(stores[PACKS]?.entries.size ?? 0).toBe(0);
    });

    test('that no list names are a few, those used last', async () => {
      const urls = Array.from({ length: 20 }, (_, index) => `${SCOPE}models/mine/${index}.tflite`);
      for (const url of [...urls, urls[5]]) await fetchPackFile(new Request(url), SCOPE);
      expect([...stores[PACKS].entries.keys()]).toEqual([urls[4], ...urls.slice(6), urls[5]]);
    });

    test('kept by an earlier version under their bare address, go when the list names them', async () => {
      await fetchPackFile(request, SCOPE);
      await clear([used], SCOPE);
      expect(stores[PACKS].entries.size).toBe(0);
    });
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
    const set = isolated(new Response('', { headers: { 'cross-origin-embedder-policy': 'credentialless' } }), false);
    expect(set.headers.get('cross-origin-embedder-policy')).toBe('credentialless');
    expect(set.headers.has('cross-origin-opener-policy')).toBe(false);
  });

  test('gives the worker the document\'s policy where the host sends none', () => {
    expect(isolated(new Response(''), false).headers.get('content-security-policy')).toBe(POLICY);
    const stricter = new Response('', { headers: { 'content-security-policy': "default-src 'none'" } });
    expect(isolated(stricter, false).headers.get('content-security-policy')).toBe("default-src 'none'");
  });
});

describe('what is shared to the page', () => {
  const request = (headers, referrer = '') => ({ headers: new Headers(headers), referrer });
  test.each([
    ['the system, which hides nothing since there is nothing', {}, '', false],
    ['the system, as Chromium says it', { origin: 'null' }, '', false],
    ['the page itself', { origin: 'https://page.example', 'sec-fetch-site': 'same-origin' }, SCOPE, false],
    ['the system, as a browser may say it', { origin: 'null', 'sec-fetch-site': 'none' }, '', false],
    ['another site', { origin: 'https://evil.example' }, '', true],
    ['another site that hides its origin', { origin: 'null' }, 'https://evil.example/', true],
    ['another site, as a browser may say it', { origin: 'null', 'sec-fetch-site': 'cross-site' }, '', true],
    ['a neighbour of the same site', { origin: 'null', 'sec-fetch-site': 'same-site' }, '', true],
  ])('comes from %s', (_, headers, referrer, is_of_site) => expect(isOfSite(request(headers, referrer), SCOPE)).toBe(is_of_site));

  async function send(headers, num_files = 1) {
    const form = new FormData();
    for (let index = 0; index < num_files; index++) form.append('file', new File(['bytes'], 'a.jpg'));
    return takeShared(new Request(`${SCOPE}?share`, { method: 'POST', body: form, headers }), SCOPE, () => {});
  }
  test('is held for the page that asks first, and of a site not even read', async () => {
    expect((await send({ origin: 'https://evil.example' })).headers.get('location')).toBe(SCOPE);
    expect(giveShared()).toEqual([]);
    expect((await send({ origin: 'null' })).headers.get('location')).toBe(`${SCOPE}?shared`);
    expect(giveShared().map(({ name }) => name)).toEqual(['a.jpg']);
    expect(giveShared()).toEqual([]);
  });
  test('of many none is left out without a word', async () => {
    await send({ origin: 'null' }, 300);
    expect(giveShared()).toHaveLength(300);
  });
});
