// The client against a worker and a server made here: order, abort, crashes.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { ClassifierClient } from '../../web/classifier/client.js';
import { Pieces } from '../../web/classifier/worker-pieces.js';
import { errorReply } from '../../web/classifier/protocol.js';

const FOLDER = new URL('https://page.example/models/spots/');
const MODEL = new Uint8Array([1, 2, 3, 4]);
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const SQUARE = { width: 1, height: 1, rgb: new Uint8Array(3) };

const packOf = (change = {}) => ({
  format: 1, id: 'spots', default_variant: 'int8', classes: [],
  variants: [{ name: 'int8', file: 'spots.tflite', bytes: 4, sha256: createHash('sha256').update(MODEL).digest('hex'), ...change }],
});

/** A worker that answers by `answer(request, worker)`; 'crash' makes it stop. */
class FakeWorker extends EventTarget {
  static made = [];
  constructor(answer) {
    super();
    this.answer = answer;
    this.requests = [];
    this.pieces = new Pieces();
    this.glue = [];
    FakeWorker.made.push(this);
  }
  postMessage(request) {
    if (request.type === 'piece') return this.pieces.push(request);
    if (request.type === 'glue') return this.glue.push(...request.urls);
    this.requests.push(request);
    queueMicrotask(async () => {
      const reply = await this.answer(request, this);
      if (this.isGone || reply === undefined) return;
      if (reply === 'crash') this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: 'out of memory' }));
      else this.dispatchEvent(new MessageEvent('message', { data: { id: request.id, ...reply } }));
    });
  }
  terminate() { this.isGone = true; }
}

/** As web/classifier/worker.js answers a load: once the whole file has come and is the one that is wanted. */
async function answerLoad({ id, pack: json, stream }, worker) {
  const [{ bytes, sha256 }] = JSON.parse(json).variants;
  worker.model = new Uint8Array();
  try {
    while (worker.model.length < bytes) worker.model = new Uint8Array([...worker.model, ...await worker.pieces.next(stream)]);
  } catch (error) {
    return errorReply(id, error);
  } finally {
    worker.pieces.end(stream);
  }
  const hex = createHash('sha256').update(worker.model).digest('hex');
  return hex === sha256 ? { type: 'loaded' } : { type: 'error', status: 'digest-mismatch', message: `SHA-256 ${hex}`, isCrash: false };
}

const answers = (request, worker) => (request.type === 'start' ? { type: 'started' } : request.type === 'load' ? answerLoad(request, worker)
  : request.type === 'probe' ? { type: 'probed', info: { width: 4, height: 3 } }
    : { type: 'result', result: { file: request.name, ok: true }, square: SQUARE });

/** An answer whose body comes in these pieces; an Error breaks it off. */
const arriving = (...pieces) => new Response(new ReadableStream({
  pull(controller) {
    const piece = pieces.shift();
    if (piece === undefined) controller.close();
    else if (piece instanceof Error) controller.error(piece);
    else controller.enqueue(piece);
  },
}));

/** Waits for what other tasks bring about; Jest's own limit ends it. */
async function until(isTrue) {
  while (!isTrue()) await new Promise((done) => setTimeout(done, 1));
}

let files;
let pack;
const real_fetch = globalThis.fetch;

beforeEach(() => {
  FakeWorker.made = [];
  pack = packOf();
  files = {
    '/models/spots/pack.json': () => new Response(JSON.stringify(pack)),
    '/models/spots/spots.tflite': () => arriving(MODEL.slice(0, 1), MODEL.slice(1)),
  };
  globalThis.fetch = async (url, { cache } = {}) => {
    const { pathname } = new URL(url);
    if (files[pathname]) return files[pathname](cache);
    if (pathname.endsWith('.wasm')) return new Response(EMPTY_MODULE);
    return new Response('', { status: 404 });
  };
});
afterEach(() => { globalThis.fetch = real_fetch; });

const makeClient = (answer = answers) => new ClassifierClient({ createWorker: () => new FakeWorker(answer) });
const opened = async (answer) => {
  const client = makeClient(answer);
  await client.load({ folder: FOLDER });
  return client;
};

describe('loading', () => {
  test('hands over the model in pieces, the pack, two modules and where their glue is', async () => {
    const client = makeClient();
    const sizes = [];
    await expect(client.load({ folder: FOLDER, onBytes: (...now) => sizes.push(now) })).resolves.toMatchObject({ id: 'spots' });
    const [worker] = FakeWorker.made;
    const [start, load] = worker.requests;
    expect(worker.glue).toEqual([start.infer.glue, start.decode.glue]);
    expect(start.infer.module).toBeInstanceOf(WebAssembly.Module);
    expect(start.decode.glue).toMatch(/\/wasm\/decode\.mjs$/);
    expect(load).toMatchObject({ type: 'load', variant: 'int8', threads: 1, pack: JSON.stringify(pack) });
    expect(worker.model).toEqual(MODEL);
    expect(sizes).toEqual([[1, 4], [4, 4]]);
  });

  test.each([
    ['another digest', { sha256: 'f'.repeat(64) }, 'digest-mismatch', /SHA-256 9f64a747/],
    ['a shorter file', { bytes: 5 }, 'truncated', /has 4 bytes, pack.json says 5/],
    ['a longer file', { bytes: 3 }, 'digest-mismatch', /longer than 3 bytes/],
    ['a longer file whose first piece looks whole', { bytes: 1, sha256: createHash('sha256').update(MODEL.slice(0, 1)).digest('hex') }, 'digest-mismatch', /longer than 1 bytes/],
  ])('refuses %s', async (_, change, status, message) => {
    pack = packOf(change);
    await expect(makeClient().load({ folder: FOLDER })).rejects.toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test.each([
    ['no pack', (all) => { delete all['/models/spots/pack.json']; }, 'io', /answered 404/],
    ['a pack that is no JSON', (all) => { all['/models/spots/pack.json'] = () => new Response('<html>'); }, 'invalid-pack', /not JSON/],
    ['another format', (all) => { all['/models/spots/pack.json'] = () => new Response('{"format":2}'); }, 'invalid-pack', /format is 2/],
    ['no network', (all) => { all['/models/spots/pack.json'] = () => { throw new TypeError('failed'); }; }, 'io', /could not be fetched/],
  ])('tells of %s', async (_, change, status, message) => {
    change(files);
    await expect(makeClient().load({ folder: FOLDER })).rejects.toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test('a cached copy that is not the published one is fetched anew, once', async () => {
    const asked = [];
    files['/models/spots/spots.tflite'] = (cache) => {
      asked.push(cache);
      return new Response(cache === 'reload' ? MODEL : new Uint8Array([9, 9, 9, 9]));
    };
    let num_packs = 0;
    await makeClient().load({ folder: FOLDER, onPack: () => num_packs++ });
    expect(FakeWorker.made[0].model).toEqual(MODEL);
    expect(num_packs).toBe(1);
    expect(asked).toEqual(['default', 'reload']);
  });

  test('a model that breaks off is an error that says where', async () => {
    files['/models/spots/spots.tflite'] = () => arriving(MODEL.slice(0, 3), new TypeError('network error'));
    await expect(makeClient().load({ folder: FOLDER })).rejects.toMatchObject({
      status: 'io', message: 'spots.tflite stopped after 3 of 4 bytes: network error' });
  });

  test('a model that the worker refuses early is downloaded no further', async () => {
    let signal;
    globalThis.fetch = ((fetch_before) => async (url, options) => {
      if (!String(url).endsWith('.tflite')) return fetch_before(url, options);
      ({ signal } = options);
      return new Response(new ReadableStream({ start: (controller) => {
        controller.enqueue(MODEL.slice(0, 1)); // the rest never comes
        signal.addEventListener('abort', () => controller.error(signal.reason));
      } }));
    })(globalThis.fetch);
    const client = makeClient((request, worker) => (request.type === 'load'
      ? { type: 'error', status: 'invalid-pack', message: 'pack.json: no', isCrash: false } : answers(request, worker)));
    await expect(client.load({ folder: FOLDER })).rejects.toMatchObject({ status: 'invalid-pack' });
    expect(signal.aborted).toBe(true);
  });

  test('names the variants there are', async () => {
    await expect(makeClient().load({ folder: FOLDER, variant: 'int4' }))
      .rejects.toMatchObject({ status: 'invalid-argument', message: expect.stringMatching(/"int4", it has: int8/) });
  });

  test('a worker that cannot be made ends the load', async () => {
    const refusing = new ClassifierClient({ createWorker: () => { throw new DOMException('of another origin', 'SecurityError'); } });
    await expect(refusing.load({ folder: FOLDER })).rejects.toMatchObject({ name: 'SecurityError' });
    await expect(refusing.classify(new Blob([]), { name: 'a' })).rejects.toMatchObject({ name: 'SecurityError' });
  });

  test('a worker whose script does not start ends the load', async () => {
    await expect(makeClient(() => 'crash').load({ folder: FOLDER })).rejects.toMatchObject({ status: 'internal' });
    expect(FakeWorker.made.length).toBeLessThanOrEqual(2);
  });
});

test('the modules start while the model is on its way', async () => {
  let deliver;
  files['/models/spots/spots.tflite'] = () => new Promise((done) => { deliver = () => done(new Response(MODEL)); });
  const loaded = makeClient().load({ folder: FOLDER });
  await until(() => deliver && FakeWorker.made[0].requests.length === 2);
  expect(FakeWorker.made[0].requests.map(({ type }) => type)).toEqual(['start', 'load']);
  expect(await Promise.race([loaded, 'not yet'])).toBe('not yet');
  deliver();
  await expect(loaded).resolves.toMatchObject({ id: 'spots' });
});

describe('requests', () => {
  test('run one at a time, in order', async () => {
    let num_running = 0;
    let most = 0;
    const client = await opened(async (request, worker) => {
      most = Math.max(most, ++num_running);
      await new Promise((done) => setTimeout(done, 5));
      num_running--;
      return answers(request, worker);
    });
    const names = ['a', 'b', 'c'];
    const results = await Promise.all(names.map((name) => client.classify(new Blob([]), { name })));
    expect(results.map(({ result }) => result.file)).toEqual(names);
    expect(most).toBe(1);
  });

  test('a failure ends only its own request', async () => {
    const client = await opened((request, worker) => (request.name === 'bad'
      ? { type: 'error', status: 'damaged', message: 'm', isCrash: false } : answers(request, worker)));
    const bad = client.classify(new Blob([]), { name: 'bad' });
    const good = client.classify(new Blob([]), { name: 'good' });
    await expect(bad).rejects.toMatchObject({ status: 'damaged', message: 'm' });
    await expect(good).resolves.toMatchObject({ result: { file: 'good' } });
    expect(FakeWorker.made).toHaveLength(1);
  });

  test('an aborted request that waits is never sent', async () => {
    const client = await opened(async (request, worker) => {
      await new Promise((done) => setTimeout(done, 5));
      return answers(request, worker);
    });
    const abort = new AbortController();
    const first = client.classify(new Blob([]), { name: 'first' });
    const second = client.classify(new Blob([]), { name: 'second', signal: abort.signal });
    abort.abort(new DOMException('left', 'AbortError'));
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    await first;
    await client.probe(new Blob([]));
    expect(FakeWorker.made[0].requests.map(({ type, name }) => name ?? type)).toEqual(['start', 'load', 'first', 'probe']);
  });

  test('an aborted request that runs is left at once, and the next is answered', async () => {
    let finish;
    const client = await opened(async (request, worker) => {
      if (request.name === 'first') await new Promise((done) => { finish = done; });
      return answers(request, worker);
    });
    const first = client.classify(new Blob([]), { name: 'first', signal: AbortSignal.timeout(1) });
    const second = client.classify(new Blob([]), { name: 'second' });
    await expect(first).rejects.toMatchObject({ name: 'TimeoutError' });
    finish();
    await expect(second).resolves.toMatchObject({ result: { file: 'second' } });
  });
});

describe('a crash', () => {
  test('starts one new worker, loads again and answers', async () => {
    let num_crashes = 0;
    const client = await opened((request, worker) => (request.type === 'classify' && num_crashes++ === 0 ? 'crash' : answers(request, worker)));
    await expect(client.classify(new Blob([]), { name: 'a' })).resolves.toMatchObject({ result: { file: 'a' } });
    expect(FakeWorker.made).toHaveLength(2);
    expect(FakeWorker.made[1].requests.map(({ type }) => type)).toEqual(['start', 'load', 'classify']);
  });

  test('reported by the worker itself counts as one', async () => {
    let num_crashes = 0;
    const client = await opened((request, worker) => (request.type === 'classify' && num_crashes++ === 0
      ? { type: 'error', status: 'internal', message: 'unreachable', isCrash: true } : answers(request, worker)));
    await expect(client.classify(new Blob([]), { name: 'a' })).resolves.toMatchObject({ result: { file: 'a' } });
    expect(FakeWorker.made).toHaveLength(2);
  });

  test('twice is an error, and the next photo still gets its answer', async () => {
    const client = await opened((request, worker) => (request.name === 'bomb' ? 'crash' : answers(request, worker)));
    await expect(client.classify(new Blob([]), { name: 'bomb' }))
      .rejects.toMatchObject({ status: 'internal', message: expect.stringMatching(/out of memory/) });
    await expect(client.classify(new Blob([]), { name: 'b' })).resolves.toMatchObject({ result: { file: 'b' } });
    expect(FakeWorker.made).toHaveLength(3);
  });

  test('whose reload fails rejects what waits, and the next photo tries again', async () => {
    let num_crashes = 0;
    const client = await opened((request, worker) => (request.type === 'classify' && num_crashes++ === 0 ? 'crash' : answers(request, worker)));
    const model = files['/models/spots/spots.tflite'];
    files['/models/spots/spots.tflite'] = () => new Response('', { status: 503 });
    const both = [client.classify(new Blob([]), { name: 'a' }), client.classify(new Blob([]), { name: 'b' })];
    for (const one of await Promise.allSettled(both)) expect(one).toMatchObject({ status: 'rejected', reason: { status: 'io' } });
    files['/models/spots/spots.tflite'] = model;
    await expect(client.classify(new Blob([]), { name: 'c' })).resolves.toMatchObject({ result: { file: 'c' } });
  });
});

test('destroy ends the worker and rejects what waits', async () => {
  const client = await opened((request, worker) => (request.type === 'classify' ? undefined : answers(request, worker)));
  const both = [client.classify(new Blob([]), { name: 'a' }), client.classify(new Blob([]), { name: 'b' })];
  await until(() => FakeWorker.made[0].requests.length === 3);
  client.destroy();
  for (const one of await Promise.allSettled(both)) expect(one).toMatchObject({ status: 'rejected', reason: { message: /closed/ } });
  expect(FakeWorker.made[0].isGone).toBe(true);
  await expect(client.probe(new Blob([]))).rejects.toMatchObject({ status: 'internal' });
});
