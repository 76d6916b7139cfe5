// web/pack.d.ts and web/answer.d.ts are what wasm-build/types.mjs makes of the schemas.
import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {generate} from '../../wasm-build/types.mjs';
import {inRoot} from './schemas.mjs';

test('the generated types are those of the schemas', async () => {
  const files = await generate();
  expect(files.map(({path}) => path)).toEqual(['web/pack.d.ts', 'web/answer.d.ts']);
  for (const {path, text} of files) {
    expect(text).toMatch(/^export (type|interface) /m);
    expect(`${path}\n${readFileSync(inRoot(path), 'utf8')}`).toBe(`${path}\n${text}`);
  }
});
