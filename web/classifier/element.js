/* element.js: <insitu-classifier>: a photo in, an answer out. Owns the flow
 * from start to result and the one photo of it; the model is the engine's, and
 * shared with other elements. Knows nothing of the page round it, stores
 * nothing, sends nothing.
 *
 * Attributes: pack (URL of the pack's folder; default: the first of this
 *   site's models/index.json), variant (default: the pack's), prior (training,
 *   uniform; default: the pack's), lang (default: the nearest lang attribute).
 * Methods: classify(blob, {signal, name, crop, map}) resolves with the command's
 *   JSON, calls are answered in order and the screen shows the last; open(blob) shows the photo with its square; reset() starts again;
 *   ready: promise of the pack; opened: promise of it and its folder, before its model has come.
 * Events, all bubbling through shadow roots: insitu-pack {id, version}, once
 *   pack.json is read; insitu-load {id, version, variant, build, threads};
 *   insitu-progress {loaded, total} or {stage};
 *   insitu-result, the command's JSON; insitu-error {file, ok: false, status,
 *   message}, the command's too: file is the picture's name, or the pack where that cannot be used; insitu-view {view}.
 * Parts: base, notice, actions, action, groups, ranking, advice. Properties: tokens.css.
 *
 * For tests: the attribute `view` names the screen: start, camera, frame,
 * working, result, failure. The shadow root is open; each screen's file names
 * its ids. #status is the polite live region.
 */

import { Latest, untilAborted } from '../lib/abort.js';
import { h } from '../lib/dom.js';
import { listenForFiles } from '../lib/intake.js';
import { packWords } from '../lib/pack-text.js';
import { chooseLanguage, Text } from '../lib/text.js';
import { engine } from './engine.js';
import { folderOf } from './engine-packs.js';
import { failureOf, InsituError } from './protocol.js';
import { cameraScreen } from './screens/camera.js';
import { failureScreen } from './screens/failure.js';
import { frameScreen } from './screens/frame.js';
import { resultScreen } from './screens/result.js';
import { startScreen } from './screens/start.js';
import { workingScreen } from './screens/working.js';

/** @typedef {import('./engine-packs.js').Pack} Pack */
/** @typedef {import('./engine-packs.js').OpenedPack} OpenedPack */
/** @typedef {import('./protocol.js').Crop} Crop */
/** @typedef {import('./protocol.js').Prior} Prior */
/** @typedef {import('./screens/screen.js').Screen} Screen */
/** @typedef {{blob: Blob, name: string, url: string, crop: Crop | null,
 *             info: {width: number, height: number} | null}} Photo url: revoked when the photo goes */

const SITE = new URL('../', import.meta.url);

export class InsituClassifierElement extends HTMLElement {
  static observedAttributes = ['pack', 'variant', 'lang'];

  /** @type {import('./engine.js').Model | null} */ #model = null;
  /** @type {Promise<Pack> | null} */ #ready = null;
  /** @type {Promise<OpenedPack> | null} */ #opening = null;
  /** @type {OpenedPack | null} */ #opened = null;
  #text = new Text('en', {});
  /** @type {import('../lib/pack-text.js').PackWords | null} */ #words = null;
  #languages = new Latest();
  /** The words asked for last are there. @type {Promise<void>} */ #spoken = Promise.resolve();
  /** @type {Screen | null} */ #screen = null;
  /** @type {Photo | null} */ #photo = null;
  /** What the screen waits for. @type {AbortController | null} */ #work = null;
  /** Work that classify() began: another photo on the screen does not end it. @type {WeakSet<AbortController>} */
  #calls = new WeakSet();
  /** @type {(() => void) | null} */ #stopListening = null;
  #progress = { loaded: 0, total: 0, isReady: false };
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
    this.#spoken = this.#localise();
  }

  disconnectedCallback() {
    this.#stopListening?.();
    this.#work?.abort(new InsituError('internal', 'the classifier was taken out of the page'));
    this.#work = null;
    this.#model?.close();
    this.#model = null;
    this.#screen?.destroy?.();
    this.#screen = null;
    this.#forget();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (!this.#model || before === after) return;
    if (name === 'lang') this.#spoken = this.#localise();
    else this.#load();
  }

  /** The pack, once everything is fetched, verified and open. @returns {Promise<Pack>} */
  get ready() {
    return this.#ready ?? Promise.reject(new InsituError('internal', 'the classifier is in no page'));
  }

  /** pack.json, once it is read. @returns {Promise<OpenedPack>} */
  get opened() {
    return this.#opening ?? Promise.reject(new InsituError('internal', 'the classifier is in no page'));
  }

  /** @returns {string} the name of the screen shown */
  get view() { return this.#screen?.name ?? ''; }

  /** @param {Blob} blob @param {{signal?: AbortSignal, name?: string, crop?: Crop | null, map?: boolean}} [options]
   *   map: where the model looked is in the answer too
   *  @returns {Promise<import('./protocol.js').Result>} */
  async classify(blob, { signal, name = blob instanceof File ? blob.name : 'photo', crop = null, map = false } = {}) {
    signal?.throwIfAborted();
    if (!(blob instanceof Blob)) {
      throw new InsituError('invalid-argument', `classify takes a Blob or a File, this is ${typeof blob}`);
    }
    const photo = this.#hold(blob, name);
    photo.crop = crop;
    const work = this.#begin();
    this.#calls.add(work);
    return this.#compare(photo, work, { signal, map });
  }

  /** Shows a photo with the square that will be judged. @param {Blob} blob */
  async open(blob) {
    const photo = this.#hold(blob, blob instanceof File ? blob.name : 'photo');
    const work = this.#begin();
    try {
      this.#showWorking(photo, work);
      await this.ready;
      const info = await this.#held().probe(blob, { signal: work.signal });
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
    this.#model?.close();
    this.#progress = { loaded: 0, total: 0, isReady: false };
    this.#opened = null;
    this.#words = null;
    const address = this.getAttribute('pack');
    /** @type {(opened: OpenedPack) => void} */
    let haveOpened = () => {};
    this.#opening = new Promise((resolve) => { haveOpened = resolve; });
    const model = engine.open({
      folder: address === null ? null : folderOf(address, this.ownerDocument.baseURI),
      variant: this.getAttribute('variant'),
      onPack: (opened) => {
        haveOpened(opened);
        if (this.#model !== model) return;
        this.#opened = opened;
        this.#spoken = this.#localise();
        this.#emit('insitu-pack', { id: opened.pack.id, version: opened.pack.version });
      },
      onBytes: (loaded, total) => {
        this.#tell({ loaded, total, isReady: false });
        this.#emit('insitu-progress', { loaded, total });
      },
    });
    this.#model = model;
    this.#ready = model.ready.then(({ pack }) => pack);
    model.ready.then((opened) => {
      if (this.#model !== model) return;
      this.#opened = opened;
      this.#tell({ loaded: 0, total: 0, isReady: true });
      const { id, version, default_variant } = opened.pack;
      this.#emit('insitu-load', { id, version, variant: this.getAttribute('variant') ?? default_variant, ...model.build });
    }, (error) => {
      if (this.#model === model && this.#work === null) this.#failLoad(error);
    });
    this.#ready.catch(() => {}); // told above
  }

  /** @param {{loaded: number, total: number, isReady: boolean}} state */
  #tell(state) {
    this.#progress = state;
    this.#screen?.onModel?.(state);
  }

  /** The page's words and the pack's, as far as it is read, in the language asked for last. */
  async #localise() {
    const near = this.closest('[lang]')?.getAttribute('lang');
    const language = chooseLanguage(near ? [near] : navigator.languages);
    const opened = this.#opened;
    const taken = await this.#languages.take(Promise.all([
      Text.load(language),
      opened ? engine.packs.texts(opened, language).catch(() => null) : null, // the core needs them too, and the failure is told there
    ]));
    if (!taken) return;
    const [text, texts] = taken.value;
    this.#text = text;
    this.#words = texts && packWords(texts);
    this.#base.lang = text.language;
    this.#base.dir = text.direction;
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
   * @param {{signal?: AbortSignal | undefined, map?: boolean}} [options] signal: the caller's
   * @returns {Promise<import('./protocol.js').Result>}
   */
  async #compare(photo, work, { signal, map = false } = {}) {
    const stop = () => work.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      this.#showWorking(photo, work);
      const { result, info, square } = await untilAborted(this.#answer(photo, work.signal, map), work.signal);
      if (!this.#words) await this.#spoken;
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

  /** @param {Photo} photo @param {AbortSignal} signal @param {boolean} map */
  async #answer(photo, signal, map) {
    await this.ready;
    return this.#held().classify(photo.blob, {
      name: photo.name, crop: photo.crop, prior: this.#prior(), map, signal,
      onStage: (stage) => {
        if (photo === this.#photo) {
          this.#screen?.onStage?.(stage);
          this.#say(this.#text.get(`stage_${stage}`));
        }
        this.#emit('insitu-progress', { stage });
      },
    });
  }

  /** @returns {import('./protocol.js').Prior} */
  #prior() {
    const prior = this.getAttribute('prior') ?? 'default';
    if (prior !== 'default' && prior !== 'training' && prior !== 'uniform') {
      throw new InsituError('invalid-argument', `prior is "${prior}", it can be training or uniform`);
    }
    return prior;
  }

  /** A failure is shown already, so the promise's rejection ends here. @param {Photo} photo */
  #retry(photo) {
    this.#compare(photo, this.#begin()).catch(() => {});
  }

  #held() {
    if (!this.#model) throw new InsituError('internal', 'the classifier is in no page');
    return this.#model;
  }

  /** @param {unknown} error @param {Photo} photo @param {AbortController} work @param {() => void} retry */
  #fail(error, photo, work, retry) {
    if (work.signal.aborted) return; // whoever aborted shows what comes next
    const failure = failureOf(photo.name, error);
    this.#emit('insitu-error', failure);
    if (this.#work !== work) return; // the screen has gone on to another photo
    this.#work = null;
    const isOfLoading = error instanceof InsituError && error.isOfLoading;
    if (!this.#progress.isReady || isOfLoading) return this.#failLoad(error, retry);
    this.#show(failureScreen({
      ...this.#context(), of: 'photo', status: failure.status, message: failure.message,
      onRetry: retry, onAnother: () => this.reset(),
    }));
    this.#announceFailure();
  }

  /** @param {unknown} error @param {() => void} [retry] with the photo that waited */
  #failLoad(error, retry) {
    const failure = failureOf(this.getAttribute('pack') ?? 'models/', error);
    const { status, message } = failure;
    if (!retry) this.#emit('insitu-error', failure);
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
    return { text: this.#text, words: this.#words };
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
    screen.onModel?.(this.#progress);
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
      ...this.#context(), input: this.#opened?.pack.input ?? null,
      onFile: (file) => this.open(file), onClose: () => this.#showStart(),
    }));
  }

  /** @param {Photo} photo */
  #showFrame(photo) {
    this.#work = null;
    const pack = this.#opened?.pack;
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
    if (!this.#progress.isReady) this.#say(this.#text.get('stage_wait'));
  }

  /** @param {Photo} photo @param {import('./protocol.js').Result} result @param {import('./protocol.js').Square} square */
  #showResult(photo, result, square) {
    const pack = this.#opened?.pack;
    const words = this.#words;
    if (!pack || !words) throw new InsituError('internal', 'an answer came before the pack and its words');
    const screen = resultScreen({
      text: this.#text, words, task: pack.task, groups: pack.format === 2 ? pack.groups ?? [] : [], result, square,
      onMap: async (signal) => {
        const again = await this.#held().classify(photo.blob, {
          name: photo.name, crop: photo.crop, prior: this.#prior(), map: true, signal,
        });
        return again.result.map ?? null;
      },
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
