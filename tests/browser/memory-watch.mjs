// The WebAssembly memories of the page's worker, seen from inside it: the
// site serves the worker's script with this put before. A memory never
// shrinks, so what an instance has at the end is what it took; whether it was
// given back is asked of the garbage collector (--expose-gc).
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const WORKER = '/classifier/worker.js';

// Remembers every instance's memory, strongly until told, then weakly.
const WATCH = `
{
  let held = [];
  const all = [];
  const {instantiate} = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate.apply(WebAssembly, args);
    for (const value of [...Object.values((result.instance ?? result).exports), ...Object.values(args[1] ?? {}).flatMap((group) => Object.values(group))]) {
      if (value instanceof WebAssembly.Memory) { held.push(value); all.push(new WeakRef(value)); }
    }
    return result;
  };
  const channel = new BroadcastChannel('memory-watch');
  channel.onmessage = async ({data}) => {
    if (data === 'peak') channel.postMessage({peak: held.map((memory) => memory.buffer.byteLength)});
    if (data === 'after') {
      held = [];
      for (let i = 0; i < 3; ++i) { await new Promise((resolve) => setTimeout(resolve, 50)); gc(); }
      channel.postMessage({after: all.map((ref) => ref.deref()).filter(Boolean).map((memory) => memory.buffer.byteLength)});
    }
  };
}
`;

export function watchMemory(site) {
  site.overrides.set(WORKER, WATCH + readFileSync(join(site.root, WORKER), 'utf8'));
}

const ask = (page, what) => page.evaluate((question) => new Promise((resolve) => {
  const channel = new BroadcastChannel('memory-watch');
  channel.onmessage = ({data}) => {
    channel.close();
    resolve(Object.values(data)[0]);
  };
  channel.postMessage(question);
}), what);

// Bytes of each memory made so far and since the last memoriesLeft.
export const memoriesHeld = (page) => ask(page, 'peak');
// Bytes of each memory that is still there after a garbage collection.
export const memoriesLeft = (page) => ask(page, 'after');
