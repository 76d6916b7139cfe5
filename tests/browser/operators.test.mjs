// Every operator by the relaxed build in a browser: its engine's dot product of
// relaxed SIMD is the processor's own, where Node's may still put one together,
// and then kernels of ours run that no other test comes to (xnn/kernels/dot.h).
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import * as firefox from './drivers/firefox.mjs';
import {Site} from './site.mjs';
import {root} from './visit.mjs';

const PROGRAM = join(root, 'build/tests/page');
const GOLDEN = 'tests/golden/models';
const names = readdirSync(join(root, GOLDEN), {withFileTypes: true}).filter((entry) => entry.isFile()).map(({name}) => name);

describe.each([['Chromium', chromium], ['Firefox', firefox]])('operators in %s', (_, driver) => {
  let site, browser, page;
  beforeAll(async () => {
    if (!driver.available) return;
    if (!existsSync(join(PROGRAM, 'xnn_operators.mjs'))) throw new Error(`${PROGRAM} is not built: run \`make tests-wasm\` first`);
    site = await new Site(PROGRAM).start();
    site.overrides.set('/index.html', '<!doctype html><title>operators</title>');
    for (const name of names) site.overrides.set(`/${GOLDEN}/${name}`, readFileSync(join(root, GOLDEN, name)));
    browser = await driver.launch();
    page = await browser.newPage();
    await page.goto(site.url('/'));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  (driver.available ? test : test.skip)(driver.available ? 'answer as TFLite’s reference kernels do' : driver.missing, async () => {
    const lines = await page.evaluate(async (folder, files) => {
      const printed = [];
      const print = (line) => printed.push(line);
      const {default: start} = await import('/xnn_operators.mjs');
      const {FS, callMain} = await start({print, printErr: print});
      folder.split('/').reduce((path, part) => {
        FS.mkdir(`${path}${part}`);
        return `${path}${part}/`;
      }, '');
      await Promise.all(files.map(async (name) => FS.writeFile(`${folder}/${name}`, new Uint8Array(await (await fetch(`/${folder}/${name}`)).arrayBuffer()))));
      callMain([]);
      return printed;
    }, GOLDEN, names);
    expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([expect.stringMatching(/^\d+ passed, 0 failed$/)]);
    expect(lines.length).toBeGreaterThan(names.filter((name) => name.endsWith('.tflite')).length);
  }, 120_000);
});
