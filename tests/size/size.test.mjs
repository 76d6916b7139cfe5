// What a phone downloads stays within its budget, brotli -11, KB = 1000 bytes.
import {describe, expect, test} from '@jest/globals';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {brotliCompressSync, constants} from 'node:zlib';
import {LANGUAGES} from '../../web/lib/text.js';

const dist = new URL('../../dist', import.meta.url).pathname;
const files = readdirSync(dist, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(dist.length + 1));

const brotliBytes = (name) => brotliCompressSync(readFileSync(join(dist, name)),
  {params: {[constants.BROTLI_PARAM_QUALITY]: 11}}).length;
const sum = (names) => names.reduce((total, name) => total + brotliBytes(name), 0);

describe('size', () => {
  test.each([
    ['infer, plain SIMD', /infer[^/]*simd[^/]*\.wasm$/, 160_000],
    ['infer, relaxed SIMD', /infer[^/]*relaxed[^/]*\.wasm$/, 160_000],
    ['decode', /decode\.wasm$/, 32_000],
    ['WebP', /decode-webp\.wasm$/, 48_000],
    ['JPEG 2000', /openjpeg\.wasm$/, 72_000],
    ['JPEG-LS', /charls\.wasm$/, 34_000],
  ])('%s module is within its budget', (_, pattern, limit) => {
    const names = files.filter((name) => pattern.test(name) && !/thread|mt/.test(name));
    expect(names).toHaveLength(1);
    const bytes = brotliBytes(names[0]);
    console.log(`${names[0]}: ${bytes} of ${limit} bytes`);
    expect(bytes).toBeLessThanOrEqual(limit);
  });

  // What the document names, what its start.js asks for, and what these import,
  // the worker, one build of each module's glue (the larger, with threads), the service worker.
  test('what the first answer takes of scripts, styles and pages is within its budget', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8');
    const named = [...html.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]+\.(?:css|js))"/g)].map(([, path]) => path);
    const imported = (path) => [...readFileSync(join(dist, path), 'utf8').matchAll(/\b(?:from|import)"(\.[^"]+)"/g)]
      .map(([, target]) => join(path, '..', target)).flatMap((target) => [target, ...imported(target)]);
    const first = [...named, 'app.js', 'classifier/element.css', 'classifier/worker.js', 'sw.js'];
    const names = [...new Set(['index.html', ...first, ...first.filter((name) => name.endsWith('.js')).flatMap(imported),
      'wasm/decode.mjs', 'wasm/infer-relaxed-mt.mjs'])];
    expect(names).toEqual(expect.arrayContaining(['start.js', 'app.js', 'page.css']));
    expect(names.filter((name) => name.startsWith('classifier/chunk-')).length).toBeGreaterThan(1);
    const bytes = sum(names);
    console.log(`the first answer's ${names.length} files: ${bytes} of 60000 bytes`);
    expect(bytes).toBeLessThanOrEqual(60_000);
  });

  // Languages apart, of which a person takes one: the build says in what each file begins.
  // A pack's card and report are its own documents, not the page's.
  const scripts = files.filter((name) => /\.(m?js|css|html)$/.test(name) && !name.startsWith('models/'));
  // What comes with a DICOM file of such a coding alone: others' Emscripten glue, and our reader of JPEG of twelve bits.
  const CODECS = ['wasm/openjpeg.mjs', 'wasm/charls.mjs', 'classifier/dicom/codestream-worker.js'];
  const languageOf = (name) => /^classifier\/([a-z]{2}(?:-[A-Z][a-z]+)?)-[A-Z0-9]{8}\.js$/.exec(name)?.[1];
  const languages = scripts.filter(languageOf)
    .reduce((all, name) => all.set(languageOf(name), [...(all.get(languageOf(name)) ?? []), name]), new Map());

  // What comes only when it is gone to, most of it two libraries (uPlot, zip.js): kept for offline use after the first answer.
  test('all screens, builds and decoders, with the largest language beside English, are within theirs', () => {
    const names = scripts.filter((name) => !languageOf(name) && !CODECS.includes(name));
    expect(names.length).toBeGreaterThan(20);
    const largest = Math.max(...[...languages.values()].map(sum));
    const bytes = sum(names) + largest;
    console.log(`${names.length} files and a language: ${bytes} of 201000 bytes`);
    expect(bytes).toBeLessThanOrEqual(201_000);
  });

  test('what reads the codings of DICOM is within its', () => {
    const bytes = sum(CODECS);
    console.log(`${CODECS.join(', ')}: ${bytes} of 23000 bytes`);
    expect(bytes).toBeLessThanOrEqual(23_000);
  });

  test('each language is within its own', () => {
    expect([...languages.keys()].sort()).toEqual(Object.keys(LANGUAGES).filter((language) => language !== 'en').sort());
    for (const [language, names] of languages) {
      const bytes = sum(names);
      console.log(`${language}, ${names.length} files: ${bytes} of 14000 bytes`);
      expect(bytes).toBeLessThanOrEqual(14_000);
    }
  });

  test('no file is above what static hosts take', () => {
    const largest = Math.max(...files.map((name) => readFileSync(join(dist, name)).length));
    expect(largest).toBeLessThan(25 * 1024 * 1024); // Cloudflare Pages' limit
  });
});
