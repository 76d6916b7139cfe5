/* element-model.js: the model that an element has open, and how far it is on
 * its way. Owns the hold on the engine's model: opened anew, only the newest is
 * told of. Knows no screens. */

import { Pace } from '../lib/pace.js';
import { engine } from './engine.js';
import { folderOf } from './engine-packs.js';
import { InsituError } from './protocol.js';

/** @typedef {import('./engine-packs.js').OpenedPack} OpenedPack */
/** @typedef {import('./engine.js').Model} Model */
/** @typedef {import('./screens/screen.js').ModelState} ModelState */
/** onPack: pack.json is read. onState: it has come further. onReady: it can answer.
 * @typedef {{onPack: (opened: OpenedPack) => void, onState: (state: ModelState) => void,
 *   onReady: (opened: OpenedPack, model: Model) => void, onFailure: (error: unknown) => void}} Listeners */

/** @type {ModelState} */
const NOTHING_YET = { loaded: 0, total: 0, isReady: false, left_s: null, smaller: null };

export class ElementModel {
  /** @param {Listeners} listeners */
  constructor(listeners) {
    /** @private */ this.listeners = listeners;
    /** @type {Model | null} */ this.model = null;
    /** @type {OpenedPack | null} */ this.opened = null;
    this.state = NOTHING_YET;
    /** @private @type {Promise<OpenedPack> | null} */ this.ready = null;
    /** @private @type {Promise<OpenedPack> | null} */ this.opening = null;
  }

  /** @param {{address: string | null, base: string, variant: string | null}} wanted address: of the pack's folder; null: the site's first */
  open({ address, base, variant }) {
    const { onPack, onState, onReady, onFailure } = this.listeners;
    const pace = new Pace();
    this.close();
    this.opened = null;
    this.state = NOTHING_YET;
    /** @type {(opened: OpenedPack) => void} */
    let haveOpened = () => {};
    this.opening = new Promise((resolve) => { haveOpened = resolve; });
    const tell = (/** @type {ModelState} */ state) => {
      this.state = state;
      onState(state);
    };
    const model = engine.open({
      folder: address === null ? null : folderOf(address, base),
      variant,
      onPack: (opened) => {
        haveOpened(opened);
        if (this.model !== model) return;
        this.opened = opened;
        onPack(opened);
      },
      onBytes: (loaded, total) =>
        tell({ loaded, total, isReady: false, left_s: pace.left(loaded, total), smaller: this.smallerThan(total - loaded) }),
    });
    this.model = model;
    this.ready = model.ready;
    model.ready.then((opened) => {
      if (this.model !== model) return;
      this.opened = opened;
      tell({ ...NOTHING_YET, isReady: true });
      onReady(opened, model);
    }, (error) => {
      if (this.model === model) onFailure(error);
    });
  }

  close() {
    this.model?.close();
    this.model = null;
  }

  /** @returns {Promise<OpenedPack>} once it can answer */
  whenReady() { return this.ready ?? Promise.reject(new InsituError('internal', 'the classifier is in no page')); }

  /** @returns {Promise<OpenedPack>} once pack.json is read */
  whenOpened() { return this.opening ?? Promise.reject(new InsituError('internal', 'the classifier is in no page')); }

  /** @returns {Model} */
  held() {
    if (!this.model) throw new InsituError('internal', 'the classifier is in no page');
    return this.model;
  }

  /** The variant that would come sooner than what is missing. @param {number} rest_bytes @returns {ModelState['smaller']} @private */
  smallerThan(rest_bytes) {
    const [smallest] = [...this.opened?.pack.variants ?? []].sort((a, b) => a.bytes - b.bytes);
    return smallest && smallest.bytes < rest_bytes / 2 ? { name: smallest.name, bytes: smallest.bytes } : null;
  }
}
