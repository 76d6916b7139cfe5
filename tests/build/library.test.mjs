// build/libinsitu.a: it defines the names of insitu.h and no others, and links
// with a program that has some of the core's own names itself.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARY = join(ROOT, 'build/libinsitu.a');

// -> stdout; the make that runs these tests gives it nothing
function succeed(program, ...words) {
  const {MAKEFLAGS: _, MFLAGS: __, MAKELEVEL: ___, MAKE: ____, ...env} = process.env;
  const {status, stdout, stderr, error} = spawnSync(program, words, {cwd: ROOT, env, encoding: 'utf8', maxBuffer: 1 << 26});
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status ?? error}:\n${stdout}${stderr}`);
  return stdout;
}

describe('the library', () => {
  let folder, defined;
  beforeAll(() => {
    succeed('make', '-s', 'build/libinsitu.a');
    folder = mkdtempSync(join(tmpdir(), 'insitu-library-'));
    defined = succeed('nm', '-g', '--defined-only', LIBRARY).split('\n')
      .map((line) => line.split(/\s+/)[2]).filter(Boolean).sort();
  }, 300_000);
  afterAll(() => rmSync(folder, {recursive: true, force: true}));

  test('defines what insitu.h declares and nothing else', () => {
    const header = readFileSync(join(ROOT, 'src/insitu.h'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    const declared = [...header.matchAll(/INSITU_API[^;{]*?\b(insitu_\w+)\s*\(/g)].map(([, name]) => name);
    expect(declared.length).toBeGreaterThan(30);
    expect(defined).toEqual(declared.sort());
  });

  test('needs nothing but the C library', () => {
    const needed = succeed('nm', '-u', LIBRARY);
    expect(needed).toMatch(/\bmalloc\b/);
    expect(needed).not.toMatch(/\b(xnn_|pthreadpool_|cpuinfo_|cJSON_|stbi_|WebP)/);
  });

  test('links with a program that defines names of libjpeg, cJSON, XNNPACK and the core', () => {
    const names = ['jpeg_read_header', 'cJSON_Parse', 'xnn_initialize', 'pthreadpool_create', 'alloc_bytes', 'pack_read'];
    writeFileSync(join(folder, 'app.c'), `#include <stdio.h>
#include "insitu.h"
${names.map((name) => `int ${name}(void) { return 7; }`).join('\n')}
int main(void) {
  int sum = ${names.map((name) => `${name}()`).join(' + ')};
  const void *used[] = {${defined.map((name) => `(const void *)${name}`).join(', ')}};
  insitu_error error;
  char *json;
  insitu_status status = insitu_model_inspect_json((const uint8_t *)"none", 4, NULL, &json, &error);
  printf("%d %d %s %s\\n", sum, used[0] != NULL, insitu_status_name(status), error.message);
  return 0;
}
`);
    succeed('cc', join(folder, 'app.c'), '-Isrc', LIBRARY, '-lm', '-lpthread', '-o', join(folder, 'app'));
    expect(succeed(join(folder, 'app'))).toMatch(/^42 1 invalid-model /);
  });
});
