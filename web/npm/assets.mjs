#!/usr/bin/env node
// Copies what runs in the browser beside a page's own scripts into a folder of
// that page: the worker, the modules, style sheets, and the packs that are
// installed (insitu-pack-*) or named. A folder that a bundler serves as it is:
// public/ of Vite, Next, Create React App; static/ of SvelteKit.
//
//   npx insitu-assets public/insitu [PACK...]
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {basename, dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

const package_root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [target, ...named] = process.argv.slice(2);

function fail(message) {
  console.error(`insitu-assets: ${message}`);
  process.exit(2);
}

if (!target || target.startsWith('-')) fail('name the folder to fill, for instance: npx insitu-assets public/insitu');

// node_modules here and above, as Node looks for packages.
function modulesFolders(from) {
  const here = join(from, 'node_modules');
  const above = dirname(from) === from ? [] : modulesFolders(dirname(from));
  return existsSync(here) ? [here, ...above] : above;
}

const installed = modulesFolders(process.cwd()).flatMap((folder) =>
  readdirSync(folder).filter((name) => name.startsWith('insitu-pack-')).map((name) => join(folder, name)));
const packs = new Map();
for (const folder of [...named.map((path) => resolve(path)), ...installed]) {
  if (!existsSync(join(folder, 'pack.json'))) fail(`${folder} is no pack: it has no pack.json`);
  const {id} = JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8'));
  if (!/^[a-z0-9-]+$/.test(id ?? '')) fail(`${folder}: the pack's id is ${JSON.stringify(id)}, but must be of a-z, 0-9 and -`);
  if (!packs.has(id)) packs.set(id, folder);
}

// Of its own only: what else lies in the folder stays.
for (const name of ['wasm', 'classifier', 'tokens.css']) {
  rmSync(join(target, name), {recursive: true, force: true});
  mkdirSync(target, {recursive: true});
  cpSync(join(package_root, name), join(target, name), {recursive: true});
}
for (const [id, folder] of packs) {
  const to = join(target, 'models', id);
  rmSync(to, {recursive: true, force: true});
  cpSync(folder, to, {recursive: true, filter: (path) => !['node_modules', 'package.json'].includes(basename(path))});
}
console.log(`${target}: the element and its modules${packs.size ? `, packs ${[...packs.keys()].join(', ')}` : '; no pack: install an insitu-pack-*, or name a pack\'s folder'}`);
