/* choose.js: the screen before there is a batch: what to choose, whether to
 * keep the answers, by which model, and the batches kept here. Ids:
 * #batch-files, #batch-folder (inputs), #batch-keep, #batch-pack,
 * #batch-variant, #batch-prior, #batch-kept (its items carry data-batch). */

import { h, icon } from '../../lib/dom.js';

/** @typedef {import('./batch.js').Choice} Choice */
/** @typedef {import('../../classifier/engine-packs.js').OpenedPack} OpenedPack */

/**
 * @param {{words: import('./words.js').BatchWords, choice: Choice, packs: {folder: URL, name: string}[], kept: import('./store.js').Meta[],
 *   problem: import('../../lib/dom.js').Child[] | string | null, outdated: string | null, onFiles: (files: FileList) => void, onPack: (folder: string) => void,
 *   onSave: (meta: import('./store.js').Meta) => void, onResume: (meta: import('./store.js').Meta) => void, onRemove: (meta: import('./store.js').Meta) => void}} told
 */
export function chooseView({ words, choice, packs, kept, problem, outdated, onFiles, onPack, onSave, onResume, onRemove }) {
  const { text } = words;
  const takes = (/** @type {Event} */ event) => {
    const { files } = /** @type {HTMLInputElement} */ (event.target);
    if (files?.length) onFiles(files);
  };
  const files = h('input', { type: 'file', id: 'batch-files', class: 'visually-hidden', multiple: true, tabindex: -1, 'aria-hidden': 'true',
    accept: 'image/*,.zip,.csv,.heic,.heif,.avif,.dcm,application/dicom', onchange: takes });
  const folder = h('input', { type: 'file', id: 'batch-folder', class: 'visually-hidden', multiple: true, tabindex: -1, 'aria-hidden': 'true',
    webkitdirectory: true, onchange: takes });
  const has_folders = 'webkitdirectory' in folder;
  return [
    h('div', { class: 'batch-drop' },
      files, folder,
      h('div', { class: 'row' },
        h('button', { type: 'button', class: 'primary with-icon', id: 'batch-pick', onclick: () => files.click() }, icon('picture'), words.get('choose_files')),
        has_folders && h('button', { type: 'button', id: 'batch-pick-folder', onclick: () => folder.click() }, words.get('choose_folder'))),
      h('p', { class: 'small muted' }, words.get('choose_hint')),
      problem && h('p', { id: 'batch-problem', class: 'problem', role: 'alert' }, icon('failure'), h('span', {}, problem))),
    h('label', { class: 'check' },
      h('input', { type: 'checkbox', id: 'batch-keep', checked: choice.isKept, onchange: (/** @type {Event} */ event) => {
        choice.isKept = /** @type {HTMLInputElement} */ (event.target).checked;
      } }),
      h('span', {}, words.get('keep'), h('span', { class: 'small muted' }, words.get('keep_hint')))),
    h('details', { class: 'plain-notice' },
      h('summary', {}, words.get('labels_heading')),
      h('p', {}, choice.opened.pack.task === 'multilabel' ? words.get('labels_findings')
        : words.get('labels_how', { classes: choice.opened.pack.classes.map(({ id }) => id).join(', ') }))),
    modelFields({ words, choice, packs, onPack }),
    kept.length > 0 && h('section', { class: 'batch-kept' },
      h('h2', {}, words.get('kept_heading')),
      h('ul', { id: 'batch-kept' }, kept.map((meta) => h('li', { 'data-batch': meta.id },
        h('div', {},
          h('strong', { dir: 'auto' }, meta.title),
          h('p', { class: 'small muted' }, words.count('kept_of', meta.total, {
            done: words.number(meta.done), when: new Date(meta.started).toLocaleString(`${text.language}-u-nu-latn`, { dateStyle: 'medium', timeStyle: 'short' }),
          }))),
        h('div', { class: 'row' },
          h('button', { type: 'button', class: 'resume', onclick: () => onResume(meta) }, words.get('kept_open')),
          meta.id === outdated && h('button', { type: 'button', class: 'save', onclick: () => onSave(meta) }, words.get('save_json')),
          h('button', { type: 'button', class: 'remove', onclick: () => onRemove(meta) }, words.get('kept_remove'))))))),
  ].filter((node) => node !== null && node !== false);
}

/** Pack, variant and prior, where there is a choice. @param {{words: import('./words.js').BatchWords, choice: Choice,
 *  packs: {folder: URL, name: string}[], onPack: (folder: string) => void}} told */
function modelFields({ words, choice, packs, onPack }) {
  const { text } = words;
  const { pack, folder } = choice.opened;
  /** @param {string} id @param {string} label @param {[value: string, name: string][]} options @param {string} value @param {(value: string) => void} onValue */
  const field = (id, label, options, value, onValue) => h('p', { class: 'field' },
    h('label', { for: id }, label),
    h('select', { id, onchange: (/** @type {Event} */ event) => onValue(/** @type {HTMLSelectElement} */ (event.target).value) },
      options.map(([name, shown]) => h('option', { value: name, selected: name === value }, shown))));
  const priors = pack.calibration.training_prior ? /** @type {const} */ (['training', 'uniform']) : [];
  return h('details', { class: 'plain-notice' },
    h('summary', {}, h('span', {}, words.get('model_heading'), ' ', h('span', { class: 'muted' }, packWordsName(choice)))),
    packs.length > 1 && field('batch-pack', words.get('model_pack'), packs.map((one) => [one.folder.href, one.name]), folder.href, onPack),
    field('batch-variant', words.get('model_variant'),
      pack.variants.map(({ name, bytes }) => [name, `${name}, ${text.bytes(bytes)}`]), choice.variant, (name) => { choice.variant = name; }),
    priors.length > 0 && field('batch-prior', words.get('model_prior'),
      priors.map((name) => [name, words.get(`prior_${name}`)]), choice.prior === 'default' ? String(pack.calibration.default_prior) : choice.prior,
      (name) => { choice.prior = /** @type {'training' | 'uniform'} */ (name); }));
}

/** @param {Choice} choice */
const packWordsName = ({ texts }) => texts.name;
