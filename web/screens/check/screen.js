/* screen.js: the page's main screen: <insitu-classifier> and what is said
 * above it, in the pack's words where it has some. Takes pictures that are
 * pasted or dropped anywhere on the page. Ids: #check, #classifier, #drop. */

import { listenForFiles } from '../../lib/intake.js';
import { register } from '../router.js';
import { followTrail } from './trail.js';

register({
  name: 'check',
  link: null,
  open(place, app) {
    const { classifier } = app;
    const root = document.documentElement;
    const heading = /** @type {HTMLElement} */ (place.querySelector('h1'));
    const lead = /** @type {HTMLElement} */ (place.querySelector('.lead'));
    const drop = /** @type {HTMLElement} */ (document.getElementById('drop'));
    classifier.addEventListener('insitu-view', () => {
      for (const node of [heading, lead]) node.classList.toggle('visually-hidden', classifier.view !== 'start');
    });
    followTrail(classifier, app.isHome);
    listenForFiles(document, (file) => {
      app.go('');
      classifier.open(file);
    }, (is_over) => {
      drop.hidden = !is_over;
      if (is_over) /** @type {HTMLElement} */ (drop.firstElementChild).textContent = app.dropWords();
    });

    /** @type {import('./home-packs.js').HomePacks | null} */
    let packs = null;
    /** @param {boolean} is_stranded the pack that was asked for cannot be had */
    async function showPacks(is_stranded) {
      try {
        packs ??= new (await import('./home-packs.js')).HomePacks(place, app);
        packs.is_stranded = is_stranded;
        await packs.show();
      } catch (error) {
        console.info('the other models are not shown:', error);
      }
    }
    classifier.addEventListener('insitu-load', () => showPacks(false));
    classifier.addEventListener('insitu-error', (event) => {
      const { file, status } = /** @type {CustomEvent} */ (event).detail;
      if (file !== (classifier.getAttribute('pack') ?? 'models/')) return; // of a picture
      const is_of_browser = status === 'unsupported'; // then no pack will do, and nothing works offline
      root.classList.toggle('no-model', is_of_browser);
      if (!is_of_browser) showPacks(true);
    });

    /** @param {HTMLElement} node @param {string | null} own the pack's @param {string} other */
    function say(node, own, other) {
      const words = own ?? other;
      if (node.textContent !== words) node.textContent = words; // else it would be drawn anew
      node.lang = own === null ? app.text.language : app.words?.lang ?? '';
      node.dir = own === null ? app.text.direction : app.words?.dir ?? '';
    }
    function sayBoth() {
      say(heading, app.words?.heading ?? null, app.text.get('heading'));
      say(lead, app.words?.lead ?? null, app.text.get('lead'));
      root.classList.remove('no-words');
    }
    classifier.addEventListener('insitu-error', () => { if (root.classList.contains('no-words')) sayBoth(); });
    return {
      show() {
        packs?.show().catch((error) => console.info('the other models are not shown anew:', error));
        // What the document says stands until the pack is read; of another pack it says nothing (start.js).
        if (app.words || app.opened) sayBoth();
      },
      focus: () => /** @type {HTMLElement} */ (document.getElementById('main')),
    };
  },
});
