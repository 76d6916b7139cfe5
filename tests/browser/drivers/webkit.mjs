// WebKitGTK, the engine of iPhones, through WebKitWebDriver and
// selenium-webdriver. Needs a display: run under xvfb-run (tests/run.sh does).
// One page is one browser: automation sessions share nothing.
import {spawn} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {createServer} from 'node:net';
import {Builder, Capabilities} from 'selenium-webdriver';
import {until} from './until.mjs';

const driverPath = [process.env.WEBKIT_DRIVER, '/usr/bin/WebKitWebDriver'].find((path) => path && existsSync(path));
const libraries = '/usr/lib';
const miniBrowser = process.env.WEBKIT_BROWSER ?? (existsSync(libraries) ? readdirSync(libraries) : [])
  .map((folder) => `${libraries}/${folder}/webkit2gtk-4.1/MiniBrowser`).find((path) => existsSync(path));
export const available = Boolean(driverPath && miniBrowser && process.env.DISPLAY);
export const missing = !driverPath || !miniBrowser
  ? 'WebKitGTK was not found: apt-get install webkit2gtk-driver'
  : 'WebKitGTK needs a display: run under xvfb-run';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const {port} = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// browserArgs: the browser's own settings, as --enable-mock-capture-devices=true
export async function launch({browserArgs = []} = {}) {
  const port = await freePort();
  const process_ = spawn(driverPath, [`--port=${port}`], {stdio: 'ignore'});
  const url = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${url}/status`).then((reply) => reply.ok, () => false), 10_000, 'WebKitWebDriver');
  const open = () => new Builder().usingServer(url).withCapabilities(new Capabilities({
    browserName: 'MiniBrowser',
    strictFileInteractability: false,
    'webkitgtk:browserOptions': {binary: miniBrowser, args: ['--automation', ...browserArgs]},
  })).build();
  const pages = new Set();
  const first = await open();
  const version = (await first.getCapabilities()).get('browserVersion');
  let spare = first;
  return {
    name: 'WebKitGTK',
    version,
    async newPage() {
      const driver = spare ?? await open();
      spare = undefined;
      await driver.manage().setTimeouts({script: 120_000, pageLoad: 60_000});
      const evaluate = async (fn, ...args) => {
        const reply = await driver.executeAsyncScript(
          `const done = arguments[arguments.length - 1], args = [...arguments].slice(0, -1);
           (async () => (${fn})(...args))().then((value) => done({value}), (error) => done({error: String(error)}));`, ...args);
        if (reply.error) throw new Error(reply.error);
        return reply.value;
      };
      const page = {
        raw: driver,
        errors: [],
        goto: (address) => driver.get(address),
        reload: () => driver.navigate().refresh(),
        evaluate,
        waitFor: (fn, {timeout = 30_000, args = []} = {}) =>
          until(() => evaluate(fn, ...args), timeout, String(fn).slice(0, 200)),
        async pickFile(findInput, path) {
          // The start screen may be drawn anew between the finding and the choosing: then a person finds it again.
          for (let tries = 1; ; ++tries) {
            try {
              const input = await driver.executeScript(`return (${findInput})();`);
              return await input.sendKeys(path);
            } catch (error) {
              if (error.name !== 'StaleElementReferenceError' || tries === 10) throw error;
            }
          }
        },
        async close() {
          pages.delete(page);
          await driver.quit();
        },
      };
      pages.add(page);
      return page;
    },
    async close() {
      for (const page of pages) await page.close();
      if (spare) await spare.quit();
      process_.kill();
    },
  };
}
