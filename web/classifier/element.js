/* element.js: <insitu-classifier>: a photo in, an answer out. Owns the flow
 * from start to result and the one photo of it; knows nothing of the page
 * round it, stores nothing, sends nothing.
 *
 * Attributes: pack (URL of the pack's folder, default models/skin/ beside this
 *   site's classifier/), variant (default: the pack's), prior (training,
 *   uniform; default: the pack's), lang (default: the nearest lang attribute).
 * Methods: classify(blob, {signal, name, crop}) resolves with the command's
 *   JSON, calls are answered in order and the screen shows the last; open(blob) shows the photo with its square; reset() starts again;
 *   ready: promise of the pack.
 * Events, all bubbling through shadow roots: insitu-load {id, version,
 *   variant, build, threads}; insitu-progress {loaded, total} or {stage};
 *   insitu-result, the command's JSON; insitu-error {file?, ok: false, status,
 *   message}; insitu-view {view}.
 * Parts: base, notice, actions, ranking, advice. Properties: tokens.css.
 *
 * For tests: the attribute `view` names the screen: start, camera, frame,
 * working, result, failure. The shadow root is open; each screen's file names
 * its ids. #status is the polite live region.
 */

import { untilAborted } from '../lib/abort.js';
import { h } from '../lib/dom.js';
import { listenForFiles } from '../lib/intake.js';
import { packWords } from '../lib/pack-text.js';
import { chooseLanguage, Text } from '../lib/text.js';
import { ClassifierClient } from './client.js';
import { failureOf, InsituError } from './protocol.js';
import { cameraScreen } from './screens/camera.js';
import { failureScreen } from './screens/failure.js';
import { frameScreen } from './screens/frame.js';
import { resultScreen } from './screens/result.js';
import { startScreen } from './screens/start.js';
import { workingScreen } from './screens/working.js';

/** @typedef {import('./client-assets.js').Pack} Pack */
/** @typedef {import('./protocol.js').Crop} Crop */
/** @typedef {import('./protocol.js').Prior} Prior */
/** @typedef {import('./screens/screen.js').Screen} Screen */
/** @typedef {{blob: Blob, name: string, url: string, crop: Crop | null,
 *             info: {width: number, height: number} | null}} Photo url: revoked when the photo goes */

const SITE = new URL('../', import.meta.url);

export class InsituClassifierElement extends HTMLElement {
  static observedAttributes = ['pack', 'variant', 'lang'];

  /** @type {ClassifierClient | null} */ #client = null;
  /** @type {Promise<Pack> | null} */ #ready = null;
  /** @type {Pack | null} */ #pack = null;
  #text = new Text('en', {});
  /** @type {Screen | null} */ #screen = null;
  /** @type {Photo | null} */ #photo = null;
  /** What the screen waits for. @type {AbortController | null} */ #work = null;
  /** Work that classify() began: another photo on the screen does not end it. @type {WeakSet<AbortController>} */
  #calls = new WeakSet();
  /** @type {(() => void) | null} */ #stopListening = null;
  #model = { loaded: 0, total: 0, isReady: false };
  #base = h('div', { class: 'base', part: 'base' });
  #status = h('p', { id: 'status', class: 'visually-hidden', role: 'status' });

  constructor() {
    super();
    const sheet = (/** @type {string} */ name) =>
      h('link', { rel: 'stylesheet', href: new URL(name, SITE).href });
    this.attachShadow({ mode: 'open' }).append(
      sheet('tokens.css'), sheet('classifier/element.css'), this.#base, this.#status);
  }

  connectedCallback() {
    this.#stopListening = listenForFiles(this, (file) => this.open(file));
    this.#load();
    this.#localise();
  }

  disconnectedCallback() {
    this.#stopListening?.();
    this.#work?.abort(new InsituError('internal', 'the classifier was taken out of the page'));
    this.#work = null;
    this.#client?.destroy();
    this.#client = null;
    this.#screen?.destroy?.();
    this.#screen = null;
    this.#forget();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (!this.#client || before === after) return;
    if (name === 'lang') this.#localise();
    else this.#load();
  }

  /** The pack, once everything is fetched, verified and open. @returns {Promise<Pack>} */
  get ready() {
    return this.#ready ?? Promise.reject(new InsituError('internal', 'the classifier is in no page'));
  }

  /** @returns {string} the name of the screen shown */
  get view() { return this.#screen?.name ?? ''; }

  /** @param {Blob} blob @param {{signal?: AbortSignal, name?: string, crop?: Crop | null}} [options]
   *  @returns {Promise<import('./protocol.js').Result>} */
  async classify(blob, { signal, name = blob instanceof File ? blob.name : 'photo', crop = null } = {}) {
    signal?.throwIfAborted();
    if (!(blob instanceof Blob)) {
      throw new InsituError('invalid-argument', `classify takes a Blob or a File, this is ${typeof blob}`);
    }
    const photo = this.#hold(blob, name);
    photo.crop = crop;
    const work = this.#begin();
    this.#calls.add(work);
    return this.#compare(photo, work, signal);
  }

  /** Shows a photo with the square that will be judged. @param {Blob} blob */
  async open(blob) {
    const photo = this.#hold(blob, blob instanceof File ? blob.name : 'photo');
    const work = this.#begin();
    try {
      this.#showWorking(photo, work);
      await this.ready;
      const info = await this.#opened().probe(blob, { signal: work.signal });
      photo.info = info;
      this.#showFrame(photo);
    } catch (error) {
      this.#fail(error, photo, work, () => this.open(blob));
    }
  }

  /** Forgets the photo and starts again. */
  reset() {
    this.#work?.abort(new DOMException('the photo was left', 'AbortError'));
    this.#work = null;
    this.#forget();
    this.#showStart();
  }

  // ---- loading --------------------------------------------------------------

  #load() {
    this.#client?.destroy();
    const client = new ClassifierClient();
    this.#client = client;
    this.#model = { loaded: 0, total: 0, isReady: false };
    const ready = client.load({
      folder: new URL(`${(this.getAttribute('pack') ?? 'models/skin/').replace(/\/*$/, '')}/`, this.#packBase()),
      variant: this.getAttribute('variant'),
      onPack: (pack) => {
        this.#pack = pack;
        if (this.view === 'start') this.#showStart();
      },
      onBytes: (loaded, total) => {
        this.#tell({ loaded, total, isReady: false });
        this.#emit('insitu-progress', { loaded, total });
      },
    });
    this.#ready = ready;
    ready.then((pack) => {
      if (this.#client !== client) return;
      this.#tell({ loaded: 0, total: 0, isReady: true });
      this.#emit('insitu-load', {
        id: pack.id, version: pack.version, variant: this.getAttribute('variant') ?? pack.default_variant, ...client.build,
      });
    }, (error) => {
      if (this.#client === client && this.#work === null) this.#failLoad(error);
    });
  }

  /** An attribute is relative to the page; the default to this site. */
  #packBase() { return this.hasAttribute('pack') ? this.ownerDocument.baseURI : SITE; }

  /** @param {{loaded: number, total: number, isReady: boolean}} state */
  #tell(state) {
    this.#model = state;
    this.#screen?.onModel?.(state);
  }

  async #localise() {
    const near = this.closest('[lang]')?.getAttribute('lang');
    this.#text = await Text.load(chooseLanguage(near ? [near] : navigator.languages));
    this.#base.lang = this.#text.language;
    this.#base.dir = this.#text.direction;
    if (!this.isConnected) return;
    // A screen in the middle of something keeps its words until the next.
    if (this.view === '' || this.view === 'start') this.#showStart();
  }

  // ---- one photo ------------------------------------------------------------

  /** @param {Blob} blob @param {string} name @returns {Photo} */
  #hold(blob, name) {
    this.#forget();
    this.#photo = { blob, name, url: URL.createObjectURL(blob), crop: null, info: null };
    return this.#photo;
  }

  #forget() {
    if (this.#photo) URL.revokeObjectURL(this.#photo.url);
    this.#photo = null;
  }

  /** Ends what was going on and opens new work. @returns {AbortController} */
  #begin() {
    const before = this.#work;
    if (before && !this.#calls.has(before)) before.abort(new DOMException('another photo came', 'AbortError'));
    this.#work = new AbortController();
    return this.#work;
  }

  /**
   * @param {Photo} photo @param {AbortController} work
   * @param {AbortSignal} [signal] the caller's
   * @returns {Promise<import('./protocol.js').Result>}
   */
  async #compare(photo, work, signal) {
    const stop = () => work.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      this.#showWorking(photo, work);
      const { result, info, square } = await untilAborted(this.#answer(photo, work.signal), work.signal);
      photo.info = info;
      if (this.#work === work) this.#showResult(photo, result, square);
      this.#emit('insitu-result', result);
      return result;
    } catch (error) {
      this.#fail(error, photo, work, () => this.#retry(photo));
      if (signal?.aborted && this.#work === work) this.reset();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      if (this.#work === work) this.#work = null;
    }
  }

  /** @param {Photo} photo @param {AbortSignal} signal */
  async #answer(photo, signal) {
    const pack = await this.ready;
    const client = this.#opened();
    const prior = this.getAttribute('prior');
    if (prior !== null && prior !== 'training' && prior !== 'uniform') {
      throw new InsituError('invalid-argument', `prior is "${prior}", it can be training or uniform`);
    }
    this.#pack = pack;
    return client.classify(photo.blob, {
      name: photo.name, crop: photo.crop, prior: prior ?? 'default', signal,
      onStage: (stage) => {
        if (photo === this.#photo) {
          this.#screen?.onStage?.(stage);
          this.#say(this.#text.get(`stage_${stage}`));
        }
        this.#emit('insitu-progress', { stage });
      },
    });
  }

  /** A failure is shown already, so the promise's rejection ends here. @param {Photo} photo */
  #retry(photo) {
    this.#compare(photo, this.#begin()).catch(() => {});
  }

  #opened() {
    if (!this.#client) throw new InsituError('internal', 'the classifier is in no page');
    return this.#client;
  }

  /** @param {unknown} error @param {Photo} photo @param {AbortController} work @param {() => void} retry */
  #fail(error, photo, work, retry) {
    if (work.signal.aborted) return; // whoever aborted shows what comes next
    const failure = failureOf(photo.name, error);
    this.#emit('insitu-error', failure);
    if (this.#work !== work) return; // the screen has gone on to another photo
    this.#work = null;
    if (!this.#model.isReady) return this.#failLoad(error, retry);
    this.#show(failureScreen({
      ...this.#context(), of: 'photo', status: failure.status, message: failure.message,
      onRetry: retry, onAnother: () => this.reset(),
    }));
    this.#announceFailure();
  }

  /** @param {unknown} error @param {() => void} [retry] with the photo that waited */
  #failLoad(error, retry) {
    const { status, message } = failureOf('', error);
    if (!retry) this.#emit('insitu-error', { ok: false, status, message });
    this.#show(failureScreen({
      ...this.#context(), of: 'load', status, message, onAnother: () => this.reset(),
      onRetry: () => {
        this.#load();
        if (retry) retry();
        else this.#showStart();
      },
    }));
    this.#announceFailure();
  }

  #announceFailure() {
    this.#say(this.#base.querySelector('#failure-text')?.textContent ?? '');
  }

  // ---- screens --------------------------------------------------------------

  #context() {
    const text = this.#text;
    return { text, words: this.#pack && packWords(text, this.#pack) };
  }

  /** Shows a screen. Focus inside the one that goes moves to the heading; where
   *  the same screen is drawn anew, with other words, it stays where it was.
   *  @param {Screen} screen */
  #show(screen) {
    const focused = this.shadowRoot?.activeElement ?? null;
    const is_same = this.#screen?.name === screen.name;
    this.#screen?.destroy?.();
    this.#screen = screen;
    this.#base.replaceChildren(screen.node);
    this.setAttribute('view', screen.name);
    screen.onModel?.(this.#model);
    if (focused) {
      const again = is_same && focused.id ? this.#base.querySelector(`#${focused.id}`) : null;
      (again instanceof HTMLElement ? again : screen.heading).focus();
    }
    this.#emit('insitu-view', { view: screen.name });
  }

  #showStart() {
    this.#show(startScreen({
      ...this.#context(),
      onFile: (file) => this.open(file),
      onCamera: () => this.#showCamera(),
    }));
  }

  #showCamera() {
    this.#show(cameraScreen({
      ...this.#context(), input: this.#pack?.input ?? null,
      onFile: (file) => this.open(file), onClose: () => this.#showStart(),
    }));
  }

  /** @param {Photo} photo */
  #showFrame(photo) {
    this.#work = null;
    const pack = this.#pack;
    const { info } = photo;
    if (!pack || !info) throw new InsituError('internal', 'a photo is shown before its size is known');
    this.#show(frameScreen({
      ...this.#context(), url: photo.url, info, input: pack.input, crop: photo.crop,
      announce: (words) => this.#say(words),
      onOther: () => this.reset(),
      onCompare: (crop) => {
        photo.crop = crop;
        this.#retry(photo);
      },
    }));
  }

  /** @param {Photo} photo @param {AbortController} work */
  #showWorking(photo, work) {
    this.#show(workingScreen({
      ...this.#context(), url: photo.url,
      onCancel: () => {
        work.abort(new DOMException('cancelled', 'AbortError'));
        this.#work = null;
        if (photo.info) this.#showFrame(photo);
        else this.reset();
      },
    }));
    if (!this.#model.isReady) this.#say(this.#text.get('stage_wait'));
  }

  /** @param {Photo} photo @param {import('./protocol.js').Result} result @param {import('./protocol.js').Square} square */
  #showResult(photo, result, square) {
    const pack = this.#pack;
    if (!pack) throw new InsituError('internal', 'an answer came before the pack');
    const screen = resultScreen({
      text: this.#text, words: packWords(this.#text, pack), task: pack.task, result, square,
      onAnother: () => this.reset(),
      onAdjust: photo === this.#photo ? () => this.#showFrame(photo) : null,
    });
    this.#show(screen);
    this.#say(this.#text.get('result_announce', { text: screen.summary }));
  }

  /** @param {string} words for the live region */
  #say(words) { this.#status.textContent = words; }

  /** @param {string} type @param {unknown} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
