/* about.js: how the page works, what it keeps, what the model is and how well
 * it was measured to do, versions and language. Every figure comes from
 * pack.json. Ids: #about-heading, #figures, #language, #check-update,
 * #update-state, #version. */

import { h } from '../../lib/dom.js';
import { LANGUAGES, rememberLanguage } from '../../lib/text.js';
import { cardPageOf } from '../../shared/card-page.js';
import { siteFile } from '../../shared/site.js';

/** @typedef {import('../../lib/text.js').Text} Text */
/** @typedef {import('../../lib/pack-text.js').PackWords} Words */
/** @typedef {import('../../app.js').App} App */
/** @typedef {import('../../classifier/engine-packs.js').OpenedPack} OpenedPack */
/** @typedef {import('../../classifier/engine-packs.js').Figure} Figure */

/** In the order shown, the recall of classes between them; shares are written as per cent. */
const SHARES = /** @type {const} */ (['accuracy', 'balanced_accuracy']);
const SCORES = /** @type {const} */ (['macro_auc', 'ece']);

/** @param {App} app @param {string | null} version of the page @returns {(Node | null)[]} */
export function aboutScreen({ text, opened, words, build, classifier, offline, speak }, version) {
  const variant = classifier.getAttribute('variant');
  return [
    h('h1', { id: 'about-heading', tabindex: -1 }, text.get('about_heading')),
    h('section', {},
      h('h2', {}, text.get('about_how')),
      h('ol', { class: 'steps' },
        h('li', {}, text.get('about_how_1')),
        h('li', {}, text.get('about_how_2')),
        h('li', {}, text.get('about_how_3')))),
    h('section', {},
      h('h2', {}, text.get('about_privacy')),
      h('p', {}, text.get('about_privacy_1')),
      h('p', {}, text.get('about_privacy_2'))),
    opened && words && modelSection(text, words, opened, variant),
    opened && words && kindsSection(text, words, opened),
    h('section', {},
      h('h2', {}, text.get('about_licence')),
      h('p', {}, text.get('about_licence_code')),
      opened && h('p', {}, text.get('about_licence_weights', { ...opened.pack.licence }))),
    versionSection(text, opened, version, build, () => offline.check()),
    h('section', {},
      h('h2', {}, h('label', { for: 'language' }, text.get('language'))),
      languageSelect(text, async (language) => {
        const address = new URL(location.href);
        address.searchParams.delete('lang'); // what is chosen goes before what a link said
        history.replaceState(history.state, '', address);
        rememberLanguage(language);
        await speak(language);
      })),
  ];
}

/** The site's own packs have it as a document (wasm-build/papers.mjs). @param {{card: string}} pack @param {URL} folder */
function cardOf(pack, folder) {
  const is_own = folder.href.startsWith(siteFile('models/').href);
  return new URL(is_own ? cardPageOf(pack.card) : pack.card, folder);
}

/** @param {Text} text @param {Words} words @param {OpenedPack} opened @param {string | null} variantName */
function modelSection(text, words, { pack, folder, imported }, variantName) {
  const spoken = { lang: words.lang, dir: words.dir };
  const variant = pack.variants.find(({ name }) => name === (variantName ?? pack.default_variant));
  return h('section', {},
    h('h2', {}, text.get('about_model')),
    h('p', spoken, words.name),
    h('h3', {}, text.get('about_for')),
    h('p', spoken, words.intended_use),
    h('h3', {}, text.get('about_not_for')),
    h('p', spoken, words.not_for),
    h('ul', { class: 'steps', ...spoken }, words.notices.map((notice) => h('li', {}, notice))),
    words.evidence && h('p', { id: 'evidence', ...spoken }, words.evidence),
    ...figures(text, words, variant),
    !imported && h('p', {}, h('a', { href: cardOf(pack, folder).href, target: '_blank', rel: 'noopener' }, text.get('about_card'))));
}

/** @param {Text} text @param {Words} words @param {import('../../classifier/engine-packs.js').Variant | undefined} variant */
function figures(text, words, variant) {
  const metrics = variant?.metrics;
  const recall = /** @type {Record<string, Figure>} */ (/** @type {unknown} */ (metrics?.recall ?? {}));
  const share = (/** @type {number} */ value) => text.share(value);
  const score = (/** @type {number} */ value) => text.figure(value);
  const rows = [
    ...SHARES.map((name) => figureRow(text.get(`metric_${name}`), metrics?.[name], share)),
    ...Object.entries(recall).map(([id, figure]) => figureRow(recallHeading(text, words, id, figure), figure, share)),
    ...SCORES.map((name) => figureRow(text.get(`metric_${name}`), metrics?.[name], score)),
  ].filter((row) => row !== null);
  if (!metrics || rows.length === 0) return [h('p', { class: 'muted' }, text.get('about_no_figures'))];
  return [
    h('p', { class: 'small muted' }, text.count('about_figures', metrics.n, { split: metrics.split, variant: variant?.name ?? '' })),
    h('table', { class: 'figures', id: 'figures' }, h('tbody', {}, rows)),
  ];
}

/** A class's label may be in another language than the words around it.
 *  @param {Text} text @param {Words} words @param {string} id @param {Figure} figure */
function recallHeading(text, words, id, { prior }) {
  const [before = '', after = ''] = text.get(prior === 'uniform' ? 'metric_recall_uniform' : 'metric_recall').split('{label}');
  return [before, h('span', { lang: words.lang, dir: words.dir }, words.classOf(id).label), after];
}

/** @param {string | (string | Node)[]} heading @param {unknown} measured a Figure, where the pack has it
 *  @param {(value: number) => string} write */
function figureRow(heading, measured, write) {
  const figure = /** @type {Figure | undefined} */ (measured);
  if (typeof figure?.value !== 'number') return null;
  return h('tr', {},
    h('th', { scope: 'row' }, heading),
    h('td', {}, h('strong', {}, write(figure.value)), ' ',
      h('span', { dir: 'ltr' }, `[${write(figure.low)}–${write(figure.high)}]`)));
}

/** @param {Text} text @param {Words} words @param {OpenedPack} opened */
function kindsSection(text, words, { pack }) {
  return h('section', {},
    h('h2', {}, text.get('about_classes')),
    h('dl', { class: 'kinds', lang: words.lang, dir: words.dir }, pack.classes.flatMap(({ id }) => {
      const { label, text: about } = words.classOf(id);
      return [h('dt', {}, label), h('dd', {}, about)];
    })));
}

/** @param {Text} text @param {OpenedPack | null} opened @param {string | null} version
 *  @param {{build: string, threads: number} | null} build
 *  @param {() => Promise<'none' | 'found' | 'failed'>} onCheckUpdate */
function versionSection(text, opened, version, build, onCheckUpdate) {
  const state = h('p', { id: 'update-state', role: 'status', class: 'small' });
  return h('section', {},
    h('h2', {}, text.get('about_version')),
    h('p', { id: 'version' }, text.get('about_version_app', {
      version: version ?? text.get('about_version_unknown'),
      model: opened ? `${opened.pack.id} ${opened.pack.version}` : '–',
    })),
    build && h('p', { class: 'small muted' }, text.count('about_build', build.threads, { build: build.build })),
    h('p', { class: 'small muted' }, text.get('about_install_ios')),
    h('div', { class: 'row' },
      h('button', { type: 'button', id: 'check-update', onclick: async () => {
        state.textContent = text.get(`about_update_${await onCheckUpdate()}`);
      } }, text.get('about_check_update')),
      state));
}

/** @param {Text} text @param {(language: string) => void} onLanguage */
function languageSelect(text, onLanguage) {
  const select = h('select', { id: 'language' }, Object.entries(LANGUAGES).map(([code, name]) =>
    h('option', { value: code, lang: code, selected: code === text.language }, name)));
  select.addEventListener('change', () => onLanguage(select.value));
  return select;
}
