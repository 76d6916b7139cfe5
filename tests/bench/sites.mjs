// Built sites of which first visits are measured in turn: which they are, each
// served, each run in a fresh browser of its measure's own.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {serve} from '../../wasm-build/serve.mjs';
import {dist} from '../browser/visit.mjs';

export const SLOWDOWN = 4; // of the processor: Lighthouse's for a phone
export const LONG_TASK_MS = 50; // of https://www.w3.org/TR/longtasks/
/** A browser that has just been started makes its own windows ready for seconds, and shares the processors with the page. */
export const START_MS = 6000;

/**
 * @template T @param {string[]} folders none: dist/ @param {number} runs
 * @param {(url: string, root: string, run: number) => Promise<T>} measure
 * @returns {Promise<[root: string, all: T[]][]>} of each site, its runs
 */
export async function inTurn(folders, runs, measure) {
  const roots = folders.length > 0 ? folders : [dist];
  for (const root of roots) if (!existsSync(join(root, 'index.html'))) throw new Error(`${root} has no index.html: run \`make dist\` first`);
  const servers = await Promise.all(roots.map((root) => serve({root})));
  const results = roots.map((root) => [root, []]);
  try {
    for (let run = 0; run < runs; run++) {
      for (const [index, server] of servers.entries()) results[index][1].push(await measure(`http://127.0.0.1:${server.address().port}/`, roots[index], run));
    }
  } finally {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  }
  return results;
}
