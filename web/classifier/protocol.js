/* protocol.js: the messages between the page and its worker, and errors as
 * both sides write them. Owns the shapes only: no worker, no DOM, no WASM.
 * Every request carries an id; every reply carries the id of its request. */

/** Names of INSITU_STATUS_LIST (src/insitu.h) that the page itself gives, and one of its own: of a DICOM file of several pictures. */
/** @typedef {'ok' | 'invalid-argument' | 'out-of-memory' | 'io' | 'unknown-format' | 'truncated'
 *   | 'damaged' | 'unsupported' | 'too-large' | 'too-small' | 'invalid-model'
 *   | 'unsupported-model' | 'invalid-pack' | 'digest-mismatch' | 'not-finite'
 *   | 'internal' | 'several-frames'} Status */

/** @typedef {import('../lib/crop.js').Crop} Crop */
/** @typedef {'default' | 'training' | 'uniform'} Prior */

/** The line of the command (`insitu classify`), made in the core: docs/answer.schema.json, whose types are generated.
 * With decision "reject" there is no top, no set and no action.
 * @typedef {import('../answer').Answer} Result */
/** @typedef {import('../answer').AttentionMap} HeatMap */

/** The judged rectangle as the model saw it. rgb: [height, width, 3] u8.
 * @typedef {{width: number, height: number, rgb: Uint8Array}} Square */

/** @typedef {{width: number, height: number, orientation: number, format: string}} PictureInfo
 *   width, height: upright */

/** The compiled module and its glue. threads 1: the glue's own thread alone.
 * @typedef {{glue: string, module: WebAssembly.Module}} ModuleSource */

/** Glue to fetch while its modules are compiled; no request, no reply.
 * @typedef {{type: 'glue', urls: string[]}} GlueMessage */
/** Starts the modules, while the model is still on its way.
 * @typedef {{type: 'start', id: number, infer: ModuleSource, decode: ModuleSource}} StartRequest */
/** Opens a variant whose file comes beside it in pieces; answered once it has come, is verified and open.
 * @typedef {{type: 'load', id: number, threads: number, pack: string, texts: string | null,
 *   variant: string, stream: number, bare: BareModel | null}} LoadRequest texts: whose labels the answers carry; null where
 *   pack.json has them. bare: a file without a pack, which the core reads by itself */
/** How a file without a pack is to be read: id: the model's name; labels: one a line, null for the file's own; output: a number
 * of insitu_output; width, height: 0 where the file says it; low, high: of its pixels, both 0 as the file says.
 * @typedef {{id: string, labels: string | null, output: number, width: number, height: number, low: number, high: number}} BareOptions */
/** @typedef {BareOptions & {bytes: number, sha256: string}} BareModel */
/** Reads a pack.json and its texts with the core, and keeps nothing open.
 * @typedef {{type: 'check', id: number, pack: string, texts: string[]}} CheckRequest */
/** What the open bare model was read as. @typedef {{type: 'describe', id: number}} DescribeRequest */
/** The next bytes of a variant's file, transferred, or why no more come. Not a
 * request: it waits for no turn and has no reply. Numbers of streams rise.
 * @typedef {{type: 'piece', stream: number, bytes: Uint8Array}
 *   | {type: 'piece', stream: number, failure: {status: Status, message: string}}} Piece */
/** @typedef {{type: 'probe', id: number, blob: Blob}} ProbeRequest */
/** @typedef {{type: 'classify', id: number, blob: Blob, name: string, crop: Crop | null, prior: Prior, map: boolean}} ClassifyRequest */
/** A picture of a live view, the part to judge alone; the bitmap is transferred and closed. As many follow as are read.
 * @typedef {{type: 'frame', id: number, bitmap: ImageBitmap, prior: Prior}} FrameRequest */
/** @typedef {{type: 'memory', id: number}} MemoryRequest */
/** @typedef {StartRequest | LoadRequest | ProbeRequest | ClassifyRequest | FrameRequest | MemoryRequest
 *   | CheckRequest | DescribeRequest} Request */

/** @typedef {'decode' | 'infer'} Stage */
/** Said at once, before any work: the worker lives.
 * @typedef {{type: 'received', id: number}} ReceivedReply */
/** A piece of a model has come: the worker lives. Of no request: id is 0.
 * @typedef {{type: 'taken', id: 0}} TakenReply */
/** @typedef {{type: 'progress', id: number, stage: Stage}} ProgressReply */
/** @typedef {{type: 'started' | 'loaded' | 'checked', id: number}} DoneReply */
/** @typedef {{type: 'probed', id: number, info: PictureInfo}} ProbedReply */
/** @typedef {{type: 'result', id: number, result: Result, info: PictureInfo, square: Square}} ResultReply */
/** @typedef {{type: 'reading', id: number, result: Result}} ReadingReply */
/** bytes: of the open model's WASM memory. @typedef {{type: 'memory', id: number, bytes: number}} MemoryReply */
/** @typedef {{type: 'described', id: number, reading: unknown}} DescribedReply */
/** isCrash: the instance can no longer be trusted, start a new worker.
 * @typedef {{type: 'error', id: number, status: Status, message: string, isCrash: boolean}} ErrorReply */
/** @typedef {ReceivedReply | TakenReply | ProgressReply | DoneReply | ProbedReply | ResultReply | ReadingReply | MemoryReply | DescribedReply | ErrorReply} Reply */

export const PRIOR_NUMBERS = Object.freeze({ default: 0, training: 1, uniform: 2 });

export class InsituError extends Error {
  /** @param {Status} status @param {string} message @param {{isCrash?: boolean, isOfLoading?: boolean, lacks?: string}} [options]
   *  isOfLoading: the model is at fault, no picture. lacks: what the browser has not, by its usual name */
  constructor(status, message, { isCrash = false, isOfLoading = false, lacks = '' } = {}) {
    super(message);
    this.name = 'InsituError';
    this.status = status;
    this.isCrash = isCrash;
    this.isOfLoading = isOfLoading;
    this.lacks = lacks;
  }
}

/**
 * @param {number} id
 * @param {unknown} error a trap of WASM, or whatever was thrown
 * @returns {ErrorReply}
 */
export function errorReply(id, error) {
  if (error instanceof InsituError) {
    return { type: 'error', id, status: error.status, message: error.message, isCrash: error.isCrash };
  }
  const message = error instanceof Error ? error.message : String(error);
  // A trap, a stack overflow or an abort leaves the instance half way.
  return { type: 'error', id, status: 'internal', message, isCrash: true };
}

/** @param {ErrorReply} reply @returns {InsituError} */
export function errorOf(reply) {
  return new InsituError(reply.status, reply.message, { isCrash: reply.isCrash });
}

/**
 * The JSON of a failure, as the command writes it.
 * @param {string} file @param {unknown} error
 * @returns {{file: string, ok: false, status: Status, message: string}}
 */
export function failureOf(file, error) {
  const { status, message } = errorReply(0, error);
  return { file, ok: false, status, message };
}

/** @param {string | null} name null: the pack's @returns {Prior} */
export function priorOf(name) {
  if (name === null || name === 'default') return 'default';
  if (name === 'training' || name === 'uniform') return name;
  throw new InsituError('invalid-argument', `prior is "${name}", it can be training or uniform`);
}
