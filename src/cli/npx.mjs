#!/usr/bin/env node
// The command under Node: picks the WebAssembly build that this Node can run
// and starts it in this process. Its arguments are the native command's.
import {existsSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {setFlagsFromString} from 'node:v8';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

// (module (func (result v128) i32.const 0 i8x16.splat i32.const 0 i8x16.splat
//   i8x16.relaxed_swizzle)): valid where relaxed SIMD is.
const RELAXED = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0,
  65, 0, 253, 15, 65, 0, 253, 15, 253, 128, 2, 11]);

function hasRelaxedSimd() {
  if (WebAssembly.validate(RELAXED)) return true;
  // Node 20 and 21 have it behind a flag, which can still be set before the
  // first module is compiled.
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(RELAXED);
}

function numThreads(words) {
  const index = words.findIndex((word) => word === '--threads' || word.startsWith('--threads='));
  if (index < 0) return 1;
  const value = words[index].split('=')[1] ?? words[index + 1];
  return Number(value);
}

const variant = (hasRelaxedSimd() ? 'relaxed' : 'simd') + (numThreads(process.argv.slice(2)) > 1 ? '-mt' : '');
const program = join(root, `build/node/insitu-${variant}.mjs`);
if (existsSync(program)) {
  await import(pathToFileURL(program));
} else {
  console.error(`insitu: ${program} is not built: run make node-cli`);
  process.exitCode = 1;
}
