// The content security policy holds and is needed by nothing of the page's:
// no violation in use, while what an attacker would try is refused.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import * as chromium from './drivers/chromium.mjs';
import {golden, openSite, pick, visit} from './visit.mjs';

const suite = chromium.available ? describe : describe.skip;

suite(chromium.available ? 'content security policy' : `content security policy: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
    page = await browser.newPage();
    await page.raw.evaluateOnNewDocument(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
    });
    await visit(page, site.url('/'));
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  test('the page is used without a violation', async () => {
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  test('the page states its policy itself, whatever the server sends', async () => {
    const policy = await page.evaluate(() => document.querySelector('meta[http-equiv="Content-Security-Policy" i]')?.content);
    expect(policy).toMatch(/default-src 'none'|default-src 'self'/);
    expect(policy).toMatch(/script-src[^;]*'wasm-unsafe-eval'/);
    expect(policy).toMatch(/connect-src 'self'/);
    expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*/);
  });

  // Each attempt runs from a timer: code that a debugger evaluates may use eval.
  test.each([
    ['eval', () => { (0, eval)('window.broken = 1'); }, 'script-src eval'],
    ['an inline script', () => { const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s); }, 'script-src-elem inline'],
    ['an inline handler', () => { const b = document.createElement('button'); b.setAttribute('onclick', 'window.broken = 1'); document.body.append(b); b.click(); }, 'script-src-attr inline'],
    ['a script from elsewhere', () => { const s = document.createElement('script'); s.src = 'http://127.0.0.1:9/a.js'; document.body.append(s); }, 'script-src-elem http://127.0.0.1:9/a.js'],
    ['a request elsewhere', () => { fetch('http://127.0.0.1:9/').catch(() => 0); }, 'connect-src http://127.0.0.1:9/'],
    ['a picture from elsewhere', () => { new Image().src = 'http://127.0.0.1:9/a.png'; }, 'img-src http://127.0.0.1:9/a.png'],
    ['a form', () => { const f = document.createElement('form'); f.action = 'http://127.0.0.1:9/'; document.body.append(f); f.submit(); }, 'form-action http://127.0.0.1:9/?'],
  ])('%s is refused', async (_, attempt, expected) => {
    await page.evaluate(`window.violations = []; setTimeout(() => { try { (${attempt})(); } catch {} }); undefined`);
    await page.waitFor(() => window.violations.length > 0, {timeout: 5000});
    expect(await page.evaluate(() => window.violations[0])).toBe(expected);
    expect(await page.evaluate(() => window.broken)).toBeUndefined();
  });
});
