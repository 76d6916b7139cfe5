// Errors across the worker's border.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { errorOf, errorReply, failureOf, InsituError, PRIOR_NUMBERS } from '../../web/classifier/protocol.js';
import { failureKey } from '../../web/classifier/screens/failure.js';
import en from '../../web/locales/en.js';

const header = readFileSync(new URL('../../src/insitu.h', import.meta.url), 'utf8');
const statuses = [...header.matchAll(/X\(\d+, [A-Z_]+, "([a-z-]+)"/g)].map(([, name]) => name);

test('an error keeps its status and message on the way', () => {
  const reply = errorReply(7, new InsituError('truncated', 'the file ends at byte 10'));
  expect(reply).toEqual({ type: 'error', id: 7, status: 'truncated', message: 'the file ends at byte 10', isCrash: false });
  expect(errorOf(structuredClone(reply))).toMatchObject({ status: 'truncated', message: 'the file ends at byte 10' });
});

test('whatever else is thrown is a crash of ours', () => {
  expect(errorReply(1, new WebAssembly.RuntimeError('unreachable'))).toMatchObject({ status: 'internal', isCrash: true });
  expect(errorReply(1, 'text')).toMatchObject({ status: 'internal', message: 'text', isCrash: true });
});

test('a failure reads as the command writes it', () => {
  expect(failureOf('a.jpg', new InsituError('damaged', 'm'))).toEqual({ file: 'a.jpg', ok: false, status: 'damaged', message: 'm' });
});

test('every status of the core has words for a photo and for loading', () => {
  expect(statuses.length).toBeGreaterThan(10);
  for (const status of statuses) {
    expect(en[failureKey('photo', status)]).toMatch(/\.$/);
    expect(en[failureKey('load', status)]).toMatch(/\.$/);
  }
  // Another photo, or a smaller one, mends nothing where it is the model that fails.
  for (const status of statuses) expect([status, en[failureKey('load', status)]]).not.toEqual([status, expect.stringMatching(/photo|picture/)]);
  expect(en[failureKey('load', 'never heard of')]).not.toMatch(/photo/);
  expect(failureKey('photo', 'unknown-format')).toBe('fail_unknown_format');
  expect(en[failureKey('photo', 'several-frames')]).toMatch(/several pictures.*Save the one/);
  expect(failureKey('load', 'io')).toBe('fail_load_network');
  expect(failureKey('load', 'unsupported', 'Cache API')).toBe('fail_load_browser');
  expect(failureKey('load', 'unsupported')).toBe('fail_load_internal'); // it is not the browser
});

test('the numbers of the priors are the core\'s', () => {
  for (const [name, number] of Object.entries(PRIOR_NUMBERS)) {
    expect(header).toMatch(new RegExp(`INSITU_PRIOR_${name.toUpperCase()} = ${number}\\b`));
  }
});
