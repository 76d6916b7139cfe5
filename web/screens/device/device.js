/* device.js: every variant of a pack by every build and number of threads,
 * measured here; the figures as files; which variant they speak for; and
 * diagnostics to copy. Ids: #device-heading, #device-pack, #device-go,
 * #device-stop, #device-state, #device-table (rows carry data-key),
 * #device-advice, #device-csv, #device-json, #device-diagnostics,
 * #device-copy, #device-copied; the boxes of variants carry data-variant. */

import { engine } from '../../classifier/engine.js';
import { buildsHere, measure } from '../../classifier/engine-bench.js';
import { h, icon, styles } from '../../lib/dom.js';
import { save } from '../../lib/save.js';
import { packEntries } from '../models/entries.js';
import { autoView } from './auto.js';
import { diagnosticsOf } from './diagnostics.js';
import { adviceOf, csvOf, figuresOf, rowOf } from './figures.js';
import { SIZE, testPicture } from './picture.js';
import { DeviceWords } from './words.js';

/** @typedef {import('../../app.js').App} App */
/** @typedef {import('../../classifier/engine-bench.js').Combination} Combination */
/** One line of the table. figures, failure: null until it has been measured.
 * @typedef {Combination & {figures: import('./figures.js').Row | null, failure: string | null}} Line */

export class DeviceScreen {
  /** @param {HTMLElement} place @param {App} app */
  constructor(place, app) {
    /** @private */ this.app = app;
    /** @private @type {DeviceWords | null} */ this.words = null;
    /** @private @type {import('../../classifier/engine-packs.js').OpenedPack | null} */ this.opened = null;
    /** @private @type {{folder: URL, name: string}[]} */ this.packs = [];
    /** @private */ this.here = buildsHere();
    /** @private @type {Line[]} */ this.lines = [];
    /** Variants that are measured: a large one is a large download. @private @type {Set<string>} */ this.variants = new Set();
    /** @private @type {AbortController | null} */ this.running = null;
    /** @private */ this.said = '';
    this.heading = h('h1', { id: 'device-heading', tabindex: -1 });
    /** @private */ this.content = h('div', { class: 'device-content' });
    app.protect(() => this.running !== null);
    place.classList.add('tool');
    place.append(...styles('screens/tools.css', 'screens/device/device.css'), this.heading, this.content);
  }

  async show() {
    const { text } = this.app;
    if (this.words?.text !== text) this.words = await DeviceWords.of(text);
    this.heading.textContent = this.words.get('heading');
    try {
      if (!this.opened) this.open(this.app.opened ?? await engine.packs.open(await engine.packs.first()));
      this.packs = (await packEntries(this.app)).map(({ folder, own }) => ({ folder, name: own.name }));
      this.draw();
    } catch (error) {
      this.content.replaceChildren(h('p', { class: 'problem', role: 'alert' }, icon('failure'),
        h('span', {}, this.words.get('no_model', { message: /** @type {Error} */ (error).message }))));
    }
  }

  /** @param {import('../../classifier/engine-packs.js').OpenedPack} opened @private */
  open(opened) {
    this.opened = opened;
    this.variants = new Set(opened.pack.variants.map(({ name }) => name));
    this.plan();
  }

  /** @private */
  plan() {
    const variants = this.opened?.pack.variants.filter(({ name }) => this.variants.has(name)) ?? [];
    this.lines = variants.flatMap(({ name: variant }) => this.here.builds.map((build) => ({ variant, ...build, figures: null, failure: null })));
  }

  /** @private */
  async go() {
    const { opened, words } = this;
    if (this.running || !opened || !words) return;
    const running = new AbortController();
    this.running = running;
    this.plan();
    this.draw(); // the picture takes a moment to make
    try {
      const picture = await testPicture();
      for (const [index, line] of this.lines.entries()) {
        if (running.signal.aborted) break;
        const of = { n: words.number(index + 1), all: words.number(this.lines.length), name: nameOf(line) };
        this.tell(words.get('state_running', of));
        this.draw();
        try {
          line.figures = rowOf(figuresOf(await measure(engine.packs, opened, line, {
            picture, signal: running.signal,
            onBytes: (loaded, total) => this.tell(words.text.get('model_loading', { loaded: words.text.bytes(loaded), total: words.text.bytes(total) })),
          })), opened.pack.variants);
        } catch (error) {
          if (!running.signal.aborted) line.failure = error instanceof Error ? error.message : String(error);
        }
      }
      this.tell(words.get(running.signal.aborted ? 'state_stopped' : 'state_done'));
    } catch (error) {
      this.tell(words.get('failed', { message: error instanceof Error ? error.message : String(error) }));
    } finally {
      this.running = null;
      this.draw();
      this.app.relax();
    }
  }

  /** @param {string} said @private */
  tell(said) {
    this.said = said;
    const node = document.getElementById('device-state');
    if (node) node.textContent = said;
  }

  // ---- drawing --------------------------------------------------------------

  /** @private */
  draw() {
    const { words, opened } = this;
    if (!words || !opened) return;
    const focused = document.activeElement?.id;
    const measured = this.lines.flatMap(({ figures }) => (figures ? [figures] : []));
    this.content.replaceChildren(...[
      h('p', { class: 'lead' }, words.get('lead', { width: SIZE.width, height: SIZE.height })),
      h('p', { class: 'small muted' }, words.count('here', this.here.features.cores, {
        simd: words.get(this.here.features.relaxed ? 'simd_relaxed' : this.here.features.simd ? 'simd_plain' : 'simd_none'),
      }), ' ', words.get(this.here.features.shared ? 'threads_yes' : 'threads_no')),
      this.fields(words, opened),
      h('div', { class: 'row' },
        this.running
          ? h('button', { type: 'button', id: 'device-stop', onclick: () => this.running?.abort(new DOMException('stopped', 'AbortError')) }, words.get('stop'))
          : h('button', { type: 'button', id: 'device-go', class: 'primary', disabled: this.variants.size === 0, onclick: () => this.go() },
            words.get(measured.length ? 'again' : 'go')),
        measured.length > 0 && h('button', { type: 'button', id: 'device-csv', onclick: () =>
          save('device.csv', new Blob([csvOf(measured)], { type: 'text/csv' })) }, words.get('save_csv')),
        measured.length > 0 && h('button', { type: 'button', id: 'device-json', onclick: async () =>
          save('device.json', new Blob([`${JSON.stringify(await diagnosticsOf(this.app, this.here, measured))}\n`], { type: 'application/json' })) }, words.get('save_json'))),
      h('p', { id: 'device-state', role: 'status' }, this.said),
      this.advice(words, opened, measured),
      autoView({ words, app: this.app, opened, onChange: () => this.draw() }),
      this.table(words, measured),
      h('p', { class: 'small muted' }, words.get('how')),
      this.diagnostics(words, measured),
    ].filter((node) => node instanceof Node));
    if (focused?.startsWith('device-')) document.getElementById({ 'device-go': 'device-stop', 'device-stop': 'device-go' }[focused] ?? focused)?.focus();
  }

  /** @param {DeviceWords} words @param {import('../../classifier/engine-packs.js').OpenedPack} opened @private */
  fields(words, opened) {
    const is_busy = this.running !== null;
    return h('fieldset', { class: 'device-fields', disabled: is_busy },
      h('legend', {}, words.get('model')),
      this.packs.length > 1 && h('p', { class: 'field' }, h('label', { for: 'device-pack', class: 'visually-hidden' }, words.get('model')),
        h('select', { id: 'device-pack', onchange: async (/** @type {Event} */ event) => {
          this.open(await engine.packs.open(new URL(/** @type {HTMLSelectElement} */ (event.target).value)));
          this.draw();
        } }, this.packs.map(({ folder, name }) => h('option', { value: folder.href, selected: folder.href === opened.folder.href }, name)))),
      opened.pack.variants.map(({ name, bytes, precision }) => h('label', { class: 'check' },
        h('input', { type: 'checkbox', 'data-variant': name, checked: this.variants.has(name), onchange: (/** @type {Event} */ event) => {
          if (/** @type {HTMLInputElement} */ (event.target).checked) this.variants.add(name);
          else this.variants.delete(name);
          this.plan();
          this.draw();
          /** @type {HTMLElement | null} */ (this.content.querySelector(`[data-variant="${CSS.escape(name)}"]`))?.focus();
        } }),
        h('span', {}, name, ' ', h('span', { class: 'small muted' }, `${precision}, ${words.text.bytes(bytes)}`)))));
  }

  /** @param {DeviceWords} words @param {import('./figures.js').Row[]} measured @private */
  table(words, measured) {
    const slowest = Math.max(...measured.map(({ median_ms }) => median_ms), 0);
    const ms = (/** @type {number} */ value) => words.text.number(value);
    const heads = /** @type {const} */ (['variant', 'median', 'bytes', 'accuracy', 'load', 'first', 'min', 'memory', 'frames', 'decode', 'prepare', 'infer']);
    const chosen = this.here.chosen;
    return h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': words.get('heading') },
      h('table', { id: 'device-table', class: 'grid-table' },
        h('thead', {}, h('tr', {}, heads.map((name) => h('th', { scope: 'col' }, words.get(`column_${name}`))))),
        h('tbody', {}, this.lines.map((line) => {
          const { figures, failure, variant, build, threads } = line;
          const is_chosen = build === chosen?.build && threads === chosen.threads;
          const head = h('th', { scope: 'row' }, h('span', {}, variant), ' ',
            h('span', { class: 'small muted' }, words.count('by', threads, { build: build.replace(/^infer-/, '') }), is_chosen && ` · ${words.get('chosen')}`));
          if (!figures) {
            return h('tr', { 'data-key': nameOf(line) }, head, h('td', { colspan: heads.length - 1, class: 'start' }, failure ?? words.get('not_yet')));
          }
          const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
          bar.style.inlineSize = `${Math.round((100 * figures.median_ms) / Math.max(slowest, 0.001))}%`;
          // The figure with the bars first: on a phone the rest is reached sideways.
          return h('tr', { 'data-key': nameOf(line) }, head, h('td', { class: 'with-bar' }, ms(figures.median_ms), bar),
            h('td', {}, words.text.bytes(figures.bytes)), h('td', {}, figures.accuracy === null ? '–' : words.text.figure(figures.accuracy)), h('td', {}, ms(figures.load_ms)), h('td', {}, ms(figures.first_ms)),
            h('td', {}, ms(figures.min_ms)), h('td', {}, words.text.bytes(figures.memory_bytes)),
            h('td', {}, ms(figures.frames_per_second)), h('td', {}, ms(figures.decode_ms)), h('td', {}, ms(figures.prepare_ms)), h('td', {}, ms(figures.infer_ms)));
        }))));
  }

  /** @param {DeviceWords} words @param {import('../../classifier/engine-packs.js').OpenedPack} opened @param {import('./figures.js').Row[]} measured @private */
  advice(words, opened, measured) {
    const advice = this.running ? null : adviceOf(measured, opened.pack.variants, this.here.chosen);
    if (!advice) return null;
    const { classifier } = this.app;
    const is_shown = this.app.opened?.folder.href === opened.folder.href;
    const used = classifier.getAttribute('variant') ?? opened.pack.default_variant;
    return h('div', { id: 'device-advice', class: 'plain-notice device-advice' },
      h('p', {}, words.get(advice.reason, { variant: advice.variant })),
      is_shown && h('p', { class: 'small muted' }, words.get('used', { variant: used })));
  }

  /** @param {DeviceWords} words @param {import('./figures.js').Row[]} measured @private */
  diagnostics(words, measured) {
    const shown = h('pre', { id: 'device-diagnostics', tabindex: 0, dir: 'ltr', lang: 'en' });
    diagnosticsOf(this.app, this.here, measured).then((found) => { shown.textContent = JSON.stringify(found, null, 2); });
    const copied = h('p', { id: 'device-copied', role: 'status', class: 'small' });
    return h('details', { class: 'plain-notice', open: Boolean(/** @type {HTMLDetailsElement | null} */ (this.content.querySelector('details'))?.open) },
      h('summary', {}, words.get('diagnostics')),
      h('p', { class: 'small muted' }, words.get('diagnostics_what')),
      shown,
      h('div', { class: 'row' }, h('button', { type: 'button', id: 'device-copy', onclick: async () => {
        try {
          await navigator.clipboard.writeText(shown.textContent ?? '');
          copied.textContent = words.text.get('copied');
        } catch {
          copied.textContent = words.text.get('copy_failed'); // not a secure page, or not allowed
        }
      } }, words.get('diagnostics_copy')), copied));
  }
}

/** @param {Combination} combination */
const nameOf = ({ variant, build, threads }) => `${variant} ${build} ${threads}`;
