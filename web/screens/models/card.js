/* card.js: a pack as a card: what it is for and not for, its licence and size,
 * whether it is kept, and, of what the person brought, that nobody has checked
 * it here and how a bare file is read. */

import { importedFile, importedText } from '../../classifier/engine-imports.js';
import { h } from '../../lib/dom.js';
import { fromMarkdown } from './markdown.js';
import { readAs } from './read-as.js';
import { isRemovable } from './room.js';

/** @typedef {import('./entries.js').Entry} Entry */
/** @typedef {import('./words.js').ModelsWords} ModelsWords */

/**
 * @param {Entry} entry @param {ModelsWords} words @param {{said: string, room: string | null}} told said: of what was done. room: that there is too little for it, null where there is enough
 * @param {{use: () => void, keep: () => Promise<void>, remove: () => Promise<void>}} on
 */
export function cardOf(entry, words, { said, room }, on) {
  const { name, imported, own, bytes, version, licence, kinds, card, report, is_used, is_kept } = entry;
  const { text } = words;
  const spoken = { lang: own.lang, dir: own.dir };
  const state = h('p', { class: 'small', role: 'status' }, said);
  /** @param {string} action @param {string} label @param {() => void | Promise<void>} run @param {boolean} [is_primary] */
  const button = (action, label, run, is_primary = false) => h('button', { type: 'button', 'data-do': action, 'aria-describedby': `model-${name}`, class: is_primary ? 'primary' : '', onclick: run }, label);
  return h('li', { class: 'model', 'data-pack': name, 'data-kept': String(is_kept) },
    h('h2', { id: `model-${name}`, ...imported ? { dir: 'auto' } : spoken }, own.name),
    h('p', { class: 'small' },
      is_used && h('strong', { class: 'chip' }, words.get('used')), ' ',
      imported && h('strong', { class: 'chip' }, words.get('imported')), ' ',
      h('span', { class: 'muted' }, words.get(is_kept ? 'kept' : 'not_kept'))),
    imported && h('p', { class: 'small unsigned' }, words.get('imported_from', { file: imported.file })),
    h('p', spoken, own.intended_use),
    h('p', { class: 'small muted' }, h('span', {}, words.get('not_for')), ' ', h('span', spoken, own.not_for)),
    h('p', { class: 'small muted' }, words.count(imported?.bare ? 'kinds_bare' : 'kinds', kinds,
      { size: text.bytes(bytes), version, licence })),
    imported?.bare && h('details', {}, h('summary', {}, words.get('read_how')), readAs(words, imported.bare.reading)),
    imported && card && ownPaper(text.get('about_card'), card),
    report && ownPaper(words.get('report'), report),
    !is_kept && room && h('p', { class: 'small no-room' }, room),
    h('div', { class: 'row' },
      !is_used && button('use', words.get('use'), on.use, true),
      !is_kept && button('keep', words.get('keep'), () => on.keep()),
      isRemovable(entry) && button('remove', words.get('remove'), on.remove),
      !imported && card && h('a', { href: card.href, 'aria-describedby': `model-${name}`, target: '_blank', rel: 'noopener' }, text.get('about_card'))),
    state);
}

/** It has no address that a server knows, so it is read here. @param {string} label @param {URL} url */
function ownPaper(label, url) {
  const shown = h('div', { class: 'own-card', dir: 'auto', tabindex: 0 });
  return h('details', { ontoggle: async () => {
    if (shown.firstChild) return;
    shown.append(...await importedText(url).then(fromMarkdown, (error) => [String(error.message)]));
    for (const img of shown.querySelectorAll('img')) showPlot(img, new URL(String(img.dataset.from), url));
  } }, h('summary', {}, label), shown);
}

/** As an image alone: a drawing (SVG) runs and fetches nothing in one. @param {HTMLImageElement} img @param {URL} url */
async function showPlot(img, url) {
  try {
    const blob = await (await importedFile(url)).blob();
    img.src = URL.createObjectURL(new Blob([blob], { type: url.pathname.endsWith('.svg') ? 'image/svg+xml' : 'image/png' }));
    await img.decode();
  } catch {
    img.replaceWith(img.alt); // it did not come with the pack, or is none
  }
  URL.revokeObjectURL(img.src); // so it cannot be opened by itself, as a document of this page's
}
