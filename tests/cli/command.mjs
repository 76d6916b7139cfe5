// Running the command in both of its forms, which share one contract: native
// (`make cli`) and WASM under Node (`npx insitu`).

import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const GOLDEN = join(ROOT, 'tests/golden');
export const SPOTS = join(ROOT, 'tests/cli/spots');
export const SLOPES = join(SPOTS, 'selftest/slopes.png');

const FORMS = {
  native: [join(ROOT, 'build/insitu')],
  node: [process.execPath, join(ROOT, 'src/cli/npx.mjs')],
};
export const forms = Object.keys(FORMS);

function program(form) {
  const words = FORMS[form];
  const file = words.at(-1);
  if (!existsSync(file)) throw new Error(`${file} is not built: run make cli`);
  return words;
}

// Jest's NODE_OPTIONS are not meant for the command.
function environment(extra) {
  const {NODE_OPTIONS: _, INSITU_PACK: __, ...rest} = process.env;
  return {...rest, ...extra};
}

// -> {code, out, err}; options: input, env, cwd, stdout (a file descriptor instead of out)
export function insitu(form, args, {input, env, cwd = ROOT, stdout = 'pipe'} = {}) {
  const [file, ...words] = program(form);
  const done = spawnSync(file, [...words, ...args], {
    input, cwd, env: environment(env), stdio: ['pipe', stdout, 'pipe'], encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 28,
  });
  if (done.error) throw done.error;
  return {code: done.status, out: done.stdout, err: done.stderr};
}

export const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`;

// The command as a shell's words.
export const shellWords = (form, args) => [...program(form), ...args].map(quote).join(' ');

// What a shell says. -> {code, out, err}
export function insituShell(line) {
  const done = spawnSync('sh', ['-c', line], {cwd: ROOT, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 28});
  if (done.error) throw done.error;
  return {code: done.status, out: done.stdout, err: done.stderr};
}

const trial = spawnSync('script', ['--quiet', '--return', '--command', 'true', '/dev/null'], {stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8'});
// Why there is no terminal to be had: '' where there is one.
export const noTerminal = trial.error?.message ?? (trial.status === 0 ? '' : trial.stderr.trim() || `script ended with ${trial.status}`);

// The same with standard error on a terminal, by util-linux's script.
export function insituAtTerminal(form, args) {
  const folder = mkdtempSync(join(tmpdir(), 'insitu-'));
  const words = [...program(form), ...args].map(quote).join(' ');
  try {
    const done = spawnSync('script', ['--quiet', '--return', '--command', `${words} > ${quote(join(folder, 'out'))}`, '/dev/null'],
      {cwd: ROOT, env: {...environment(), SHELL: '/bin/sh'}, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', timeout: 120_000});
    if (done.error) throw done.error;
    return {code: done.status, out: readFileSync(join(folder, 'out'), 'utf8'), err: done.stdout};
  } finally {
    rmSync(folder, {recursive: true});
  }
}

// A child to talk with while it runs.
export function insituStart(form, args) {
  const [file, ...words] = program(form);
  return spawn(file, [...words, ...args], {cwd: ROOT, env: environment()});
}

export const lines = (out) => out.split('\n').filter(Boolean).map((line) => JSON.parse(line));

// A folder that is gone after the suite's tests.
export function scratchFolder(afterAll) {
  const folder = mkdtempSync(join(tmpdir(), 'insitu-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

// What the spots pack must answer, worked out from the picture's pixels by
// other code: -> probabilities in the order red, green, blue. pixels: [[r,g,b]…]
export function expectSpots(pixels, {prior = 'training', mean = 0.5, std = 0.25, temperature = 0.8} = {}) {
  const sums = [0, 0, 0];
  for (const pixel of pixels) pixel.forEach((value, channel) => { sums[channel] += (value / 255 - mean) / std; });
  const [red, green, blue] = sums.map((sum) => sum / pixels.length);
  const all = (red + green + blue) / 4;
  const logits = [red - all + 0.125, green - all, blue - all - 0.125];
  const weights = logits.map((logit, index) =>
    Math.exp(logit / temperature) * (prior === 'training' ? [0.5, 0.3, 0.2][index] : 1));
  return weights.map((weight) => weight / weights.reduce((a, b) => a + b));
}

// The pixels of selftest/slopes.png as make_pack.py draws them.
export const slopes = [];
for (let y = 0; y < 16; ++y) {
  for (let x = 0; x < 16; ++x) slopes.push([40 + 12 * x, 90 + 4 * y, 200 - 5 * x - 3 * y]);
}

export const byId = (line) => Object.fromEntries(line.classes.map(({id, p}) => [id, p]));
