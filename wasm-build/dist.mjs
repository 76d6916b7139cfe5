// Assembles the static site in dist/: the page (bundled and minified), the
// WebAssembly modules, the packs, and in sw.js the list of what to keep, each
// with the digest of its bytes. Puts a new dist/ in place whole.
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, extname, join, relative} from 'node:path';
import {build, transform} from 'esbuild';
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

// What is started by its own address; all else is bundled into these.
const ENTRIES = ['app.js', 'embed.js', 'classifier/define.js', 'classifier/worker.js'];
const COMMON = {bundle: true, minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'warning'};

// Module by module, a browser would find the scripts in five round trips. What
// entries share stays one file, in classifier/, for import.meta.url's sake.
// -> of each entry, the files that it imports
async function putScripts() {
  const {metafile} = await build({
    entryPoints: ENTRIES.map((name) => join('web', name)), outbase: 'web', outdir: staging, chunkNames: 'classifier/[name]-[hash]',
    ...COMMON, splitting: true, format: 'esm', metafile: true,
  });
  // One classic script: Firefox ESR 140 refuses a service worker that is a module.
  await build({entryPoints: ['web/sw.js'], outfile: join(staging, 'sw.js'), ...COMMON, format: 'iife'});
  const imported = (path) => metafile.outputs[path].imports.filter(({kind}) => kind === 'import-statement')
    .flatMap((one) => [one.path, ...imported(one.path)]);
  return Object.fromEntries(ENTRIES.map((name) => [name, [...new Set(imported(join(staging, name)))].map((path) => relative(staging, path))]));
}

// The document asks at once for what its script will ask for later.
function withPreloads(html, imports, model) {
  const found = /<script type="module" src="(\w+\.js)"><\/script>/.exec(html);
  const links = [...imports[found[1]].map((path) => `<link rel="modulepreload" href="${path}">`),
    `<link rel="preload" href="${model}" as="fetch" crossorigin>`];
  return html.replace(found[0], () => [found[0], ...links].join('\n'));
}

async function putPage(model) {
  const imports = await putScripts();
  for (const name of filesBelow('web')) {
    if (/\.js$|tsconfig|\.d\.ts$|icons\/draw/.test(name)) continue; // types and drawing scripts are for us
    const bytes = readFileSync(join('web', name));
    if (extname(name) === '.css') {
      put(name, (await transform(bytes.toString(), {loader: 'css', minify: true, target: 'safari16', charset: 'utf8', legalComments: 'none'})).code);
    } else {
      put(name, extname(name) === '.html' ? withPreloads(bytes.toString(), imports, model) : bytes);
    }
  }
  // Emscripten's glue, one file for one file.
  for (const name of filesBelow('build/web/wasm')) {
    const bytes = readFileSync(join('build/web/wasm', name));
    put(`wasm/${name}`, extname(name) === '.mjs'
      ? (await transform(bytes.toString(), {loader: 'js', minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none'})).code : bytes);
  }
}

// A pack's folder less its report and self-test. -> the files that work offline
function putPack(id) {
  const folder = join('models', id);
  const pack = JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8'));
  put(`models/${id}/pack.json`, JSON.stringify(pack));
  const names = [pack.card, ...pack.variants.map(({file}) => file)];
  for (const name of names) cpSync(join(folder, name), join(staging, 'models', id, name));
  return id === DEFAULT_PACK ? [`models/${id}/pack.json`, `models/${id}/${pack.card}`, defaultModel(id)] : [];
}

function defaultModel(id) {
  const pack = JSON.parse(readFileSync(join('models', id, 'pack.json'), 'utf8'));
  return `models/${id}/${pack.variants.find(({name}) => name === pack.default_variant).file}`;
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

rmSync(staging, {recursive: true, force: true});
await putPage(defaultModel(DEFAULT_PACK));
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
for (const name of ['LICENSE', 'NOTICE', 'THIRD-PARTY-LICENSES']) cpSync(name, join(staging, name));
rmSync('dist', {recursive: true, force: true});
renameSync(staging, 'dist');
console.log(`dist/: ${filesBelow('dist').length} files, packs ${packs.join(', ') || 'none'}, version ${list.version}`);
