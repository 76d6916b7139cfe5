// What a schema says against a value, one sentence a problem; [] is valid. For
// tests of the schemas and for those of everything that writes what they describe.
//
//   import {answerProblems} from '../schema/schemas.mjs';
//   expect(answerProblems(line)).toEqual([]);

import {readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import Ajv from 'ajv/dist/2020.js';

export const ROOT = resolve(import.meta.dirname, '../..');
export const readJson = (path) => JSON.parse(readFileSync(resolve(ROOT, path), 'utf8'));

// Conditions name fields that their schema describes elsewhere; else as strict as it can be.
const ajv = new Ajv({strict: true, strictRequired: false, strictTypes: false, allErrors: true});

function checker(path) {
  const validate = ajv.compile(readJson(path));
  return (value) => (validate(value) ? [] : validate.errors.map(({instancePath, message, params}) =>
    `${instancePath || 'the whole'} ${message}${params.additionalProperty ? `: ${params.additionalProperty}` : ''}`));
}

export const packProblems = checker('models/pack.schema.json');
export const textsProblems = checker('models/texts.schema.json');
export const answerProblems = checker('docs/answer.schema.json');

// A copy of root with the field at path ('input/mean/1') set, or removed where change has no value.
export function changed(root, change) {
  const copy = structuredClone(root);
  const keys = change.at.split('/');
  const last = keys.pop();
  const parent = keys.reduce((at, key) => at[key], copy);
  if ('value' in change) parent[last] = change.value;
  else delete parent[last];
  return copy;
}

export const inRoot = (...names) => join(ROOT, ...names);
