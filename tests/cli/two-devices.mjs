// The stripes as a pack of two devices, told apart by which way edges run, both
// learnt: standing stripes are of a pen, the others of a brush, which has limits
// and a prior of its own.
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {ROOT} from './command.mjs';

const bytes = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
const extended = (base64, more) => Buffer.concat([Buffer.from(base64, 'base64'), bytes(more)]).toString('base64');

// -> what its pack.json says
export function putTwoDevices(folder) {
  cpSync(join(ROOT, 'tests/packs/stripes'), folder, {recursive: true});
  const pack = JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8'));
  const {decision} = pack.variants[0];
  const typicality = decision.typicality;
  Object.assign(typicality, {kinds: ['pen', 'brush'], learnt_kinds: 2, kind_weight: 0,
    rows: extended(typicality.rows, new Int8Array([100, -100, -100, 100])),
    row_scales: extended(typicality.row_scales, new Float32Array([0.1, 0.1])),
    row_biases: extended(typicality.row_biases, new Float32Array([0, 0]))});
  pack.domain = ['pen', 'brush'];
  decision.taken_with = {brush: {prior: 'uniform', set: {coverage: 0.9, thresholds: [0.001, 0.005, 0.2]}, answer_p: 0.985, groups: {crossing: 0.3}}};
  writeFileSync(join(folder, 'pack.json'), JSON.stringify(pack));
  return pack;
}
