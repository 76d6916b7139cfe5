// One picture, one answer: the command built by gcc and by clang, the same
// core as WebAssembly in Node (plain and relaxed SIMD, and the kernels that
// phones choose), and Chromium. Pictures: the golden set, and a hundred of
// HAM10000 where INSITU_DATA or ../shared/data has them.
//
// Tolerance: the same top class, and probabilities within 0.001. Float kernels
// differ in the order of sums (6e-7 relative) and int8 kernels not at all; a
// difference above that is another function.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from '../browser/drivers/chromium.mjs';
import {classifyNative, difference, openSite, root, TOLERANCE, visit} from '../browser/visit.mjs';

const goldenFolder = join(root, 'tests/golden');
const golden = readdirSync(goldenFolder).filter((name) => /\.(jpg|png)$/.test(name)).map((name) => join(goldenFolder, name));

const data = process.env.INSITU_DATA ?? join(root, '../shared/data');
const lesions = join(data, 'ham10000/labels.csv');
function sampleLesions(count) {
  if (!existsSync(lesions)) return [];
  const [head, ...rows] = readFileSync(lesions, 'utf8').trim().split('\n').map((line) => line.split(','));
  const [image, split] = [head.indexOf('image'), head.indexOf('lesion_split')];
  const names = rows.filter((row) => row[split] === 'test').map((row) => row[image]);
  const step = Math.floor(names.length / count);
  return Array.from({length: count}, (_, i) => join(data, 'ham10000/images', /\./.test(names[i * step]) ? names[i * step] : `${names[i * step]}.jpg`));
}
const sample = sampleLesions(100);

const node = (program) => (paths, args) => execFileSync(process.execPath, ['--experimental-wasm-relaxed-simd', join(root, program), 'classify', ...args, ...paths],
  {encoding: 'utf8', env: {...process.env, NODE_OPTIONS: ''}, maxBuffer: 1 << 28}).trim().split('\n').map((line) => JSON.parse(line));
const native = (program) => (paths, args) => execFileSync(join(root, program), ['classify', ...args, ...paths],
  {encoding: 'utf8', maxBuffer: 1 << 28}).trim().split('\n').map((line) => JSON.parse(line));

const BUILDS = {
  'native, clang': ['build/insitu-clang', native],
  'Node, plain SIMD': ['build/node/insitu-simd.mjs', node],
  'Node, relaxed SIMD': ['build/node/insitu-relaxed.mjs', node],
  'Node, plain SIMD, phones\' kernels': ['build/node/insitu-simd-phone.mjs', node],
  'Node, relaxed SIMD, phones\' kernels': ['build/node/insitu-relaxed-phone.mjs', node],
};

function expectSame(answers, wanted) {
  expect(answers).toHaveLength(wanted.length);
  const worst = {difference: 0};
  for (const [i, answer] of answers.entries()) {
    const want = wanted[i];
    expect([want.file, answer.ok, answer.status]).toEqual([want.file, want.ok, want.status]);
    if (!want.ok) continue;
    // What was decided, and the class on top where one is named; a rejected picture's probabilities are compared all the same.
    expect([want.file, answer.decision, answer.top?.id]).toEqual([want.file, want.decision, want.top?.id]);
    const off = difference(answer, want);
    if (!(off <= worst.difference)) Object.assign(worst, {file: want.file, difference: off});
  }
  if (!(worst.difference <= TOLERANCE)) throw new Error(`${worst.file}: probabilities differ by ${worst.difference}, limit ${TOLERANCE}`);
  return worst.difference;
}

// The pack's other variant too: int8 and float32 have kernels of their own.
describe.each(['float32', 'int8'])('%s', (variant) => {
  const paths = [...golden, ...sample];
  let wanted;
  beforeAll(() => {
    wanted = classifyNative(paths, ['--variant', variant]);
  }, 120_000);

  test('the native command answers the golden pictures', () => {
    expect(wanted).toHaveLength(paths.length);
    expect(wanted.filter(({ok}) => ok).length).toBeGreaterThan(golden.length / 2);
  });

  for (const [name, [program, runner]] of Object.entries(BUILDS)) {
    const present = existsSync(join(root, program));
    (present ? test : test.skip)(present ? name : `${name}: ${program} is not built`, () => {
      const worst = expectSame(runner(program)(paths, ['--variant', variant]), wanted);
      if (process.env.VERBOSE) console.log(`${name}, ${variant}: largest difference ${worst}`);
    }, 300_000);
  }
});

(sample.length ? test : test.skip)(sample.length ? 'the sample of HAM10000 is answered' : `the sample of HAM10000: ${lesions} is absent (set INSITU_DATA)`, () => {
  expect(sample.every(existsSync)).toBe(true);
  expect(classifyNative(sample).every(({ok}) => ok)).toBe(true);
});

(chromium.available ? describe : describe.skip)(chromium.available ? 'Chromium' : `Chromium: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
    page = await browser.newPage();
    await visit(page, site.url('/'));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('answers as the native command', async () => {
    const paths = [...golden, ...sample.slice(0, 20)];
    const wanted = classifyNative(paths);
    const answers = [];
    for (const path of paths) {
      answers.push(await page.evaluate(async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        const [element] = window.deepAll('insitu-classifier');
        return element.classify(new Blob([bytes])).catch((error) => ({ok: false, status: error.status, message: error.message}));
      }, readFileSync(path).toString('base64')));
    }
    expectSame(answers, wanted);
  }, 120_000);
});
