/* embed.js: <insitu-classifier> alone, in a frame of another site. Posts the
 * result, never the picture, to the one origin that the frame's address names:
 *
 *   <iframe src="https://…/embed.html?host=https://example.org" allow="camera; clipboard-write">
 *
 * Messages to the host: {insitu: 1, type, detail}, with type insitu-load,
 * insitu-result (the command's JSON), insitu-rejected
 * ({file, reasons}), insitu-error ({file, ok: false, status, message}) or
 * insitu-resize ({height} of the content in CSS pixels). file is the host's own
 * name of a picture that it sent, else "photo": a person's name of a file may
 * say whose picture it is. From the host, and
 * from nobody else: {insitu: 1, type: 'insitu-open', blob} shows a picture with
 * its square, {insitu: 1, type: 'insitu-reset'} forgets it; all else is silence.
 * With smart_web_messaging_handle in the address the host is a record system:
 * it is told nothing but the height until the person sends an answer (smart/).
 * Parameters: host, theme (light, dark), and the element's pack (on this site),
 * variant, prior, lang. Needs no service worker, no storage and no second thread. */

import './classifier/define.js';
import { h } from './lib/dom.js';
import { hostOrigin } from './lib/host.js';
import { listenForFiles } from './lib/intake.js';
import { chooseLanguage, directionOf, REVIEWED, Text } from './lib/text.js';
import { setTheme, themeOf } from './lib/theme.js';
import { NAME } from './lib/nameless.js';
import { handleOf } from './lib/smart-handle.js';

/** @typedef {import('./classifier/element.js').InsituClassifierElement} Classifier */

const MESSAGE_VERSION = 1;
const parameters = new URLSearchParams(location.search);
const asked = parameters.get('lang');
const text = await Text.load(chooseLanguage(asked ? [asked] : navigator.languages));
document.documentElement.lang = text.language;
document.documentElement.dir = directionOf(text.language);
const theme = themeOf(parameters.get('theme'));
if (theme) {
  setTheme(document, theme);
  document.documentElement.style.colorScheme = theme;
}
const smart = handleOf(location.search, location.hash);
const main = /** @type {HTMLElement} */ (document.getElementById('main'));

/** @returns {string | null} the one origin to tell; null after a refusal was shown */
function acceptedHost() {
  const host = hostOrigin(parameters.get('host'));
  if (smart && 'problem' in smart) return refuse(text.get(smart.problem));
  if ('problem' in host) return refuse(text.get(host.problem, { host: parameters.get('host') ?? '' }));
  if (parent === window) return refuse(text.get('embed_no_parent'));
  // Firefox does not tell it; the browser then drops messages to another origin.
  const shown_by = location.ancestorOrigins?.[0];
  if (shown_by && shown_by !== host.origin) {
    return refuse(text.get('embed_other_host', { host: host.origin, parent: shown_by }));
  }
  return host.origin;
}

/** @param {string} reason @returns {null} */
function refuse(reason) {
  main.replaceChildren(h('div', { id: 'refused', role: 'alert' },
    h('h1', {}, text.get('embed_refused')), h('p', {}, reason)));
  return null;
}

/** The host's pictures, each under a name that no file of a person has. */
class HostNames {
  /** @private @type {Map<string, string>} */ given = new Map();

  /** @param {Blob} blob */
  take(blob) {
    const name = `host-${this.given.size}-${Math.random()}`;
    this.given.set(name, blob instanceof File ? blob.name : NAME);
    return new File([blob], name, { type: blob.type });
  }

  /** @param {string} name */
  of(name) { return this.given.get(name) ?? NAME; }
}

/** @param {string} origin */
function show(origin) {
  const post = (/** @type {string} */ type, /** @type {unknown} */ detail) =>
    parent.postMessage({ insitu: MESSAGE_VERSION, type, detail }, origin);
  const classifier = /** @type {Classifier} */ (document.createElement('insitu-classifier'));
  classifier.id = 'classifier';
  for (const name of ['pack', 'variant', 'prior', 'theme']) {
    const value = parameters.get(name);
    if (value !== null) classifier.setAttribute(name, value);
  }
  const names = new HostNames();
  const told = (/** @type {{file?: string}} */ detail) => {
    if (detail.file === undefined || detail.file === (classifier.getAttribute('pack') ?? 'models/')) return detail; // of the pack
    return { ...detail, file: names.of(detail.file) };
  };
  for (const type of smart ? [] : ['insitu-load', 'insitu-result', 'insitu-rejected', 'insitu-error']) {
    classifier.addEventListener(type, (event) => post(type, told(/** @type {CustomEvent} */ (event).detail)));
  }
  main.replaceChildren(h('h1', { class: 'visually-hidden' }, text.get('heading')), classifier,
    ...(REVIEWED.includes(text.language) ? [] : [h('p', { id: 'unreviewed' }, text.get('language_not_reviewed'))]));
  if (smart && 'handle' in smart) {
    import('./smart/panel.js').then(({ openRecord }) => openRecord({ classifier, text, origin, handle: smart.handle, place: main }))
      .catch((error) => main.append(h('p', { role: 'alert' }, `${text.get('screen_failed')} (${error})`)));
  }
  listenForFiles(document, (file) => classifier.open(file));
  addEventListener('message', ({ origin: from, source, data }) => {
    if (from !== origin || source !== parent || data?.insitu !== MESSAGE_VERSION) return;
    if (data.type === 'insitu-open' && data.blob instanceof Blob) classifier.open(names.take(data.blob));
    if (data.type === 'insitu-reset') classifier.reset();
  });
  new ResizeObserver(() => post('insitu-resize', { height: Math.ceil(main.getBoundingClientRect().height) })).observe(main);
}

const origin = acceptedHost();
// Where it is too old, support.js has said so in its place.
if (!document.documentElement.classList.contains('too-old')) {
  document.getElementById('old')?.remove();
  if (origin !== null) show(origin);
}
