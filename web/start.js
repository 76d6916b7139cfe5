/* start.js: what comes before the page is first drawn, and what begins after it:
 * the page's scripts, and the files that they will ask for. A classic script in the document's head, which nothing is drawn
 * without: so the first words that a person reads are in their language, and
 * are the first pack's only where that is the pack they will be shown. Whoever
 * is to read others sees their place, not their words. Small: all else waits.
 *
 * In the document: meta[name="first-pack"], put in by the build: its id and
 * version, the files that an answer takes, what app.js imports, and in each language the
 * page's title and what the pack says of itself. On the root
 * element, for page.css: the class starting, until app.js has shown a screen;
 * no-texts and no-words, until shell.js and screens/check have put theirs in
 * place of [data-text] and [data-words]. */

import { chooseLanguage, directionOf, rememberedLanguages } from './lib/languages.js';
import { measuredKey, takenChoice } from './lib/measured.js';
import { usedPacks } from './lib/used.js';

/** files: the model last. scripts: of app.js. titles, words: by the page's language, without the document's own; in it by [data-words].
 * @typedef {{id: string, version: string, files: string[], scripts: string[], titles: Record<string, string>, words: Record<string, Record<string, {lang: string, text: string}>>}} FirstPack */

const root = document.documentElement;
const parameters = new URLSearchParams(location.search);
const named = parameters.get('lang');
const language = chooseLanguage(named === null ? rememberedLanguages() : [named]);

/** @type {FirstPack} */
const first = JSON.parse(document.querySelector('meta[name="first-pack"]')?.getAttribute('content') ?? '');
const is_first = (parameters.get('pack') ?? usedPacks()[0]?.replace('models/', '') ?? first.id) === first.id;
root.classList.add('starting');
root.classList.toggle('no-words', !is_first);
if (language !== root.lang) {
  root.classList.add('no-texts', 'no-words');
  root.lang = language;
  root.dir = directionOf(language);
  const words = first.words[language];
  document.title = first.titles[language] ?? ''; // now: where the scripts fail nobody else does
  if (is_first && words) {
    // The body comes after this script. Once the element behind the words is there, they are whole; and nothing has been drawn yet.
    new MutationObserver((_, observer) => {
      if (!document.getElementById('classifier')) return;
      observer.disconnect();
      for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-words]'))) {
        const said = words[node.dataset.words ?? ''];
        node.textContent = said?.text ?? '';
        node.lang = said?.lang ?? '';
      }
      root.classList.remove('no-words');
    }).observe(root, { childList: true, subtree: true });
  }
}

// Chromium offers it once, perhaps before the page's scripts have come: shell.js takes it from here.
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  Object.assign(window, { insituInstall: event });
}, { once: true });

/** What would be asked for one after the other. Of another pack, or of a variant that the address names, the scripts know
 *  alone; where this device takes another model than the pack's default, that one's megabytes are not fetched. */
function preload() {
  const is_default = takenChoice(measuredKey(`models/${first.id}`, first.version))?.is_default ?? true;
  const files = ['models/index.json', 'wasm/decode.wasm', ...(is_first && !parameters.has('variant') ? first.files.slice(0, is_default ? undefined : -1) : [])];
  const links = [
    ...first.scripts.map((href) => ({ rel: 'modulepreload', href })),
    { rel: 'preload', as: 'style', href: 'classifier/element.css' },
    // The same mode as fetch has, to share it. The model's megabytes leave way to all that comes before them.
    ...files.map((href) => ({ rel: 'preload', as: 'fetch', crossOrigin: '', href, fetchPriority: href === first.files.at(-1) ? 'low' : 'auto' })),
  ];
  document.head.append(...links.map((link) => Object.assign(document.createElement('link'), link)));
}

/** A page that is seen is drawn long before; where it is not, it starts all the same. */
const UNDRAWN_MS = 3000;
let is_started = false;
// Where it fails, the document says so (.stuck in page.css).
function start() {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start, { once: true });
  else if (!is_started) {
    is_started = true;
    import(new URL('app.js', document.baseURI).href);
    preload();
  }
}
if (document.hidden) start(); // behind another tab nothing is drawn
else {
  setTimeout(start, UNDRAWN_MS);
  if (PerformanceObserver.supportedEntryTypes.includes('paint')) new PerformanceObserver(start).observe({ type: 'paint', buffered: true });
  else requestAnimationFrame(() => setTimeout(start));
}
