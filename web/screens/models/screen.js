/* screen.js: registers the screen of the site's packs; its file comes when it
 * is first gone to. Id: #models. */

import { register } from '../router.js';

register({
  name: 'models',
  link: 'models',
  bar: '#more',
  async open(place, app) {
    const { ModelsScreen } = await import('./models.js');
    const screen = new ModelsScreen(place, app);
    return { show: () => screen.show(), focus: () => screen.heading };
  },
});
