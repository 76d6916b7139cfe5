// The one server of the bench: every engine's files and every model from
// loopback and from memory, engine files compressed with brotli where the
// browser takes it, models as they are (weights hardly compress), and a record
// of what each page asked for.
import {createServer} from 'node:http';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import {extname, join, normalize} from 'node:path';
import {brotliCompressSync, constants} from 'node:zlib';

const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm',
  '.json': 'application/json', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg',
  '.webmanifest': 'application/manifest+json'};

// Quality 11 takes half a minute for the largest engine: kept by digest.
const compressed = new Map();
function brotli(path, cache) {
  const key = `${path} ${statSync(path).mtimeMs}`;
  if (!compressed.has(key)) {
    const bytes = readFileSync(path);
    const kept = join(cache, createHash('sha256').update(bytes).digest('hex') + '.br');
    if (!existsSync(kept)) {
      mkdirSync(cache, {recursive: true});
      writeFileSync(kept + '.part', brotliCompressSync(bytes, {params: {
        [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length}}));
      renameSync(kept + '.part', kept);
    }
    compressed.set(key, readFileSync(kept));
  }
  return compressed.get(key);
}

const files = new Map();
function bytesOf(path) {
  if (!files.has(path)) files.set(path, readFileSync(path));
  return files.get(path);
}

// mounts: {'/engine/': folder, '/models/': folder, …}; pages: {path: html};
// cache: a folder for compressed files
export async function serve({mounts, pages, cache}) {
  let requested = [];
  const find = (path) => {
    const prefix = Object.keys(mounts).filter((name) => path.startsWith(name)).sort((a, b) => b.length - a.length)[0];
    return prefix && join(mounts[prefix], normalize('/' + path.slice(prefix.length)));
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    response.setHeader('cache-control', 'no-store');
    if (pages[path]) {
      requested.push({path, bytes_brotli: brotliCompressSync(pages[path]).length});
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end(pages[path]);
    }
    const file = find(path);
    try {
      const model = path.startsWith('/models/');
      const bytes = bytesOf(file);
      const br = model ? undefined : brotli(file, cache);
      requested.push({path, model, bytes: bytes.length, bytes_brotli: model ? bytes.length : br.length});
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      if (br && /\bbr\b/.test(request.headers['accept-encoding'] ?? '')) {
        response.setHeader('content-encoding', 'br');
        response.setHeader('content-length', br.length);
        return response.end(br);
      }
      response.setHeader('content-length', bytes.length);
      response.end(bytes);
    } catch {
      if (!path.endsWith('favicon.ico')) requested.push({path, missing: true, bytes_brotli: 0});
      response.statusCode = 404;
      response.end();
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    takeRequested() {
      const taken = requested;
      requested = [];
      return taken;
    },
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
