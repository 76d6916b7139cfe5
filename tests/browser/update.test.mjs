// A new version comes only with the person's consent: it is fetched, offered,
// and until it is accepted the old one goes on, also through reloads.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as chromium from './drivers/chromium.mjs';
import {click, dist, golden, openSite, pick, settle, text, view, visit} from './visit.mjs';

// What a publisher does: another index.html, and a service worker that names it.
function publish(site, footer) {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const worker = readFileSync(join(dist, 'sw.js'), 'utf8');
  const revision = /"?url"?:\s*"index\.html",\s*"?revision"?:\s*"([^"]+)"/.exec(worker)?.[1];
  const version = /"?version"?:\s*"([^"]+)"/.exec(worker)?.[1];
  if (!revision || !version) throw new Error('sw.js names no revision of index.html or no version');
  const next = page.replace('</footer>', `<p id="published">${footer}</p></footer>`);
  const next_revision = createHash('sha256').update(next).digest('hex').slice(0, revision.length);
  site.overrides.set('/index.html', next);
  site.overrides.set('/sw.js', worker.replaceAll(revision, next_revision).replaceAll(version, `${version}-next`));
}

(chromium.available ? describe : describe.skip)(chromium.available ? 'update' : `update: ${chromium.missing}`, () => {
  let site, browser, page;
  beforeAll(async () => {
    site = await openSite();
    browser = await chromium.launch();
    page = await browser.newPage();
    await visit(page, site.url('/'));
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.waitFor(() => document.querySelector('#offline-state')?.dataset.state === 'ready');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  const offered = (tab = page) => tab.evaluate(() => !document.querySelector('#update').hidden);
  const published = (tab = page) => tab.evaluate(() => document.querySelector('#published')?.textContent ?? null);
  const waitForOffer = (tab = page) => tab.waitFor(() => !document.querySelector('#update').hidden, {timeout: 20_000});
  // Over an answer it would wait.
  const leave = async (tab) => {
    if (await view(tab) === 'start') return;
    await click(tab, '#another');
    await tab.waitFor(() => history.state?.trail?.length === 1);
  };
  const accept = async (tab = page) => {
    await leave(tab);
    await Promise.all([tab.raw.waitForNavigation({timeout: 20_000}), click(tab, '#update-now')]);
  };

  test('nothing is offered while nothing has changed', async () => {
    await page.waitFor(() => navigator.serviceWorker.controller); // taken over for the first time
    expect(await offered()).toBe(false);
    await page.reload();
    await settle(page);
    expect(await page.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r.update()).then((r) => Boolean(r?.waiting ?? r?.installing)))).toBe(false);
    expect(await offered()).toBe(false);
  });

  test('a host in the middle of an update: what the list does not name is not installed', async () => {
    const worker = readFileSync(join(dist, 'sw.js'), 'utf8');
    const version = /"?version"?:\s*"([^"]+)"/.exec(worker)[1];
    site.overrides.set('/sw.js', worker.replaceAll(version, `${version}-half`).replace(/("?url"?:\s*"app\.js",\s*"?revision"?:\s*")[^"]+/, '$1' + '0'.repeat(16)));
    const outcome = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const found = new Promise((resolve) => { registration.onupdatefound = () => resolve(registration.installing); });
      await registration.update();
      const coming = await found;
      while (coming.state === 'installing') await new Promise((resolve) => { coming.onstatechange = resolve; });
      return coming.state;
    });
    expect(outcome).toBe('redundant');
    expect(await offered()).toBe(false);
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
  });

  test('a new version is offered, and declined the old one stays', async () => {
    publish(site, 'second version');
    await page.reload();
    await settle(page);
    await waitForOffer();
    expect(await text(page)).toMatch(/new version/i);
    expect(await published()).toBe(null);
    await click(page, '#update-later');
    expect(await offered()).toBe(false);
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
    await page.reload();
    await settle(page);
    expect(await published()).toBe(null);
  });

  test('accepted, the page reloads as the new version, and offline too', async () => {
    await waitForOffer();
    await accept();
    await settle(page);
    await page.waitFor(() => document.querySelector('#published')?.textContent === 'second version');
    await page.waitFor(() => navigator.serviceWorker.getRegistration().then((r) => r.active && !r.waiting && !r.installing));
    await site.stop();
    await page.reload();
    await settle(page);
    expect(await published()).toBe('second version');
    expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
    await site.start();
  });

  test('accepted in one tab, the other is told, and changes when its person agrees', async () => {
    const raw = await page.raw.browserContext().newPage();
    const other = chromium.wrapPage(raw, () => raw.close());
    await visit(other, site.url('/'));
    publish(site, 'third version');
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()).then(() => undefined));
    await Promise.all([waitForOffer(), waitForOffer(other)]);
    await click(other, '#update-later');
    expect(await offered(other)).toBe(false);
    await accept();
    await settle(page);
    expect([await published(), await offered()]).toEqual(['third version', false]);
    await waitForOffer(other);
    expect(await published(other)).toBe('second version'); // it was not changed under the person's hands
    await accept(other);
    await settle(other);
    expect([await published(other), await offered(other)]).toEqual(['third version', false]);
    await other.close();
  });
});
