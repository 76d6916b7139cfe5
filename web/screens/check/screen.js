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
    }, (is_over) => { drop.hidden = !is_over; });

    /** @param {HTMLElement} node @param {string | null} own the pack's @param {string} other */
    function say(node, own, other) {
      node.textContent = own ?? other;
      node.lang = own === null ? app.text.language : app.words?.lang ?? '';
      node.dir = own === null ? app.text.direction : app.words?.dir ?? '';
    }
    return {
      show() {
        if (!app.words && app.opened === null) return; // what the document says stands until the pack is read
        say(heading, app.words?.heading ?? null, app.text.get('heading'));
        say(lead, app.words?.lead ?? null, app.text.get('lead'));
      },
      focus: () => /** @type {HTMLElement} */ (document.getElementById('main')),
    };
  },
});
