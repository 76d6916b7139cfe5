// The command's own allocations, each failing in turn: memory.c, under sanitizers.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {ROOT, scratchFolder} from './command.mjs';
import {putFindings} from './findings-pack.mjs';

const folder = scratchFolder(afterAll);

test('every subcommand says so when memory is short, and leaks none', () => {
  const program = join(ROOT, 'build/tests/native/cli_memory');
  if (!existsSync(program)) throw new Error(`${program} is not built: run make tests-native`);
  const pack = join(folder, 'stripes'), table = join(folder, 'labels.csv');
  mkdirSync(pack);
  putFindings(pack);
  writeFileSync(table, 'image,label\nlying.png,lying|checked\nchecked.png,\n');
  const {status, stdout, stderr} = spawnSync(program, [pack, table], {cwd: ROOT, encoding: 'utf8',
    env: {...process.env, ASAN_OPTIONS: 'detect_leaks=1:allocator_may_return_null=1'}});
  expect(`${stdout}${stderr}`).toMatch(/\n10 passed, 0 failed\n$/);
  expect(status).toBe(0);
});

// Invariant 4 of docs/ARCHITECTURE.md.
test('no other memory than base/alloc\'s', () => {
  const sources = readdirSync(join(ROOT, 'src'), {recursive: true}).filter((name) => /\.[ch]$/.test(name));
  expect(sources.length).toBeGreaterThan(100);
  const own = sources.filter((name) => name !== 'base/alloc.c').filter((name) => {
    const code = readFileSync(join(ROOT, 'src', name), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    return /(?<![\w.>])(malloc|calloc|realloc|reallocarray|free|strdup|strndup|aligned_alloc|posix_memalign|getline|asprintf)\s*\(/.test(code);
  });
  expect(own).toEqual([]);
});
