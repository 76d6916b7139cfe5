// Debian's Chromium through puppeteer-core (CDP). Owns how it is found and
// started; every page gets a profile of its own.
import {existsSync} from 'node:fs';
import puppeteer from 'puppeteer-core';
import {until} from './until.mjs';

const CANDIDATES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const chromiumPath = CANDIDATES.find((path) => path && existsSync(path));
export const available = Boolean(chromiumPath);
export const missing = 'Chromium was not found: apt-get install chromium, or set CHROMIUM to its path';

export async function launch({args = [], headless = true} = {}) {
  const browser = await puppeteer.launch({
    executablePath: chromiumPath,
    headless,
    protocolTimeout: 120_000,
    // Root inside containers has no user namespaces for the sandbox; /dev/shm is small there.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--js-flags=--expose-gc', ...args],
  });
  return {
    name: 'Chromium',
    version: (await browser.version()).split('/')[1],
    raw: browser,
    async newPage() {
      const context = await browser.createBrowserContext();
      return wrapPage(await context.newPage(), () => context.close());
    },
    close: () => browser.close(),
  };
}

// One small interface for every engine; `raw` is the driver's own object.
export function wrapPage(page, close) {
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error?.message ?? error)));
  return {
    raw: page,
    errors,
    goto: (url) => page.goto(url, {waitUntil: 'load', timeout: 60_000}),
    reload: () => page.reload({waitUntil: 'load', timeout: 60_000}),
    evaluate: (fn, ...args) => page.evaluate(fn, ...args),
    waitFor: (fn, {timeout = 30_000, args = []} = {}) =>
      until(() => page.evaluate(fn, ...args), timeout, String(fn).slice(0, 200)),
    async pickFile(findInput, path) {
      const input = await page.evaluateHandle(findInput);
      await input.asElement().uploadFile(path);
      await input.dispose();
    },
    close,
  };
}
