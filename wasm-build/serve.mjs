// A static server for this machine: `node wasm-build/serve.mjs dist --port 8080`.
// Owns types and headers; serves files below one folder and nothing else, text
// and modules compressed, as static hosts do.
import {createReadStream, readFileSync, statSync} from 'node:fs';
import {createServer} from 'node:http';
import {networkInterfaces} from 'node:os';
import {extname, join, normalize, resolve, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {brotliCompressSync, constants} from 'node:zlib';
import {headersFor} from './headers.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8', '.json': 'application/json; charset=utf-8', '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.jpg': 'image/jpeg', '.md': 'text/markdown; charset=utf-8', '.tflite': 'application/octet-stream',
};

// Weights and pictures would not get smaller.
const COMPRESSED = new Set(['.html', '.js', '.mjs', '.css', '.json', '.wasm', '.webmanifest', '.svg', '.md']);
const QUALITY = 6; // of 11: a file takes milliseconds, once

// -> (found) => its bytes by brotli, kept until the file changes; null where it cannot be read
function compressor() {
  const kept = new Map();
  return ({file, modified_ms}) => {
    const before = kept.get(file);
    if (before?.modified_ms === modified_ms) return before.bytes;
    let bytes;
    try {
      bytes = brotliCompressSync(readFileSync(file), {params: {[constants.BROTLI_PARAM_QUALITY]: QUALITY}});
    } catch {
      return null;
    }
    kept.set(file, {modified_ms, bytes});
    return bytes;
  };
}

// The file of a URL path, or null: no "..", no hidden file, no folder.
function fileOf(root, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (path.endsWith('/')) path += 'index.html';
  const file = resolve(join(root, normalize(path)));
  if (!file.startsWith(root + sep) || path.split('/').some((part) => part.startsWith('.')) || path.includes('\0')) return null;
  const stat = statSync(file, {throwIfNoEntry: false});
  return stat?.isFile() ? {path, file, size_bytes: stat.size, modified_ms: stat.mtimeMs} : null;
}

// -> the listening server; headers: (path) => object, by default the product's.
export function serve({root, port = 0, host = '127.0.0.1', headers = headersFor}) {
  const folder = resolve(root);
  const compress = compressor();
  const server = createServer((request, response) => {
    const found = fileOf(folder, request.url);
    const allowed = request.method === 'GET' || request.method === 'HEAD';
    for (const [name, value] of Object.entries(headers(found?.path ?? '/404'))) response.setHeader(name, value);
    if (!found || !allowed) {
      response.writeHead(allowed ? 404 : 405, {'content-type': 'text/plain; charset=utf-8'}).end(allowed ? 'Not found\n' : 'GET and HEAD alone\n');
      return;
    }
    const bytes = COMPRESSED.has(extname(found.file)) && /\bbr\b/.test(request.headers['accept-encoding'] ?? '') ? compress(found) : null;
    response.writeHead(200, {
      'content-type': TYPES[extname(found.file)] ?? 'application/octet-stream',
      'content-length': bytes?.length ?? found.size_bytes,
      'cache-control': 'no-cache', 'vary': 'accept-encoding',
      ...(bytes && {'content-encoding': 'br'}),
    });
    if (request.method === 'HEAD') response.end();
    else if (bytes) response.end(bytes);
    else createReadStream(found.file).on('error', () => response.destroy()).pipe(response);
  });
  return new Promise((done, failed) => server.once('error', failed).listen(port, host, () => done(server)));
}

function option(name, otherwise) {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? otherwise : process.argv[index + 1];
}

async function main() {
  const root = process.argv[2] ?? 'dist';
  const host = option('host', '127.0.0.1');
  const wanted = Number(option('port', '8080'));
  if (!statSync(root, {throwIfNoEntry: false})?.isDirectory()) throw new Error(`there is no folder ${root}: run make dist`);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) throw new Error(`--port is ${option('port')}, must be 0 to 65535`);
  const server = await serve({root, port: wanted, host}).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return serve({root, port: 0, host}); // taken: any free one
  });
  const {port} = server.address();
  const address = host === '127.0.0.1' || host === '0.0.0.0' ? 'localhost' : host;
  console.log(`Insitu is at http://${address}:${port}/ (Ctrl-C stops it)`);
  if (host !== '0.0.0.0') return;
  const {address: here} = Object.values(networkInterfaces()).flat().find(({family, internal}) => family === 'IPv4' && !internal) ?? {};
  if (here) console.log(`In the same network: http://${here}:${port}/ (without https a browser neither installs it nor keeps it for offline use)`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`serve: ${error.message}`);
    process.exitCode = 1;
  });
}
