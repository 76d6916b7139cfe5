// The JSDoc types hold in each of the three scopes: page, worker, service worker.
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';

const root = new URL('../..', import.meta.url).pathname;

test.each(['web', 'web/classifier', 'web/sw'])('%s', (scope) => {
  const { status, stdout, error } = spawnSync(`${root}node_modules/.bin/tsc`, ['-p', scope, '--pretty', 'false'], { cwd: root, encoding: 'utf8' });
  expect([error?.message, stdout.trim(), status]).toEqual([undefined, '', 0]);
});
