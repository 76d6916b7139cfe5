// The package as somebody gets it: packed, installed, and used in a page with
// Vite and React, in plain HTML, and from TypeScript; under a strict policy.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {Site} from './site.mjs';
import {classifyNative, difference, golden, root, TOLERANCE} from './visit.mjs';

const PACK = join(root, 'tests/packs/stripes');
const PICTURE = join(PACK, 'selftest/checked.png');
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
  + "worker-src 'self'; base-uri 'none'; form-action 'none'";
const built = existsSync(join(root, 'build/npm/classifier/insitu.js')) && existsSync(join(root, 'build/node/insitu-simd.mjs'));
const missing = !chromium.available ? chromium.missing : !built ? 'build/npm/ is missing: run `make npm` first' : null;

(missing ? describe.skip : describe)(missing ? `the package: ${missing}` : 'the package', () => {
  let folder, tarball, browser;
  const npm = (args, cwd) => execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
  beforeAll(async () => {
    // Below the checkout: Vite and React are its own, the package is the packed one.
    mkdirSync(join(root, 'build'), {recursive: true});
    folder = mkdtempSync(join(root, 'build/npm-test-'));
    const [{filename}] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root));
    tarball = join(folder, filename);
    cpSync(join(root, 'tests/npm/vite-react'), join(folder, 'vite-react'), {recursive: true});
    npm(['install', '--offline', '--no-save', '--no-package-lock', '--ignore-scripts', tarball], join(folder, 'vite-react'));
    browser = await chromium.launch();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, {recursive: true, force: true});
  });
  const project = () => join(folder, 'vite-react');
  const assets = (args, cwd = project()) => spawnSync('node', [join(project(), 'node_modules/insitu/build/npm/npm/assets.mjs'), ...args], {cwd, encoding: 'utf8'});

  test('is small, and holds no model, no test and no source of the core', () => {
    const names = execFileSync('tar', ['-tzf', tarball], {encoding: 'utf8'}).trim().split('\n').map((name) => name.replace(/^package\//, ''));
    expect(names.filter((name) => /\.(tflite|c|h|py)$|^tests\/|^models\/|test/.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['build/npm/classifier/insitu.js', 'build/npm/classifier/element.js', 'build/npm/classifier/define.js',
      'build/npm/npm/insitu.d.ts', 'build/npm/npm/element.d.ts', 'build/npm/npm/answer.d.ts', 'build/npm/npm/pack.d.ts', 'build/npm/classifier/worker.js',
      'docs/EMBED.md', 'LICENSE', 'THIRD-PARTY-LICENSES', 'src/cli/npx.mjs', 'build/node/insitu-simd.mjs']));
    expect(names.length).toBeLessThan(80);
    console.log(`${names.length} files, ${(statSync(tarball).size / 1e6).toFixed(2)} MB`);
    expect(statSync(tarball).size).toBeLessThan(3_000_000);
  });

  test('insitu-assets copies what runs beside the scripts, packs named and installed; what is no pack is told', () => {
    expect(assets([]).stderr).toContain('name the folder to fill');
    const wrong = assets(['public/insitu', join(root, 'tests')]);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('is no pack: it has no pack.json')]);
    cpSync(join(root, 'tests/cli/spots'), join(project(), 'node_modules/insitu-pack-spots'), {recursive: true});
    writeFileSync(join(project(), 'node_modules/insitu-pack-spots/package.json'), '{"name": "insitu-pack-spots"}');
    mkdirSync(join(project(), 'public/insitu/mine'), {recursive: true});
    const {status, stdout} = assets(['public/insitu', PACK]);
    expect([status, stdout.trim()]).toEqual([0, 'public/insitu: the element and its modules, packs stripes, spots']);
    expect(readdirSync(join(project(), 'public/insitu')).sort()).toEqual(['classifier', 'mine', 'models', 'tokens.css', 'wasm']);
    expect(existsSync(join(project(), 'public/insitu/models/spots/package.json'))).toBe(false);
  });

  test('a server that draws a page first can import all of it, and what a module says at once does nothing there', () => {
    writeFileSync(join(project(), 'server.mjs'), `import 'insitu/define';
import { define } from 'insitu/element';
import { configure, createClassifier, InsituError } from 'insitu';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
await define({ assets: '/insitu/' });
configure({ assets: '/insitu/' });
console.log(typeof window, typeof createClassifier, new InsituError('io', 'x').status, renderToString(createElement('insitu-classifier', { pack: '/p/' })));`);
    const {status, stdout, stderr} = spawnSync('node', ['server.mjs'], {cwd: project(), encoding: 'utf8', env: {...process.env, NODE_OPTIONS: ''}});
    expect([status, stdout.trim(), stderr]).toEqual([0, 'undefined function io <insitu-classifier pack="/p/"></insitu-classifier>', '']);
  });

  const base64 = (path) => readFileSync(path).toString('base64');
  async function tryPage(page) {
    await page.waitFor(() => document.querySelector('insitu-classifier')?.ready?.then(() => true), {timeout: 60_000});
    const [native] = classifyNative([PICTURE], ['--pack', PACK]);
    const [byProgram, byElement] = await page.evaluate(async (text) => {
      const blob = new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]);
      return [await window.classify(blob), await document.querySelector('insitu-classifier').classify(blob)];
    }, base64(PICTURE));
    expect(byProgram.file).toBe('by a program');
    for (const answer of [byProgram, byElement]) {
      expect([answer.decision, answer.top.id]).toEqual([native.decision, native.top.id]);
      expect(difference(answer, native)).toBeLessThan(TOLERANCE);
    }
    await page.waitFor((wanted) => document.querySelector('#answer').textContent === wanted, {args: [`${native.decision} ${native.top.id}`]});
    // Dressed, by the package's own sheets: an icon is not as large as the page.
    const icon = await page.evaluate(() => [...document.querySelector('insitu-classifier').shadowRoot.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect().width));
    expect(Math.max(...icon)).toBeLessThan(64);
    // A picture that is not judged is told with its reasons.
    await page.evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 64;
      canvas.getContext('2d').fillRect(0, 0, 64, 64); // black
      await document.querySelector('insitu-classifier').classify(await new Promise((resolve) => canvas.toBlob(resolve)));
    });
    await page.waitFor(() => document.querySelector('#rejection').textContent.includes('too-dark'));
    // What goes wrong is told by name.
    expect(await page.evaluate((text) => window.classify(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).slice(0, 900)])).then(() => 'answered', ({status}) => status),
      base64(golden('baseline-420.jpg')))).toBe('truncated');
    expect(page.errors).toEqual([]);
  }

  test('in a page built by Vite with React, under a strict policy', async () => {
    expect(assets(['public/insitu', PACK]).status).toBe(0);
    execFileSync('node', [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {cwd: project(), stdio: ['ignore', 'ignore', 'inherit'], env: {...process.env, NODE_ENV: 'production', NODE_OPTIONS: ''}});
    const site = await new Site(join(project(), 'dist'), {headers: {'content-security-policy': POLICY}}).start();
    const page = await browser.newPage();
    try {
      const refused = [];
      page.raw.on('console', (message) => { if (/Content Security Policy/.test(message.text())) refused.push(message.text()); });
      await page.goto(site.url('/'));
      await tryPage(page);
      expect(refused).toEqual([]);
      expect(site.requests.filter(({path}) => path.includes('node_modules'))).toEqual([]);
    } finally {
      await page.close();
      await site.stop();
    }
  }, 180_000);

  test('in Vite\'s own server, where a page is written', async () => {
    expect(assets(['public/insitu', PACK]).status).toBe(0);
    const server = spawn('node', [join(root, 'node_modules/vite/bin/vite.js'), '--host', '127.0.0.1', '--port', '0', '--logLevel', 'info', '--force'],
      {cwd: project(), env: {...process.env, NODE_ENV: 'development', NODE_OPTIONS: '', NO_COLOR: '1'}});
    let said = '';
    server.stdout.on('data', (bytes) => { said += bytes; });
    server.stderr.on('data', (bytes) => { said += bytes; });
    const page = await browser.newPage();
    try {
      const [address] = await until(() => /http:\/\/127\.0\.0\.1:\d+\//.exec(said), 60_000, 'Vite to start');
      await page.goto(address);
      await tryPage(page);
    } finally {
      await page.close();
      server.kill();
    }
  }, 180_000);

  test('in plain HTML, without a bundler', async () => {
    const plain = join(folder, 'plain');
    cpSync(join(project(), 'node_modules/insitu/build/npm'), join(plain, 'insitu'), {recursive: true});
    cpSync(PACK, join(plain, 'models/stripes'), {recursive: true});
    writeFileSync(join(plain, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><title>plain</title>
      <script type="module" src="insitu/classifier/define.js"></script><script type="module" src="page.js"></script>
      <insitu-classifier pack="models/stripes/" lang="en"></insitu-classifier><output id="answer"></output><output id="rejection"></output>`);
    writeFileSync(join(plain, 'page.js'), `import {createClassifier} from './insitu/classifier/insitu.js';
      const element = document.querySelector('insitu-classifier');
      element.addEventListener('insitu-result', ({detail}) => { document.querySelector('#answer').textContent = detail.decision + ' ' + (detail.top?.id ?? '-'); });
      element.addEventListener('insitu-rejected', ({detail}) => { document.querySelector('#rejection').textContent = detail.reasons.map(({id}) => id).join(' '); });
      window.classify = async (blob) => {
        const classifier = await createClassifier({pack: 'models/stripes'});
        return classifier.classify(blob, {name: 'by a program'}).finally(() => classifier.close());
      };`);
    const site = await new Site(plain, {headers: {'content-security-policy': POLICY}}).start();
    const page = await browser.newPage();
    try {
      await page.goto(site.url('/'));
      await tryPage(page);
    } finally {
      await page.close();
      await site.stop();
    }
  }, 120_000);

  test('its types hold in strict TypeScript, and refuse what is wrong', () => {
    cpSync(join(root, 'tests/npm/consumer.ts'), join(project(), 'consumer.ts'));
    writeFileSync(join(project(), 'tsconfig.json'), JSON.stringify({compilerOptions: {strict: true, noEmit: true, target: 'es2022', module: 'esnext',
      moduleResolution: 'bundler', lib: ['es2023', 'dom'], types: [], exactOptionalPropertyTypes: true}, files: ['consumer.ts']}));
    const {status, stdout} = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', project(), '--pretty', 'false'], {encoding: 'utf8'});
    expect([stdout.trim(), status]).toEqual(['', 0]);
  });

  test('a server may import it', () => {
    const {status, stderr} = spawnSync('node', ['--input-type=module', '-e', 'import {define} from "insitu/element"; import {createClassifier} from "insitu"; await define(); if (typeof createClassifier !== "function") process.exit(3);'],
      {cwd: project(), encoding: 'utf8', env: {...process.env, NODE_OPTIONS: ''}});
    expect([status, stderr]).toEqual([0, '']);
  });
});
