// The stripes as a pack of findings, each by itself, with a threshold each.
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {ROOT} from './command.mjs';

export const THRESHOLDS = [0.6, 0.3, 0.05];

export function putFindings(folder) {
  cpSync(join(ROOT, 'tests/packs/stripes'), folder, {recursive: true});
  const pack = JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8'));
  const {decision} = pack.variants[0];
  pack.task = 'multilabel';
  pack.calibration = {temperature: 2, bias: [-0.5, 0, 0.5]};
  pack.variants[0].decision = {set: {coverage: 0.9, thresholds: THRESHOLDS}, groups: {crossing: 0.1}, typicality: decision.typicality};
  delete pack.variants[0].metrics;
  delete pack.variants[0].calibration;
  delete pack.variants[0].frequencies;
  pack.selftest = [{file: 'selftest/lying.png', tolerance: 1, expected: {float32: [0.5, 0.5, 0.5]}}];
  writeFileSync(join(folder, 'pack.json'), JSON.stringify(pack));
}
