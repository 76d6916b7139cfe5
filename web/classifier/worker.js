/* worker.js: all decoding and inference. Owns the open classifier and answers
 * one request at a time, in order. Refuses to store and to keep a picture: the
 * decode module's instance goes after each, and its memory with it. Fetches
 * nothing but a further decoder, when a file needs it (worker-picture.js), and what
 * runs the first in while nobody asks (worker-warm.js). */

import { errorReply, InsituError, PRIOR_NUMBERS } from './protocol.js';
import { DecodeModule, InferModule, ModuleError } from './module.js';
import { prepareFrame, preparePicture, probePicture } from './worker-picture.js';
import { Pieces } from './worker-pieces.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Piece} Piece */
/** @typedef {import('./protocol.js').GlueMessage} GlueMessage */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('./protocol.js').Status} Status */

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** @type {InferModule | null} */
let infer = null;
/** @type {import('./protocol.js').ModuleSource | null} */
let decode_source = null;
let is_loaded = false;
/** Of a live view, whose pictures are all of one size: its memory does not grow, and it is kept while they come. @type {DecodeModule | null} */
let live_decoder = null;
const pieces = new Pieces();

/** @param {Reply} reply @param {Transferable[]} [transfer] */
function post(reply, transfer = []) {
  scope.postMessage(reply, transfer);
}

/** @param {import('./protocol.js').StartRequest} request */
async function start({ id, infer: source, decode }) {
  is_loaded = false;
  decode_source = decode;
  // The first decode module proves that one can be had; each photo gets its own.
  [infer] = await Promise.all([InferModule.start(source), DecodeModule.start(decode)]);
  post({ type: 'started', id });
}

/** @param {import('./protocol.js').LoadRequest} request */
async function load({ id, threads, pack, texts, variant, stream, bare }) {
  is_loaded = false;
  try {
    if (!infer) throw new InsituError('internal', 'the modules were not started');
    let missing_bytes = bare ? infer.expectBare(bare) : infer.expect({ pack, texts, variant });
    while (missing_bytes > 0) {
      const bytes = await pieces.next(stream);
      infer.receive(bytes);
      missing_bytes -= bytes.length;
    }
    await infer.open({ threads });
  } finally {
    pieces.end(stream);
  }
  is_loaded = true;
  post({ type: 'loaded', id });
  setTimeout(warm, REST_MS);
}

/** INSITU_MAX_FILE_BYTES: said before a long video fills the memory. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** @param {Blob} blob @returns {Promise<Uint8Array>} */
async function read(blob) {
  if (blob.size > MAX_FILE_BYTES) {
    throw new InsituError('too-large', `the file has ${blob.size} bytes, but at most ${MAX_FILE_BYTES} are read`);
  }
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw new InsituError('io', `the file could not be read: ${error}`);
  }
}

/** @returns {{infer: InferModule, decode: import('./protocol.js').ModuleSource}} */
function opened() {
  if (!infer || !decode_source || !is_loaded) throw new InsituError('internal', 'no model is loaded');
  return { infer, decode: decode_source };
}

/** @param {import('./protocol.js').ProbeRequest} request */
async function probe({ id, blob }) {
  const { infer: classifier, decode } = opened();
  const facts = await probePicture(decode, blob, await read(blob));
  post({ type: 'probed', id, info: classifier.pictureInfo(facts) });
}

/** @param {import('./protocol.js').ClassifyRequest} request */
async function classify({ id, blob, name, crop, prior, map }) {
  const { infer: classifier, decode } = opened();
  post({ type: 'progress', id, stage: 'decode' });
  const { rgb, picture } = await preparePicture(decode, blob, await read(blob), crop, classifier.input);
  post({ type: 'progress', id, stage: 'infer' });
  classifier.classify(rgb, picture, { prior: PRIOR_NUMBERS[prior], map });
  const result = classifier.answer(name);
  const { width, height } = classifier.input;
  post({ type: 'result', id, result, info: classifier.pictureInfo(picture), square: { width, height, rgb } }, [rgb.buffer]);
}

/** No stages, no square and one view: a live view has no time for more. @param {import('./protocol.js').FrameRequest} request */
async function frame({ id, bitmap, prior }) {
  const { infer: classifier, decode } = opened();
  live_decoder ??= await DecodeModule.start(decode);
  const { rgb, picture } = prepareFrame(live_decoder, bitmap, classifier.input);
  classifier.classify(rgb, picture, { prior: PRIOR_NUMBERS[prior], map: false, most_views: 1 });
  post({ type: 'reading', id, result: classifier.answer('camera') });
}

/** What the open model holds, its packed weights and workspace in it. @param {import('./protocol.js').MemoryRequest} request */
function memory({ id }) {
  post({ type: 'memory', id, bytes: opened().infer.sizeBytes });
}

/** @param {import('./protocol.js').CheckRequest} request */
function check({ id, pack, texts }) {
  if (!infer) throw new InsituError('internal', 'the modules were not started');
  is_loaded = false;
  infer.check(pack, texts);
  post({ type: 'checked', id });
}

/** @param {import('./protocol.js').DescribeRequest} request */
function describe({ id }) {
  post({ type: 'described', id, reading: opened().infer.bareReading() });
}

/** @param {Request} request */
function answer(request) {
  if (request.type !== 'frame') live_decoder = null;
  switch (request.type) {
    case 'start': return start(request);
    case 'load': return load(request);
    case 'probe': return probe(request);
    case 'classify': return classify(request);
    case 'frame': return frame(request);
    case 'memory': return memory(request);
    case 'check': return check(request);
    case 'describe': return describe(request);
  }
}

/** @type {Promise<void>} */
let last = Promise.resolve();
/** Somebody who is about to ask has asked by then. */
const REST_MS = 500;
/** The worker has had work, or the time for the warm-up was used: it is not done again. */
let is_asked = false;
async function warm() {
  if (is_asked) return;
  const module = await import('./worker-warm.js').catch(() => null);
  await module?.warmUp(async (photo) => {
    const { infer: classifier, decode } = opened();
    await preparePicture(decode, photo, await read(photo), null, classifier.input);
  }, (step) => {
    const turn = last.then(step);
    last = turn.catch(() => {});
    return turn;
  }, () => is_asked);
  is_asked = true;
}
/** Of the request at hand. */
let current_id = 0;
scope.addEventListener('message', (/** @type {MessageEvent<Request | Piece | GlueMessage>} */ event) => {
  const request = event.data;
  if (request.type === 'piece') {
    post({ type: 'taken', id: 0 });
    return pieces.push(request);
  }
  if (request.type === 'glue') { // what fails here fails again where it is needed, and is told there
    for (const url of request.urls) import(url).catch(() => {});
    return;
  }
  post({ type: 'received', id: request.id });
  is_asked ||= request.type !== 'start' && request.type !== 'load';
  last = last.then(() => {
    current_id = request.id;
    return answer(request);
  }).catch((error) => {
    const known = error instanceof ModuleError
      ? new InsituError(/** @type {Status} */ (error.status), error.message) : error;
    post(errorReply(request.id, known));
  });
});
// The glue makes its threads in promises that nobody else waits for.
scope.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  post(errorReply(current_id, event.reason));
});
