// A folder as a site on loopback that a test can really stop, start again on
// the same port, and change. Sends the headers of the product's own server
// (wasm-build/headers.mjs), or those that the test gives: {} is a bare host.
// INSITU_SLOW_MS=800: each script comes that much later, as on a busy machine,
// so that a test that takes it to be there fails here and not on somebody else's.
import {createServer} from 'node:http';
import {readFileSync} from 'node:fs';
import {extname, join, normalize} from 'node:path';
import {headersFor} from '../../wasm-build/headers.mjs';

const TYPES = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm',
  '.json': 'application/json', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg',
  '.webmanifest': 'application/manifest+json', '.tflite': 'application/octet-stream', '.md': 'text/markdown; charset=utf-8'};

const SLOW_MS = Number(process.env.INSITU_SLOW_MS ?? 0);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Site {
  requests = []; // {method, path, query, bodyBytes}
  overrides = new Map(); // path -> text or bytes in place of the file's, or a function that answers: (response) => void

  constructor(root, {headers = headersFor} = {}) {
    this.root = root;
    this.headers = typeof headers === 'function' ? headers : () => headers;
    this.port = 0;
  }

  async start() {
    this.server = createServer((request, response) => this.#answer(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await new Promise((resolve, reject) => this.server.once('listening', resolve).once('error', reject));
    this.port = this.server.address().port;
    return this;
  }

  // Returns when the port refuses connections.
  async stop() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    const refused = await fetch(this.url('/')).then(() => false, () => true);
    if (!refused) throw new Error('the stopped site still answers');
  }

  url(path = '/', host = '127.0.0.1') {
    return `http://${host}:${this.port}${path}`;
  }

  #answer(request, response) {
    const {pathname, search} = new URL(request.url, 'http://localhost');
    let bodyBytes = 0;
    request.on('data', (chunk) => { bodyBytes += chunk.length; });
    request.on('end', async () => {
      this.requests.push({method: request.method, path: pathname, query: search, bodyBytes});
      if (SLOW_MS && /\.m?js$/.test(pathname)) await wait(SLOW_MS);
      let path = decodeURIComponent(pathname);
      if (path.endsWith('/')) path += 'index.html';
      let body = this.overrides.get(path);
      if (typeof body === 'function') return body(response);
      if (body === undefined) {
        try {
          body = readFileSync(join(this.root, normalize(path)));
        } catch {
          response.statusCode = 404;
          body = 'not found';
        }
      }
      for (const [name, value] of Object.entries(this.headers(path))) response.setHeader(name, value);
      response.setHeader('cache-control', 'no-cache');
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.end(body);
    });
  }
}
