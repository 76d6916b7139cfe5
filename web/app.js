/* app.js: the page round <insitu-classifier>: its language and pack, and the
 * screens, each a folder in screens/ that registers itself: a new one is one
 * line here. What is round them all is shell.js. */

import './classifier/define.js';
import { engine } from './classifier/engine.js';
import { Latest } from './lib/abort.js';
import { byId } from './lib/dom.js';
import { nextTask } from './shared/next-task.js';
import { packWords } from './lib/pack-text.js';
import { chooseLanguage, rememberedLanguages, Text } from './lib/text.js';
import { forgetPack, packName, rememberPack, usedPacks } from './lib/used.js';
import { isGone } from './remembered.js';
import { Router } from './screens/router.js';
import { Shell } from './shell.js';
import './screens/check/screen.js';
import './screens/about/screen.js';
import './screens/models/screen.js';
import './screens/batch/screen.js';
import './screens/device/screen.js';
import './screens/intro/screen.js';
import { DeviceChoice } from './device-choice.js';
import { listenForArrivals } from './arrivals.js'; // after the screens: the first of them is the home

/** @typedef {import('./classifier/element.js').InsituClassifierElement} Classifier */
/** imported: null for one of the site's. @typedef {{folder: URL, imported: object | null}} UsedPack */
/** What screens are told. opened, words: of the pack shown, null until they are there. build: what runs.
 * @typedef {{
 *   classifier: Classifier, offline: import('./sw/page.js').OfflineControl, text: Text,
 *   opened: import('./classifier/engine-packs.js').OpenedPack | null,
 *   words: import('./lib/pack-text.js').PackWords | null,
 *   build: {build: string, threads: number} | null,
 *   speak: (language: string) => Promise<void>, go: (name: string) => void, isHome: () => boolean,
 *   usePack: (pack: UsedPack | null) => void, protect: Shell['protect'], relax: Shell['relax'],
 *   dropWords: () => string
 * }} App isHome: the address names the first screen. usePack: null: the site's first */

await nextTask(); // in the one before the element has begun, with all that is imported here
const classifier = /** @type {Classifier} */ (byId('classifier'));
const shell = new Shell(new Text('en', {}));
const languages = new Latest();
const parameters = new URLSearchParams(location.search);
const pack = parameters.get('pack');
const [last_used] = usedPacks();
if (pack !== null && /^[a-z0-9-]+$/.test(pack)) classifier.setAttribute('pack', `models/${pack}/`); // as usePack put it there
else if (last_used !== undefined) classifier.setAttribute('pack', `${last_used}/`);
const variant = parameters.get('variant');
if (variant !== null) classifier.setAttribute('variant', variant); // whatever is remembered
let wanted = parameters.get('lang') ?? chooseLanguage(rememberedLanguages());

/** @type {App} */
const app = {
  classifier, offline: shell.offline, text: new Text('en', {}), opened: null, words: null, build: null, speak,
  go: (name) => router.go(name), isHome: () => router.screen === router.home, usePack,
  protect: (isBusy) => shell.protect(isBusy), relax: () => shell.relax(),
  dropWords: () => app.text.get(router.screen.drop ?? 'drop_here'),
};
const router = new Router(app);
new DeviceChoice(app);

/** The last language asked for counts, whichever file comes last. @param {string} language */
async function speak(language) {
  wanted = language;
  const { opened } = app;
  const chosen = chooseLanguage([language]);
  const taken = await languages.take(Promise.all([
    Text.load(chosen).then(async (text) => {
      await nextTask(); // in this one the element draws itself in the same words
      return text;
    }),
    opened ? engine.packs.texts(opened, chosen).catch(() => null) : null, // the element tells of it
  ]));
  if (!taken) return;
  const [text, texts] = taken.value;
  app.text = text;
  app.words = texts && opened && packWords(texts, opened, text);
  shell.speak(text);
  classifier.lang = text.language;
  await router.redraw();
}

/** Remembered here; that of a site's is in the address too, for whoever it is sent to.
 *  @param {UsedPack | null} used null: the site's first */
function usePack(used) {
  if (['result', 'failure'].includes(classifier.view)) classifier.reset(); // the other pack did not say it
  classifier.removeAttribute('variant'); // another pack has others
  if (used) classifier.setAttribute('pack', used.folder.href);
  else classifier.removeAttribute('pack');
  const address = new URL(location.href);
  for (const name of ['variant', 'pack']) address.searchParams.delete(name);
  if (used) rememberPack(packName(used.folder));
  if (used && !used.imported) address.searchParams.set('pack', String(packName(used.folder).split('/')[1]));
  history.replaceState(history.state, '', address);
}

classifier.addEventListener('insitu-pack', async () => {
  app.opened = await classifier.opened;
  await speak(wanted);
});
classifier.addEventListener('insitu-load', (event) => {
  app.build = /** @type {CustomEvent} */ (event).detail;
  router.redraw();
  shell.startOffline();
});
classifier.addEventListener('insitu-result', () => shell.keep(), { once: true });
// What a reload would lose.
shell.protect(() => classifier.view !== 'start');
classifier.addEventListener('insitu-view', () => shell.relax());
// A page whose model fails may still be mended by an update, and one whose remembered pack has gone by the first.
classifier.addEventListener('insitu-error', async () => {
  shell.startOffline();
  const [name] = usedPacks();
  if (app.opened || pack !== null || name === undefined || !await isGone(name)) return;
  forgetPack(name);
  usePack(null);
  classifier.reset();
});
byId('home').addEventListener('click', (event) => {
  event.preventDefault();
  if (router.screen === router.home) classifier.reset();
  else router.leave();
});

await speak(wanted);
await router.route();
// The footer is seen once the element above it has its size.
const settle = () => document.documentElement.classList.remove('starting');
if (classifier.view) settle();
else classifier.addEventListener('insitu-view', settle, { once: true });
listenForArrivals(app);
