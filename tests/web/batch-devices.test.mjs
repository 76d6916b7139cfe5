// The page's evaluation of a pack with limits of several devices has the figures
// of the command, each device apart, from the command's own answers.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { insitu, lines, scratchFolder } from '../cli/command.mjs';
import { putTwoDevices } from '../cli/two-devices.mjs';
import { evaluationOf } from '../../web/screens/batch/export.js';
import { labelledOf, settle, waitingRow } from '../../web/screens/batch/rows.js';

const scratch = scratchFolder(afterAll);
const PACK = join(scratch, 'stripes');
// 32 x 32 black pixels, which the pack refuses.
const BLACK = 'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAEklEQVR42mNgGAWjYBSMAuwAAAQgAAF8we+4AAAAAElFTkSuQmCC';
const close = (one, other, path = '') => {
  if (typeof one === 'number' && typeof other === 'number') return expect([path, Math.abs(one - other) < 1e-6]).toEqual([path, true]);
  if (one === null || other === null || typeof one !== 'object') return expect([path, one]).toEqual([path, other]);
  expect([path, Object.keys(one)]).toEqual([path, Object.keys(other)]);
  for (const key of Object.keys(one)) close(one[key], other[key], `${path}/${key}`);
};

describe('an evaluation', () => {
  let pack;
  const images = ['lying', 'standing', 'checked', 'black'];
  beforeAll(() => {
    pack = putTwoDevices(PACK);
    writeFileSync(join(PACK, 'selftest/black.png'), Buffer.from(BLACK, 'base64'));
  });

  test.each([
    ['both', images, 2, 'mixed'], ['one device alone', ['lying', 'checked'], 1, 'uniform'], ['the pack\'s own alone', ['standing'], 1, 'training'],
    ['a device of which nothing was judged', ['standing', 'black'], null, null],
  ])('of %s is the command\'s, limits and prior too', (_, names, num_limits, prior) => {
    const truth = (name) => (name === 'black' ? 'lying' : name);
    const table = join(scratch, 'labels.csv');
    writeFileSync(table, `image,label\n${names.map((name) => `${name}.png,${truth(name)}\n`).join('')}`);
    const native = JSON.parse(insitu('native', ['evaluate', '--pack', PACK, '--labels', table, '--images', join(PACK, 'selftest'), '--json']).out);
    const answers = lines(insitu('native', ['classify', '--pack', PACK, ...names.map((name) => join(PACK, 'selftest', `${name}.png`))]).out);
    const ids = pack.classes.map(({ id }) => id);
    const rows = answers.map((line, index) => {
      const row = waitingRow({ path: `${names[index]}.png`, size: 1, modified: 1 }, index);
      settle(row, line, ids);
      return { ...row, truth: ids.indexOf(truth(names[index])) };
    });
    const batch = {
      ids, rows, missing: [], labelled: rows.map(labelledOf),
      meta: { pack: { id: pack.id, version: pack.version }, variant: 'float32', prior: 'default', labels: { repeated: 0 } },
    };
    const labels = Object.fromEntries([...native.per_class, ...native.groups].map(({ id, label }) => [id, label]));
    const ours = evaluationOf(batch, pack, (id) => labels[id]);
    if (num_limits !== null) expect([ours.limits.length, ours.prior]).toEqual([num_limits, prior]);
    const shared = Object.keys(ours).filter((key) => key !== 'failures');
    expect(Object.keys(native)).toEqual(expect.arrayContaining(shared));
    for (const key of shared) close(ours[key], native[key], key);
  });
});
