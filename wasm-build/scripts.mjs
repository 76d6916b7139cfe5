// Bundles the page's scripts by esbuild: each entry with what it needs at once,
// in files apart what several need and what comes when it is first wanted.
import {cpSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {build} from 'esbuild';

// What is started by its own address, and smart/panel.js, which the page's offline copy leaves out; all else is bundled into these.
const ENTRIES = ['app.js', 'embed.js', 'classifier/define.js', 'smart/panel.js'];
// Each by itself, with what it fetches later: the worker has little in common with the page, and would wait for it.
const WHOLE = ['web/classifier/worker.js', 'web/classifier/dicom/codestream-worker.js'];
// Classic scripts: start.js goes before the first drawing, and Firefox ESR 140 refuses a service worker that is a module.
const CLASSIC = ['web/start.js', 'web/sw.js'];
// A classic script for browsers that are too old for all else.
const OLD = ['web/support.js'];
// What is there before anything else is fetched: the element with all that it imports; the page round it with all that.
const ELEMENT = 'web/classifier/define.js';
const BASES = [ELEMENT, 'web/app.js'];

const importsOf = ({inputs}, path, kind) => (inputs[path]?.imports ?? []).filter((one) => one.kind === kind).map((one) => one.path);

// A module and all that it needs at once.
function closureOf(metafile, path, found = new Set()) {
  if (!found.has(path)) {
    found.add(path);
    for (const target of importsOf(metafile, path, 'import-statement')) closureOf(metafile, target, found);
  }
  return found;
}

// esbuild makes a file for every set of entries that have modules in common, and
// what is fetched later counts as an entry: the page would begin with a dozen
// small files. So each of these is told that it needs what is there by then and
// any of them needs: that is one set, and one file. It is there, so nothing more
// is fetched. What only a base needs stays with it, and runs in its order.
// -> module fetched later -> the modules that it is told of
function alreadyThere(metafile) {
  const later = new Map();
  const shared = new Set();
  for (const base of BASES) {
    const there = closureOf(metafile, base);
    const modules = [...there], targets = [];
    for (const path of modules) {
      for (const target of importsOf(metafile, path, 'dynamic-import').filter((one) => !there.has(one) && !later.has(one) && !targets.includes(one))) {
        const own = closureOf(metafile, target);
        modules.push(...own);
        if ([...own].some((one) => there.has(one))) targets.push(target);
      }
    }
    const needed = new Set([base, ...targets].slice(base === ELEMENT ? 0 : 1).flatMap((path) => [...closureOf(metafile, path)]));
    for (const one of there) if (needed.has(one)) shared.add(one);
    for (const target of targets) later.set(target, [...shared]);
  }
  return later;
}

const together = (later) => ({
  name: 'together',
  setup({onLoad}) {
    onLoad({filter: /\.js$/}, ({path}) => {
      const there = later.get(relative('.', path));
      if (!there) return undefined;
      const imports = there.map((one) => `import ${JSON.stringify(`./${relative(dirname(relative('.', path)), one)}`)};`);
      return {contents: imports.join('') + readFileSync(path, 'utf8'), loader: 'js'};
    });
  },
});

// A CommonJS package as a module: esbuild's helper for it would be a file of its own, which every other imports.
const asModule = {
  name: 'as-module',
  setup({onLoad}) {
    onLoad({filter: /\/node_modules\/dicom-parser\//}, async ({path}) => {
      const {outputFiles: [file]} = await build({entryPoints: [path], bundle: true, write: false, format: 'esm', logLevel: 'warning'});
      return {contents: file.text, loader: 'js'};
    });
  },
};

// Libraries that are WebAssembly modules with Emscripten's glue, which come when they are needed: name in wasm/ -> files.
const CODECS = {
  openjpeg: '@cornerstonejs/codec-openjpeg/dist/openjpegwasm_decode',
  charls: '@cornerstonejs/codec-charls/dist/charlswasm_decode',
};

export async function putCodecs(folder, options) {
  for (const [name, path] of Object.entries(CODECS)) {
    // Their way of running in Node is left out.
    await build({entryPoints: {[name]: join('node_modules', `${path}.js`)}, outdir: folder, outExtension: {'.js': '.mjs'}, ...options,
      format: 'esm', platform: 'browser', external: ['fs', 'path']});
    cpSync(join('node_modules', `${path}.wasm`), join(folder, `${name}.wasm`));
  }
}

// zip.js brings ciphers along, and web/screens/zip.js refuses what is encrypted before it would come to them; its workers are not used.
const lessOfZip = {
  name: 'less-of-zip',
  setup({onLoad}) {
    onLoad({filter: /@zip\.js\/.*\/codec-worker-web\.js$/}, () => ({contents: ''}));
    onLoad({filter: /@zip\.js\/.*\/(?:aes|zip)-crypto-stream\.js$/}, () => ({contents: ['AESEncryptionStream', 'AESDecryptionStream', 'setAESEngine',
      'ZipCryptoEncryptionStream', 'ZipCryptoDecryptionStream'].map((name) => `export const ${name} = undefined;`).join('')}));
  },
};

// Writes them into a folder. -> of each entry, the files that it imports
export async function putScripts(folder, options) {
  const settings = {
    entryPoints: ENTRIES.map((name) => join('web', name)), outbase: 'web', outdir: folder, chunkNames: 'classifier/[name]-[hash]',
    ...options, splitting: true, format: 'esm', metafile: true,
  };
  const first = await build({...settings, write: false});
  const {metafile} = await build({...settings, plugins: [together(alreadyThere(first.metafile)), asModule, lessOfZip]});
  for (const path of WHOLE) await build({...settings, entryPoints: [path], metafile: false});
  await build({entryPoints: CLASSIC, outbase: 'web', outdir: folder, ...options, format: 'iife'});
  await build({entryPoints: OLD, outbase: 'web', outdir: folder, ...options, target: 'es5', format: 'iife'});
  const imported = (path) => importsOf({inputs: metafile.outputs}, path, 'import-statement').flatMap((one) => [one, ...imported(one)]);
  return Object.fromEntries(ENTRIES.map((name) => [name, [...new Set(imported(join(folder, name)))].map((path) => relative(folder, path))]));
}
