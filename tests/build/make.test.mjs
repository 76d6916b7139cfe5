// The Makefile's goals in one call, on a copy of it with small sources and a
// compiler that only looks at what it is asked: what is tried is the order.
import {spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const STANDINS = {
  'src/base/alloc.c': '', 'src/base/format.c': '', 'src/api/picture.c': '', 'src/api/picture_pixels.c': '', 'src/decode/decode.c': '', 'src/wasm/decode_module.c': '', 'src/wasm/infer_module.c': '', 'src/wasm/bulk_memory.c': '', 'src/cli/main.c': '',
  'web/index.html': '', 'models/skin/pack.json': '{}', 'package.json': '{}', 'package-lock.json': '{}', 'node_modules/.package-lock.json': '{}',
  'tests/install-packages.sh': '#!/bin/sh\n',
  'emsdk-config/sources.sh': '#!/bin/sh\necho /pinned/$1\n',
  'wasm-build/xnnpack.sh': '#!/bin/sh\necho /pinned/built/$1\n',
  'emsdk-config/toolchain': `#!/bin/sh
case " $* " in
  *" clang "*/pinned/*) ;;
  *" -c src/base/format.c "*) ;; # takes none of them
  *" clang "*) echo "the pinned sources are not named: $*" >&2; exit 1 ;;
esac
while [ "$1" != -o ]; do shift; done
touch "$2"
`,
  'wasm-build/dist.mjs': 'import {cpSync, mkdirSync, writeFileSync} from "node:fs";\n'
    + 'mkdirSync("dist", {recursive: true}); writeFileSync("dist/index.html", ""); cpSync("build/web/wasm", "dist/wasm", {recursive: true});\n',
};

describe('make', () => {
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'insitu-make-'));
    for (const name of ['Makefile', 'wasm-build/rules.mk', 'wasm-build/flags.mk', 'wasm-build/headers.mjs', 'wasm-build/html.mjs', 'wasm-build/papers.mjs', 'wasm-build/scripts.mjs',
      'emsdk-config/pins.sh']) {
      cpSync(join(ROOT, name), join(folder, name), {recursive: true});
    }
    for (const [name, content] of Object.entries(STANDINS)) {
      mkdirSync(dirname(join(folder, name)), {recursive: true});
      writeFileSync(join(folder, name), content, {mode: 0o755});
    }
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  // -> {status, said}; the make that runs these tests gives it nothing
  function make(...words) {
    const {MAKEFLAGS: _, MFLAGS: __, MAKELEVEL: ___, MAKE: ____, ...env} = process.env;
    const {status, stdout, stderr} = spawnSync('make', ['-C', folder, ...words], {env, encoding: 'utf8'});
    return {status, said: stdout + stderr};
  }
  function succeed(...words) {
    const {status, said} = make(...words);
    if (status !== 0) throw new Error(`make ${words.join(' ')} ended with ${status}:\n${said}`);
    return said;
  }
  const site = () => ['index.html', ...readdirSync(join(folder, 'dist/wasm')).sort()];
  const SITE = ['index.html', 'decode-webp.mjs', 'decode.mjs', 'infer-relaxed-mt.mjs', 'infer-relaxed.mjs', 'infer-simd-mt.mjs', 'infer-simd.mjs'];

  test.each([[[]], [['-j4']]])('clean dist %j: all is made anew', (flags) => {
    succeed('dist');
    for (const name of ['build/stale', 'dist/stale']) writeFileSync(join(folder, name), '');
    expect(succeed(...flags, 'clean', 'dist')).toContain('rm -rf build dist');
    expect(site()).toEqual(SITE);
    expect(['build/stale', 'dist/stale'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
    expect(make('--question', 'dist').status).toBe(0); // nothing is left to do
  });

  test('dist clean leaves nothing, and a failure stops before the next goal', () => {
    succeed('dist', 'clean');
    expect(['build', 'dist'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
    writeFileSync(join(folder, 'wasm-build/dist.mjs'), 'throw new Error("no room");\n');
    const {status, said} = make('dist', 'clean');
    expect([status, said]).toEqual([2, expect.stringContaining('no room')]);
    expect(existsSync(join(folder, 'build'))).toBe(true);
  });

  test.each([['clean', 'deps', 'dist'], ['help', 'dist']])('%s %s %s', (...goals) => {
    succeed(...goals.filter(Boolean));
    expect(site()).toEqual(SITE);
  });

  test('dist comes back where it was removed', () => {
    succeed('dist');
    rmSync(join(folder, 'dist'), {recursive: true});
    succeed('dist');
    expect(site()).toEqual(SITE);
  });
});
