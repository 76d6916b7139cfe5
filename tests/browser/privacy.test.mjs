// No picture and no trace leaves the device: everything that Chromium sends
// while a person uses the page, and everything the page keeps.
import {describe, expect, test} from '@jest/globals';
import {createServer} from 'node:http';
import * as chromium from './drivers/chromium.mjs';
import {record} from './recorder.mjs';
import {golden, openSite, pick, settle, visit} from './visit.mjs';

const suite = chromium.available ? describe : describe.skip;

suite(chromium.available ? 'privacy' : `privacy: ${chromium.missing}`, () => {
  test('only the page\'s own files are asked for, and nothing is kept but them', async () => {
    const site = await openSite();
    let stored;
    try {
      const sent = await record(async (browser) => {
        const page = await browser.newPage();
        await visit(page, site.url('/'));
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
        expect((await pick(page, golden('baseline-420.jpg'))).name).toBe('insitu-result');
        await page.reload();
        await settle(page);
        expect((await pick(page, golden('rgb8.png'))).name).toBe('insitu-result');
        expect((await pick(page, golden('make_golden.py'))).name).toBe('insitu-error');
        stored = await page.evaluate(async () => {
          const kept = [];
          for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) kept.push(request.url);
          return {local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
            databases: await indexedDB.databases(), kept};
        });
        await page.close();
      });
      const requests = sent.filter(({kind}) => kind === 'request');
      expect(requests.length).toBeGreaterThan(3); // the record is not empty
      const foreign = sent.filter(({url}) => !url?.startsWith(site.url('/')));
      expect(foreign).toEqual([]);
      // nothing rides on what is asked: no body, no query, files only
      expect(requests.filter(({method}) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
      expect(site.requests.filter(({bodyBytes, query}) => bodyBytes > 0 || query !== '')).toEqual([]);
      expect(site.requests.length).toBeGreaterThan(3);
      expect({local: stored.local, session: stored.session, cookies: stored.cookies, databases: stored.databases})
        .toEqual({local: 0, session: 0, cookies: '', databases: []});
      // what the caches keep are files of the site, no picture
      expect(stored.kept.length).toBeGreaterThan(3);
      for (const url of stored.kept) {
        const path = new URL(url).pathname;
        const reply = await fetch(site.url(path));
        expect([path, reply.status]).toEqual([path, 200]);
        await reply.arrayBuffer();
      }
    } finally {
      await site.stop();
    }
  }, 120_000);

  test('control: the record shows every way out that a page has', async () => {
    // A page of this test's own that leaks in eight ways to a port that refuses.
    const leak = 'http://127.0.0.1:9';
    const files = {
      '/worker.js': `fetch('${leak}/worker', {method: 'POST', body: 'x', mode: 'no-cors'}).catch(() => 0).then(() => postMessage(1));`,
      '/sw.js': `onmessage = (event) => fetch('${leak}/service-worker', {mode: 'no-cors'}).catch(() => 0).then(() => event.source.postMessage(1));`,
    };
    const server = createServer((request, response) => {
      const script = files[request.url];
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
      response.end(script ?? '<!doctype html><title>leaks</title>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      const sent = await record(async (browser) => {
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${server.address().port}/`);
        await page.evaluate(async (origin) => {
          const settled = (start) => new Promise((resolve) => start(resolve));
          await fetch(origin + '/fetch', {mode: 'no-cors'}).catch(() => 0);
          await settled((done) => { const image = new Image(); image.onerror = done; image.src = origin + '/image'; });
          await settled((done) => { new WebSocket(origin.replace('http', 'ws') + '/socket').onerror = done; });
          await settled((done) => { new Worker('/worker.js').onmessage = done; });
          await navigator.serviceWorker.register('/sw.js');
          const registration = await navigator.serviceWorker.ready;
          await settled((done) => { navigator.serviceWorker.onmessage = done; registration.active.postMessage(0); });
          navigator.sendBeacon(origin + '/beacon', 'x');
          const style = document.createElement('style');
          style.textContent = `body { background: url(${origin}/style) }`;
          document.head.append(style);
          const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:3478'}]});
          peer.createDataChannel('x');
          await peer.setLocalDescription(await peer.createOffer());
          await new Promise((resolve) => setTimeout(resolve, 1000)); // beacon and STUN have no reply to wait for
        }, leak);
        await page.close();
      });
      const paths = sent.filter(({url}) => url?.includes('127.0.0.1:9/')).map(({url}) => new URL(url).pathname).sort();
      expect([...new Set(paths)]).toEqual(['/beacon', '/fetch', '/image', '/service-worker', '/socket', '/style', '/worker']);
      expect(sent).toContainEqual({kind: 'datagram', address: '127.0.0.1:3478'});
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
