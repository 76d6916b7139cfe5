/* element.js: <insitu-classifier>: a photo in, an answer out. Owns the flow
 * from start to result and the one photo of it; the model is the engine's, and
 * shared with other elements. Knows nothing of the page round it, stores
 * nothing, sends nothing.
 *
 * Attributes: pack (URL of the pack's folder; default: the first of this
 *   site's models/index.json), variant (default: the pack's), prior (training,
 *   uniform; default: the pack's), lang (default: the nearest lang attribute), theme (light, dark; default: the system's), bar (the
 *   site's own page: what can be done with an answer is at the window's end on phones).
 * Methods: classify(blob, {signal, name, crop, map}) resolves with the command's
 *   JSON, calls are answered in order and the screen shows the last; open(blob) shows the photo with its square; reset() starts again;
 *   revisit(view) shows a screen of the photo at hand again, for Back and Forward;
 *   ready: promise of the pack; opened: promise of it and its folder, before its model has come.
 * Events, all bubbling through shadow roots: insitu-pack {id, version}, once
 *   pack.json is read; insitu-load {id, version, variant, build, threads};
 *   insitu-progress {loaded, total} or {stage};
 *   insitu-result, the command's JSON; after it, where the picture is not judged, insitu-rejected {file, reasons: [{id, value,
 *   limit, text, advice}]}, in the element's language; insitu-error {file, ok: false, status,
 *   message}, the command's too: file is the picture's name, or the pack where that cannot be used; insitu-view {view};
 *   insitu-variant {variant}, the smaller one that was offered on a slow download, and is taken.
 * Parts: base, notice, actions, action, groups, ranking, advice. Properties: tokens.css.
 *
 * For tests: the attribute `view` names the screen: start, camera, frame,
 * working, result, failure. The shadow root is open; each screen's file names
 * its ids. #status is the polite live region.
 */

import { untilAborted } from '../lib/abort.js';
import { h } from '../lib/dom.js';
import { listenForFiles } from '../lib/intake.js';
import { nextTask } from '../shared/next-task.js';
import { Dress } from './element-dress.js';
import { ElementModel } from './element-model.js';
import { HeldPhoto, nameOf } from './element-photo.js';
import { ElementWords } from './element-words.js';
import { decisionsOf, frequencyOf } from './engine-packs.js';
import { failureOf, InsituError, priorOf } from './protocol.js';
import { failureScreen } from './screens/failure.js';
import { frameScreen } from './screens/frame.js';
import { resultScreen } from './screens/result.js';
import { startScreen } from './screens/start.js';
import { workingScreen } from './screens/working.js';

/** @typedef {import('./engine-packs.js').Pack} Pack */
/** @typedef {import('./engine-packs.js').OpenedPack} OpenedPack */
/** @typedef {import('./screens/screen.js').Screen} Screen */
/** @typedef {import('./element-photo.js').Photo} Photo */

/** On a server, which draws a page first, there is none: there nothing is made of it. @type {typeof HTMLElement} */
const Base = globalThis.HTMLElement ?? Object;

export class InsituClassifierElement extends Base {
  static observedAttributes = ['pack', 'variant', 'lang', 'theme'];

  #model = new ElementModel({
    onPack: ({ pack }) => {
      this.#spoken = this.#localise();
      this.#emit('insitu-pack', { id: pack.id, version: pack.version });
    },
    onState: (state) => {
      this.#screen?.onModel?.(state);
      if (!state.isReady) this.#emit('insitu-progress', { loaded: state.loaded, total: state.total });
    },
    onReady: ({ pack: { id, version, default_variant } }, { build }) =>
      this.#emit('insitu-load', { id, version, variant: this.getAttribute('variant') ?? default_variant, ...build }),
    onFailure: (error) => { if (this.#work === null) this.#failLoad(error); },
  });
  #words = new ElementWords();
  /** The words asked for last are there. @type {Promise<void>} */ #spoken = Promise.resolve();
  /** @type {Screen | null} */ #screen = null;
  /** @type {(() => void) | null} */ #again = null;
  #held = new HeldPhoto();
  /** What the screen waits for. @type {AbortController | null} */ #work = null;
  /** Work that classify() began: another photo on the screen does not end it. @type {WeakSet<AbortController>} */
  #calls = new WeakSet();
  /** @type {(() => void) | null} */ #stopListening = null;
  #base = h('div', { class: 'base', part: 'base' });
  #status = h('p', { id: 'status', class: 'visually-hidden', role: 'status' });

  /** @type {Dress} */ #dress;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).append(this.#base, this.#status);
    this.#dress = new Dress(this, this.#base);
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
    this.#model.close();
    this.#screen?.destroy?.();
    this.#screen = null;
    this.#held.forget();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (name === 'theme') return this.#dress.change();
    if (!this.#model.model || before === after) return;
    if (name === 'lang') this.#spoken = this.#localise();
    else this.#load();
  }

  /** The pack, once everything is fetched, verified and open. @returns {Promise<Pack>} */
  get ready() { return this.#model.whenReady().then(({ pack }) => pack); }

  /** pack.json, once it is read. @returns {Promise<OpenedPack>} */
  get opened() { return this.#model.whenOpened(); }

  /** @returns {string} the name of the screen shown */
  get view() { return this.#screen?.name ?? ''; }

  /** @param {Blob} blob @param {{signal?: AbortSignal, name?: string, crop?: import('./protocol.js').Crop | null, map?: boolean}} [options]
   *   map: where the model looked is in the answer too
   *  @returns {Promise<import('./protocol.js').Result>} */
  async classify(blob, { signal, name = nameOf(blob), crop = null, map = false } = {}) {
    signal?.throwIfAborted();
    if (!(blob instanceof Blob)) {
      throw new InsituError('invalid-argument', `classify takes a Blob or a File, this is ${typeof blob}`);
    }
    const photo = this.#held.hold(blob, name, { crop });
    const work = this.#begin();
    this.#calls.add(work);
    return this.#compare(photo, work, { signal, map });
  }

  /** Shows a photo with the square that will be judged.
   *  @param {Blob} blob @param {import('./element-photo.js').PhotoOptions} [options] */
  async open(blob, options = {}) {
    const photo = this.#held.hold(blob, nameOf(blob), options);
    const work = this.#begin();
    try {
      this.#showWorking(photo, work);
      await this.#held.read(photo);
      await this.ready;
      const info = await this.#model.held().probe(photo.blob, { signal: work.signal });
      photo.info = info;
      this.#showFrame(photo);
    } catch (error) {
      this.#fail(error, photo, work, () => this.open(blob, options));
    }
  }

  /** Forgets the photo and starts again. */
  reset() {
    this.#leave();
    this.#held.forget();
    this.#showStart();
  }

  #leave() {
    this.#work?.abort(new DOMException('the photo was left', 'AbortError'));
    this.#work = null;
  }

  /**
   * Shows a screen again, of the photo at hand; nothing is worked out anew.
   * @param {string} view as the attribute names it @returns {boolean} false: there is no such screen to show
   */
  revisit(view) {
    const photo = this.#held.photo;
    if (view === this.view) return true;
    if (view === 'start') this.reset();
    else if (view === 'camera') this.#toCamera();
    else if (view === 'frame' && photo?.info) {
      this.#leave();
      this.#showFrame(photo);
    } else if (view === 'result' && photo?.answer) this.#showResult(photo, photo.answer);
    else return false;
    return true;
  }

  // ---- loading --------------------------------------------------------------

  #load() {
    this.#words.words = null;
    this.#held.ahead.drop(); // another model's
    this.#model.open({ address: this.getAttribute('pack'), base: this.ownerDocument.baseURI, variant: this.getAttribute('variant') });
  }

  async #localise() {
    if (this.view === '') await nextTask(); // in this one the element and the page's scripts begin
    const near = this.closest('[lang]')?.getAttribute('lang');
    if (!await this.#words.take(near ? [near] : navigator.languages, this.#model.opened)) return;
    this.#base.lang = this.#words.text.language;
    this.#base.dir = this.#words.text.direction;
    if (!this.isConnected) return;
    // A screen in the middle of something keeps its words until the next; an answer is said again.
    if (this.view === '' || this.view === 'start') this.#showStart();
    else this.#again?.(); // what may have been there before the words
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
      if (!this.#words.words) await this.#spoken;
      photo.info = info;
      photo.answer = { result, square };
      if (this.#work === work) this.#showResult(photo, photo.answer);
      this.#emit('insitu-result', result);
      if (result.decision === 'reject') this.#emit('insitu-rejected', { file: result.file, reasons: this.#words.reasons(result) });
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
    await this.#held.read(photo);
    await this.ready;
    /** @type {import('./client.js').ClassifyOptions} */
    const options = {
      ...this.#asked(photo, photo.crop), map, signal,
      onStage: (stage) => {
        if (photo === this.#held.photo) {
          this.#screen?.onStage?.(stage);
          this.#say(this.#words.text.get(`stage_${stage}`));
        }
        this.#emit('insitu-progress', { stage });
      },
    };
    return (photo === this.#held.photo && !map ? await this.#held.ahead.take(options) : null) ?? this.#model.held().classify(photo.blob, options);
  }

  /** @param {Photo} photo @param {import('./protocol.js').Crop | null} crop */
  #asked({ name, prior }, crop) { return { name, crop, prior: prior ?? priorOf(this.getAttribute('prior')) }; }

  /** A failure is shown already, so the promise's rejection ends here. @param {Photo} photo */
  #retry(photo) {
    this.#compare(photo, this.#begin()).catch(() => {});
  }

  /** @param {unknown} error @param {Photo} photo @param {AbortController} work @param {() => void} retry */
  #fail(error, photo, work, retry) {
    if (work.signal.aborted) return; // whoever aborted shows what comes next
    const failure = failureOf(photo.name, error);
    this.#emit('insitu-error', failure);
    if (this.#work !== work) return; // the screen has gone on to another photo
    this.#work = null;
    if (!this.#model.state.isReady || (error instanceof InsituError && error.isOfLoading)) return this.#failLoad(error, retry);
    this.#show(failureScreen({
      ...this.#words.context, of: 'photo', status: failure.status, message: failure.message, onRetry: retry, onAnother: () => this.#another(photo),
    }));
  }

  /** @param {unknown} error @param {() => void} [retry] with the photo that waited */
  #failLoad(error, retry) {
    const failure = failureOf(this.getAttribute('pack') ?? 'models/', error);
    if (!retry) this.#emit('insitu-error', failure);
    const lacks = error instanceof InsituError ? error.lacks : '';
    this.#showLoadFailure({ ...failure, lacks }, () => {
      this.#load();
      (retry ?? (() => this.#showStart()))();
    });
  }

  /** @param {{status: string, message: string, lacks?: string}} failure @param {() => void} onRetry */
  #showLoadFailure(failure, onRetry) {
    this.#show(failureScreen({ ...this.#words.context, of: 'load', ...failure, onAnother: () => this.reset(), onRetry }),
      () => this.#showLoadFailure(failure, onRetry));
  }

  // ---- screens --------------------------------------------------------------

  /** Shows a screen. Focus inside the one that goes moves to the heading; where
   *  the same screen is drawn anew, with other words, it stays where it was.
   *  @param {Screen} screen @param {(() => void) | null} [again] draws it in other words */
  #show(screen, again = null) {
    this.#again = again;
    const focused = this.shadowRoot?.activeElement ?? null;
    const is_same = this.#screen?.name === screen.name;
    this.#screen?.destroy?.();
    this.#screen = screen;
    this.#base.replaceChildren(screen.node);
    this.setAttribute('view', screen.name);
    screen.onModel?.(this.#model.state);
    screen.onShown?.();
    if (focused) {
      const same = is_same && focused.id ? this.#base.querySelector(`#${focused.id}`) : null;
      (same instanceof HTMLElement ? same : screen.heading).focus();
    }
    if (screen.name === 'failure') this.#say(this.#base.querySelector('#failure-text')?.textContent ?? '');
    this.#emit('insitu-view', { view: screen.name });
  }

  #showStart() {
    if (!this.#model.state.isReady) this.#words.text.readyNumbers(); // of how much of it has come
    this.#show(startScreen({
      ...this.#words.context,
      onFile: (file) => this.open(file),
      onCamera: () => this.#toCamera(),
      onVariant: (name) => {
        this.#emit('insitu-variant', { variant: name });
        this.setAttribute('variant', name);
      },
    }));
  }

  /** Forgets the photo and shows the camera, whose code comes when it is first wanted. */
  async #toCamera() {
    this.#leave();
    this.#held.forget();
    const work = this.#begin();
    let camera;
    try {
      [camera] = await Promise.all([import('./camera/camera.js'), this.#dress.add('classifier/camera/camera.css')]);
    } catch (error) {
      if (this.#work !== work) return;
      this.#work = null;
      return this.#showLoadFailure({ status: 'io', message: String(error) }, () => this.#toCamera());
    }
    if (this.#work !== work) return;
    this.#work = null;
    this.#show(camera.cameraScreen({
      text: this.#words.text,
      look: () => ({
        words: this.#words.words, pack: this.#model.opened?.pack ?? null,
        read: (bitmap) => this.#model.held().read(bitmap, { prior: priorOf(this.getAttribute('prior')) }),
      }),
      onFile: (file, crop) => this.open(file, { isFromCamera: true, crop }), onClose: () => this.#showStart(),
    }));
  }

  /** Another like this one: from the camera where this one is. @param {Photo} photo */
  #another(photo) {
    if (photo.isFromCamera) this.#toCamera();
    else this.reset();
  }

  /** @param {Photo} photo */
  #showFrame(photo) {
    this.#work = null;
    const pack = this.#model.opened?.pack;
    const { info } = photo;
    if (!pack || !info) throw new InsituError('internal', 'a photo is shown before its size is known');
    this.#show(frameScreen({
      ...this.#words.context, url: photo.url, info, input: pack.input, crop: photo.crop, isFromCamera: photo.isFromCamera,
      announce: (words) => this.#say(words),
      onOther: () => this.#another(photo),
      onRest: (crop) => this.#held.ahead.begin(async (options) => this.#model.held().classify(photo.blob, options), this.#asked(photo, crop)),
      onCompare: (crop) => {
        photo.crop = crop;
        this.#retry(photo);
      },
    }));
  }

  /** @param {Photo} photo @param {AbortController} work */
  #showWorking(photo, work) {
    this.#show(workingScreen({
      ...this.#words.context, url: photo.url,
      onCancel: () => {
        work.abort(new DOMException('cancelled', 'AbortError'));
        this.#work = null;
        if (photo.info) this.#showFrame(photo);
        else this.reset();
      },
    }));
    if (!this.#model.state.isReady) this.#say(this.#words.text.get('stage_wait'));
  }

  /** @param {Photo} photo @param {NonNullable<Photo['answer']>} answer */
  #showResult(photo, answer) {
    const { result, square } = answer;
    const pack = this.#model.opened?.pack;
    const { text, words } = this.#words;
    if (!pack || !words) throw new InsituError('internal', 'an answer came before the pack and its words');
    const screen = resultScreen({
      text, words, task: pack.task, ...decisionsOf(pack), frequency: frequencyOf(pack, result), result, square, isFromCamera: photo.isFromCamera,
      onMap: async (signal) => {
        const again = await this.#model.held().classify(photo.blob, { ...this.#asked(photo, photo.crop), map: true, signal });
        return again.result.map ?? null;
      },
      onAnother: () => this.#another(photo),
      onAdjust: photo === this.#held.photo ? () => this.#showFrame(photo) : null,
    });
    // Another pack's words do not fit what this one said.
    this.#show(screen, () => { if (this.#model.opened?.pack === pack) this.#showResult(photo, answer); });
    this.#say(this.#words.text.get('result_announce', { text: screen.summary }));
  }

  /** @param {string} words for the live region */
  #say(words) { this.#status.textContent = words; }

  /** @param {string} type @param {unknown} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
