/* screen.js: registers About; its file comes when it is first gone to. */

import { redraw } from '../../lib/dom.js';
import { register } from '../router.js';

register({
  name: 'about',
  link: 'about',
  async open(place, app) {
    const { aboutScreen } = await import('./about.js');
    return {
      async show() {
        const version = await app.offline.version();
        redraw(place, ...aboutScreen(app, version).filter((node) => node !== null));
      },
      focus: () => /** @type {HTMLElement} */ (place.querySelector('h1')),
    };
  },
});
