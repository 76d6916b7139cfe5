// Assembles what `npm pack` sends: build/npm/, laid out as dist/ is (scripts in
// classifier/, modules in wasm/), with entries for programs and types; and
// each pack as a package of its own, build/npm-packs/insitu-pack-<id>/. From
// the environment, as the Makefile sets it: MODELS, the folder of the packs.
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {build, transform} from 'esbuild';

const {MODELS: models = 'models'} = process.env;
const {version} = JSON.parse(readFileSync('package.json', 'utf8'));
const out = 'build/npm';

const put = (name, content) => {
  mkdirSync(dirname(join(out, name)), {recursive: true});
  writeFileSync(join(out, name), content);
};

rmSync(out, {recursive: true, force: true});
await build({
  entryPoints: {
    'classifier/insitu': 'web/npm/insitu.js', 'classifier/element': 'web/npm/element.js',
    'classifier/define': 'web/classifier/define.js', 'classifier/worker': 'web/classifier/worker.js',
    'classifier/dicom/codestream-worker': 'web/classifier/dicom/codestream-worker.js',
  },
  outdir: out, chunkNames: 'classifier/[name]-[hash]', bundle: true, minify: true, splitting: true, format: 'esm', target: 'es2022',
  charset: 'utf8', legalComments: 'none', logLevel: 'warning',
});
for (const name of ['tokens.css', 'classifier/element.css', 'classifier/camera/camera.css']) {
  put(name, (await transform(readFileSync(join('web', name), 'utf8'), {loader: 'css', minify: true, target: 'safari16', charset: 'utf8'})).code);
}
// As dist.mjs leaves them: minified, and one for those that are alike.
cpSync('dist/wasm', join(out, 'wasm'), {recursive: true});
for (const name of ['insitu.d.ts', 'element.d.ts', 'assets.mjs']) put(`npm/${name}`, readFileSync(join('web/npm', name)));
for (const name of ['answer.d.ts', 'pack.d.ts']) put(`npm/${name}`, readFileSync(join('web', name)));

const packs = 'build/npm-packs';
rmSync(packs, {recursive: true, force: true});
for (const id of readdirSync(models).filter((name) => existsSync(join(models, name, 'pack.json')))) {
  const pack = JSON.parse(readFileSync(join(models, id, 'pack.json'), 'utf8'));
  const folder = join(packs, `insitu-pack-${id}`);
  mkdirSync(folder, {recursive: true});
  for (const name of ['pack.json', 'texts', pack.card, ...pack.variants.map(({file}) => file)]) {
    if (existsSync(join(models, id, name))) cpSync(join(models, id, name), join(folder, name), {recursive: true});
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({
    name: `insitu-pack-${id}`, version: pack.version, description: `The pack ${id} for insitu. Not a diagnosis.`,
    license: `SEE LICENSE IN ${basename(pack.card)}`, private: true, peerDependencies: {insitu: `^${version}`},
  }, null, 2)}\n`);
}
console.error(`${out}/: the package insitu ${version}; ${packs}/: ${readdirSync(packs).join(', ')}`);
