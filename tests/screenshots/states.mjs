// Every state of the page, and how a person gets to it. Each begins at a fresh
// page with the model there; what a state needs of its server it says itself.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {choose, click, controlled, dist, golden, pick, root} from '../browser/visit.mjs';

const PICTURE = golden('baseline-420.jpg');
const go = async (page, name, ready) => {
  await page.evaluate((hash) => { location.hash = hash; }, name);
  await page.waitFor(ready, {timeout: 60_000});
};
const STRIPES = join(root, 'tests/packs/stripes');
const gone = (response) => response.writeHead(503).end();
const PICTURES = readdirSync(golden('')).filter((name) => /\.(png|jpg)$/.test(name)).sort().slice(0, 16).map(golden);
const kept = (page) => page.waitFor(() => document.querySelector('.home-card[aria-current]')?.dataset.kept === 'true', {timeout: 60_000});
async function offline(page, site) {
  await controlled(page);
  await kept(page);
  await site.stop();
  await page.raw.setOfflineMode(true);
}
async function offerUpdate(page, site) {
  await controlled(page);
  const worker = readFileSync(join(dist, 'sw.js'), 'utf8');
  const version = /"?version"?:\s*"([^"]+)"/.exec(worker)[1];
  site.overrides.set('/sw.js', worker.replaceAll(version, `${version}-next`));
  await page.evaluate(async () => { await (await navigator.serviceWorker.getRegistration()).update(); });
  await page.waitFor(() => !document.querySelector('#update').hidden, {timeout: 60_000});
}
async function fillBatch(page, {isKept = true} = {}) {
  await go(page, 'batch', () => document.querySelector('#batch-pick') !== null);
  if (!isKept) await page.evaluate(() => document.querySelector('#batch-keep').click());
  await (await page.raw.$('#batch-files')).uploadFile(...PICTURES);
  await page.waitFor(() => document.querySelector('#batch-progress')?.hidden, {timeout: 240_000});
}

/** name -> {go, path, query, serve, before}: path, query of the address; serve: changes the server before the page is asked for; before: what runs before
 *  its scripts; isBroken: there will be no way in */
export const STATES = {
  start: {go: async (page) => { await page.waitFor(() => document.querySelectorAll('.home-card').length > 0, {timeout: 60_000}); }},
  'start-loading': {serve: (site) => site.overrides.set('/models/skin/skin-int8.tflite', () => {}), go: async () => {}},
  tips: {go: async (page) => { await page.evaluate(() => window.deepAll('details').forEach((one) => { one.open = true; })); }},
  camera: {go: async (page) => {
    await page.waitFor(() => window.deepAll('#model-state')[0]?.hidden, {timeout: 60_000});
    await click(page, '#live');
    await page.waitFor(() => window.deepAll('#reading')[0]?.checkVisibility(), {timeout: 60_000});
  }},
  frame: {go: async (page) => { await choose(page, PICTURE); }},
  working: {go: async (page) => {
    await page.evaluate(() => { // the answer is worked on before it is asked for
      const {postMessage} = Worker.prototype;
      Worker.prototype.postMessage = function (message, ...rest) { if (message.type !== 'classify') postMessage.call(this, message, ...rest); };
    });
    await choose(page, PICTURE);
    await click(page, '#compare');
  }},
  answer: {needs: 'skin picture', go: async (page, {picture}) => { await pick(page, picture); }},
  'answer-unsure': {go: async (page) => { await pick(page, PICTURE); }},
  'answer-reject': {query: 'pack=apple-leaf', go: async (page) => { await pick(page, PICTURE); }},
  'answer-map': {needs: 'skin picture', go: async (page, {picture}) => {
    await pick(page, picture);
    await click(page, '#map');
    await page.waitFor(() => window.deepAll('#map-words')[0].childElementCount > 0, {timeout: 60_000});
  }},
  'answer-details': {needs: 'skin picture', go: async (page, {picture}) => {
    await pick(page, picture);
    await page.evaluate(() => window.deepAll('details').forEach((one) => { one.open = true; }));
  }},
  'answer-share': {needs: 'skin picture', go: async (page, {picture}) => {
    await pick(page, picture);
    await click(page, '#share');
    await page.evaluate(() => window.deepAll('#share-choice')[0].scrollIntoView());
  }},
  failure: {go: async (page) => { await pick(page, golden('make_golden.py')); }},
  'failure-load': {serve: (site) => site.overrides.set('/models/skin/pack.json', (response) => response.writeHead(503).end()), isBroken: true,
    go: async (page) => { await page.waitFor(() => window.deepAll('#failure-detail').length > 0, {timeout: 60_000}); }},
  'old-browser': {before: () => { delete Array.prototype.toSorted; }, isBroken: true,
    go: (page) => page.waitFor(() => document.querySelector('#old').checkVisibility())},
  'old-browser-model': {before: () => { delete window.WebAssembly; }, isBroken: true,
    go: (page) => page.waitFor(() => window.deepAll('#failure-detail').length > 0)},
  'models-no-room': {before: () => { StorageManager.prototype.estimate = async () => ({usage: 6e6, quota: 7e6}); },
    go: (page) => go(page, 'models', () => document.querySelector('.no-room') !== null)},
  stuck: {serve: (site) => site.overrides.set('/app.js', gone), isBroken: true,
    go: (page) => page.waitFor(() => getComputedStyle(document.querySelector('.stuck')).visibility === 'visible')},
  'no-room': {before: () => { Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError')); },
    serve: (site) => site.overrides.set('/sw.js', `Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));\n${readFileSync(join(dist, 'sw.js'), 'utf8')}`),
    go: (page) => page.waitFor(() => document.querySelector('#offline-state').dataset.state === 'full', {timeout: 60_000})},
  offline: {go: async (page, {site}) => {
    await offline(page, site);
    await page.reload();
    await page.waitFor(() => document.querySelectorAll('.home-card').length > 0, {timeout: 60_000});
  }},
  'offline-other': {go: async (page, {site}) => {
    await offline(page, site);
    await page.evaluate(() => document.querySelector('.home-card:not([aria-current])').click());
    await page.waitFor(() => window.deepAll('#failure-text').length > 0 && document.querySelector('#home-packs').checkVisibility(), {timeout: 60_000});
  }},
  update: {go: async (page, {site}) => { await offerUpdate(page, site); }},
  'update-waits': {go: async (page, {site}) => {
    await pick(page, PICTURE);
    await offerUpdate(page, site);
    await click(page, '#update-now');
  }},
  card: {path: 'models/skin/card.html', isBroken: true, go: async () => {}},
  report: {path: 'models/skin/report/report.html', isBroken: true, go: async () => {}},
  embed: {path: 'embed.html', isBroken: true, go: async () => {}},
  intro: {go: (page) => go(page, 'intro', () => document.querySelector('#intro-next') !== null)},
  'intro-photo': {go: async (page) => {
    await go(page, 'intro', () => document.querySelector('#intro-next') !== null);
    for (const step of [1, 2]) {
      await page.evaluate(() => document.querySelector('#intro-next').click());
      await page.waitFor((n) => document.querySelectorAll('.intro-dots span')[n].className === 'here', {args: [step]});
    }
  }},
  about: {go: (page) => go(page, 'about', () => Boolean(document.querySelector('#about-heading')))},
  models: {go: (page) => go(page, 'models', () => document.querySelectorAll('.model').length > 2)},
  'models-bare': {go: async (page) => {
    await go(page, 'models', () => document.querySelector('#import-pick') !== null);
    await page.pickFile(() => document.querySelector('#import-file'), golden('bare/softmax.tflite'));
    await page.waitFor(() => document.querySelector('#bare') !== null, {timeout: 60_000});
  }},
  'models-own': {go: async (page) => {
    await go(page, 'models', () => document.querySelector('#import-pick') !== null);
    await page.pickFile(() => document.querySelector('#import-file'), golden('bare/softmax.tflite'));
    await page.waitFor(() => document.querySelector('#bare') !== null, {timeout: 60_000});
    await page.evaluate(() => document.querySelector('#bare').requestSubmit());
    await page.waitFor(() => document.querySelector('.unsigned') !== null, {timeout: 60_000});
  }},
  'models-refused': {go: async (page) => {
    await go(page, 'models', () => document.querySelector('#import-pick') !== null);
    await page.pickFile(() => document.querySelector('#import-file'), join(STRIPES, 'card.md'));
    await page.waitFor(() => document.querySelector('#import-problem').textContent !== '');
  }},
  'models-refused-model': {go: async (page) => {
    await go(page, 'models', () => document.querySelector('#import-pick') !== null);
    await page.evaluate(() => {
      const input = document.querySelector('#import-file');
      const files = new DataTransfer();
      files.items.add(new File(['\x1c\0\0\0TFL3 and no more'], 'network.tflite'));
      input.files = files.files;
      input.dispatchEvent(new Event('change'));
    });
    await page.waitFor(() => document.querySelector('#import-problem').textContent !== '', {timeout: 60_000});
  }},
  'batch-work': {go: (page) => fillBatch(page)},
  'batch-lost': {before: () => { // the disk is full from the sixth answer on
    const {put} = IDBObjectStore.prototype;
    let left = 5;
    IDBObjectStore.prototype.put = function (value) {
      if (this.name === 'answers' && left-- <= 0) throw new DOMException('Encountered full disk while opening backing store', 'QuotaExceededError');
      return put.call(this, value);
    };
  }, go: (page) => fillBatch(page)},
  'batch-asks': {go: async (page) => {
    await fillBatch(page, {isKept: false});
    await page.evaluate(() => document.querySelector('#batch-new').click());
  }},
  'batch-problem': {go: async (page) => {
    await go(page, 'batch', () => document.querySelector('#batch-pick') !== null);
    await (await page.raw.$('#batch-files')).uploadFile(join(STRIPES, 'card.md'));
    await page.waitFor(() => document.querySelector('#batch-problem'));
  }},
  batch: {go: (page) => go(page, 'batch', () => document.querySelector('#batch-pick') !== null)},
  device: {go: (page) => go(page, 'device', () => document.querySelector('#device-go') !== null)},
};

