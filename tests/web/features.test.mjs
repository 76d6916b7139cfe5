// Which build of the infer module a browser gets.
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseBuild, detectFeatures } from '../../web/classifier/client-features.js';

const phone = { simd: true, relaxed: true, shared: false, cores: 8 };

test.each([
  [phone, { build: 'infer-relaxed', threads: 1 }],
  [{ ...phone, relaxed: false }, { build: 'infer-simd', threads: 1 }],
  [{ ...phone, shared: true }, { build: 'infer-relaxed-mt', threads: 4 }],
  [{ ...phone, shared: true, relaxed: false, cores: 4 }, { build: 'infer-simd-mt', threads: 2 }],
  [{ ...phone, shared: true, cores: 2 }, { build: 'infer-relaxed', threads: 1 }],
  [{ ...phone, shared: true, cores: 64 }, { build: 'infer-relaxed-mt', threads: 4 }],
  [{ ...phone, simd: false }, null],
])('%p gets %p', (features, build) => {
  expect(chooseBuild(features)).toEqual(build);
});

test('detection asks the engine', () => {
  const { simd, relaxed, shared } = detectFeatures();
  expect({ simd, shared }).toEqual({ simd: true, shared: false });
  // Node 20 has relaxed SIMD behind a flag, later ones without.
  const version = Number(process.versions.node.split('.')[0]);
  if (version < 22) expect(relaxed).toBe(process.execArgv.concat(process.env.NODE_OPTIONS ?? '').join(' ').includes('relaxed-simd'));
  else expect(relaxed).toBe(true);
});

test('relaxed SIMD is asked for in one place, by the page, the service worker and the command', () => {
  const root = new URL('../..', import.meta.url).pathname;
  const scripts = ['web', 'src'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.m?js$/.test(name)).map((name) => join(folder, name)));
  const found = (pattern) => scripts.filter((path) => pattern.test(readFileSync(join(root, path), 'utf8'))).sort();
  // Its opcodes are 253, then 128 or more in two bytes whose second is 2.
  expect(found(/\b253, 1[23]\d, 2\b/)).toEqual(['web/shared/relaxed-simd.js']);
  expect(found(/import \{ ?hasRelaxedSimd ?\} from/)).toEqual(['src/cli/npx.mjs', 'web/classifier/client-features.js', 'web/sw.js']);
});
