/* client.js: owns a worker: starts it, hands it one request at a time, ends it
 * when it has been idle for a while or when its work is no longer wanted, and
 * starts it anew when it is needed again or has crashed. Knows no DOM beyond
 * Worker and fetch; which pack is opened, and its words, it is told.
 *
 *   const client = new ClassifierClient();
 *   await client.load({ openPack, variant: 'int8' });
 *   const { result } = await client.classify(blob, { name: 'photo.jpg' });
 *   client.destroy();
 */

import { glueOf, Modules } from './client-assets.js';
import { chooseBuild, detectFeatures, lacking } from './client-features.js';
import { siteFile } from '../shared/site.js';
import { Sending } from './client-sending.js';
import { TIMING, Watch } from './client-watch.js';
import { errorOf, InsituError } from './protocol.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('./protocol.js').Stage} Stage */
/** What of a pack is wanted here; texts: of the language whose labels the answers carry, null where pack.json has them.
 * @typedef {{folder: URL, json: string, texts: Promise<string | null>,
 *   bare?: import('./protocol.js').BareOptions | null | undefined,
 *   pack: {variants: {name: string, file: string, bytes: number, sha256: string}[]}}} Opened bare: of a file without a pack */
/** @template {Opened} P
 * @typedef {{openPack: (isAnew: boolean) => Promise<P>, variant: string,
 *   onBytes?: (loaded: number, total: number) => void}} LoadOptions isAnew: past all copies */
/** @typedef {{name: string, crop?: import('./protocol.js').Crop | null, prior?: import('./protocol.js').Prior,
 *   map?: boolean, signal?: AbortSignal, onStage?: (stage: Stage) => void}} ClassifyOptions */

/** One request as it waits or runs.
 * @typedef {{message: () => Promise<Request> | Request,
 *   resolve: (reply: any) => void, reject: (error: unknown) => void,
 *   onStage: (stage: Stage) => void, signal: AbortSignal | undefined, retried: boolean, transfer?: Transferable[]}} Job
 *   transfer: can be sent once alone */

/** What came is not the file that the pack names. @param {unknown} error @returns {boolean} */
const isOtherFile = (error) => error instanceof InsituError && (error.status === 'digest-mismatch' || error.status === 'truncated');

/** @param {string} lacks */
const cannotRun = (lacks) => new InsituError('unsupported', `this browser has no ${lacks}`, { lacks });

/** A browser that does not know workers of modules does not ask for the type. */
function startWorker() {
  let is_module = false;
  const worker = new Worker(siteFile('classifier/worker.js'), {
    get type() {
      is_module = true;
      return /** @type {const} */ ('module');
    },
    name: 'insitu',
  });
  if (is_module) return worker;
  worker.terminate();
  throw cannotRun('module workers');
}

/** @param {boolean} is_single */
function bestBuild(is_single) {
  const features = detectFeatures();
  return chooseBuild(is_single ? { ...features, shared: false } : features);
}

export class ClassifierClient {
  /** @param {{createWorker?: () => Worker, modules?: Modules, timing?: Partial<import('./client-watch.js').Timing>,
   *   choose?: (is_single: boolean) => {build: string, threads: number} | null, is_tenacious?: boolean}} [options]
   *   choose: by default the best build that runs here, of one thread where is_single; is_tenacious: a load whose worker ends begins once more */
  constructor({ createWorker = startWorker, modules = new Modules(), timing = {}, choose = bestBuild, is_tenacious = true } = {}) {
    /** @private */ this.choose = choose;
    /** @private */ this.is_tenacious = is_tenacious;
    /** A worker ended before it had its model. A worker of Firefox's that makes others, its threads, can wait for ever for one
     * that has long been made (153): then it does without them. @private */
    this.is_single = false;
    /** @private */ this.createWorker = createWorker;
    /** @private */ this.modules = modules;
    /** @private */ this.timing = { ...TIMING, ...timing };
    /** @private @type {Worker | null} */ this.worker = null;
    /** It has said something. @private */ this.is_heard = false;
    /** @private @type {Promise<void> | null} */ this.started = null;
    /** @private @type {Job[]} */ this.waiting = [];
    /** type: of its request, once it is sent. @private @type {{job: Job, id: number, type?: Request['type']} | null} */ this.running = null;
    /** @private */ this.last_id = 0;
    /** The model on its way. @private */ this.sending = new Sending(this.timing, {
      onPiece: () => { if (this.is_heard && this.running) this.watch.start(this.timing.taking_ticks); },
      // From here on the worker alone is waited for.
      onEnd: () => { if (this.running) this.watch.start(this.patience); },
    });
    /** @private @type {InsituError | null} */ this.gone = null;
    /** @private @type {LoadOptions<any> | null} what a new worker must load first */ this.loaded = null;
    /** @private @type {ReturnType<typeof setTimeout> | undefined} */ this.idle = undefined;
    /** @private */ this.num_loads = 0;
    /** @private */ this.watch = new Watch(this.timing.tick_ms, (ticks) => this.recover(new InsituError('internal',
      `the worker has said nothing for ${Math.round((ticks * this.timing.tick_ms) / 1000)} s`, { isCrash: true })));
    /** What runs: the build's name and the number of threads; null before it is chosen. */
    this.build = /** @type {{build: string, threads: number} | null} */ (null);
  }

  /** For the worker at what it does, in ticks. @private */
  get patience() { return this.running?.type === 'start' ? this.timing.starting_ticks : this.timing.silence_ticks; }

  /** Starts the worker and the modules in it, once. @returns {Promise<void>} */
  start() {
    this.started ??= this.ask({ message: () => this.startRequest() });
    return this.started;
  }

  /**
   * Fetches everything in parallel, verifies it and opens the classifier.
   * @template {Opened} P @param {LoadOptions<P>} options
   * @returns {Promise<P>} the pack that is open
   */
  async load(options) {
    const lacks = lacking();
    if (lacks) throw cannotRun(lacks); // before megabytes are fetched for nothing
    this.loaded = null;
    this.num_loads++;
    // The worker's script arrives, and the modules start, while the model does.
    const open = () => Promise.all([
      this.openModel(options, 'default').catch((error) => {
        if (!isOtherFile(error)) throw error;
        // A copy in a cache is not the published file: a host in the middle of an update, a damaged disk.
        return this.openModel(options, 'reload');
      }),
      this.start(),
    ]);
    try {
      const [opened] = await open().catch((error) => {
        if (!error.isCrash || !this.is_tenacious) throw error;
        return open(); // a crash, as with a picture: a new worker, once
      });
      this.loaded = options;
      return opened;
    } finally {
      this.num_loads--;
      this.rest();
    }
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

  /**
   * A picture of a live view. It is not tried again: the next is there by then.
   * @param {ImageBitmap} bitmap the part to judge; taken over
   * @param {{prior?: import('./protocol.js').Prior}} [options] @returns {Promise<import('./protocol.js').Result>}
   */
  async read(bitmap, { prior = 'default' } = {}) {
    const { result } = await this.ask({ message: () => ({ type: 'frame', id: 0, bitmap, prior }), transfer: [bitmap] });
    return result;
  }

  /** Ends the worker; what waits is rejected. */
  destroy() {
    this.gone = new InsituError('internal', 'the classifier was closed');
    this.stopWorker();
    for (const job of [this.running?.job, ...this.waiting]) job?.reject(this.gone);
    this.running = null;
    this.waiting = [];
  }

  /** @returns {Promise<Request>} @private */
  async startRequest() {
    this.build = this.choose(this.is_single);
    if (!this.build) throw cannotRun('WebAssembly SIMD');
    const infer = this.build.build;
    this.worker?.postMessage({ type: 'glue', urls: [glueOf(infer), glueOf('decode')] });
    const [infer_module, decode_module] = await Promise.all([this.modules.get(infer), this.modules.get('decode')]);
    return {
      type: 'start', id: 0,
      infer: { glue: glueOf(infer), module: infer_module },
      decode: { glue: glueOf('decode'), module: decode_module },
    };
  }

  /** @template {Opened} P @param {LoadOptions<P>} options @param {RequestCache} cache @returns {Promise<P>} @private */
  async openModel(options, cache) {
    const { opened, stream, request } = await this.startModel(options, cache);
    await this.ask({ message: request }).catch((error) => {
      this.sending.abort(stream, error); // nobody wants the rest
      throw error;
    });
    return opened;
  }

  /**
   * Begins to send the model, and gives the request that waits for it.
   * @template {Opened} P @param {LoadOptions<P>} options @param {RequestCache} cache how the model is asked for
   * @returns {Promise<{opened: P, stream: number, request: () => Promise<Request>}>}
   * @private
   */
  async startModel({ openPack, variant: name, onBytes = () => {} }, cache) {
    const opened = await openPack(cache === 'reload');
    if (this.gone) throw this.gone;
    const { folder, json, pack, texts, bare } = opened;
    texts.catch(() => {}); // told where it is waited for
    const variant = pack.variants.find((one) => one.name === name);
    if (!variant) throw new InsituError('invalid-argument', `the pack has no variant "${name}"`);
    const { worker } = this;
    const stream = this.sending.begin(worker, { folder, variant, cache, onBytes });
    return {
      opened, stream,
      request: async () => {
        const words = await texts;
        if (worker !== this.worker) throw new InsituError('internal', 'the worker stopped while the model came');
        return {
          type: 'load', id: 0, threads: this.build?.threads ?? 1, pack: json, texts: words, variant: name, stream,
          bare: bare ? { ...bare, bytes: variant.bytes, sha256: variant.sha256 } : null,
        };
      },
    };
  }

  /**
   * @param {{message: Job['message'], signal?: AbortSignal | undefined, onStage?: Job['onStage'] | undefined, transfer?: Transferable[]}} request
   * @returns {Promise<any>} the reply, of the kind that the request asks for
   * @protected
   */
  ask({ message, signal, onStage = () => {}, transfer }) {
    return new Promise((resolve, reject) => {
      if (this.gone) return reject(this.gone);
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => this.abandon(job);
      /** @type {Job} */
      const job = {
        message, onStage, signal, retried: transfer !== undefined, ...(transfer && { transfer }),
        resolve(reply) {
          signal?.removeEventListener('abort', leave);
          resolve(reply);
        },
        reject(error) {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave);
      this.waiting.push(job);
      this.next();
    });
  }

  /** Nobody wants its answer any more: what does not end by itself is ended. @param {Job} job @private */
  abandon(job) {
    this.waiting = this.waiting.filter((other) => other !== job);
    job.reject(job.signal?.reason);
    const { running } = this;
    if (running?.job !== job) return;
    setTimeout(() => {
      if (this.running !== running) return;
      this.stopWorker();
      this.finish(running.id);
    }, this.timing.leave_ms);
  }

  /** Sends the next request where the worker is free. @private */
  async next() {
    if (this.running) return;
    if (this.waiting.length === 0) return this.rest();
    clearTimeout(this.idle);
    if (!this.worker && this.loaded) this.waiting.unshift(...this.reload(this.loaded));
    const job = /** @type {Job} */ (this.waiting.shift());
    const id = ++this.last_id;
    this.running = { job, id };
    try {
      const worker = this.worker ??= this.startWorker();
      const request = await job.message();
      if (this.running?.id !== id) return; // closed meanwhile
      this.running.type = request.type;
      worker.postMessage({ ...request, id }, job.transfer ?? []);
      this.watch.start(this.is_heard ? this.timing.greeting_ticks : this.timing.silence_ticks);
    } catch (error) {
      this.finish(id);
      job.reject(error);
    }
  }

  /** @param {number} id @private */
  finish(id) {
    if (this.running?.id !== id) return;
    this.running = null;
    this.watch.stop();
    queueMicrotask(() => this.next());
  }

  /** Without work for a while the worker goes; the next request brings one back. @private */
  rest() {
    clearTimeout(this.idle);
    if (!this.worker || this.running || this.num_loads > 0) return;
    this.idle = setTimeout(() => {
      if (!this.running && this.waiting.length === 0 && this.num_loads === 0) this.stopWorker();
    }, this.timing.idle_ms);
  }

  /** @param {Reply} reply @private */
  receive(reply) {
    this.is_heard = true;
    if (reply.type === 'taken' && this.sending.is_going) this.watch.stop();
    if (this.running?.id !== reply.id) return;
    const { job } = this.running;
    // While a model is on its way, the network is waited for, as long as it takes.
    if (this.sending.is_going) this.watch.stop();
    else this.watch.start(this.patience);
    if (reply.type === 'received') return;
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
   * A crash: a new worker will load the same model and try the request once more; where none has been loaded, nothing
   * that waits can be answered.
   * @param {InsituError} error
   * @private
   */
  recover(error) {
    this.stopWorker();
    const running = this.running;
    this.running = null;
    if (!running) return;
    const { job } = running;
    if (!this.loaded) {
      this.is_single = true;
      for (const one of [job, ...this.waiting.splice(0)]) one.reject(error);
    } else if (job.retried) job.reject(error);
    else if (!job.signal?.aborted) {
      job.retried = true;
      this.waiting.unshift(job);
    }
    this.next();
  }

  /**
   * What a new worker must do first, where a model had been loaded.
   * @param {LoadOptions<any>} options
   * @returns {Job[]}
   * @private
   */
  reload({ openPack, variant }) {
    /** @param {Job['message']} message @param {(cause: unknown) => boolean} [isMended] @returns {Job} */
    const job = (message, isMended = () => false, is_start = false) => ({
      message,
      resolve: () => {},
      reject: (cause) => {
        if (isMended(cause)) return;
        if (cause instanceof InsituError && cause.isCrash && !this.is_single && this.is_tenacious) {
          this.is_single = true; // and all of it again, by whoever comes next
          if (is_start) this.waiting.shift(); // the model behind it
          return;
        }
        // Nothing behind it can be answered without a model; the next request tries again.
        this.stopWorker();
        const error = cause instanceof InsituError
          ? new InsituError(cause.status, cause.message, { isCrash: cause.isCrash, isOfLoading: true }) : cause;
        for (const waiting of this.waiting.splice(0)) waiting.reject(error);
      },
      onStage: () => {},
      signal: undefined,
      retried: true,
    });
    const model = (/** @type {RequestCache} */ cache) => async () => (await this.startModel({ openPack, variant }, cache)).request();
    return [
      job(() => this.startRequest(), undefined, true),
      // Its digest is compared: a copy of whatever age will do, and no connection is needed.
      job(model('force-cache'), (cause) => {
        if (!isOtherFile(cause)) return false;
        this.waiting.unshift(job(model('reload')));
        return true;
      }),
    ];
  }

  /** @private */
  startWorker() {
    const worker = this.createWorker();
    this.is_heard = false;
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
    this.watch.stop();
    clearTimeout(this.idle);
    this.sending.stop(new InsituError('internal', 'the worker was stopped'));
    this.worker?.terminate();
    this.worker = null;
    this.started = null;
  }
}
