// docs/answer.schema.json is the norm of what the page hands on too: the
// element's events and the messages of its frame, for an answer, a refusal, a
// picture that fails and a pack that fails. Both commands: tests/schema/.
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {answerProblems} from '../schema/schemas.mjs';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {buildSite} from './stand-in.mjs';
import {root} from './visit.mjs';

const stripes = (name) => join(root, 'tests/packs/stripes/selftest', name);
// 32 x 32 black pixels, which the pack refuses.
const black = join(root, `build/black-${process.pid}.png`);
const PICTURES = [
  ['an answer', stripes('checked.png'), 'answer'],
  ['a refusal', black, 'reject'],
  ['a picture that fails', join(root, 'package.json'), 'failed'],
];

(chromium.available ? describe : describe.skip)(chromium.available ? 'the schema' : `the schema: ${chromium.missing}`, () => {
  let built, site, host, browser, page;
  beforeAll(async () => {
    writeFileSync(black, Buffer.from('iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAEklEQVR42mNgGAWjYBSMAuwAAAQgAAF8we+4AAAAAElFTkSuQmCC', 'base64'));
    built = buildSite('tests/packs', 'stripes', 'schema');
    site = await built.open();
    host = await built.open({headers: {}}); // somebody else's site
    browser = await chromium.launch();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await host?.stop();
    built?.remove();
    rmSync(black, {force: true});
  });
  afterEach(async () => {
    await page?.close();
    page = undefined;
  });

  // A page of somebody who uses the element, on its own site, and one who shows it in a frame.
  const LISTEN = `window.seen = [];
    const keep = (type, detail) => { if (['insitu-result', 'insitu-error'].includes(type)) window.seen.push({type, detail}); };`;
  async function openElement(attributes = '') {
    // The site's policy refuses a script in the page.
    site.overrides.set('/user.html', `<!doctype html><title>user</title><script type="module" src="/user.js"></script>
      <script type="module" src="/classifier/define.js"></script><insitu-classifier ${attributes}></insitu-classifier>`);
    site.overrides.set('/user.js', `${LISTEN}
      for (const type of ['insitu-result', 'insitu-error']) document.addEventListener(type, ({detail}) => keep(type, detail));`);
    page = await browser.newPage();
    await page.goto(site.url('/user.html'));
    return page.raw.mainFrame();
  }
  async function openFrame(parameters = '') {
    const origin = host.url('', 'localhost').replace(/\/$/, '');
    const address = site.url(`/embed.html?host=${encodeURIComponent(origin)}${parameters}`);
    host.overrides.set('/host.html', `<!doctype html><title>host</title><script>${LISTEN}
      addEventListener('message', ({data}) => keep(data.type, data.detail));</script><iframe width="400" height="900" src="${address}"></iframe>`);
    page = await browser.newPage();
    await page.goto(host.url('/host.html', 'localhost'));
    return until(() => page.raw.frames().find((one) => one.url().includes('embed.html')), 10_000, 'the frame');
  }
  const next = async () => {
    await page.waitFor(() => window.seen.length > 0);
    return page.evaluate(() => window.seen[0]);
  };

  describe.each([['event', openElement], ['message', openFrame]])('%s', (_, open) => {
    test.each(PICTURES)('of %s', async (__, path, decision) => {
      const frame = await open();
      const shown = (fn) => until(() => frame.evaluate(fn), 30_000, String(fn));
      await shown(() => Boolean(document.querySelector('insitu-classifier')?.shadowRoot?.querySelector('#file')));
      const input = await frame.evaluateHandle(() => document.querySelector('insitu-classifier').shadowRoot.querySelector('#file'));
      await input.asElement().uploadFile(path);
      if (decision !== 'failed') {
        await shown(() => Boolean(document.querySelector('insitu-classifier').shadowRoot.querySelector('#compare')));
        await frame.evaluate(() => document.querySelector('insitu-classifier').shadowRoot.querySelector('#compare').click());
      }
      const {type, detail} = await next();
      expect(answerProblems(detail)).toEqual([]);
      expect([type, detail.ok ? detail.decision : 'failed']).toEqual([decision === 'failed' ? 'insitu-error' : 'insitu-result', decision]);
      // A site of its own may know what its element was given; a person's name of a file does not leave the frame.
      expect(detail.file).toBe(open === openElement ? path.split('/').at(-1) : 'photo');
    });

    test('of a pack that is not there: its file is the pack, as the command writes it', async () => {
      await open(open === openElement ? 'pack="/models/none"' : '&pack=models/none');
      const {type, detail} = await next();
      expect(answerProblems(detail)).toEqual([]);
      expect([type, detail.ok, detail.status]).toEqual(['insitu-error', false, 'io']);
      expect(detail.file).toMatch(/models\/none$/);
    });
  });
});
