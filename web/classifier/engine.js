/* engine.js: the classifiers of a page, shared by all elements and screens of
 * it: one worker and one model for each pack's folder and variant, however
 * many show it. Owns their lives: a model goes when its last user has gone.
 *
 *   const model = engine.open({ folder: null, variant: null });  // the site's first pack
 *   const { pack } = await model.ready;
 *   const { result } = await model.classify(blob, { name: 'photo.jpg' });
 *   model.close();
 */

import { nextTask } from '../shared/next-task.js';
import { Modules } from './client-assets.js';
import { ClassifierClient } from './client.js';
import { findVariant, PackStore } from './engine-packs.js';
import { failureOf, InsituError } from './protocol.js';

export { failureOf, InsituError };

/** @typedef {import('./engine-packs.js').OpenedPack} OpenedPack */
/** @typedef {import('./client.js').ClassifyOptions} ClassifyOptions */
/** @typedef {{folder: URL | null, variant: string | null, onPack?: (opened: OpenedPack) => void,
 *   onBytes?: (loaded: number, total: number) => void}} OpenOptions folder null: the first pack's */
/** @typedef {{client: ClassifierClient, ready: Promise<OpenedPack>, users: Set<Model>,
 *   loaded: number, total: number}} Entry total 0: nothing has come yet */

/** So long a model stays when nobody has it open: an element that is moved in the page goes and comes. */
const LINGER_MS = 1000;

export class Engine {
  /** @param {{packs?: PackStore, createClient?: (modules: Modules) => ClassifierClient, linger_ms?: number}} [options] */
  constructor({
    packs = new PackStore(), createClient = (modules) => new ClassifierClient({ modules }), linger_ms = LINGER_MS,
  } = {}) {
    this.packs = packs;
    /** @private */ this.createClient = createClient;
    /** @private */ this.linger_ms = linger_ms;
    /** @private */ this.modules = new Modules();
    /** @private @type {Map<string, Entry>} */ this.entries = new Map();
    /** A worker that starts while nobody knows yet which model it will have. @private @type {ClassifierClient | null} */
    this.spare = null;
  }

  /** @param {OpenOptions} options @returns {Model} */
  open(options) {
    if (this.entries.size === 0 && !this.spare) {
      const spare = this.spare = this.createClient(this.modules);
      // Not in the task in which a page begins. Told where the model is waited for.
      nextTask().then(() => spare.start()).catch(() => {});
    }
    return new Model(this, options);
  }

  /** @param {OpenedPack} opened @param {string | null} name of the variant @returns {Entry} */
  entryFor(opened, name) {
    const variant = findVariant(opened.pack, name).name;
    const key = `${opened.folder.href} ${variant}`;
    const before = this.entries.get(key);
    if (before) return before;
    const client = this.spare ?? this.createClient(this.modules);
    this.spare = null;
    /** @type {Entry} */
    const entry = {
      client, users: new Set(), loaded: 0, total: 0,
      ready: client.load({
        variant,
        openPack: async (isAnew) => {
          const pack = isAnew ? await this.packs.open(opened.folder, { isAnew }) : opened;
          return { ...pack, texts: this.packs.textsJson(pack) };
        },
        onBytes: (loaded, total) => {
          Object.assign(entry, { loaded, total });
          for (const user of entry.users) user.onBytes(loaded, total);
        },
      }),
    };
    this.entries.set(key, entry);
    entry.ready.catch(() => this.drop(entry)); // the next to open it tries again
    return entry;
  }

  /** @param {Entry} entry */
  release(entry) {
    setTimeout(() => { if (entry.users.size === 0) this.drop(entry); }, this.linger_ms);
  }

  /** Nobody will take it. */
  dropSpare() {
    this.spare?.destroy();
    this.spare = null;
  }

  /** @param {Entry} entry @private */
  drop(entry) {
    for (const [key, other] of this.entries) if (other === entry) this.entries.delete(key);
    entry.client.destroy();
  }
}

/** One user's hold on a model. */
export class Model {
  /** @param {Engine} engine @param {OpenOptions} options */
  constructor(engine, { folder, variant, onPack = () => {}, onBytes = () => {} }) {
    /** @private */ this.engine = engine;
    /** @private @type {Entry | null} */ this.entry = null;
    /** @private */ this.is_closed = false;
    this.onBytes = onBytes;
    /** Everything is fetched, verified and open. */
    this.ready = this.begin(folder, variant, onPack);
    this.ready.catch(() => {}); // told where it is waited for
  }

  /** What runs: the build's name and the number of threads. */
  get build() { return this.entry?.client.build ?? null; }

  /** @param {URL | null} folder @param {string | null} variant @param {(opened: OpenedPack) => void} onPack
   *  @returns {Promise<OpenedPack>} @private */
  async begin(folder, variant, onPack) {
    const { engine } = this;
    let entry;
    try {
      const opened = await engine.packs.open(folder ?? await engine.packs.first());
      this.throwIfClosed();
      onPack(opened);
      this.throwIfClosed(); // whoever was told has taken another variant
      entry = engine.entryFor(opened, variant);
    } catch (error) {
      engine.dropSpare();
      throw error;
    }
    entry.users.add(this);
    this.entry = entry;
    if (entry.total > 0) this.onBytes(entry.loaded, entry.total);
    return entry.ready;
  }

  /** The picture's upright size, from its header. @param {Blob} blob @param {{signal?: AbortSignal}} [options] */
  async probe(blob, options) { return this.opened().probe(blob, options); }

  /** @param {Blob} blob @param {ClassifyOptions} options */
  async classify(blob, options) { return this.opened().classify(blob, options); }

  /** What a live view shows. @param {ImageBitmap} bitmap the part to judge; taken over @param {{prior?: import('./protocol.js').Prior}} [options] */
  async read(bitmap, options) { return this.opened().read(bitmap, options); }

  close() {
    this.is_closed = true;
    this.onBytes = () => {};
    const { entry } = this;
    if (!entry?.users.delete(this)) return;
    if (entry.users.size === 0) this.engine.release(entry);
  }

  /** @private */
  opened() {
    this.throwIfClosed();
    if (!this.entry) throw new InsituError('internal', 'the model is not open yet');
    return this.entry.client;
  }

  /** @private */
  throwIfClosed() {
    if (this.is_closed) throw new InsituError('internal', 'the classifier was taken out of the page');
  }
}

/** The page's own. */
export const engine = new Engine();
