// A worker that answers every picture with one record, so that a test sees how
// the page shows it whatever the models of the day would say; and a site built
// with other packs than the product's.
import {execFileSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './visit.mjs';
import {Site} from './site.mjs';

// As web/classifier/worker.js talks; map: what it answers where a map is asked for.
function answerAll(record, map) {
  const size = 32;
  const rgb = () => Uint8Array.from({length: size * size * 3}, (_, at) => 90 + 60 * Math.sin(at / 200) + (at % 3) * 20);
  const info = {width: 640, height: 480, orientation: 1, format: 'jpeg'};
  onmessage = ({data: {type, id, name, map: is_wanted}}) => {
    if (id === undefined || type === 'piece') return;
    const reply = {start: {type: 'started'}, load: {type: 'loaded'}, probe: {type: 'probed', info}, frame: {type: 'reading', result: record}}[type]
      ?? {type: 'result', info, square: {width: size, height: size, rgb: rgb()}, result: {...record, file: name, ...(is_wanted && map ? {map} : {})}};
    postMessage({id, ...reply});
  };
}

export function answerWith(site, record, map = null) {
  site.overrides.set('/classifier/worker.js', `(${answerAll})(${JSON.stringify(record)}, ${JSON.stringify(map)});`);
}

// The product's site but with the packs of another folder. -> {folder, open, remove}
export function buildSite(models, first, name) {
  const folder = join('build', `site-${name}-${process.pid}`);
  execFileSync('node', ['wasm-build/dist.mjs'], {cwd: root, env: {...process.env, MODELS: models, FIRST_PACK: first, DIST: folder}, stdio: ['ignore', 'ignore', 'inherit']});
  return {
    folder: join(root, folder),
    open: (options) => new Site(join(root, folder), options).start(),
    remove: () => rmSync(join(root, folder), {recursive: true, force: true}),
  };
}
