// The client against a worker and a server made here: order, abort, crashes,
// rest, and a worker that ends without a word.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ClassifierClient } from '../../web/classifier/client.js';
import { answers, arriving, FakeWorker, load, makeClient, MODEL, packOf, serve, sha256, until } from './stand-in.mjs';

let site;
let files;
beforeEach(() => {
  site = serve();
  ({ files } = site);
});
afterEach(() => site.stop());

const opened = async (answer, timing) => {
  const client = makeClient(answer, timing);
  await load(client);
  return client;
};

describe('loading', () => {
  test('hands over the model in pieces, the pack, two modules and where their glue is', async () => {
    const client = makeClient();
    const sizes = [];
    await expect(load(client, { onBytes: (...now) => sizes.push(now) })).resolves.toMatchObject({ pack: { id: 'spots' } });
    const [worker] = FakeWorker.made;
    const [start, loading] = worker.requests;
    expect(worker.glue).toEqual([start.infer.glue, start.decode.glue]);
    expect(start.infer.module).toBeInstanceOf(WebAssembly.Module);
    expect(start.decode.glue).toMatch(/\/wasm\/decode\.mjs$/);
    expect(loading).toMatchObject({ type: 'load', variant: 'int8', threads: 1, pack: JSON.stringify(site.pack), texts: null });
    expect(worker.model).toEqual(MODEL);
    expect(sizes).toEqual([[1, 4], [4, 4]]);
  });

  test.each([
    ['another digest', { sha256: 'f'.repeat(64) }, 'digest-mismatch', /SHA-256 9f64a747/],
    ['a shorter file', { bytes: 5 }, 'truncated', /has 4 bytes, pack.json says 5/],
    ['a longer file', { bytes: 3 }, 'digest-mismatch', /longer than 3 bytes/],
    ['a longer file whose first piece looks whole', { bytes: 1, sha256: sha256(MODEL.slice(0, 1)) }, 'digest-mismatch', /longer than 1 bytes/],
  ])('refuses %s', async (_, change, status, message) => {
    site.pack = packOf(change);
    await expect(load(makeClient())).rejects.toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test.each([
    ['no pack', (all) => { delete all['/models/spots/pack.json']; }, 'io', /answered 404/],
    ['a pack that is no JSON', (all) => { all['/models/spots/pack.json'] = () => new Response('<html>'); }, 'invalid-pack', /not JSON/],
    ['another format', (all) => { all['/models/spots/pack.json'] = () => new Response('{"format":3}'); }, 'invalid-pack', /format is 3, this page reads 1 and 2/],
    ['no network', (all) => { all['/models/spots/pack.json'] = () => { throw new TypeError('failed'); }; }, 'io', /could not be fetched/],
  ])('tells of %s', async (_, change, status, message) => {
    change(files);
    await expect(load(makeClient())).rejects.toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test('a cached copy that is not the published one is fetched anew, once', async () => {
    const asked = [];
    files['/models/spots/spots.tflite'] = (cache) => {
      asked.push(cache);
      return new Response(cache === 'reload' ? MODEL : new Uint8Array([9, 9, 9, 9]));
    };
    await load(makeClient());
    expect(FakeWorker.made[0].model).toEqual(MODEL);
    expect(asked).toEqual(['default', 'reload']);
  });

  describe('a model that breaks off', () => {
    const quick = { pauses_ms: [1, 1], stall_ms: 40 };
    const asked = [];
    // A server that sends what `answers` says, one after the other, and notes the range that it was asked for.
    const serveModel = (...replies) => {
      asked.length = 0;
      globalThis.fetch = ((fetch_before) => async (url, options = {}) => {
        if (!String(url).endsWith('.tflite')) return fetch_before(url, options);
        asked.push(options.headers?.range ?? null);
        return replies[Math.min(asked.length, replies.length) - 1](options.signal);
      })(globalThis.fetch);
    };
    const broken = () => arriving(MODEL.slice(0, 3), new TypeError('network error'));
    const never = (signal) => new Response(new ReadableStream({ start: (controller) => {
      controller.enqueue(MODEL.slice(0, 1));
      signal.addEventListener('abort', () => controller.error(signal.reason));
    } }));
    const rest = (from) => () => new Response(MODEL.slice(from), { status: 206, headers: { 'content-range': `bytes ${from}-3/4` } });

    test('goes on from where it stopped', async () => {
      serveModel(broken, rest(3));
      await load(makeClient(answers, quick));
      expect([FakeWorker.made[0].model, asked]).toEqual([MODEL, [null, 'bytes=3-']]);
    });
    test('does so also where the server knows no ranges', async () => {
      serveModel(broken, () => new Response(MODEL));
      await load(makeClient(answers, quick));
      expect(FakeWorker.made[0].model).toEqual(MODEL);
    });
    test('or goes silent: it is not waited for for ever', async () => {
      serveModel(never, rest(1));
      await load(makeClient(answers, quick));
      expect([FakeWorker.made[0].model, asked]).toEqual([MODEL, [null, 'bytes=1-']]);
    });
    test('again and again is an error that says where', async () => {
      serveModel(broken, () => { throw new TypeError('no network'); });
      await expect(load(makeClient(answers, quick))).rejects.toMatchObject({
        status: 'io', message: expect.stringMatching(/^spots\.tflite stopped after 3 of 4 bytes: .*no network/) });
      expect(asked).toEqual([null, 'bytes=3-', 'bytes=3-']);
    });
    test('by silence again and again too', async () => {
      serveModel(never);
      await expect(load(makeClient(answers, { ...quick, stall_ms: 1000 / 30 }))).rejects.toMatchObject({ status: 'io', message: expect.stringMatching(/stopped after 1 of 4 bytes: nothing came/) });
    });
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
    await expect(load(client)).rejects.toMatchObject({ status: 'invalid-pack' });
    expect(signal.aborted).toBe(true);
  });

  test('a worker that cannot be made ends the load', async () => {
    const refusing = new ClassifierClient({ createWorker: () => { throw new DOMException('of another origin', 'SecurityError'); } });
    await expect(load(refusing)).rejects.toMatchObject({ name: 'SecurityError' });
    await expect(refusing.classify(new Blob([]), { name: 'a' })).rejects.toMatchObject({ name: 'SecurityError' });
  });

  test('a worker whose script does not start ends the load', async () => {
    await expect(load(makeClient(() => 'crash'))).rejects.toMatchObject({ status: 'internal' });
    expect(FakeWorker.made.length).toBeLessThanOrEqual(2);
  });
});

test('the modules start while the model is on its way', async () => {
  let deliver;
  files['/models/spots/spots.tflite'] = () => new Promise((done) => { deliver = () => done(new Response(MODEL)); });
  const loaded = load(makeClient());
  await until(() => deliver && FakeWorker.made[0].requests.length === 2);
  expect(FakeWorker.made[0].requests.map(({ type }) => type)).toEqual(['start', 'load']);
  expect(await Promise.race([loaded, 'not yet'])).toBe('not yet');
  deliver();
  await expect(loaded).resolves.toMatchObject({ pack: { id: 'spots' } });
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

  test('an aborted request that runs is left at once, and its answer does not come', async () => {
    let finish;
    const client = await opened(async (request, worker) => {
      if (request.name === 'first') await new Promise((done) => { finish = done; });
      return answers(request, worker);
    }, { leave_ms: 500 });
    const first = client.classify(new Blob([]), { name: 'first', signal: AbortSignal.timeout(1) });
    const second = client.classify(new Blob([]), { name: 'second' });
    await expect(first).rejects.toMatchObject({ name: 'TimeoutError' });
    finish();
    await expect(second).resolves.toMatchObject({ result: { file: 'second' } });
    expect(FakeWorker.made).toHaveLength(1); // it ended by itself in time
  });

  test('an aborted request that goes on is ended with its worker, and the next is answered by another', async () => {
    const client = await opened((request, worker) => (request.name === 'endless' ? undefined : answers(request, worker)), { leave_ms: 5 });
    const abort = new AbortController();
    const endless = client.classify(new Blob([]), { name: 'endless', signal: abort.signal });
    const next = client.classify(new Blob([]), { name: 'next' });
    await until(() => FakeWorker.made[0].requests.at(-1).name === 'endless');
    abort.abort(new DOMException('left', 'AbortError'));
    await expect(endless).rejects.toMatchObject({ name: 'AbortError' });
    await expect(next).resolves.toMatchObject({ result: { file: 'next' } });
    expect(FakeWorker.made.map(({ isGone }) => Boolean(isGone))).toEqual([true, false]);
    expect(FakeWorker.made[1].requests.map(({ type }) => type)).toEqual(['start', 'load', 'classify']);
  });

  test('a signal that outlives its request keeps no listener', async () => {
    const client = await opened();
    const { signal } = new AbortController();
    let num_listeners = 0;
    for (const [name, step] of [['addEventListener', 1], ['removeEventListener', -1]]) {
      const own = signal[name].bind(signal);
      signal[name] = (...args) => { num_listeners += step; own(...args); };
    }
    for (const name of ['a', 'b', 'c']) await client.classify(new Blob([]), { name, signal });
    expect(num_listeners).toBe(0);
  });
});

test('a picture of a live view is handed over, not copied, and not tried again', async () => {
  let num_crashes = 0;
  const client = await opened((request, worker) => (request.type !== 'frame' ? answers(request, worker)
    : num_crashes++ === 0 ? 'crash' : { type: 'reading', result: { ok: true, prior: request.prior } }));
  const sent = [];
  const post = FakeWorker.prototype.postMessage;
  FakeWorker.prototype.postMessage = function (request, transfer) {
    if (request.type === 'frame') sent.push(transfer);
    post.call(this, request);
  };
  try {
    await expect(client.read('first')).rejects.toMatchObject({ isCrash: true });
    await expect(client.read('second', { prior: 'uniform' })).resolves.toEqual({ ok: true, prior: 'uniform' });
    expect(sent).toEqual([['first'], ['second']]);
  } finally {
    FakeWorker.prototype.postMessage = post;
  }
});

describe('rest', () => {
  test('an idle worker goes, and comes back by itself with the modules and the model that it had', async () => {
    const client = await opened(answers, { idle_ms: 5 });
    await until(() => FakeWorker.made[0].isGone);
    const modes = [];
    const before = files['/models/spots/spots.tflite'];
    files['/models/spots/spots.tflite'] = (cache) => {
      modes.push(cache);
      return before();
    };
    const modules = () => site.asked.filter((path) => path.endsWith('.wasm')).length;
    expect(modules()).toBe(2);
    await expect(client.classify(new Blob([]), { name: 'a' })).resolves.toMatchObject({ result: { file: 'a' } });
    expect(FakeWorker.made[1].requests.map(({ type }) => type)).toEqual(['start', 'load', 'classify']);
    expect([modules(), modes]).toEqual([2, ['force-cache']]);
  });

  test('a worker with work does not go', async () => {
    const client = await opened(async (request, worker) => {
      if (request.type === 'classify') await new Promise((done) => setTimeout(done, 40));
      return answers(request, worker);
    }, { idle_ms: 5 });
    await client.classify(new Blob([]), { name: 'a' });
    expect(FakeWorker.made.slice(0, -1).every(({ isGone }) => isGone)).toBe(true);
    expect(FakeWorker.made.at(-1).requests.at(-1).name).toBe('a');
  });

  test('a copy that is not the published file is not what comes back', async () => {
    const client = await opened(answers, { idle_ms: 5 });
    await until(() => FakeWorker.made[0].isGone);
    files['/models/spots/spots.tflite'] = (cache) => new Response(cache === 'reload' ? MODEL : new Uint8Array([9, 9, 9, 9]));
    await expect(client.classify(new Blob([]), { name: 'a' })).resolves.toMatchObject({ result: { file: 'a' } });
  });

  test('a model that cannot be had again is told as such, not as a fault of the picture', async () => {
    const client = await opened(answers, { idle_ms: 5 });
    await until(() => FakeWorker.made[0].isGone);
    files['/models/spots/spots.tflite'] = () => { throw new TypeError('no network'); };
    await expect(client.classify(new Blob([]), { name: 'a' })).rejects.toMatchObject({ status: 'io', isOfLoading: true });
  });
});

describe('a worker that ends without a word', () => {
  const quick = { tick_ms: 2, greeting_ticks: 3, silence_ticks: 8 };

  test('before a request: another one answers it', async () => {
    const client = await opened(answers, quick);
    FakeWorker.made[0].hasEnded = true;
    await expect(client.classify(new Blob([]), { name: 'a' })).resolves.toMatchObject({ result: { file: 'a' } });
    expect(FakeWorker.made.map(({ isGone }) => Boolean(isGone))).toEqual([true, false]);
  });

  test('in the middle of it: another one answers it', async () => {
    let num_ended = 0;
    const client = await opened((request, worker) => (request.type === 'classify' && num_ended++ === 0 ? 'end' : answers(request, worker)), quick);
    await expect(client.classify(new Blob([]), { name: 'a' })).resolves.toMatchObject({ result: { file: 'a' } });
    expect(FakeWorker.made).toHaveLength(2);
  });

  test('always: an error that says so, no wait for ever', async () => {
    const client = await opened((request, worker) => (request.type === 'classify' ? 'end' : answers(request, worker)), quick);
    await expect(client.classify(new Blob([]), { name: 'a' })).rejects.toMatchObject({ status: 'internal', message: expect.stringMatching(/has said nothing/) });
  });

  test('while the model is on its way, once: another one takes it', async () => {
    const client = makeClient((request, worker) => (request.type === 'load' && worker === FakeWorker.made[0] ? 'end' : answers(request, worker)), quick);
    await expect(load(client)).resolves.toMatchObject({ pack: { id: 'spots' } });
    expect(FakeWorker.made.map(({ isGone, model }) => [Boolean(isGone), model])).toEqual([[true, undefined], [false, MODEL]]);
    await expect(client.classify(new Blob([]), { name: 'a' })).resolves.toMatchObject({ result: { file: 'a' } });
  });

  test('again and again while the model is on its way: an error that says so, no wait for a network that is slow', async () => {
    files['/models/spots/spots.tflite'] = () => new Response(new ReadableStream({
      async pull(controller) {
        controller.enqueue(MODEL.slice(0, 1));
        await new Promise((done) => setTimeout(done, 20));
        FakeWorker.made.at(-1).hasEnded = true;
        controller.enqueue(MODEL.slice(1, 2));
        controller.enqueue(MODEL.slice(2, 3));
        await new Promise(() => {}); // the rest never comes
      },
    }));
    await expect(load(makeClient(answers, { ...quick, taking_ticks: 8 }))).rejects.toMatchObject({
      status: 'internal', message: expect.stringMatching(/has said nothing/) });
  });

  test('but a model that comes slowly is waited for', async () => {
    files['/models/spots/spots.tflite'] = () => new Response(new ReadableStream({
      async pull(controller) {
        controller.enqueue(MODEL.slice(0, 2));
        await new Promise((done) => setTimeout(done, 60));
        controller.enqueue(MODEL.slice(2));
        controller.close();
      },
    }));
    await expect(load(makeClient(answers, quick))).resolves.toMatchObject({ pack: { id: 'spots' } });
  });
});

// Firefox 153: a worker that makes others, its threads, can wait for ever for one that has long been made.
describe('a worker that does not get its threads', () => {
  const threaded = (isStuck, timing = {}) => new ClassifierClient({
    createWorker: () => new FakeWorker((request, worker) => (request.type === 'start' && isStuck(worker) ? undefined : answers(request, worker))),
    choose: (is_single) => (is_single ? { build: 'infer-simd', threads: 1 } : { build: 'infer-simd-mt', threads: 4 }),
    timing: { tick_ms: 2, starting_ticks: 5, silence_ticks: 1e6, idle_ms: 300, ...timing },
  });
  const builds = () => FakeWorker.made.map(({ requests: [start] }) => start.infer.glue.split('/').at(-1));

  test('is replaced long before one at work would be, by one that needs none', async () => {
    const client = threaded(() => FakeWorker.made.length === 1);
    await expect(load(client)).resolves.toMatchObject({ pack: { id: 'spots' } });
    expect(builds()).toEqual(['infer-simd-mt.mjs', 'infer-simd.mjs']);
    expect([FakeWorker.made[0].isGone, FakeWorker.made[1].requests[1].threads, client.build.threads]).toEqual([true, 1, 1]);
  });

  test('so too where it comes back from rest, and what waits is answered', async () => {
    const client = threaded(() => FakeWorker.made.length === 2, { idle_ms: 5 });
    await load(client);
    await until(() => FakeWorker.made[0].isGone);
    const both = [client.classify(new Blob([]), { name: 'a' }), client.classify(new Blob([]), { name: 'b' })];
    for (const [index, name] of ['a', 'b'].entries()) await expect(both[index]).resolves.toMatchObject({ result: { file: name } });
    expect(builds()).toEqual(['infer-simd-mt.mjs', 'infer-simd-mt.mjs', 'infer-simd.mjs']);
    expect(FakeWorker.made[2].requests.map(({ type }) => type)).toEqual(['start', 'load', 'classify', 'classify']);
  });

  test('so too where it began before anybody knew which model it would have', async () => {
    const client = threaded(() => FakeWorker.made.length === 1);
    await expect(client.start()).rejects.toMatchObject({ isCrash: true });
    await load(client);
    expect(builds()).toEqual(['infer-simd-mt.mjs', 'infer-simd.mjs']);
  });

  test('is not replaced for ever', async () => {
    await expect(load(threaded(() => true))).rejects.toMatchObject({ isCrash: true, message: expect.stringMatching(/has said nothing/) });
    expect(FakeWorker.made).toHaveLength(2);
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

  test.each(['start', 'load'])('while the model is loaded (%s) starts one new worker, and all of it again', async (type) => {
    const client = makeClient((request, worker) => (request.type === type && worker === FakeWorker.made[0] ? 'crash' : answers(request, worker)));
    await expect(load(client)).resolves.toMatchObject({ pack: { id: 'spots' } });
    expect(FakeWorker.made).toHaveLength(2);
    expect(FakeWorker.made[1].requests.map((request) => request.type)).toEqual(['start', 'load']);
    expect(FakeWorker.made[1].model).toEqual(MODEL);
  });

  test('twice while the model is loaded is an error, and where its time is measured once is', async () => {
    const answer = (request, worker) => (request.type === 'load' ? 'crash' : answers(request, worker));
    await expect(load(makeClient(answer))).rejects.toMatchObject({ isCrash: true });
    expect(FakeWorker.made).toHaveLength(2);
    const client = new ClassifierClient({ createWorker: () => new FakeWorker(answer), is_tenacious: false });
    await expect(load(client)).rejects.toMatchObject({ isCrash: true });
    expect(FakeWorker.made).toHaveLength(3);
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
