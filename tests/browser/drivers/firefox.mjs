// Firefox ESR through puppeteer-core (WebDriver BiDi; no geckodriver).
import {existsSync} from 'node:fs';
import puppeteer from 'puppeteer-core';
import {wrapPage} from './chromium.mjs';

const CANDIDATES = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'];
const path = CANDIDATES.find((candidate) => candidate && existsSync(candidate));
export const available = Boolean(path);
export const missing = 'Firefox was not found: apt-get install firefox-esr, or set FIREFOX to its path';

export async function launch({prefs = {}} = {}) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: path,
    headless: true,
    protocolTimeout: 120_000,
    extraPrefsFirefox: {'privacy.reduceTimerPrecision': false, ...prefs},
  });
  return {
    name: 'Firefox',
    version: (await browser.version()).split('/')[1],
    raw: browser,
    async newPage() {
      const context = await browser.createBrowserContext();
      return wrapPage(await context.newPage(), () => context.close());
    },
    close: () => browser.close(),
  };
}
