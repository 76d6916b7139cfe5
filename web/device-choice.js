/* device-choice.js: takes the variant that this device is fastest with, within
 * what the pack says of their accuracy. Measured once, after an answer and
 * while the page rests, so that nobody waits for it; what the address names, or
 * the person has chosen (screens/device/auto.js), goes before it. The measuring itself: screens/device/choose.js. */

import { measuredKey, rememberChoice, takenChoice } from './lib/measured.js';
import { packName } from './lib/used.js';

/** Somebody reads the answer by then. */
const REST_MS = 3_000;
/** The views in which nothing is going on. */
const AT_REST = ['result', 'start'];

export class DeviceChoice {
  /** @param {import('./app.js').App} app @param {number} [rest_ms] */
  constructor(app, rest_ms = REST_MS) {
    /** @private */ this.app = app;
    /** @private */ this.rest_ms = rest_ms;
    /** The variant that was taken by itself, so that another's choice is told from it. @private @type {string | null} */ this.taken = null;
    /** Ends the measuring, or the waiting for it. @private @type {AbortController | null} */ this.work = null;
    const { classifier } = app;
    // Before the model is asked for: then no other variant's is.
    classifier.addEventListener('insitu-pack', (event) => this.take(/** @type {CustomEvent} */ (event).detail));
    // What a person takes on a slow network is asked for as what they choose on the screen is.
    classifier.addEventListener('insitu-variant', async (event) => {
      const { variant } = /** @type {CustomEvent} */ (event).detail;
      const { folder, pack } = await classifier.opened;
      rememberChoice({ key: measuredKey(packName(folder), pack.version), variant, is_default: variant === pack.default_variant, reason: 'asked', rows: [] });
    });
    classifier.addEventListener('insitu-result', () => this.wait());
    classifier.addEventListener('insitu-view', () => this.seen());
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.stop(); });
  }

  /** What the person named stays. @returns {boolean} @private */
  get is_named() {
    const named = this.app.classifier.getAttribute('variant');
    return named !== null && named !== this.taken;
  }

  /** @param {{id: string, version: string}} pack @private */
  take({ id, version }) {
    const { classifier } = this.app;
    if (this.is_named) return;
    const folder = classifier.getAttribute('pack');
    const name = folder === null ? `models/${id}` : packName(new URL(folder, document.baseURI));
    const choice = takenChoice(measuredKey(name, version));
    if (choice && !choice.is_default) this.adopt(choice.variant);
    else if (this.taken !== null) this.adopt(null); // another pack, or another version of it
  }

  /** @param {string | null} variant null: the pack's own default @private */
  adopt(variant) {
    this.taken = variant;
    const { classifier } = this.app;
    if (variant === null) classifier.removeAttribute('variant');
    else if (classifier.getAttribute('variant') !== variant) classifier.setAttribute('variant', variant);
  }

  /** @private */
  seen() {
    const { view } = this.app.classifier;
    if (!AT_REST.includes(view)) this.stop();
    const { opened } = this.app;
    if (view !== 'start' || !opened || this.is_named) return;
    // Between two pictures it may change; under an answer it may not.
    const choice = takenChoice(measuredKey(packName(opened.folder), opened.pack.version));
    if (choice && choice.variant !== (this.app.classifier.getAttribute('variant') ?? opened.pack.default_variant)) this.adopt(choice.is_default ? null : choice.variant);
  }

  /** @private */
  stop() {
    this.work?.abort();
    this.work = null;
  }

  /** @private */
  wait() {
    this.stop();
    const { opened } = this.app;
    if (!opened || this.is_named || opened.pack.variants.length < 2) return;
    const key = measuredKey(packName(opened.folder), opened.pack.version);
    if (takenChoice(key)) return;
    const work = new AbortController();
    this.work = work;
    const timer = setTimeout(async () => {
      try {
        const { chooseVariant } = await import('./screens/device/choose.js');
        await chooseVariant(opened, key, work.signal, this.app);
      } catch (error) {
        if (!work.signal.aborted) console.info('the variants could not be measured:', error); // the next answer tries again
      } finally {
        if (this.work === work) this.work = null;
      }
    }, this.rest_ms);
    work.signal.addEventListener('abort', () => clearTimeout(timer));
  }
}
