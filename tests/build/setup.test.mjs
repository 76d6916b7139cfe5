// Two set-ups that share a cache, with an Emscripten and a library made here:
// one works and the other says that it waits; one that died holds nothing up.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {until} from '../browser/drivers/until.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [, VERSION] = /^EMSCRIPTEN_VERSION=(\S+)/m.exec(readFileSync(join(ROOT, 'emsdk-config/pins.sh'), 'utf8'));

let folder, cache, started;
const at = (...names) => join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'insitu-setup-'));
  cache = at('cache');
  started = [];
  mkdirSync(cache);
});
afterEach(() => {
  for (const {kill} of started) kill();
  rmSync(folder, {recursive: true, force: true});
});

// -> {said(), printed(), ended: promise of the exit status, kill()}, in a process group of its own
function start(file, ...words) {
  const child = spawn(file, words, {detached: true, env: {...process.env, INSITU_CACHE: cache, EMSDK: at('emsdk')}});
  let [said, printed] = ['', ''];
  child.stderr.on('data', (data) => { said += data; });
  child.stdout.on('data', (data) => { printed += data; });
  let is_over = false;
  const ended = new Promise((resolve) => child.once('close', (status) => { is_over = true; resolve(status); }));
  const one = {said: () => said, printed: () => printed, ended, kill() { if (!is_over) process.kill(-child.pid, 'SIGKILL'); }};
  started.push(one);
  return one;
}
const says = (one, words) => until(() => words.test(one.said()), 20_000, `${words}`);

describe('setting up Emscripten', () => {
  const log = () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trim().split('\n') : []);
  const letGo = () => writeFileSync(at('go'), '');
  const setUp = () => start(join(ROOT, 'emsdk-config/setup.sh'));

  // An emcc that notes when it compiles, and ends when the test lets it.
  beforeEach(() => {
    mkdirSync(at('emsdk/upstream/emscripten'), {recursive: true});
    mkdirSync(at('emsdk/upstream/bin'));
    writeFileSync(at('emsdk/upstream/emscripten/emcc'), `#!/bin/sh
case $1 in
  --version) echo "emcc (Emscripten) ${VERSION} (0)" ;;
  --cflags) echo ;;
  *) echo begin >> '${at('log')}'
     while [ ! -e '${at('go')}' ]; do sleep 0.05; done
     echo end >> '${at('log')}' ;;
esac
`, {mode: 0o755});
    writeFileSync(at('emsdk/upstream/bin/clang'), '#!/bin/sh\necho wasm32\n', {mode: 0o755});
  });

  test('the second waits, says so, and finds it done', async () => {
    const first = setUp();
    await until(() => log().length === 1, 20_000, 'the first to compile');
    const second = setUp();
    await says(second, /waiting for another set-up of Emscripten/);
    expect(log()).toEqual(['begin']);
    letGo();
    expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
    expect(first.said()).toMatch(/Emscripten [\d.]+: /);
    expect(second.said()).not.toMatch(/Emscripten [\d.]+: /); // it looked for none
    expect(log()).toEqual(['begin', 'end', 'begin', 'end']);
    expect(first.said()).not.toContain('waiting');
    expect(readFileSync(join(cache, 'toolchain.env'), 'utf8')).toContain(at('emsdk/upstream/emscripten/emcc'));
  });

  test('one that was killed holds nothing up: neither who waits nor who comes later', async () => {
    const first = setUp();
    await until(() => log().length === 1, 20_000, 'the first to compile');
    const second = setUp();
    await says(second, /waiting for another set-up/);
    first.kill();
    await until(() => log().length === 2, 20_000, 'the second to go on');
    letGo();
    expect(await second.ended).toBe(0);
    expect(existsSync(join(cache, 'setup.lock'))).toBe(true); // the file stays, the lock does not
    const third = setUp();
    expect(await third.ended).toBe(0);
    expect(third.said()).not.toContain('waiting');
  });
});

test('two downloads of one source: one after the other, and the same folder', async () => {
  cpSync(join(ROOT, 'emsdk-config'), at('emsdk-config'), {recursive: true});
  mkdirSync(join(cache, 'downloads'), {recursive: true});
  mkdirSync(at('tiny-1'));
  writeFileSync(at('tiny-1/tiny.h'), '/* of this test */\n');
  const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
  const content = digest(`${digest(readFileSync(at('tiny-1/tiny.h')))}  tiny.h\n`);
  const tarball = join(cache, 'downloads/tiny.tar.gz');
  expect(await start('tar', '-czf', tarball, '-C', folder, 'tiny-1').ended).toBe(0);
  writeFileSync(at('emsdk-config/pins.sh'),
    `SOURCES='\ntiny|tiny|tiny.tar.gz|${digest(readFileSync(tarball))}|none|none|MIT|tiny.h|${content}\n'\n`);

  const holder = start('flock', join(cache, 'sources.lock'), 'sh', '-c', 'echo held; read nothing');
  await until(() => holder.printed() === 'held\n', 20_000, 'the lock');
  const both = [1, 2].map(() => start(at('emsdk-config/sources.sh'), 'tiny'));
  for (const one of both) await says(one, /waiting for another download/);
  expect(existsSync(join(cache, 'src'))).toBe(false); // nothing was touched
  holder.kill();
  expect(await Promise.all(both.map(({ended}) => ended))).toEqual([0, 0]);
  expect(both[0].printed()).toBe(both[1].printed());
  expect(both.filter(({said}) => said().includes('tiny: ready in'))).toHaveLength(1); // the other found it done
  expect(readFileSync(join(both[0].printed().trim(), 'tiny.h'), 'utf8')).toBe('/* of this test */\n');
});
