/* app.js: the page round <insitu-classifier>: language, the two screens (check
 * and about, by the address's hash), install, offline state and update. It
 * hands pictures that are pasted or dropped anywhere to the element. */

import './classifier/define.js';
import { listenForFiles } from './lib/intake.js';
import { chooseLanguage, directionOf, Text } from './lib/text.js';
import { aboutScreen } from './screens/about/about.js';
import { OfflineControl } from './sw/page.js';

/** @typedef {import('./classifier/element.js').InsituClassifierElement} Classifier */
/** @typedef {Event & {prompt: () => Promise<void>}} InstallEvent Chromium's beforeinstallprompt */

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}

const classifier = /** @type {Classifier} */ (byId('classifier'));
const check = byId('check');
const about = byId('about');
let text = new Text('en', {});
/** @type {import('./sw/page.js').OfflineState} */
let offline_state = 'preparing';
/** @type {import('./classifier/client-assets.js').Pack | null} */
let pack = null;
/** @type {{build: string, threads: number} | null} */
let build = null;

const offline = new OfflineControl({
  onState(state) {
    offline_state = state;
    showOfflineState();
  },
  onUpdate() { byId('update').hidden = false; },
});

function showOfflineState() {
  const state = byId('offline-state');
  state.dataset.state = offline_state;
  state.textContent = text.get(offline_state === 'offline' ? 'offline_now' : `offline_${offline_state}`);
  state.hidden = false;
}

/** @param {string} language */
async function speak(language) {
  text = await Text.load(chooseLanguage([language]));
  document.documentElement.lang = text.language;
  document.documentElement.dir = directionOf(text.language);
  document.title = text.get('title');
  for (const node of document.querySelectorAll('[data-text]')) {
    node.textContent = text.get(/** @type {import('./lib/text.js').Key} */ (node.getAttribute('data-text')));
  }
  classifier.lang = text.language;
  showOfflineState();
  if (!about.hidden) await showAbout();
}

async function showAbout() {
  about.replaceChildren(...aboutScreen({
    text, pack, packUrl: new URL(classifier.getAttribute('pack') ?? '', document.baseURI),
    variant: classifier.getAttribute('variant'), version: await offline.version(), build,
    onCheckUpdate: () => offline.check(),
    onLanguage(language) {
      const address = new URL(location.href);
      address.searchParams.set('lang', language); // kept in the address: nothing is stored
      history.replaceState(null, '', address);
      speak(language).then(() => document.getElementById('language')?.focus());
    },
  }).filter((node) => node !== null));
}

/** @param {boolean} is_first the address as it was opened */
async function route(is_first) {
  const is_about = location.hash === '#about';
  if (is_about) await showAbout();
  if (is_about !== (location.hash === '#about')) return; // gone again meanwhile
  about.hidden = !is_about;
  check.hidden = is_about;
  const link = byId('about-link');
  link.toggleAttribute('data-here', is_about);
  link.setAttribute('href', is_about ? '#' : '#about');
  link.textContent = text.get(is_about ? 'back' : 'about');
  link.dataset.text = is_about ? 'back' : 'about';
  if (is_first) return;
  scrollTo(0, 0);
  (is_about ? byId('about-heading') : byId('main')).focus({ preventScroll: true });
}

function installButton() {
  const button = byId('install');
  /** @type {InstallEvent | null} */
  let offer = null;
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = /** @type {InstallEvent} */ (event);
    button.hidden = false;
  });
  button.addEventListener('click', async () => {
    button.hidden = true;
    await offer?.prompt();
    offer = null;
  });
  addEventListener('appinstalled', () => { button.hidden = true; });
}

classifier.addEventListener('insitu-load', (event) => {
  build = /** @type {CustomEvent} */ (event).detail;
  classifier.ready.then((opened) => {
    pack = opened;
    if (!about.hidden) showAbout();
  }).catch(() => { pack = null; });
  // After the model: the first answer comes before the copy for offline use.
  offline.start(new URL('sw.js', document.baseURI));
});
// A page whose model fails may still be mended by an update.
classifier.addEventListener('insitu-error', () => offline.start(new URL('sw.js', document.baseURI)));
classifier.addEventListener('insitu-view', () => {
  const is_start = classifier.view === 'start';
  for (const node of check.querySelectorAll(':scope > h1, :scope > .lead')) {
    node.classList.toggle('visually-hidden', !is_start);
  }
});

listenForFiles(document, (file) => {
  if (location.hash === '#about') location.hash = '';
  classifier.open(file);
}, (is_over) => { byId('drop').hidden = !is_over; });
byId('update-now').addEventListener('click', () => offline.update());
byId('update-later').addEventListener('click', () => { byId('update').hidden = true; });
byId('home').addEventListener('click', (event) => {
  event.preventDefault();
  if (location.hash === '#about') location.hash = '';
  else classifier.reset();
});
addEventListener('hashchange', () => route(false));
installButton();
await speak(new URLSearchParams(location.search).get('lang') ?? chooseLanguage(navigator.languages));
await route(true);
