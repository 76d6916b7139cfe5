/* screen.js: registers the screen of the packs; its files come when it is first
 * gone to, or when a .tflite is dropped anywhere on the page, or any file
 * here. Id: #models. */

import { Handed } from '../handed.js';
import { register } from '../router.js';

/** @type {Handed<File>} */
const handed = new Handed('models');

// Before the listeners of the screens for pictures.
document.addEventListener('drop', (event) => {
  const [file] = event.dataTransfer?.files ?? [];
  if (!file || event.defaultPrevented || (!handed.isHere && !/\.tflite$/i.test(file.name))) return;
  event.preventDefault();
  handed.give(file);
}, { capture: true });

/** @param {File} file that came another way than by dropping */
export const takeModel = (file) => handed.give(file);

register({
  name: handed.name,
  link: 'models',
  bar: '#more',
  drop: 'drop_model',
  async open(place, app) {
    const { ModelsScreen } = await import('./models.js');
    const screen = new ModelsScreen(place, app);
    return handed.view(screen, (file) => screen.take(file));
  },
});
