#!/usr/bin/env node
// The command under Node: picks the WebAssembly build that this Node can run
// and starts it in this process. Its arguments are the native command's.
import {existsSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {setFlagsFromString} from 'node:v8';
import {hasRelaxedSimd} from '../../web/shared/relaxed-simd.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

function canRunRelaxed() {
  if (hasRelaxedSimd()) return true;
  // Node 20 and 21 have it behind a flag, which can still be set before the
  // first module is compiled.
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return hasRelaxedSimd();
}

function numThreads(words) {
  const index = words.findIndex((word) => word === '--threads' || word.startsWith('--threads='));
  if (index < 0) return 1;
  const value = words[index].split('=')[1] ?? words[index + 1];
  return Number(value);
}

const variant = (canRunRelaxed() ? 'relaxed' : 'simd') + (numThreads(process.argv.slice(2)) > 1 ? '-mt' : '');
const program = join(root, `build/node/insitu-${variant}.mjs`);
if (existsSync(program)) {
  await import(pathToFileURL(program));
} else {
  console.error(`insitu: ${program} is not built: run make node-cli`);
  process.exitCode = 1;
}
