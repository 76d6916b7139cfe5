// Assembles the static site: the page (bundled and minified), the WebAssembly
// modules, the packs, models/index.json, which lists them, models/cards.json, which says what they are, and in sw.js the list
// of what to keep, each with the digest of its bytes. Puts the site in place
// whole. From the environment, as the Makefile sets it:
//
//   MODELS      folder of the packs, one folder each
//   FIRST_PACK  id of the pack that the page shows by itself
//   DIST        where the site goes, by default dist
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {basename, dirname, extname, join} from 'node:path';
import {transform} from 'esbuild';
import {nearest} from '../web/classifier/engine-packs.js';
import {directionOf, LANGUAGES} from '../web/lib/languages.js';
import {POLICY} from '../web/shared/policy.js';
import {STUCK} from '../web/shared/stuck.js';
import {headersFile} from './headers.mjs';
import {escapeHtml} from './html.mjs';
import {papersOf} from './papers.mjs';
import {putCodecs, putScripts} from './scripts.mjs';

const {MODELS: models = 'models', FIRST_PACK: wanted_first, DIST: dist = 'dist'} = process.env;
const staging = `build/staging-${basename(dist)}`;
const version = JSON.parse(readFileSync('package.json', 'utf8')).version;

const filesBelow = (folder) => readdirSync(folder, {recursive: true, withFileTypes: true})
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1)).sort();

function put(name, content) {
  mkdirSync(dirname(join(staging, name)), {recursive: true});
  writeFileSync(join(staging, name), content);
}

// __VERSION__ is what a record system is told of this software.
const COMMON = {bundle: true, minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'warning',
  define: {__VERSION__: JSON.stringify(version)}};

const DOCUMENT_LANGUAGE = 'en';

const stuckLines = () => Object.entries(STUCK).map(([language, words]) =>
  `<p lang="${language}" dir="${directionOf(language)}">${escapeHtml(words).replace('[', '<a href="">').replace(']', '</a>')}</p>`).join('\n');

// A document with a script of its own asks at once for what that imports; the
// page's start.js does so once the page is drawn, and is told here of what. It
// says at once what the first pack says of itself.
function document(html, imports, pack) {
  if (!html.includes('%POLICY%')) throw new Error('a document has no %POLICY% to fill in');
  const {[DOCUMENT_LANGUAGE]: own, ...words} = pack.words;
  return html.replace(/<!--.*?-->\n?/gs, '').replace('%POLICY%', () => POLICY)
    .replace(/<script type="module" src="(\w+\.js)"><\/script>/, (whole, script) =>
      [whole, ...imports[script].map((path) => `<link rel="modulepreload" href="${path}">`)].join('\n'))
    .replace('%STUCK%', () => stuckLines())
    .replace('%FIRST_PACK%', () => escapeHtml(JSON.stringify({id: pack.id, version: pack.version, files: pack.files, scripts: imports['app.js'], titles: pack.titles, words})))
    .replace(/( data-words="(\w+)")>[^<]*/g, (_, attribute, name) => ` lang="${own[name].lang}" dir="auto"${attribute}>${escapeHtml(own[name].text)}`);
}

async function putPage(pack) {
  const imports = await putScripts(staging, COMMON);
  await putCodecs(join(staging, 'wasm'), COMMON);
  for (const name of filesBelow('web')) {
    if (/\.m?js$|tsconfig|\.d\.ts$|icons\/draw/.test(name)) continue; // types and drawing scripts are for us
    const bytes = readFileSync(join('web', name));
    if (extname(name) === '.css') {
      put(name, (await transform(bytes.toString(), {loader: 'css', minify: true, target: 'safari16', charset: 'utf8', legalComments: 'none'})).code);
    } else {
      put(name, extname(name) === '.html' ? document(bytes.toString(), imports, pack) : bytes);
    }
  }
  put('screens/batch/uplot.css', readFileSync('node_modules/uplot/dist/uPlot.min.css'));
  // Emscripten's glue, one file for one file; where two differ in nothing but
  // their module's name, which the page gives them, the second is the first.
  const glues = new Map();
  for (const name of filesBelow('build/web/wasm').sort((a, b) => a.length - b.length)) { // the shorter name is needed first
    const bytes = readFileSync(join('build/web/wasm', name));
    if (extname(name) !== '.mjs') {
      put(`wasm/${name}`, bytes);
      continue;
    }
    const nameless = bytes.toString().replaceAll(`${basename(name, '.mjs')}.wasm`, '');
    const same = glues.get(nameless);
    glues.set(nameless, same ?? name);
    put(`wasm/${name}`, same ? `export {default} from './${same}';\n`
      : (await transform(bytes.toString(), {loader: 'js', minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none'})).code);
  }
}

const readPack = (id) => JSON.parse(readFileSync(join(models, id, 'pack.json'), 'utf8'));
// In format 1 the words are in pack.json, in English.
const textsOf = (pack) => (pack.format === 1 ? [] : pack.languages.map((language) => `texts/${language}.json`));
const defaultModel = (pack) => pack.variants.find(({name}) => name === pack.default_variant).file;

const papersOfPack = (id, {card, languages}) => papersOf(join(models, id), card, languages?.[0] ?? 'en');

// A pack's folder less its self-test, its card and report as documents. -> its files in the site that a copy of it needs
function putPack(id) {
  const pack = readPack(id);
  const json = ['pack.json', ...textsOf(pack)];
  for (const name of json) put(`models/${id}/${name}`, JSON.stringify(JSON.parse(readFileSync(join(models, id, name), 'utf8'))));
  const others = [pack.card, ...pack.variants.map(({file}) => file)];
  for (const name of others) cpSync(join(models, id, name), join(staging, 'models', id, name));
  const papers = papersOfPack(id, pack);
  for (const [name, content] of papers) put(`models/${id}/${name}`, content);
  return [...json, ...others, ...papers.map(([name]) => name)].map((name) => `models/${id}/${name}`);
}

// What a page says first, in each of its languages: the pack's words in that
// language, or in the pack's first, or where it has none the page's own.
async function firstWords(id) {
  const pack = readPack(id);
  const words = await Promise.all(Object.keys(LANGUAGES).map(async (language) => {
    const {default: page} = await import(`../web/locales/${language}.js`);
    const texts = pack.format === 1 ? {} : JSON.parse(readFileSync(join(models, id, `texts/${nearest(pack.languages, language)}.json`), 'utf8'));
    const say = (name) => (texts[name] ? {lang: texts.language, text: texts[name]} : {lang: language, text: page[name]});
    return [language, {heading: say('heading'), lead: say('lead')}];
  }));
  return Object.fromEntries(words);
}

const titles = async () => Object.fromEntries(await Promise.all(Object.keys(LANGUAGES).filter((language) => language !== DOCUMENT_LANGUAGE)
  .map(async (language) => [language, (await import(`../web/locales/${language}.js`)).default.title])));

// What a document of the site must know of its first pack: the files that the
// first answer needs, and what is said first, with the page's own title.
async function firstPack(id) {
  const pack = readPack(id);
  const [texts] = textsOf(pack);
  return {
    id, version: pack.version, titles: await titles(), words: await firstWords(id), files: ['pack.json', texts, defaultModel(pack)].filter(Boolean).map((name) => `models/${id}/${name}`),
  };
}

// bytes: of what an answer by the pack's default variant takes, in one language.
function indexOf(ids, first) {
  return {first, packs: ids.map((id) => {
    const pack = readPack(id);
    const [texts] = textsOf(pack);
    const files = ['pack.json', texts, defaultModel(pack)].filter(Boolean);
    const bytes = files.reduce((sum, name) => sum + readFileSync(join(staging, 'models', id, name)).length, 0);
    return {id, version: pack.version, languages: pack.format === 1 ? ['en'] : pack.languages, bytes};
  })};
}

// What a pack's card shows, before and without its files: kept with the page, so that a pack that is not here says so offline too.
// files: what an answer takes, in every language, and what there is to read.
const CARD_TEXTS = ['name', 'intended_use', 'not_for'];
function cardsOf(ids) {
  return {packs: ids.map((id) => {
    const pack = readPack(id);
    const texts = pack.format === 1 ? {en: pack}
      : Object.fromEntries(pack.languages.map((language) => [language, JSON.parse(readFileSync(join(models, id, `texts/${language}.json`), 'utf8'))]));
    const papers = papersOfPack(id, pack).map(([name]) => name);
    return {
      id, version: pack.version, licence: pack.licence.weights, kinds: pack.classes.length, card: papers[0],
      files: ['pack.json', ...textsOf(pack), pack.card, ...papers, defaultModel(pack)],
      texts: Object.fromEntries(Object.entries(texts).map(([language, own]) => [language, Object.fromEntries(CARD_TEXTS.map((name) => [name, own[name]]))])),
    };
  })};
}

// The only pack is the first, whatever was asked for by default.
function chooseFirst(ids) {
  if (ids.includes(wanted_first)) return wanted_first;
  if (ids.length === 1) return ids[0];
  throw new Error(`FIRST_PACK is ${wanted_first ?? 'not set'}, ${models}/ has: ${ids.join(', ') || 'no pack'}`);
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

rmSync(staging, {recursive: true, force: true});
const packs = readdirSync(models).filter((id) => existsSync(join(models, id, 'pack.json'))).sort();
const first = chooseFirst(packs);
await putPage(await firstPack(first));
const pack_files = new Map(packs.map((id) => [id, putPack(id)]));
put('models/index.json', JSON.stringify(indexOf(packs, first)));
put('models/cards.json', JSON.stringify(cardsOf(packs)));

// embed.html is framed by other sites, where there is no service worker.
const page = filesBelow(staging).filter((name) => !name.startsWith('models/') && !/^(sw\.js|embed\.|smart\/|_)/.test(name));
const first_variants = readPack(first).variants.map(({file}) => file).filter((file) => file !== defaultModel(readPack(first)));
const kept = ['models/index.json', 'models/cards.json', ...pack_files.get(first).filter((name) => !first_variants.includes(basename(name)))];
const listed = (names) => names.map((url) => ({url, revision: digest(readFileSync(join(staging, url)))}));
const files = listed([...page, ...kept]);
const on_use = listed([...pack_files.values()].flat().filter((name) => !kept.includes(name)));
const list = {version: `${version}-${digest(JSON.stringify([files, on_use])).slice(0, 8)}`, files, on_use};
const worker = readFileSync(join(staging, 'sw.js'), 'utf8');
if (!worker.includes('__PRECACHE__')) throw new Error('web/sw.js has no __PRECACHE__ to fill in');
put('sw.js', worker.replace('__PRECACHE__', () => JSON.stringify(list)));
put('_headers', headersFile());
for (const name of ['LICENSE', 'THIRD-PARTY-LICENSES']) cpSync(name, join(staging, name));
// A paragraph about packs is for sites that have one of them.
put('NOTICE', readFileSync('NOTICE', 'utf8').split('\n\n').filter((paragraph) => {
  const named = [...paragraph.matchAll(/\bmodels\/([a-z0-9-]+)/g)].map(([, id]) => id);
  return named.length === 0 || named.some((id) => packs.includes(id));
}).join('\n\n'));
rmSync(dist, {recursive: true, force: true});
renameSync(staging, dist);
console.log(`${dist}/: ${filesBelow(dist).length} files, packs ${packs.join(', ')} (first ${first}), version ${list.version}`);
