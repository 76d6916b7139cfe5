/* screen.js: registers the first steps: three short screens, offered to whoever
 * is new here and to be read again at any time; their file comes when they are
 * first gone to. Ids: #intro, #first-run (the offer under the way in). */

import { isMet, meet } from '../../lib/met.js';
import { register } from '../router.js';

register({
  name: 'intro',
  link: 'intro',
  bar: '#more',
  async open(place, app) {
    const { IntroScreen } = await import('./intro.js');
    const screen = new IntroScreen(place, app);
    return { show: () => screen.show(), focus: () => screen.heading };
  },
});

const offer = document.getElementById('first-run');
if (offer) {
  offer.hidden = isMet();
  offer.querySelector('button')?.addEventListener('click', () => {
    meet();
    offer.hidden = true;
    document.getElementById('main')?.focus();
  });
}
// Whoever has just installed the page begins with them.
if (!isMet() && location.hash === '' && matchMedia('(display-mode: standalone)').matches) location.hash = 'intro';
