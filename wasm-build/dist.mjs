// Assembles the static site in dist/: the page (minified, one file for one
// file), the WebAssembly modules, the packs, and in sw.js the list of what to
// keep, each with the digest of its bytes. Puts a new dist/ in place whole.
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, extname, join} from 'node:path';
import {transform} from 'esbuild';
import {headersFile} from './headers.mjs';

const DEFAULT_PACK = 'skin';
const staging = 'build/dist';
const version = JSON.parse(readFileSync('package.json', 'utf8')).version;

const filesBelow = (folder) => readdirSync(folder, {recursive: true, withFileTypes: true})
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1)).sort();

function put(name, content) {
  mkdirSync(dirname(join(staging, name)), {recursive: true});
  writeFileSync(join(staging, name), content);
}

async function minified(name, bytes) {
  const loader = {'.js': 'js', '.mjs': 'js', '.css': 'css'}[extname(name)];
  if (!loader) return bytes;
  const {code} = await transform(bytes.toString(), {loader, minify: true, target: loader === 'js' ? 'es2022' : 'safari16', charset: 'utf8', legalComments: 'none'});
  return code;
}

async function putPage() {
  for (const name of filesBelow('web')) {
    // Types and drawing scripts are for us, not for the page.
    if (/tsconfig|\.d\.ts$|icons\/draw/.test(name)) continue;
    put(name, await minified(name, readFileSync(join('web', name))));
  }
  for (const name of filesBelow('build/web/wasm')) put(`wasm/${name}`, await minified(name, readFileSync(join('build/web/wasm', name))));
}

// A pack's folder less its report and self-test. -> the files that work offline
function putPack(id) {
  const folder = join('models', id);
  const pack = JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8'));
  put(`models/${id}/pack.json`, JSON.stringify(pack));
  const names = [pack.card, ...pack.variants.map(({file}) => file)];
  for (const name of names) cpSync(join(folder, name), join(staging, 'models', id, name));
  const chosen = pack.variants.find(({name}) => name === pack.default_variant);
  return id === DEFAULT_PACK ? [`models/${id}/pack.json`, `models/${id}/${chosen.file}`] : [];
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

rmSync(staging, {recursive: true, force: true});
await putPage();
const packs = readdirSync('models').filter((id) => existsSync(join('models', id, 'pack.json')));
const keep = packs.flatMap(putPack);
// embed.html is framed by other sites, where there is no service worker.
const page = filesBelow(staging).filter((name) => !name.startsWith('models/') && !/^(sw\.js|embed\.|_)/.test(name));
const files = [...page, ...keep].map((url) => ({url, revision: digest(readFileSync(join(staging, url)))}));
const list = {version: `${version}-${digest(JSON.stringify(files)).slice(0, 8)}`, files};
const worker = readFileSync(join(staging, 'sw.js'), 'utf8');
if (!worker.includes('__PRECACHE__')) throw new Error('web/sw.js has no __PRECACHE__ to fill in');
put('sw.js', worker.replace('__PRECACHE__', () => JSON.stringify(list)));
put('_headers', headersFile());
for (const name of ['LICENSE', 'NOTICE']) cpSync(name, join(staging, name));
rmSync('dist', {recursive: true, force: true});
renameSync(staging, 'dist');
console.log(`dist/: ${filesBelow('dist').length} files, packs ${packs.join(', ') || 'none'}, version ${list.version}`);
