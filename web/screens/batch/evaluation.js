/* evaluation.js: an evaluation as a person reads it: the figures first, then
 * classes, the confusion matrix, what was decided, groups, and three plots.
 * Every figure is one of `insitu evaluate --json`. Ids: #figures (rows carry
 * data-figure), #per-class, #confusion, #decided, #group-figures (and -0, -1 for each device's limits), #plots,
 * #batch-evaluation-json. */

import { h } from '../../lib/dom.js';
import { reliabilityOf, riskCoverageOf, rocOf } from './curves.js';

/** @typedef {import('./words.js').BatchWords} BatchWords */
/** @typedef {Extract<import('./export.js').Evaluation, {accuracy: number}>} Evaluation */
/** @typedef {{words: BatchWords, packWords: import('../../lib/pack-text.js').PackWords, figures: import('./export.js').Evaluation,
 *   rows: import('./metrics.js').Labelled[], onSave: () => void}} Told */

/** @param {Told} told @returns {Node[]} */
export function evaluationView({ words, packWords, figures, rows, onSave }) {
  const heading = h('h2', {}, words.get('evaluation'));
  if (!('accuracy' in figures)) return [heading, h('p', {}, words.get('evaluation_none'))];
  const told = { words, packWords, figures: /** @type {Evaluation} */ (figures), rows };
  return [
    heading,
    h('p', { class: 'small muted' }, words.count('evaluation_of', figures.n, {
      model: `${figures.model.id} ${figures.model.version}, ${figures.model.variant}`, prior: figures.prior, failed: words.number(figures.failed),
    })),
    h('p', { class: 'plain-notice' }, words.get('evaluation_caution')),
    headFigures(told),
    h('div', { class: 'batch-columns' }, section(words.get('per_class'), classTable(told)), section(words.get('decided'), decidedTable(told))),
    section(words.get('confusion'), confusionTable(told), h('p', { class: 'small muted' }, words.get('confusion_hint'))),
    told.figures.groups.length > 0 && section(words.get('groups'), groupTable(told, 'group-figures', told.figures.groups)),
    ...deciderSections(told),
    plots(told),
    h('div', { class: 'row' }, h('button', { type: 'button', id: 'batch-evaluation-json', onclick: onSave }, words.get('save_evaluation'))),
  ].filter((node) => node instanceof Node);
}

/** @typedef {{words: BatchWords, packWords: import('../../lib/pack-text.js').PackWords, figures: Evaluation, rows: import('./metrics.js').Labelled[]}} Shown */

/** @param {string} title @param {...Node} nodes */
const section = (title, ...nodes) => h('section', { class: 'batch-section' }, h('h3', {}, title), ...nodes);

/** @param {BatchWords} words @param {number | null} value */
const figure = (words, value) => (value === null ? '–' : words.text.figure(value));

/** @param {Shown} shown */
function headFigures({ words, figures }) {
  const shown = /** @type {const} */ (['accuracy', 'balanced_accuracy', 'macro_auc', 'ece']);
  return h('dl', { id: 'figures', class: 'batch-figures' }, shown.map((name) => h('div', { 'data-figure': name },
    h('dt', {}, words.text.get(`metric_${name}`)), h('dd', {}, figure(words, figures[name])))));
}

/** @param {string} id @param {string[]} columns @param {Node[]} rows */
const table = (id, columns, rows) => h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-labelledby': id },
  h('table', { id, class: 'grid-table' },
    h('thead', {}, h('tr', {}, columns.map((name, index) => (index ? h('th', { scope: 'col' }, name) : h('td', {}))))), h('tbody', {}, rows)));

/** @param {import('../../lib/pack-text.js').PackWords} packWords @param {string} label */
const heading = (packWords, label) => h('th', { scope: 'row', lang: packWords.lang, dir: packWords.dir }, label);

/** @param {Shown} shown */
function classTable({ words, packWords, figures }) {
  return table('per-class', ['', words.get('column_n'), words.get('column_recall'), words.get('column_precision'), words.get('column_auc')],
    figures.per_class.map(({ label, n, recall, precision, auc }) => h('tr', {}, heading(packWords, label),
      h('td', {}, words.number(n)), ...[recall, precision, auc].map((value) => h('td', {}, figure(words, value))))));
}

/** @param {Shown} shown */
function decidedTable({ words, figures }) {
  return table('decided', ['', words.get('column_n'), words.get('column_share'), words.get('column_error')],
    Object.entries(figures.decisions).map(([kind, { n, share, error }]) => h('tr', {},
      h('th', { scope: 'row' }, words.kind(kind)), h('td', {}, words.number(n)),
      h('td', {}, share === null ? '–' : words.text.share(share)), h('td', {}, error === null ? '–' : words.text.share(error)))));
}

/** @param {Shown} shown */
function confusionTable({ words, packWords, figures }) {
  const body = figures.confusion.map((line, truth) => {
    const n = Math.max(1, line.reduce((sum, count) => sum + count, 0));
    return h('tr', {}, heading(packWords, String(figures.per_class[truth]?.label)), line.map((count, named) => {
      const cell = h('td', { class: named === truth ? 'hit' : 'miss' }, words.number(count));
      cell.style.setProperty('--share', `${Math.round((100 * count) / n)}%`);
      return cell;
    }));
  });
  return table('confusion', ['', ...figures.per_class.map(({ label }) => label)], body);
}

/** @typedef {Omit<Evaluation['groups'][number], 'label' | 'auc'> & {auc?: number | null}} AtLimit */

/** @param {Shown} shown @param {string} id @param {AtLimit[]} groups */
function groupTable({ words, packWords }, id, groups) {
  const columns = ['', words.get('column_n'), words.get('column_limit'), words.get('column_sensitivity'), words.get('column_specificity'),
    words.get('column_auc'), words.get('column_rejected')];
  return table(id, columns, groups.map(({ id: group, n, limit, sensitivity, specificity, auc, rejected }) =>
    h('tr', {}, heading(packWords, packWords.groupOf(group).label), h('td', {}, words.number(n)),
      ...[limit, sensitivity, specificity, auc ?? null].map((value) => h('td', {}, figure(words, value))), h('td', {}, words.number(rejected)))));
}

/** Where devices have limits of their own, what each came to. @param {Shown} shown */
function deciderSections(shown) {
  const { words, figures: { limits, groups } } = shown;
  if (limits.length < 2 || groups.length === 0) return [];
  return limits.map(({ taken_with, prior, n, groups: found }, index) =>
    section(taken_with === null ? words.count('groups_own', n, { prior }) : words.count('groups_of', n, { device: taken_with, prior }),
      groupTable(shown, `group-figures-${index}`, found)));
}

/** The library comes now. @param {Shown} shown */
function plots({ words, figures, rows }) {
  const curves = figures.per_class.flatMap(({ label }, index) => {
    const roc = rocOf(rows, index);
    return roc ? [{ label, roc }] : [];
  });
  const place = (/** @type {string} */ name, /** @type {string} */ title, /** @type {string} */ description) => ({
    name, title, node: h('figure', { class: 'batch-plot', 'data-plot': name }, h('figcaption', {}, h('h3', {}, title), h('p', { class: 'small muted' }, description))),
  });
  const places = [
    place('roc', words.get('plot_roc'), words.get('plot_roc_hint')),
    place('reliability', words.get('plot_reliability'), words.get('plot_reliability_hint')),
    place('risk', words.get('plot_risk'), words.get('plot_risk_hint')),
  ];
  const [roc, reliability, risk] = places;
  import('./charts.js').then((charts) => {
    const texts = { share: (/** @type {number} */ value) => words.text.share(value) };
    if (roc) charts.drawRoc(roc.node, curves, { ...texts, title: roc.title, x: words.get('axis_false'), y: words.get('axis_true') });
    if (reliability) charts.drawReliability(reliability.node, reliabilityOf(rows), { ...texts, title: reliability.title, x: words.get('axis_share'), y: words.get('axis_right') });
    if (risk) charts.drawRisk(risk.node, riskCoverageOf(rows), { ...texts, title: risk.title, x: words.get('axis_kept'), y: words.get('axis_error') });
  }).catch((error) => {
    for (const { node } of places) node.append(h('p', { class: 'problem' }, words.parts('plots_failed', { message: error.message })));
  });
  return h('div', { id: 'plots', class: 'batch-plots' }, places.map(({ node }) => node));
}
