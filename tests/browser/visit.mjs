// A visit to the built page, for all browser tests: what a person does (pick a
// file, read the answer) and what a host page sees (classify, events). Finds
// things as a person would: by role, by text, through open shadow roots.
import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Site} from './site.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const dist = join(root, 'dist');
export const golden = (name) => join(root, 'tests/golden', name);
export const CLASS_IDS = ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'];
// Probabilities of one picture by two builds: float kernels differ by 6e-7
// relative, int8 ones not at all; what is left is the rounding in the JSON.
export const TOLERANCE = 1e-3;

export async function openSite(options) {
  if (!existsSync(join(dist, 'index.html'))) throw new Error('dist/ is missing: run `make dist` first');
  return new Site(dist, options).start();
}

// Runs in the page: finds through open shadow roots, and what a person can read.
function installFinders() {
  window.deepAll = (selector, from = document) => [...from.querySelectorAll('*')].flatMap((element) => [
    ...(element.matches(selector) ? [element] : []),
    ...(element.shadowRoot ? window.deepAll(selector, element.shadowRoot) : []),
  ]);
  window.deepText = () => window.deepAll('*')
    .filter((element) => !/^(STYLE|SCRIPT|TEMPLATE)$/.test(element.tagName) && element.getClientRects().length > 0)
    .map((element) => [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(' '))
    .filter(Boolean).join('\n');
}

function listen() {
  const [element] = window.deepAll('insitu-classifier');
  if (!element) throw new Error('the page has no <insitu-classifier>');
  window.seen = [];
  for (const name of ['insitu-result', 'insitu-error']) {
    element.addEventListener(name, (event) => window.seen.push({name, detail: event.detail}));
  }
}

// Goes there, ready to find. Nothing of the page's scripts need have come: it is
// drawn before them, and its elements have no shadow root until then.
export async function arrive(page, url) {
  await page.goto(url);
  await page.evaluate(installFinders);
}
// Waits for what such a visit comes to; its words, without the marks round what has its own direction.
export async function told(page, selector, pattern = /./) {
  const read = (wanted, source) => {
    const words = window.deepAll(wanted)[0]?.textContent.replace(/[\u2066-\u2069]/g, '');
    return words !== undefined && new RegExp(source, 's').test(words) ? words : null;
  };
  return page.waitFor(read, {timeout: 60_000, args: [selector, pattern.source]});
}

// Goes there and gets ready to find and to listen.
export async function visit(page, url) {
  await page.goto(url);
  await settle(page);
}
export async function settle(page) {
  await page.evaluate(installFinders);
  await page.waitFor(() => window.deepAll('#file').length > 0 || window.deepAll('#failure-detail').length > 0);
  const failure = await page.evaluate(() => window.deepAll('#failure-detail')[0]?.textContent);
  if (failure) throw new Error(`the page could not load: ${failure}`);
  await page.evaluate(listen);
}

// The screen shown: start, camera, frame, working, result, failure.
export const view = (page) => page.evaluate(() => window.deepAll('insitu-classifier')[0].getAttribute('view'));
export const click = (page, selector) => page.evaluate((wanted) => {
  const [element] = window.deepAll(wanted);
  if (!element) throw new Error(`there is no ${wanted} to click`);
  element.click();
}, selector);

// Chooses a file as a person does and waits for the square, or for the failure
// of what is no picture; returns the event of the latter.
export async function choose(page, path, {timeout = 60_000} = {}) {
  if (await view(page) !== 'start') await click(page, '#another, #other');
  const before = await page.evaluate(() => window.seen.length);
  await page.pickFile(() => window.deepAll('#file')[0], path);
  await page.waitFor((count) => window.seen.length > count || window.deepAll('#compare').length > 0, {timeout, args: [before]});
  return page.evaluate((count) => window.seen[count], before);
}

// Chooses a file, has it compared, and returns the event that follows.
export async function pick(page, path, {timeout = 60_000} = {}) {
  const before = await page.evaluate(() => window.seen.length);
  const failure = await choose(page, path, {timeout});
  if (failure) return failure;
  await click(page, '#compare');
  await page.waitFor((count) => window.seen.length > count, {timeout, args: [before]});
  return page.evaluate((count) => window.seen[count], before);
}

export const text = (page) => page.evaluate(() => window.deepText());

// What the native command answers: {file: result}.
export function classifyNative(paths, args = []) {
  const out = execFileSync(join(root, 'build/insitu'), ['classify', ...args, ...paths], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
  return out.trim().split('\n').map((line) => JSON.parse(line));
}

export const probabilities = (result) => Object.fromEntries(result.classes.map(({id, p}) => [id, p]));

// The largest difference of two answers' probabilities; NaN where their classes differ.
export function difference(a, b) {
  const [pa, pb] = [probabilities(a), probabilities(b)];
  const ids = new Set([...Object.keys(pa), ...Object.keys(pb)]);
  return Math.max(...[...ids].map((id) => Math.abs(pa[id] - pb[id])));
}

// The service worker has taken the page over: what it keeps is kept, and it answers.
export const controlled = (page) => page.waitFor(() => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller)), {timeout: 60_000});

// From now on what the page hands over to be saved stays in it: window.saved[name] is its text.
export const catchSaved = (page) => page.evaluate(() => {
  window.saved = {};
  const {createObjectURL} = URL;
  const blobs = new Map();
  URL.createObjectURL = (blob) => {
    const url = createObjectURL.call(URL, blob);
    blobs.set(url, blob);
    return url;
  };
  const {click: native} = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function () {
    if (!this.download) return native.call(this);
    blobs.get(this.href).text().then((words) => { window.saved[this.download] = words; });
  };
});
