// The example server: types, headers, and nothing outside its folder.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {request} from 'node:http';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {serve} from '../../wasm-build/serve.mjs';
import {POLICY} from '../../web/shared/policy.js';
import {dist} from './visit.mjs';

let server, origin;
beforeAll(async () => {
  server = await serve({root: dist});
  origin = `http://127.0.0.1:${server.address().port}`;
});
afterAll(() => {
  server?.close();
  server?.closeAllConnections();
});

// As a client that does not tidy up the path before it sends it.
const raw = (path, method = 'GET') => new Promise((resolve, reject) => {
  const sent = request({host: '127.0.0.1', port: server.address().port, path, method}, (response) => {
    let body = '';
    response.on('data', (chunk) => { body += chunk; }).on('end', () => resolve({status: response.statusCode, headers: response.headers, body}));
  });
  sent.on('error', reject).end();
});

test('the page is isolated and its policy has no way out', async () => {
  const {status, headers} = await raw('/');
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8', 'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
  });
  const policy = headers['content-security-policy'];
  expect(policy).toMatch(/default-src 'none'/);
  expect(policy).toMatch(/connect-src 'self'/);
  expect(policy).toMatch(/frame-ancestors 'none'/);
  expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|https?:/);
});

test('embed.html may be framed, and says nothing else', async () => {
  const {headers} = await raw('/embed.html');
  expect(headers['content-security-policy']).toMatch(/frame-ancestors \*/);
  expect(headers['cross-origin-embedder-policy']).toBe('require-corp'); // or an isolated host could not show it
});

// As Netlify and Cloudflare Pages read the file: all rules that match, none taken back.
describe('dist/_headers', () => {
  const rules = [];
  for (const line of readFileSync(join(dist, '_headers'), 'utf8').trimEnd().split('\n')) {
    const [, name, value] = /^ {2}([a-z-]+): (.+)$/.exec(line) ?? [];
    if (name) rules.at(-1).headers.push([name, value]);
    else rules.push({pattern: line, headers: []});
  }
  const sent = (path) => rules.filter(({pattern}) => (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern))
    .flatMap(({headers}) => headers);

  test.each(['/', '/index.html', '/index', '/embed.html', '/embed', '/sw.js', '/app.js', '/classifier/worker.js', '/wasm/decode.wasm', '/models/skin/pack.json'])(
    '%s gets each header once', (path) => {
      const names = sent(path).map(([name]) => name);
      expect(names).toContain('x-content-type-options');
      expect(new Set(names).size).toBe(names.length);
    });

  test('the page may not be framed and is isolated, embed may and opens nothing apart, also without ".html"', () => {
    for (const path of ['/', '/index.html', '/index']) {
      expect(Object.fromEntries(sent(path))).toMatchObject({'content-security-policy': expect.stringMatching(/frame-ancestors 'none'/),
        'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp'});
    }
    for (const path of ['/embed.html', '/embed']) {
      const headers = Object.fromEntries(sent(path));
      expect(headers['content-security-policy']).toMatch(/frame-ancestors \*/);
      expect(Object.keys(headers).filter((name) => /opener|embedder/.test(name))).toEqual(['cross-origin-embedder-policy']);
    }
  });

  test.each(['/sw.js', '/classifier/worker.js', '/wasm/infer-simd-mt.mjs'])('the worker %s has the policy and may be isolated', (path) => {
    expect(Object.fromEntries(sent(path))).toMatchObject({'content-security-policy': expect.stringMatching(/connect-src 'self'/), 'cross-origin-embedder-policy': 'require-corp'});
  });
});

// One source, three places in the site: documents, headers, the service worker.
test('the policy is the same wherever the site states it', async () => {
  const sent = (await raw('/index.html')).headers['content-security-policy'];
  expect(sent).toBe(`${POLICY}; frame-ancestors 'none'`);
  for (const path of ['index.html', 'embed.html']) {
    expect([path, /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(readFileSync(join(dist, path), 'utf8'))[1]]).toEqual([path, POLICY]);
  }
  const served = readFileSync(join(dist, '_headers'), 'utf8').split('\n').filter((line) => /content-security-policy/.test(line));
  expect(served.length).toBeGreaterThan(3);
  for (const line of served) expect(line).toContain(`: ${POLICY}; frame-ancestors `);
  const worker = readFileSync(join(dist, 'sw.js'), 'utf8');
  for (const directive of POLICY.split('; ')) expect(worker).toContain(directive);
});

test('modules have the type that streaming compilation needs', async () => {
  expect((await raw('/wasm/decode.wasm')).headers['content-type']).toBe('application/wasm');
});

test.each(['/', '/app.js', '/wasm/decode.wasm', '/models/index.json'])('%s is sent compressed to whoever takes that, and is the same', async (path) => {
  const plain = await fetch(origin + path, {headers: {'accept-encoding': 'identity'}});
  const small = await fetch(origin + path, {headers: {'accept-encoding': 'gzip, br'}});
  expect([plain, small].map(({headers}) => headers.get('content-encoding'))).toEqual([null, 'br']);
  expect(Number(small.headers.get('content-length'))).toBeLessThan(Number(plain.headers.get('content-length')));
  expect(Buffer.from(await small.arrayBuffer())).toEqual(Buffer.from(await plain.arrayBuffer()));
});

test.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/models/../../package.json', '/%00', '/%', '/wasm', '/nothing'])(
  'there is no %s', async (path) => {
    const {status, body} = await raw(path);
    expect(status).toBe(404);
    expect(body).not.toMatch(/devDependencies/);
  });

test.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
  expect((await raw('/', method)).status).toBe(405);
  expect((await fetch(origin)).status).toBe(200);
});
