// Times this page's engine beside its peers: a network at a time, one picture,
// one thread, in turn, each time in a fresh page of a fresh profile. An answer
// that differs from the network's ends the bench: speed of another function is
// no speed. Called by run.sh, which makes the models and installs the peers.
//
//   BENCH_PASSES=9 BENCH_RUNS=40 BENCH_BROWSERS='chromium firefox webkit'
//   BENCH_ENGINES='insitu litert'  BENCH_PHOTOS=0      limit what runs
//   BENCH_NETWORKS='mobilenet_v2 efficientnet_lite0 densenet121'   the latter two beside LiteRT.js alone

import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {timePhotos} from './photos.mjs';
import {serve} from './server.mjs';
import {correlation, median, minimum, table} from './stats.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const models = process.argv[2];
const passes = Number(process.env.BENCH_PASSES ?? 9);
const runs = Number(process.env.BENCH_RUNS ?? 40);
const words = (name, fallback) => (process.env[name] ?? fallback).split(/\s+/).filter(Boolean);

const ENGINES = [
  {engine: 'insitu', build: 'relaxed', precision: 'float32'},
  {engine: 'insitu', build: 'relaxed', precision: 'int8'},
  {engine: 'insitu', build: 'simd', precision: 'float32'},
  {engine: 'insitu', build: 'simd', precision: 'int8'},
  {engine: 'litert', build: 'relaxed', precision: 'float32', package: '@litertjs/core'},
  {engine: 'litert', build: 'relaxed', precision: 'int8', package: '@litertjs/core'},
  {engine: 'litert', build: 'simd', precision: 'float32', package: '@litertjs/core'},
  {engine: 'litert', build: 'simd', precision: 'int8', package: '@litertjs/core'},
  {engine: 'onnxruntime', precision: 'float32', package: 'onnxruntime-web'},
  {engine: 'onnxruntime', precision: 'int8', package: 'onnxruntime-web'},
  {engine: 'tfjs', precision: 'float32', package: '@tensorflow/tfjs-backend-wasm'},
].filter(({engine}) => words('BENCH_ENGINES', 'insitu litert onnxruntime tfjs').includes(engine));

// By stem; those in folders of their own are .tflite alone, which two engines read.
const NETWORKS = [
  {stem: 'mobilenet_v2', folder: '', engines: ['insitu', 'litert', 'onnxruntime', 'tfjs']},
  {stem: 'efficientnet_lite0', folder: 'efficientnet_lite0/', engines: ['insitu', 'litert']},
  {stem: 'densenet121', folder: 'densenet121/', engines: ['insitu', 'litert']},
].filter(({stem}) => words('BENCH_NETWORKS', 'mobilenet_v2').includes(stem))
  .map((network) => ({...network, expected: JSON.parse(readFileSync(join(models, network.folder, 'expected.json'), 'utf8'))}));

function versionOf({package: name}) {
  const path = name ? join(here, 'node_modules', name, 'package.json') : join(root, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

// One script an engine, minified: as a site that cares would ship it.
async function bundle(out) {
  const scripts = new Map([...new Set(ENGINES.map((entry) => entry.engine))].map((engine) => [engine,
    `import {measure} from './measure.mjs'; import {load} from './engines/${engine}.mjs'; measure(load);`]));
  scripts.set('photo-peer', "import './photo-peer.mjs';");
  for (const [engine, contents] of scripts) {
    await build({
      stdin: {contents, resolveDir: here},
      bundle: true, minify: true, format: 'esm', target: 'es2022', outfile: join(out, `${engine}.js`),
      external: ['/engine/*', 'node:*', 'module', 'fs', 'path', 'crypto', 'util', 'os', 'worker_threads', 'perf_hooks'], logLevel: 'error',
    });
  }
}

function checkOutput({engine, precision}, output, expected) {
  const deviation = Math.sqrt(expected.logits.reduce((sum, x) => sum + x * x, 0) / expected.logits.length -
    (expected.logits.reduce((sum, x) => sum + x, 0) / expected.logits.length) ** 2);
  const r = correlation(output, expected.logits);
  // our page gives probabilities: logits but for a constant
  const shift = engine === 'insitu' ? median(output.map((x, i) => x - expected.logits[i])) : 0;
  const difference = Math.max(...output.map((x, i) => Math.abs(x - shift - expected.logits[i]))) / deviation;
  const good = precision === 'int8' ? r >= expected.min_correlation_int8 : difference <= expected.max_difference_float32;
  return {good, text: `difference ${difference.toExponential(1)} of the logits' deviation, correlation ${r.toFixed(4)}`};
}

async function timeOnce(browser, server, config, {folder, stem}) {
  const page = await browser.newPage();
  try {
    server.takeRequested();
    const query = new URLSearchParams({precision: config.precision, build: config.build ?? '', runs, folder: `/models/${folder}`, stem: `${stem}_224`});
    await page.goto(`${server.origin}/bench/${config.engine}?${query}`);
    await page.waitFor(() => Boolean(window.benchResult), {timeout: 180_000});
    const result = await page.evaluate(() => window.benchResult);
    if (result.error) throw new Error(result.error);
    const requests = server.takeRequested();
    const missing = requests.filter((request) => request.missing);
    if (missing.length) throw new Error(`asked for ${missing.map(({path}) => path)}, which the bench does not serve`);
    return {...result, bytes_brotli: requests.filter(({model}) => !model).reduce((sum, x) => sum + x.bytes_brotli, 0)};
  } finally {
    await page.close();
  }
}

async function timeBrowser(name, server, network) {
  const {expected} = network;
  const driver = await import(`../browser/drivers/${name}.mjs`);
  if (!driver.available) {
    console.error(`${name}: left out. ${driver.missing}`);
    return [];
  }
  const browser = await driver.launch();
  const configs = ENGINES.filter(({engine, build: kind}) => network.engines.includes(engine) && !(name === 'webkit' && kind === 'relaxed')); // it has no relaxed SIMD
  const results = configs.map(() => []);
  try {
    // pass 0 is not counted: it compresses files and fills the disk's cache
    for (let pass = 0; pass <= passes; ++pass) {
      for (const [i, config] of configs.entries()) {
        const once = await timeOnce(browser, server, config, network).catch((error) => {
          throw new Error(`${browser.name}, ${config.engine} ${config.build ?? ''} ${config.precision}: ${error.message}`);
        });
        const answer = checkOutput(config, once.output, expected);
        const line = `${browser.name} ${network.stem} pass ${pass}: ${config.engine} ${config.build ?? ''} ${config.precision}`;
        console.error(`${line}: first ${once.first_ms.toFixed(0)}, median ${median(once.times).toFixed(1)}, min ${minimum(once.times).toFixed(1)} ms; ${answer.text}`);
        if (!answer.good) throw new Error(`${line} computes another function`);
        if (pass > 0) results[i].push(once);
      }
    }
  } finally {
    await browser.close();
  }
  return configs.map((config, i) => ({
    engine: config.engine, build: config.build ?? null, runtime: `${browser.name} ${browser.version}`, version: versionOf(config),
    network: expected.network, precision: config.precision, threads: 1,
    bytes_brotli: results[i][0].bytes_brotli,
    load_ms: median(results[i].map((x) => x.load_ms)), first_ms: median(results[i].map((x) => x.first_ms)),
    median_ms: median(results[i].map((x) => median(x.times))), min_ms: minimum(results[i].map((x) => minimum(x.times))),
    peak_bytes: Math.max(...results[i].map((x) => x.peak_bytes)),
    passes: results[i].map((x) => ({first_ms: x.first_ms, median_ms: median(x.times), min_ms: minimum(x.times)})),
  }));
}

// How many times faster ours is than the fastest peer of the same precision:
// within each pass, so that the machine's mood cancels; median over passes. Our
// build for plain SIMD twice: beside peers that take no relaxed SIMD either, as
// on a browser without it, and beside all.
function compare(rows) {
  const comparisons = [];
  for (const ours of rows.filter(({engine}) => engine === 'insitu')) {
    const all = rows.filter((row) => row.engine !== 'insitu' && row.runtime === ours.runtime && row.network === ours.network && row.precision === ours.precision);
    const plain = all.filter((row) => row.build !== 'relaxed');
    const groups = {all, ...(ours.build === 'simd' && plain.length < all.length ? {'plain SIMD': plain} : {})};
    for (const [name, peers] of Object.entries(groups)) {
      if (!peers.length) continue;
      const ratio = (key) => median(ours.passes.map((pass, i) => minimum(peers.map((peer) => peer.passes[i][key])) / pass[key]));
      comparisons.push({network: ours.network, runtime: ours.runtime, build: ours.build, precision: ours.precision, peers: name,
        steady_median: ratio('median_ms'), steady_min: minimum(peers.map((peer) => peer.min_ms)) / ours.min_ms, first_answer: ratio('first_ms')});
    }
  }
  return comparisons;
}

const out = join(root, 'build/bench');
mkdirSync(out, {recursive: true});
await bundle(out);
const modules = join(here, 'node_modules');
const server = await serve({cache: join(models, '../brotli'), mounts: {
  '/page/': out, '/models/': models,
  '/engine/litert/': join(modules, '@litertjs/core/wasm'),
  '/engine/onnxruntime/': join(modules, 'onnxruntime-web/dist'),
  '/engine/tfjs/': join(modules, '@tensorflow/tfjs-backend-wasm/dist'),
  '/engine/insitu/': join(root, 'dist'),
}, pages: Object.fromEntries([...ENGINES.map(({engine}) => engine), 'photo-peer'].map((name) => [`/bench/${name}`,
  `<!doctype html><meta charset="utf-8"><title>${name}</title><script type="module" src="/page/${name}.js"></script>`]))});
try {
  const rows = [];
  for (const network of NETWORKS) {
    for (const name of words('BENCH_BROWSERS', 'chromium firefox webkit')) rows.push(...await timeBrowser(name, server, network));
  }
  const comparisons = compare(rows);
  const photos = process.env.BENCH_PHOTOS === '0' ? [] : await timePhotos({folder: models, passes: Math.min(passes, 5), server});
  writeFileSync(join(root, 'build/bench.json'), JSON.stringify({
    note: 'load_ms and first_ms from navigation; peak_bytes: WebAssembly memory at the end (it never shrinks)', rows, comparisons, photos}, null, 1));
  console.log(table(rows, ['network', 'engine', 'build', 'runtime', 'precision', 'bytes_brotli', 'load_ms', 'first_ms', 'median_ms', 'min_ms', 'peak_bytes']));
  console.log('\nours against the fastest peer of the same precision, times faster:');
  console.log(table(comparisons.map((row) => ({...row, steady_median: row.steady_median.toFixed(2), steady_min: row.steady_min.toFixed(2), first_answer: row.first_answer.toFixed(2)})),
    ['network', 'runtime', 'build', 'precision', 'peers', 'steady_median', 'steady_min', 'first_answer']));
  if (photos.length) console.log('\n' + table(photos, ['file', 'engine', 'megapixels', 'runtime', 'decode_ms', 'total_ms', 'hot_ms', 'times_faster', 'peak_bytes']));
} finally {
  await server.close();
}
