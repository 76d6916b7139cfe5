// Little room on the device: Chromium with a quota. Said before a pack is
// kept, with sizes and what could go; told where it ends on the way, and then
// nothing of it is left; the page itself works on without a copy.
import {describe, expect, test} from '@jest/globals';
import {anew} from './anew.mjs';
import {axeProblems} from './axe.mjs';
import * as chromium from './drivers/chromium.mjs';
import {controlled, golden, pick, visit} from './visit.mjs';

(chromium.available ? describe : describe.skip)(chromium.available ? 'little room' : `little room: ${chromium.missing}`, () => {
  let site, page;
  anew((...made) => { [site, page] = made; });

  // So many bytes may lie here beside what there is. Chromium keeps to it, but tells the page of a quota that is always large.
  async function leave(bytes) {
    const session = await page.raw.createCDPSession();
    const {usage} = await page.evaluate(() => navigator.storage.estimate());
    await session.send('Storage.overrideQuotaForOrigin', {origin: site.url(''), quotaSize: usage + bytes});
  }
  // As other browsers tell it.
  const tell = (bytes) => page.evaluate((left) => {
    StorageManager.prototype.estimate = async () => ({usage: 6_000_000, quota: 6_000_000 + left});
  }, bytes);
  async function open(language = 'en') {
    await visit(page, site.url(`/?lang=${language}`));
    await controlled(page);
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => document.querySelector('[data-pack="skin-dai2019"]') !== null, {timeout: 60_000});
  }
  const redraw = async () => {
    await page.evaluate(() => { location.hash = ''; });
    await page.waitFor(() => document.querySelector('#models').hidden);
    await page.evaluate(() => { location.hash = 'models'; });
    await page.waitFor(() => !document.querySelector('#models').hidden);
  };
  const card = (pack) => page.evaluate((id) => document.querySelector(`[data-pack="${id}"]`).innerText, pack);
  const press = (pack, action) => page.evaluate((id, what) => document.querySelector(`[data-pack="${id}"] [data-do="${what}"]`).click(), pack, action);
  const keptOf = (pack) => page.evaluate(async (id) => {
    const urls = [];
    for (const name of await caches.keys()) for (const {url} of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
    return urls.filter((path) => path.startsWith(`/models/${id}/`));
  }, pack);

  test('is said before a pack is kept, with sizes and with what can be removed; with room it is not', async () => {
    await open();
    expect(await card('apple-leaf')).not.toMatch(/left for this page/);
    await press('skin-dai2019', 'keep');
    await page.waitFor(() => document.querySelector('[data-pack="skin-dai2019"]').dataset.kept === 'true', {timeout: 60_000});
    await tell(1_000_000);
    await redraw();
    await page.waitFor(() => /left for this page/.test(document.querySelector('[data-pack="apple-leaf"]').innerText));
    expect(await card('apple-leaf')).toMatch(/It takes [\d.]+ MB, but this browser has [\d.]+ (KB|MB) left for this page\. You can remove: .+ \([\d.]+ MB\)\./);
    expect(await card('skin')).not.toMatch(/left for this page/); // it is here
    expect(await axeProblems(page)).toEqual([]);
    await press('skin-dai2019', 'remove');
    await page.waitFor(() => document.querySelector('[data-pack="skin-dai2019"]').dataset.kept === 'false', {timeout: 60_000});
    expect(await card('apple-leaf')).toMatch(/left for this page\.(?! You can remove)/);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('that ends on the way is told, nothing of the pack is left, and what is in use answers on', async () => {
    await open();
    await leave(1_000_000);
    await press('apple-leaf', 'keep');
    await page.waitFor(() => /no more room on the way/.test(document.querySelector('[data-pack="apple-leaf"]').innerText), {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('[data-pack="apple-leaf"]').dataset.kept)).toBe('false');
    expect(await keptOf('apple-leaf')).toEqual([]);
    await page.evaluate(() => { location.hash = ''; });
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('a pack that lay here already loses nothing where keeping it fails', async () => {
    await open();
    await press('apple-leaf', 'keep');
    await page.waitFor(() => document.querySelector('[data-pack="apple-leaf"]').dataset.kept === 'true', {timeout: 60_000});
    const before = await keptOf('apple-leaf');
    const texts = before.find((path) => /texts\/en/.test(path));
    await page.evaluate(async (path) => {
      for (const name of await caches.keys()) await (await caches.open(name)).delete(new URL(path, location.href), {ignoreSearch: true});
    }, texts);
    site.overrides.set(texts, (response) => response.writeHead(503).end());
    await redraw();
    await page.waitFor(() => document.querySelector('[data-pack="apple-leaf"]').dataset.kept === 'false', {timeout: 60_000});
    await press('apple-leaf', 'keep');
    await page.waitFor(() => /the server answered 503/.test(document.querySelector('[data-pack="apple-leaf"]').innerText), {timeout: 60_000});
    expect((await keptOf('apple-leaf')).sort()).toEqual(before.filter((path) => path !== texts).sort());
  }, 120_000);

  test('for a model from a file is told in one sentence, and nothing of it is left', async () => {
    await open();
    await page.evaluate(() => {
      const native = Cache.prototype.put;
      Cache.prototype.put = function (key, response) {
        return /imported\//.test(String(key)) ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : native.call(this, key, response);
      };
    });
    await page.pickFile(() => document.querySelector('#import-file'), golden('bare/softmax.tflite'));
    await page.waitFor(() => document.querySelector('#import-problem').textContent !== '', {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('#import-problem').textContent)).toMatch(/no more room on the way/);
    expect(page.errors).toEqual([]);
  }, 120_000);

  test('for the page itself: it answers, and says why it will not work offline', async () => {
    site.overrides.set('/sw.js', (response) => response.writeHead(404).end());
    await visit(page, site.url('/?lang=en'));
    await leave(200_000);
    site.overrides.delete('/sw.js');
    await page.reload();
    await page.waitFor(() => document.querySelector('#offline-state').dataset.state === 'full', {timeout: 60_000});
    expect(await page.evaluate(() => document.querySelector('#offline-state').textContent)).toBe('Online only: no room');
  }, 120_000);
});
