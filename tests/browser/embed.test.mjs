// The element in a frame of another site: the result goes to the one origin
// that the frame's address names, the picture to nobody, and nothing is kept.
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import * as chromium from './drivers/chromium.mjs';
import {until} from './drivers/until.mjs';
import {CLASS_IDS, classifyNative, difference, golden, openSite, pick, settle, TOLERANCE} from './visit.mjs';

const PICTURE = golden('baseline-420.jpg');

// A frame with the interface that visit.mjs wants of a page.
const asPage = (frame) => ({
  evaluate: (fn, ...args) => frame.evaluate(fn, ...args),
  waitFor: (fn, {timeout = 30_000, args = []} = {}) => until(() => frame.evaluate(fn, ...args), timeout, String(fn)),
  pickFile: async (find, path) => (await frame.evaluateHandle(find)).asElement().uploadFile(path),
});

// 127.0.0.1 shows the frame's site, localhost is the host: another origin and another site.
(chromium.available ? describe : describe.skip)(chromium.available ? 'embed' : `embed: ${chromium.missing}`, () => {
  let site, host, browser, page;
  beforeAll(async () => {
    site = await openSite();
    host = await openSite({headers: {}}); // somebody else's site
    browser = await chromium.launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await host?.stop();
  });
  beforeEach(async () => { await page?.close(); page = undefined; });

  const hostOrigin = () => host.url('', 'localhost').replace(/\/$/, '');

  // A host page with one frame; every message that it gets is kept with its origin.
  async function show(address) {
    host.overrides.set('/host.html', `<!doctype html><title>host</title><script>
      window.messages = [];
      addEventListener('message', ({origin, data}) => window.messages.push({origin, data}));
      </script><iframe allow="camera" width="400" height="900" src="${address}"></iframe>`);
    page = await browser.newPage();
    await page.goto(host.url('/host.html', 'localhost'));
    const frame = await until(() => page.raw.frames().find((one) => one !== page.raw.mainFrame() && one.url() !== ''), 10_000, 'the frame');
    return asPage(frame);
  }
  const messages = () => page.evaluate(() => window.messages);

  test('posts the result to the named origin, never the picture', async () => {
    const [native] = classifyNative([PICTURE]);
    const frame = await show(site.url(`/embed.html?host=${encodeURIComponent(hostOrigin())}`));
    await settle(frame);
    expect((await pick(frame, PICTURE)).name).toBe('insitu-result');
    await until(async () => (await messages()).some(({data}) => data.type === 'insitu-result'), 5000, 'the message');
    // The window is another page's: no bar lies at its end.
    expect(await frame.evaluate(() => [getComputedStyle(window.deepAll('.actions')[0]).position, window.deepAll('.brief').filter((one) => one.checkVisibility()).length])).toEqual(['static', 0]);
    const all = await messages();
    for (const {origin, data} of all) {
      expect(origin).toBe(site.url('').replace(/\/$/, ''));
      expect(data.insitu).toBe(1);
      expect(['insitu-load', 'insitu-result', 'insitu-error', 'insitu-resize']).toContain(data.type);
    }
    const result = all.find(({data}) => data.type === 'insitu-result').data.detail;
    expect(result.classes.map(({id}) => id).sort()).toEqual(CLASS_IDS);
    expect(difference(result, native)).toBeLessThan(TOLERANCE);
    // no bytes of any kind: every value is a plain one, and all of it is short
    const plain = await page.evaluate(() => {
      const isPlain = (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value) ||
        (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) && Object.values(value).every(isPlain);
      return [window.messages.every(({data}) => isPlain(data)), JSON.stringify(window.messages).length];
    });
    expect(plain[0]).toBe(true);
    expect(plain[1]).toBeLessThan(20_000);
    expect(all.find(({data}) => data.type === 'insitu-load').data.detail.threads).toBe(1);
  });

  test('posts a failure as a failure', async () => {
    const frame = await show(site.url(`/embed.html?host=${encodeURIComponent(hostOrigin())}`));
    await settle(frame);
    expect((await pick(frame, golden('make_golden.py'))).name).toBe('insitu-error');
    await until(async () => (await messages()).some(({data}) => data.type === 'insitu-error'), 5000, 'the message');
    const {detail} = (await messages()).find(({data}) => data.type === 'insitu-error').data;
    expect([detail.ok, detail.status, detail.classes]).toEqual([false, 'unknown-format', undefined]);
  });

  test('the host gets its own name of a picture that it sent, never that of a person\'s file', async () => {
    const frame = await show(site.url(`/embed.html?host=${encodeURIComponent(hostOrigin())}`));
    await settle(frame);
    const told = async (type, num) => {
      await until(async () => (await messages()).filter(({data}) => data.type === type).length >= num, 20_000, `message ${num} of ${type}`);
      return (await messages()).filter(({data}) => data.type === type).at(-1).data.detail.file;
    };
    const send = (name) => page.evaluate(async (file) => {
      const canvas = new OffscreenCanvas(400, 400);
      const context = canvas.getContext('2d');
      for (let x = 0; x < 400; x += 8) {
        context.fillStyle = `rgb(${x % 255} ${(x * 7) % 255} 90)`;
        context.fillRect(x, 0, 8, 400);
      }
      const blob = await canvas.convertToBlob();
      window.frames[0].postMessage({insitu: 1, type: 'insitu-open', blob: file === null ? blob : new File([blob], file)}, '*');
    }, name);
    const compare = async () => {
      await frame.waitFor(() => window.deepAll('#compare').length > 0);
      await frame.evaluate(() => window.deepAll('#compare')[0].click());
    };
    await pick(frame, PICTURE);
    expect(await told('insitu-result', 1)).toBe('photo');
    await send('your-own-17.png');
    await compare();
    expect(await told('insitu-result', 2)).toBe('your-own-17.png');
    await send(null);
    await compare();
    expect(await told('insitu-result', 3)).toBe('photo');
    await pick(frame, golden('make_golden.py'));
    expect(await told('insitu-error', 1)).toBe('photo');
    expect(JSON.stringify(await messages())).not.toMatch(/baseline-420|make_golden/);
  });

  test('a picture that is not judged comes with why, in words; a host may hand one over, and only the host', async () => {
    const frame = await show(site.url(`/embed.html?lang=en&host=${encodeURIComponent(hostOrigin())}`));
    await settle(frame);
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(400, 400);
      const context = canvas.getContext('2d');
      context.fillStyle = 'rgb(40 40 40)';
      context.fillRect(0, 0, 400, 400);
      const blob = await canvas.convertToBlob();
      window.frames[0].postMessage({insitu: 1, type: 'insitu-open', blob}, '*');
    });
    await frame.waitFor(() => window.deepAll('#compare').length > 0);
    await frame.evaluate(() => window.deepAll('#compare')[0].click());
    await until(async () => (await messages()).some(({data}) => data.type === 'insitu-rejected'), 20_000, 'the message');
    const {detail} = (await messages()).find(({data}) => data.type === 'insitu-rejected').data;
    expect(detail.reasons.length).toBeGreaterThan(0);
    for (const {id, value, limit, text} of detail.reasons) expect([typeof id, typeof value, typeof limit, text.length > 20]).toEqual(['string', 'number', 'number', true]);
    // Another window that says the same is not heard: the frame itself is one.
    await frame.evaluate(() => {
      window.deepAll('insitu-classifier')[0].reset();
      window.postMessage({insitu: 1, type: 'insitu-open', blob: new Blob(['x'])}, '*');
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await frame.evaluate(() => window.deepAll('insitu-classifier')[0].getAttribute('view'))).toBe('start');
  });

  test('a frame as high as it asks for settles', async () => {
    const frame = await show(site.url(`/embed.html?host=${encodeURIComponent(hostOrigin())}`));
    await page.evaluate(() => addEventListener('message', ({data}) => {
      if (data.type === 'insitu-resize') document.querySelector('iframe').style.height = `${data.detail.height}px`;
    }));
    await settle(frame);
    const before = (await messages()).filter(({data}) => data.type === 'insitu-resize').length;
    expect((await pick(frame, PICTURE)).name).toBe('insitu-result');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const heights = (await messages()).filter(({data}) => data.type === 'insitu-resize').slice(before).map(({data}) => data.detail.height);
    // working, the square, working, the answer: one or two each.
    expect(heights.length).toBeLessThanOrEqual(9);
    const [height, content] = await frame.evaluate(() => [innerHeight, Math.ceil(document.querySelector('main').getBoundingClientRect().height)]);
    expect(Math.abs(height - content)).toBeLessThanOrEqual(1);
  });

  test.each([['dark', 'rgb(16, 22, 23)'], ['light', 'rgb(246, 247, 245)']])('theme=%s, whatever the system says', async (theme, ground) => {
    const frame = await show(site.url(`/embed.html?theme=${theme}&host=${encodeURIComponent(hostOrigin())}`));
    await page.raw.emulateMediaFeatures([{name: 'prefers-color-scheme', value: theme === 'dark' ? 'light' : 'dark'}]);
    await settle(frame);
    await frame.waitFor(() => window.deepAll('.base')[0].style.visibility === '');
    expect(await frame.evaluate(() => [getComputedStyle(document.documentElement).backgroundColor,
      getComputedStyle(window.deepAll('insitu-classifier')[0]).getPropertyValue('--insitu-ground').trim()]))
      .toEqual([ground, theme === 'dark' ? '#101617' : '#f6f7f5']);
    expect(await frame.evaluate(() => document.querySelectorAll('h1').length)).toBe(1);
  });

  test('an isolated host may show it', async () => {
    const isolated = await openSite({headers: {'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp'}});
    try {
      const origin = isolated.url('', 'localhost').replace(/\/$/, '');
      isolated.overrides.set('/host.html', `<!doctype html><title>host</title><iframe src="${site.url(`/embed.html?host=${encodeURIComponent(origin)}`)}"></iframe>`);
      page = await browser.newPage();
      await page.goto(isolated.url('/host.html', 'localhost'));
      const frame = asPage(await until(() => page.raw.frames().find((one) => one.url().includes('embed.html')), 10_000, 'the frame'));
      await settle(frame);
      expect((await pick(frame, PICTURE)).name).toBe('insitu-result');
    } finally {
      await isolated.stop();
    }
  });

  test('needs no service worker, no storage and one thread', async () => {
    const frame = await show(site.url(`/embed.html?host=${encodeURIComponent(hostOrigin())}`));
    await settle(frame);
    expect((await pick(frame, PICTURE)).name).toBe('insitu-result');
    expect(await frame.evaluate(async () => ({
      isolated: crossOriginIsolated, local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
      caches: await caches.keys(), databases: await indexedDB.databases(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }))).toEqual({isolated: false, local: 0, session: 0, cookies: '', caches: [], databases: [], workers: 0});
  });

  test('answers where the frame may keep nothing at all', async () => {
    // as where third parties' storage is blocked: every access throws
    host.overrides.set('/blocked.html', `<!doctype html><title>host</title><iframe src="${site.url(`/embed.html?host=${encodeURIComponent(hostOrigin())}`)}"></iframe>`);
    page = await browser.newPage();
    await page.raw.evaluateOnNewDocument(() => {
      for (const name of ['localStorage', 'sessionStorage', 'caches', 'indexedDB']) {
        Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError'); }});
      }
      Object.defineProperty(Navigator.prototype, 'serviceWorker', {get: () => undefined});
    });
    await page.goto(host.url('/blocked.html', 'localhost'));
    const inner = await until(() => page.raw.frames().find((one) => one.url().includes('embed.html')), 10_000, 'the frame');
    const frame = asPage(inner);
    await settle(frame);
    expect((await pick(frame, PICTURE)).name).toBe('insitu-result');
  });

  test.each([
    ['no host', '', /host=https:\/\/example\.org/],
    ['a host with a path', '?host=https%3A%2F%2Fexample.org%2Fpage', /origin/],
    ['a host that is no address', '?host=example', /origin/],
    ['any host', '?host=*', /origin/],
    ['another host than the one that shows it', '?host=https%3A%2F%2Fexample.org', /example\.org/],
  ])('refuses %s, and posts nothing', async (_, query, reason) => {
    site.requests.length = 0;
    const frame = await show(site.url(`/embed.html${query}`));
    await frame.waitFor(() => document.querySelector('#refused'));
    expect(await frame.evaluate(() => document.querySelector('#refused').textContent)).toMatch(reason);
    expect(await frame.evaluate(() => document.querySelector('insitu-classifier'))).toBe(null);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await messages()).toEqual([]);
    expect(site.requests.filter(({path}) => /\.(tflite|wasm)$/.test(path))).toEqual([]);
  });
});
