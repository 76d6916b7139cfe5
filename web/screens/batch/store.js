/* store.js: the answers of batches, kept on this device (IndexedDB) where the
 * person asked for it, so that a reload loses none; else in memory. Keeps
 * names and answers, never a picture. */

/** What a batch is, beside its answers. labels: null where no truth is known.
 * @typedef {{id: string, title: string, started: number, folder: string,
 *   pack: {id: string, version: string}, variant: string, prior: import('../../classifier/protocol.js').Prior,
 *   total: number, done: number, labels: import('./labels.js').Labels | null}} Meta */
/** line: as the command writes it, an answer or a failure; null: its picture is still to be judged.
 * @typedef {{batch: string, path: string, size: number, modified: number, line: import('../../answer').AnswerLine | null}} Kept */

const DATABASE = 'insitu-batches';

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const resultOf = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
const endOf = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('batches', { keyPath: 'id' });
    request.result.createObjectStore('answers', { keyPath: ['batch', 'path'] });
  };
  return resultOf(request);
}

const answersOf = (/** @type {string} */ id) => IDBKeyRange.bound([id], [id, []]);

/** Is there anything kept? Makes no database. */
async function isThere() {
  if (!globalThis.indexedDB) return false;
  if (!indexedDB.databases) return true; // older Firefox: opening an empty one is all that is left
  return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
}

/** In memory alone: what is asked of both. */
export class MemoryStore {
  constructor() {
    /** @private @type {Map<string, Kept>} */ this.kept = new Map();
  }

  get isLasting() { return false; }

  /** @param {Meta} _meta @param {Kept[]} _waiting */
  async begin(_meta, _waiting) {}

  /** @param {Meta} _meta @param {Kept} kept */
  async keep(_meta, kept) { this.kept.set(kept.path, kept); }

  /** One by one. @param {string} _id @returns {AsyncGenerator<Kept>} */
  async* answers(_id) { yield* this.kept.values(); }

  /** @param {string} _id @param {string[]} paths @returns {Promise<(Kept | undefined)[]>} */
  async find(_id, paths) { return paths.map((path) => this.kept.get(path)); }

  close() {}
}

export class DeviceStore {
  /** @param {IDBDatabase} database */
  constructor(database) {
    /** @private */ this.database = database;
    database.onversionchange = () => database.close(); // another tab removes all there is, and would wait for this one
  }

  get isLasting() { return true; }

  static async open() { return new DeviceStore(await openDatabase()); }

  /** The batches kept, the newest first. @returns {Promise<Meta[]>} */
  static async list() {
    if (!await isThere()) return [];
    const store = await DeviceStore.open();
    const metas = await resultOf(store.database.transaction('batches').objectStore('batches').getAll());
    store.close();
    return metas.sort((a, b) => b.started - a.started);
  }

  /** Removes a batch, and with the last one the database. @param {string} id */
  static async remove(id) {
    const store = await DeviceStore.open();
    const transaction = store.database.transaction(['batches', 'answers'], 'readwrite');
    transaction.objectStore('batches').delete(id);
    transaction.objectStore('answers').delete(answersOf(id));
    await endOf(transaction);
    const num_left = await resultOf(store.database.transaction('batches').objectStore('batches').count());
    store.close();
    if (num_left === 0) await resultOf(indexedDB.deleteDatabase(DATABASE));
  }

  /** A batch, or more of it, with what is still to be judged. @param {Meta} meta @param {Kept[]} waiting */
  begin(meta, waiting) { return this.write(meta, waiting); }

  /** @param {Meta} meta @param {Kept} kept */
  keep(meta, kept) { return this.write(meta, [kept]); }

  /** With the count of all, at once or not at all. @param {Meta} meta @param {Kept[]} rows @private */
  async write(meta, rows) {
    // Relaxed: a crash of the system may lose the last ones, which are then judged again.
    const transaction = this.database.transaction(['batches', 'answers'], 'readwrite', { durability: 'relaxed' });
    const answers = transaction.objectStore('answers');
    for (const row of rows) answers.put(row);
    transaction.objectStore('batches').put(meta);
    await endOf(transaction);
  }

  /** A hundred at a time, so that a large batch is never whole in memory. @param {string} id @returns {AsyncGenerator<Kept>} */
  async* answers(id) {
    let range = answersOf(id);
    for (;;) {
      const some = await resultOf(this.database.transaction('answers').objectStore('answers').getAll(range, 100));
      yield* some;
      const last = some.at(-1);
      if (some.length < 100 || !last) return;
      range = IDBKeyRange.bound([id, last.path], [id, []], true);
    }
  }

  /** @param {string} id @param {string[]} paths @returns {Promise<(Kept | undefined)[]>} */
  find(id, paths) {
    const answers = this.database.transaction('answers').objectStore('answers');
    return Promise.all(paths.map((path) => resultOf(answers.get([id, path]))));
  }

  close() { this.database.close(); }
}
