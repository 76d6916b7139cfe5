// Every state of the page, and how a person gets to it. Each begins at a fresh
// page with the model there; what a state needs of its server it says itself.
import {join} from 'node:path';
import {choose, click, golden, pick, root} from '../browser/visit.mjs';

const PICTURE = golden('baseline-420.jpg');
const go = async (page, name, ready) => {
  await page.evaluate((hash) => { location.hash = hash; }, name);
  await page.waitFor(ready, {timeout: 60_000});
};
const STRIPES = join(root, 'tests/packs/stripes');

/** name -> {go, query, serve, before}: query of the address; serve: changes the server before the page is asked for; before: what runs before its scripts */
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
    await choose(page, PICTURE);
    await page.evaluate(() => { Worker.prototype.postMessage = () => {}; });
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
  batch: {go: (page) => go(page, 'batch', () => document.querySelector('#batch-pick') !== null)},
  device: {go: (page) => go(page, 'device', () => document.querySelector('#device-go') !== null)},
};

