/* client.js: owns the worker: starts it, hands it one request at a time, and
 * starts it anew once when it crashes. Knows no DOM beyond Worker and fetch.
 *
 *   const client = new ClassifierClient();
 *   const pack = await client.load({ folder: new URL('models/skin/', location.href) });
 *   const { result } = await client.classify(blob, { name: 'photo.jpg' });
 *   client.destroy();
 */

import { fetchModule, fetchPack, findVariant, glueOf, streamModel } from './client-assets.js';
import { chooseBuild, detectFeatures } from './client-features.js';
import { errorOf, errorReply, InsituError } from './protocol.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('./client-assets.js').Pack} Pack */
/** @typedef {{folder: URL, variant?: string | null, onBytes?: (loaded: number, total: number) => void,
 *   onPack?: (pack: Pack) => void}} LoadOptions */
/** @typedef {{name: string, crop?: import('./protocol.js').Crop | null, prior?: import('./protocol.js').Prior, map?: boolean,
 *   signal?: AbortSignal, onStage?: (stage: import('./protocol.js').Stage) => void}} ClassifyOptions */

/** One request as it waits or runs.
 * @typedef {{message: () => Promise<Request> | Request,
 *   resolve: (reply: any) => void, reject: (error: unknown) => void,
 *   onStage: (stage: import('./protocol.js').Stage) => void, signal: AbortSignal | undefined, retried: boolean}} Job */

const startWorker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'insitu' });

export class ClassifierClient {
  /** @param {{createWorker?: () => Worker}} [options] */
  constructor({ createWorker = startWorker } = {}) {
    /** @private */ this.createWorker = createWorker;
    /** @private @type {Worker | null} */ this.worker = null;
    /** @private @type {Job[]} */ this.waiting = [];
    /** @private @type {{job: Job, id: number} | null} */ this.running = null;
    /** @private */ this.last_id = 0;
    /** @private */ this.last_stream = 0;
    /** How models are asked for. @private @type {RequestCache} */ this.cache = 'default';
    /** @private */ this.lifetime = new AbortController();
    /** @private @type {LoadOptions | null} what a new worker must load first */ this.loaded = null;
    /** What runs: the build's name and the number of threads; null before load. */
    this.build = /** @type {{build: string, threads: number} | null} */ (null);
  }

  /**
   * Fetches everything in parallel, verifies it and opens the classifier.
   * @param {LoadOptions} options
   * @returns {Promise<Pack>}
   */
  async load(options) {
    this.loaded = null;
    // The worker's script arrives, and the modules start, while the model does.
    const [pack] = await Promise.all([
      this.openModel(options).catch((error) => {
        const is_other = error instanceof InsituError && (error.status === 'digest-mismatch' || error.status === 'truncated');
        if (!is_other) throw error;
        // A copy in a cache is not the published file: a host in the middle of an update, a damaged disk.
        this.cache = 'reload';
        return this.openModel({ ...options, onPack: () => {} });
      }),
      this.ask({ message: () => this.fetchModules() }),
    ]);
    this.loaded = options;
    return pack;
  }

  /**
   * The picture's upright size, from its header.
   * @param {Blob} blob @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<import('./protocol.js').PictureInfo>}
   */
  async probe(blob, { signal } = {}) {
    const reply = await this.ask({
      message: () => ({ type: 'probe', id: 0, blob }), signal,
    });
    return reply.info;
  }

  /**
   * @param {Blob} blob @param {ClassifyOptions} options
   * @returns {Promise<{result: import('./protocol.js').Result, info: import('./protocol.js').PictureInfo, square: import('./protocol.js').Square}>}
   *   rejects with InsituError, or with the signal's reason
   */
  async classify(blob, { name, crop = null, prior = 'default', map = false, signal, onStage }) {
    const { result, info, square } = await this.ask({
      message: () => ({ type: 'classify', id: 0, blob, name, crop, prior, map }),
      signal,
      onStage,
    });
    return { result, info, square };
  }

  /** Ends the worker; what waits is rejected. */
  destroy() {
    const gone = new InsituError('internal', 'the classifier was closed');
    this.lifetime.abort(gone);
    this.stopWorker();
    for (const job of [this.running?.job, ...this.waiting]) job?.reject(gone);
    this.running = null;
    this.waiting = [];
  }

  /** @returns {Promise<Request>} @private */
  async fetchModules() {
    const { signal } = this.lifetime;
    this.build = chooseBuild(detectFeatures());
    if (!this.build) throw new InsituError('unsupported', 'this browser has no WebAssembly SIMD');
    const infer = this.build.build;
    this.worker?.postMessage({ type: 'glue', urls: [glueOf(infer), glueOf('decode')] });
    const [infer_module, decode_module] = await Promise.all([fetchModule(infer, signal), fetchModule('decode', signal)]);
    return {
      type: 'start', id: 0,
      infer: { glue: glueOf(infer), module: infer_module },
      decode: { glue: glueOf('decode'), module: decode_module },
    };
  }

  /** @param {LoadOptions} options @returns {Promise<Pack>} @private */
  async openModel(options) {
    const { pack, request, stop } = await this.startModel(options);
    await this.ask({ message: request }).catch((error) => {
      stop();
      throw error;
    });
    return pack;
  }

  /**
   * Begins to send the model, and gives the request that waits for it; stop
   * ends the download where nobody wants the rest.
   * @param {LoadOptions} options
   * @returns {Promise<{pack: Pack, request: () => Request, stop: () => void}>}
   * @private
   */
  async startModel({ folder, variant: name = null, onBytes = () => {}, onPack = () => {} }) {
    const { json, pack } = await fetchPack(folder, this.lifetime.signal);
    onPack(pack);
    const variant = findVariant(pack, name);
    const stream = ++this.last_stream;
    const { worker } = this;
    const sending = new AbortController();
    const stop = () => sending.abort(this.lifetime.signal.reason);
    this.lifetime.signal.addEventListener('abort', stop, { signal: sending.signal });
    this.sendModel(worker, stream, folder, variant, onBytes, sending.signal);
    return {
      pack,
      stop,
      request: () => {
        if (worker !== this.worker) throw new InsituError('internal', 'the worker stopped while the model came');
        return { type: 'load', id: 0, threads: this.build?.threads ?? 1, pack: json, variant: variant.name, stream };
      },
    };
  }

  /**
   * A failure goes the way of the pieces, and comes back as the request's.
   * @param {Worker | null} worker @param {number} stream @param {URL} folder
   * @param {import('./client-assets.js').Variant} variant @param {(loaded: number, total: number) => void} onBytes
   * @param {AbortSignal} signal
   * @private
   */
  async sendModel(worker, stream, folder, variant, onBytes, signal) {
    try {
      const onPiece = (/** @type {Uint8Array<ArrayBuffer>} */ bytes) =>
        worker?.postMessage({ type: 'piece', stream, bytes }, [bytes.buffer]);
      await streamModel(folder, variant, { onPiece, onBytes }, signal, this.cache);
    } catch (error) {
      const { status, message } = errorReply(0, error);
      worker?.postMessage({ type: 'piece', stream, failure: { status, message } });
    }
  }

  /**
   * @param {{message: Job['message'], signal?: AbortSignal | undefined, onStage?: Job['onStage'] | undefined}} job
   * @returns {Promise<any>} the reply, of the kind that the request asks for
   * @private
   */
  ask({ message, signal, onStage = () => {} }) {
    return new Promise((resolve, reject) => {
      if (this.lifetime.signal.aborted) return reject(this.lifetime.signal.reason);
      if (signal?.aborted) return reject(signal.reason);
      /** @type {Job} */
      const job = { message, resolve, reject, onStage, signal, retried: false };
      signal?.addEventListener('abort', () => {
        // A running job's answer is thrown away when it comes; the worker is busy till then.
        this.waiting = this.waiting.filter((other) => other !== job);
        reject(signal.reason);
      }, { once: true });
      this.waiting.push(job);
      this.next();
    });
  }

  /** Sends the next request where the worker is free. @private */
  async next() {
    if (this.running || this.waiting.length === 0) return;
    if (!this.worker && this.loaded) this.waiting.unshift(...this.reload(this.loaded));
    const job = /** @type {Job} */ (this.waiting.shift());
    const id = ++this.last_id;
    this.running = { job, id };
    try {
      const worker = this.worker ??= this.startWorker();
      const request = await job.message();
      if (this.running?.id !== id) return; // closed meanwhile
      worker.postMessage({ ...request, id });
    } catch (error) {
      this.finish(id);
      job.reject(error);
    }
  }

  /** @param {number} id @private */
  finish(id) {
    if (this.running?.id !== id) return;
    this.running = null;
    queueMicrotask(() => this.next());
  }

  /** @param {Reply} reply @private */
  receive(reply) {
    if (this.running?.id !== reply.id) return;
    const { job } = this.running;
    if (reply.type === 'progress') {
      if (!job.signal?.aborted) job.onStage(reply.stage);
    } else if (reply.type === 'error' && reply.isCrash) {
      this.recover(errorOf(reply));
    } else {
      this.finish(reply.id);
      if (reply.type === 'error') job.reject(errorOf(reply));
      else job.resolve(reply);
    }
  }

  /**
   * A crash: a new worker will load the same model and try the request once more.
   * @param {InsituError} error
   * @private
   */
  recover(error) {
    this.stopWorker();
    const running = this.running;
    this.running = null;
    if (!running) return;
    const { job } = running;
    if (job.retried || !this.loaded) job.reject(error);
    else if (!job.signal?.aborted) this.waiting.unshift({ ...job, retried: true });
    this.next();
  }

  /**
   * What a new worker must do first, where a model had been loaded.
   * @param {LoadOptions} options
   * @returns {Job[]}
   * @private
   */
  reload({ folder, variant = null }) {
    let stop = () => {};
    const job = (/** @type {Job['message']} */ message) => ({
      message,
      resolve: () => {},
      reject: (/** @type {unknown} */ cause) => { // nothing behind it can be answered without a model
        stop();
        this.stopWorker(); // the next request tries again
        for (const waiting of this.waiting.splice(0)) waiting.reject(cause);
      },
      onStage: () => {},
      signal: undefined,
      retried: true,
    });
    return [
      job(() => this.fetchModules()),
      job(async () => {
        const started = await this.startModel({ folder, variant });
        stop = started.stop;
        return started.request();
      }),
    ];
  }

  /** @private */
  startWorker() {
    const worker = this.createWorker();
    worker.addEventListener('message', (event) => {
      if (worker === this.worker) this.receive(event.data);
    });
    const crashed = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (worker !== this.worker) return;
      const message = /** @type {ErrorEvent} */ (event).message || 'its script could not be loaded';
      this.recover(new InsituError('internal', `the worker stopped: ${message}`, { isCrash: true }));
    };
    worker.addEventListener('error', crashed);
    worker.addEventListener('messageerror', crashed);
    return worker;
  }

  /** @private */
  stopWorker() {
    this.worker?.terminate();
    this.worker = null;
  }
}
