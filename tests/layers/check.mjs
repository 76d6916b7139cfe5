// Which file may include or import which. Owns the direction of the tree: C
// folders have ranks and includes point to lower ones; the page's parts have
// roles and import along element -> engine -> client -> protocol <- worker -> module.
// Reads text only; it resolves names as the compiler and the browser would,
// and a name that it cannot place is a problem, never a pass.
//
//   node tests/layers/check.mjs [ROOT]     prints problems, exits 1 on any

import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

// Longest folder wins. Same rank never includes same rank, except inside a folder.
const C_RANKS = {
  'src/base': 0,
  'src/image': 1, 'src/graph': 1,
  'src/decode': 2, 'src/graph/tflite': 2, 'src/pack': 2,
  'src/xnn': 3,
  'src/classify': 4,
  'src/api': 5,
  'src/cli': 6, 'src/wasm': 6,
};
const PUBLIC_HEADER = 'src/insitu.h';
const PUBLIC_ONLY = ['src/cli', 'src/wasm']; // these see insitu.h and their own files

// Headers of others and the only folder or file that may include them.
const OWNED_HEADERS = [
  {pattern: /^emscripten(\.h|\/)/, path: 'src/wasm/'},
  {pattern: /(^|\/)stb_image\.h$/, path: 'src/decode/'},
  {pattern: /^src\/(webp|utils)\/\w+\.h$/, path: 'src/decode/webp'}, // libwebp's
  {pattern: /^(xnnpack|pthreadpool|cpuinfo|fp16|fxdiv)(\.h|\/)/, path: 'src/xnn/'},
  {pattern: /(^|\/)cJSON\.h$/, path: 'src/pack/json.c', also: 'src/cli/'}, // the command reads and prints reports
];

// Packages that are built into the page, each behind one file that comes when it is needed.
const OWNED_PACKAGES = [
  {pattern: /^@zip\.js\/zip\.js\//, path: 'web/screens/zip.js'},
  {pattern: /^uplot$/, path: 'web/screens/batch/charts.js'},
  {pattern: /^dicom-parser$/, path: 'web/classifier/dicom/dicom.js'},
  {pattern: /^jpeg-lossless-decoder-js$/, path: 'web/classifier/dicom/frame.js'},
];

// The page: role by path, and what each role may import. First match wins.
const WEB_ROLES = [
  {role: 'protocol', pattern: /^web\/classifier\/protocol\.js$/, may: []},
  {role: 'module', pattern: /^web\/classifier\/module[^/]*\.js$/, may: ['module']},
  {role: 'worker', pattern: /^web\/classifier\/(worker[^/]*|dicom\/codestream(-worker|-jpeg)?)\.js$/, may: ['protocol', 'module', 'worker'], dom: false},
  {role: 'client', pattern: /^web\/classifier\/client[^/]*\.js$/, may: ['protocol', 'client', 'shared']},
  {role: 'engine', pattern: /^web\/classifier\/engine[^/]*\.js$/, may: ['client', 'protocol', 'engine', 'shared']},
  {role: 'element', pattern: /^web\/classifier\//, may: ['engine', 'protocol', 'element', 'lib', 'locale', 'shared']},
  {role: 'shared', pattern: /^web\/shared\//, may: ['shared'], dom: false}, // by page, workers and build alike
  {role: 'service worker', pattern: /^web\/sw(\.js|\/(?!page))/, may: ['service worker', 'shared'], dom: false},
  {role: 'service worker registration', pattern: /^web\/sw\/page/, may: ['service worker registration', 'lib', 'locale']},
  {role: 'lib', pattern: /^web\/lib\//, may: ['lib', 'locale', 'shared']},
  {role: 'locale', pattern: /^web\/locales\//, may: ['locale']},
  {role: 'page', pattern: /^web\//, may: ['page', 'element', 'engine', 'service worker registration', 'lib', 'locale', 'shared']},
];

const folderOf = (path) => Object.keys(C_RANKS)
  .filter((folder) => path.startsWith(folder + '/')).sort((a, b) => b.length - a.length)[0];
const roleOf = (path) => WEB_ROLES.find(({pattern}) => pattern.test(path));

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/[^\n]*/g, '$1');
}

export function checkC(path, text, exists) {
  const problems = [];
  const from = folderOf(path);
  if (!from && path !== PUBLIC_HEADER) return [`${path}: its folder has no rank in tests/layers/check.mjs`];
  const includes = withoutComments(text).matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm);
  for (const [, quote, name] of includes) {
    const owner = OWNED_HEADERS.find(({pattern}) => pattern.test(name));
    if (owner && !path.startsWith(owner.path) && !path.startsWith(owner.also ?? owner.path)) {
      problems.push(`${path}: includes ${name}, which only ${owner.path} may`);
      continue;
    }
    if (owner || quote === '<') continue;
    const target = [normalize(join(dirname(path), name)), normalize(join('src', name))].find(exists);
    if (!target) {
      problems.push(`${path}: includes "${name}", which is neither beside it nor in src/`);
      continue;
    }
    if (target === PUBLIC_HEADER) continue;
    const to = folderOf(target);
    if (path === PUBLIC_HEADER) problems.push(`${path}: the public header includes ${target}`);
    else if (!to) problems.push(`${path}: includes ${target}, whose folder has no rank`);
    else if (from === to) continue;
    else if (PUBLIC_ONLY.includes(from)) problems.push(`${path}: includes ${target}; ${from}/ may see insitu.h only`);
    else if (C_RANKS[to] >= C_RANKS[from]) {
      problems.push(`${path}: rank ${C_RANKS[from]} includes ${target} of rank ${C_RANKS[to]}`);
    }
  }
  return problems;
}

const DOM = /(^|[^.\w$'"`-])(document|window|localStorage|sessionStorage|HTMLElement|customElements)\b(?!\s*:)/m;

export function checkWeb(path, text, exists) {
  const problems = [];
  const code = withoutComments(text);
  const from = roleOf(path);
  const imports = code.matchAll(/(?:^|[;{}\s])(?:import|export)\b[^'"`;()]*?from\s*['"]([^'"]+)['"]|(?:^|[;\s])import\s*\(?\s*['"]([^'"]+)['"]|importScripts\(\s*['"]([^'"]+)['"]/g);
  for (const [, staticName, otherName, scriptName] of imports) {
    const name = staticName ?? otherName ?? scriptName;
    if (OWNED_PACKAGES.some((owner) => owner.pattern.test(name) && owner.path === path)) continue;
    if (!/^\.{0,2}\//.test(name)) {
      problems.push(`${path}: imports "${name}": the page imports its own files by path`);
      continue;
    }
    const target = name.startsWith('/') ? join('web', name) : normalize(join(dirname(path), name));
    if (!exists(target)) {
      // what the build makes is not in the tree: only the module loader may know it
      if (from.role !== 'module') problems.push(`${path}: imports ${target}, which does not exist`);
      continue;
    }
    const to = roleOf(target);
    if (!to) problems.push(`${path}: imports ${target}, outside the page`);
    else if (!from.may.includes(to.role)) problems.push(`${path}: the ${from.role} imports ${target}, the ${to.role}`);
  }
  if (from.dom === false) {
    const used = DOM.exec(code);
    if (used) problems.push(`${path}: the ${from.role} uses ${used[2]}, which it does not have`);
  }
  return problems;
}

export function checkFile(path, text, exists) {
  if (/^src\/.*\.(c|h|inc)$/.test(path)) return checkC(path, text, exists);
  if (/^web\/.*\.js$/.test(path)) return checkWeb(path, text, exists);
  return [];
}

function filesUnder(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), {withFileTypes: true}).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(root, path) : [path];
  });
}

export function checkTree(root) {
  const files = ['src', 'web'].flatMap((folder) => filesUnder(root, folder));
  const present = new Set(files);
  return {
    numFiles: files.length,
    problems: files.flatMap((path) => checkFile(path, readFileSync(join(root, path), 'utf8'), (name) => present.has(name))),
  };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const {numFiles, problems} = checkTree(process.argv[2] ?? '.');
  for (const problem of problems) console.log(problem);
  console.log(`${numFiles} files, ${problems.length} problems`);
  process.exitCode = problems.length || numFiles === 0 ? 1 : 0;
}
