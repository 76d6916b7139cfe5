/* batch.js: several pictures: from the choice to a table that fills while the
 * work goes on, and to an evaluation where the truth is known. Owns the one
 * batch of the screen. Ids: #batch-heading, #batch-progress, #batch-state,
 * #batch-stop, #batch-go, #batch-new, #batch-csv, #batch-json, #batch-words,
 * #batch-sort, #batch-class, #batch-evaluation; the kinds' buttons carry
 * data-filter; choose.js, table.js and evaluation.js name theirs. */

import { engine } from '../../classifier/engine.js';
import { h, styles } from '../../lib/dom.js';
import { packWords } from '../../lib/pack-text.js';
import { save } from '../../lib/save.js';
import { packEntries } from '../models/entries.js';
import { chooseView } from './choose.js';
import { jsonLines, nameOf } from './export.js';
import { chosenOf, foundDropped, foundFiles, labelTable } from './files.js';
import { knownLabels } from './labels.js';
import { Batch } from './run.js';
import { DeviceStore, MemoryStore } from './store.js';
import { BatchWords } from './words.js';
import { WorkView } from './work.js';

/** @typedef {import('../../app.js').App} App */
/** @typedef {import('./store.js').Meta} Meta */
/** @typedef {import('./files.js').Chosen} Chosen */
/** What a batch will be judged by.
 * @typedef {{opened: import('../../classifier/engine-packs.js').OpenedPack, texts: import('../../classifier/engine-packs.js').PackTexts,
 *   variant: string, prior: import('../../classifier/protocol.js').Prior, isKept: boolean}} Choice */

export class BatchScreen {
  /** @param {HTMLElement} place @param {App} app */
  constructor(place, app) {
    /** @private */ this.place = place;
    /** @private */ this.app = app;
    /** @private @type {BatchWords | null} */ this.words = null;
    /** @private @type {Choice | null} */ this.choice = null;
    /** @private @type {WorkView | null} */ this.work = null;
    /** What was chosen is looked through. @private */ this.is_taking = false;
    /** What a person should know before choosing again. @private @type {ReturnType<typeof problemText> | string | null} */ this.problem = null;
    /** Of a batch that could not be gone on with: its answers can be had all the same. @private @type {string | null} */ this.outdated = null;
    this.heading = h('h1', { id: 'batch-heading', tabindex: -1 });
    /** @private */ this.lead = h('p', { class: 'lead' });
    /** @private */ this.content = h('div', { class: 'batch-content' });
    app.protect(() => this.is_taking || (this.work?.isToLose ?? false));
    place.classList.add('tool');
    place.append(...styles('screens/tools.css', 'screens/batch/batch.css'), this.heading, this.lead, this.content);
  }

  /** In the page's words of now; a batch that is being worked on goes on. */
  async show() {
    const { text } = this.app;
    if (this.words?.text !== text) this.words = await BatchWords.of(text);
    this.heading.textContent = this.words.get('heading');
    this.lead.textContent = this.words.get('lead');
    this.lead.hidden = this.work !== null;
    if (this.work) return this.work.speak(this.words, await this.packWordsOf(this.work.opened));
    await this.showChoice();
  }

  /** @param {import('../../classifier/engine-packs.js').OpenedPack} opened @private */
  async packWordsOf(opened) {
    return packWords(await engine.packs.texts(opened, this.app.text.language), opened, this.app.text);
  }

  // ---- choosing -------------------------------------------------------------

  /** @private */
  async showChoice() {
    const words = /** @type {BatchWords} */ (this.words);
    try {
      this.choice ??= await this.firstChoice();
      const [packs, kept] = await Promise.all([this.packs(), DeviceStore.list().catch(() => [])]);
      this.choice.texts = await engine.packs.texts(this.choice.opened, this.app.text.language);
      if (this.is_taking || this.work) return; // something was chosen meanwhile
      this.content.replaceChildren(...chooseView({
        words, choice: this.choice, packs, kept, problem: this.problem, outdated: this.outdated,
        onFiles: (files) => this.take(chosenOf(foundFiles(files))),
        onPack: (folder) => this.choosePack(new URL(folder)),
        onResume: (meta) => this.resume(meta),
        onSave: (meta) => this.trying(async () => {
          const batch = new Batch(meta, [], await DeviceStore.open());
          await batch.restore();
          save(`${nameOf(meta)}.jsonl`, await jsonLines(batch));
          batch.close();
        }),
        onRemove: (meta) => this.trying(async () => {
          await DeviceStore.remove(meta.id);
          await this.show();
          this.heading.focus();
        }),
      }));
    } catch (error) {
      this.content.replaceChildren(h('p', { id: 'batch-problem', class: 'problem', role: 'alert' },
        words.parts('no_model', { message: /** @type {Error} */ (error).message })));
    }
  }

  /** The pack and the variant that the page shows. @private @returns {Promise<Choice>} */
  async firstChoice() {
    const opened = this.app.opened ?? await engine.packs.open(await engine.packs.first());
    return this.choiceOf(opened, this.app.classifier.getAttribute('variant'));
  }

  /** @param {import('../../classifier/engine-packs.js').OpenedPack} opened @param {string | null} variant @private @returns {Promise<Choice>} */
  async choiceOf(opened, variant) {
    return {
      opened, texts: await engine.packs.texts(opened, this.app.text.language),
      variant: variant ?? opened.pack.default_variant, prior: 'default', isKept: this.choice?.isKept ?? true,
    };
  }

  /** @param {URL} folder @private */
  async choosePack(folder) {
    this.choice = await this.choiceOf(await engine.packs.open(folder), null);
    await this.show();
    document.getElementById('batch-pack')?.focus();
  }

  /** The site's packs, and the person's own, by their names. @private */
  async packs() { return (await packEntries(this.app)).map(({ folder, own }) => ({ folder, name: own.name })); }

  /** @param {import('./screen.js').Dropped} items */
  async takeDropped(items) {
    if (!this.choice) return; // there is no model
    const choosing = foundDropped(items).then(chosenOf);
    return this.work ? this.offer(this.work, choosing) : this.take(choosing);
  }

  /** Its own files go to the batch that is shown; of others it is asked, but where they were dropped on one that is done and kept.
   *  @param {WorkView} work @param {Promise<Chosen>} choosing @param {boolean} [is_again] its own were asked for @private */
  async offer(work, choosing, is_again = false) {
    try {
      const [chosen, is_own] = await this.held(choosing.then(async (all) => /** @type {const} */ ([all, await isOwn(work, all)])));
      const begin = () => this.take(choosing);
      const add = () => work.attach(chosen);
      const { done, total } = work.batch.meta;
      if (is_own) add();
      else if (is_again || done < total) work.ask(begin, 'drop_go', add);
      else if (work.hasUnkept) work.ask(begin, 'drop_go');
      else await begin();
    } catch (error) {
      work.tell(error);
      this.app.relax();
    }
  }

  /** What is shown stays meanwhile: nothing can be pressed, and no update reloads the page. @template T @param {Promise<T>} looking @returns {Promise<T>} @private */
  async held(looking) {
    this.is_taking = true;
    this.content.inert = true;
    try {
      return await looking;
    } finally {
      this.is_taking = false;
      this.content.inert = false;
    }
  }

  /** Begins a batch with what was chosen. @param {Promise<Chosen>} choosing @private */
  async take(choosing) {
    const words = /** @type {BatchWords} */ (this.words);
    this.problem = null;
    const choice = /** @type {Choice} */ (this.choice);
    const begin = async () => {
      const chosen = await choosing;
      const batch = await this.begin(chosen, choice);
      batch.attach(chosen.pictures);
      await this.showWork(batch, choice.opened, chosen.num_others);
      this.work?.go();
    };
    try {
      await this.held(begin());
    } catch (error) {
      if (this.work) this.work.tell(error);
      else {
        this.problem = problemText(words, error);
        await this.show();
      }
      this.app.relax();
    }
  }

  /** @param {Chosen} chosen @param {Choice} choice @private */
  async begin(chosen, { opened, variant, prior, isKept }) {
    const ids = opened.pack.classes.map(({ id }) => id);
    const labels = await knownLabels(labelTable(chosen), chosen.pictures.map(({ path }) => path), opened.pack);
    /** @type {Meta} */
    const meta = {
      id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`, title: chosen.title, started: Date.now(), folder: opened.folder.href,
      pack: { id: opened.pack.id, version: opened.pack.version }, variant, prior, total: 0, done: 0, labels,
    };
    let fault = null;
    const store = isKept && await DeviceStore.open().catch((error) => { fault = error; });
    return Object.assign(new Batch(meta, ids, store || new MemoryStore()), { fault });
  }

  // ---- working --------------------------------------------------------------

  /** @param {Batch} batch @param {import('../../classifier/engine-packs.js').OpenedPack} opened @param {number} num_others @private */
  async showWork(batch, opened, num_others) {
    const words = /** @type {BatchWords} */ (this.words);
    const said = await this.packWordsOf(opened).catch((error) => {
      batch.close();
      throw error;
    });
    this.work?.destroy(); // not before: what is shown can be worked with
    this.work = new WorkView({
      batch, opened, words, packWords: said, num_others,
      onNew: async () => {
        this.work?.destroy();
        this.work = null;
        this.app.relax();
        await this.show();
        this.heading.focus();
      },
      onAgain: (choosing) => this.offer(/** @type {WorkView} */ (this.work), choosing, true),
      onRest: () => this.app.relax(),
      onOpen: async (row) => {
        const blob = await row.source?.open();
        if (!blob) return;
        this.useModel(opened, batch.meta.variant);
        this.app.go('');
        this.app.classifier.open(blob instanceof File ? blob : new File([blob], row.path), { prior: batch.meta.prior });
      },
      onSave: save,
      problemText: (error) => problemText(words, error),
    });
    this.lead.hidden = true;
    this.content.replaceChildren(this.work.node);
    this.work.start();
  }

  /** By which its pictures were judged: the first screen then says of one what the table does.
   *  @param {import('../../classifier/engine-packs.js').OpenedPack} opened @param {string} variant @private */
  useModel({ folder, pack, imported }, variant) {
    const { app } = this;
    const { classifier } = app;
    const is_other = app.opened?.folder.href !== folder.href;
    if (is_other) app.usePack({ folder, imported });
    // Of another pack named in any case: else the device would take the one that it is fastest with.
    if (is_other || (classifier.getAttribute('variant') ?? pack.default_variant) !== variant) classifier.setAttribute('variant', variant);
  }

  /** A batch kept here: its answers at once, its pictures once they are chosen again. @param {Meta} meta @private */
  resume(meta) {
    const words = /** @type {BatchWords} */ (this.words);
    this.outdated = meta.id; // until it is open
    return this.trying(async () => {
      const opened = await engine.packs.open(new URL(meta.folder));
      if (opened.pack.version !== meta.pack.version) {
        this.problem = words.get('kept_other_version', { id: meta.pack.id, was: meta.pack.version, now: opened.pack.version });
        return await this.show();
      }
      const batch = new Batch(meta, opened.pack.classes.map(({ id }) => id), await DeviceStore.open());
      await batch.restore();
      this.outdated = null;
      await this.showWork(batch, opened, 0);
      this.heading.focus();
    });
  }

  /** What is kept may be had no more. @param {() => Promise<void>} run @private */
  async trying(run) {
    try {
      await run();
    } catch (error) {
      this.problem = problemText(/** @type {BatchWords} */ (this.words), error);
      await this.show();
    }
  }
}

/** All of it is of the batch shown, under the labels that it brings along, if any. @param {WorkView} work @param {Chosen} chosen */
async function isOwn({ batch, opened }, chosen) {
  const table = labelTable(chosen);
  return batch.owns(chosen.pictures) && (!table || JSON.stringify(await knownLabels(table, [], opened.pack)) === JSON.stringify(batch.meta.labels));
}

/** @param {BatchWords} words @param {unknown} error */
export function problemText(words, error) {
  const { reason, values = {}, message } = /** @type {{reason?: string, values?: Record<string, string | number>, message?: string}} */ (error);
  return reason && words.has(reason) ? words.parts(reason, values) : words.parts('problem', { message: message ?? String(error) });
}
