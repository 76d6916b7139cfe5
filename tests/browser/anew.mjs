// For tests that each want the built site and a page of a new profile: one
// browser for a file's tests, all else made before each and gone after it.
import {afterAll, afterEach, beforeAll, beforeEach} from '@jest/globals';
import * as chromium from './drivers/chromium.mjs';
import {openSite} from './visit.mjs';

/** have: is told of the newest, as the test's own variables: (site, page) => void */
export function anew(have) {
  let site, browser, page;
  beforeAll(async () => { browser = await chromium.launch(); });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    site = await openSite();
    page = await browser.newPage();
    have(site, page);
  });
  afterEach(async () => {
    await page?.close();
    await site?.stop().catch(() => {}); // a test may have stopped it
  });
}
