// A server and workers made here, for the tests of what stands between page and worker.
import { createHash } from 'node:crypto';
import { ClassifierClient } from '../../web/classifier/client.js';
import { PackStore } from '../../web/classifier/engine-packs.js';
import { errorReply } from '../../web/classifier/protocol.js';
import { Pieces } from '../../web/classifier/worker-pieces.js';

export const FOLDER = new URL('https://page.example/models/spots/');
export const MODEL = new Uint8Array([1, 2, 3, 4]);
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const SQUARE = { width: 1, height: 1, rgb: new Uint8Array(3) };
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export const packOf = (change = {}) => ({
  format: 1, id: 'spots', version: '1.0.0', default_variant: 'int8', classes: [],
  variants: [{ name: 'int8', file: 'spots.tflite', bytes: 4, sha256: sha256(MODEL), ...change }],
});

/** A worker that answers by `answer(request, worker)`; 'crash' makes it stop, 'end' makes it end without a word. */
export class FakeWorker extends EventTarget {
  static made = [];
  constructor(answer = answers) {
    super();
    this.answer = answer;
    this.requests = [];
    this.pieces = new Pieces();
    this.glue = [];
    FakeWorker.made.push(this);
  }
  postMessage(request) {
    if (this.hasEnded) return;
    if (request.type === 'piece') {
      queueMicrotask(() => { if (!this.hasEnded) this.say({ type: 'taken', id: 0 }); });
      return this.pieces.push(request);
    }
    if (request.type === 'glue') return this.glue.push(...request.urls);
    this.requests.push(request);
    queueMicrotask(async () => {
      this.say({ id: request.id, type: 'received' });
      const reply = await this.answer(request, this);
      if (reply === 'end') this.hasEnded = true;
      if (this.isGone || this.hasEnded || reply === undefined) return;
      if (reply === 'crash') this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: 'out of memory' }));
      else this.say({ id: request.id, ...reply });
    });
  }
  say(data) { this.dispatchEvent(new MessageEvent('message', { data })); }
  terminate() { this.isGone = true; }
}

/** As web/classifier/worker.js answers a load: once the whole file has come and is the one that is wanted. */
async function answerLoad({ id, pack: json, stream }, worker) {
  const [wanted] = JSON.parse(json).variants;
  worker.model = new Uint8Array();
  try {
    while (worker.model.length < wanted.bytes) worker.model = new Uint8Array([...worker.model, ...await worker.pieces.next(stream)]);
  } catch (error) {
    return errorReply(id, error);
  } finally {
    worker.pieces.end(stream);
  }
  const hex = sha256(worker.model);
  return hex === wanted.sha256 ? { type: 'loaded' } : { type: 'error', status: 'digest-mismatch', message: `SHA-256 ${hex}`, isCrash: false };
}

export const answers = (request, worker) => (request.type === 'start' ? { type: 'started' } : request.type === 'load' ? answerLoad(request, worker)
  : request.type === 'probe' ? { type: 'probed', info: { width: 4, height: 3 } }
    : { type: 'result', result: { file: request.name, ok: true }, square: SQUARE });

/** An answer whose body comes in these pieces; an Error breaks it off. */
export const arriving = (...pieces) => new Response(new ReadableStream({
  pull(controller) {
    const piece = pieces.shift();
    if (piece === undefined) controller.close();
    else if (piece instanceof Error) controller.error(piece);
    else controller.enqueue(piece);
  },
}));

/** Waits for what other tasks bring about; Jest's own limit ends it. */
export async function until(isTrue) {
  while (!isTrue()) await new Promise((done) => setTimeout(done, 1));
}

const real_fetch = globalThis.fetch;
/** A site: files by path, each a function of the request's cache mode; `asked` is what was asked for. */
export function serve() {
  const site = {
    pack: packOf(), asked: [],
    files: {
      '/models/spots/pack.json': () => new Response(JSON.stringify(site.pack)),
      '/models/spots/spots.tflite': () => arriving(MODEL.slice(0, 1), MODEL.slice(1)),
    },
    stop() { globalThis.fetch = real_fetch; },
  };
  FakeWorker.made = [];
  globalThis.fetch = async (url, { cache } = {}) => {
    const { pathname } = new URL(url);
    site.asked.push(pathname);
    if (site.files[pathname]) return site.files[pathname](cache);
    if (pathname.endsWith('.wasm')) return new Response(EMPTY_MODULE);
    return new Response('', { status: 404 });
  };
  return site;
}

export const makeClient = (answer, timing) => new ClassifierClient({ createWorker: () => new FakeWorker(answer), timing: { idle_ms: 300, ...timing } });
/** As the engine loads: the pack from a store. */
export function load(client, { store = new PackStore(new URL('https://page.example/')), ...options } = {}) {
  return client.load({
    variant: 'int8', ...options,
    openPack: async (isAnew) => ({ ...await store.open(FOLDER, { isAnew }), texts: Promise.resolve(null) }),
  });
}
