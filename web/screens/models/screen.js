/* screen.js: registers the screen of the packs; its files come when it is first
 * gone to, or when a .tflite is dropped anywhere on the page, or any file
 * here. Id: #models. */

import { register } from '../router.js';

const NAME = 'models';

/** What was dropped and is still to be taken. @type {File | null} */
let dropped = null;
/** @type {(() => void) | null} once the screen is open */
let take = null;

// Before the listeners of the screens for pictures.
document.addEventListener('drop', (event) => {
  const [file] = event.dataTransfer?.files ?? [];
  const is_here = location.hash === `#${NAME}`;
  if (!file || event.defaultPrevented || (!is_here && !/\.tflite$/i.test(file.name))) return;
  event.preventDefault();
  takeModel(file);
}, { capture: true });

/** @param {File} file that came by dropping, or another way */
export function takeModel(file) {
  dropped = file;
  if (location.hash === `#${NAME}`) take?.();
  else location.hash = NAME;
}

register({
  name: NAME,
  link: 'models',
  bar: '#more',
  drop: 'drop_model',
  async open(place, app) {
    const { ModelsScreen } = await import('./models.js');
    const screen = new ModelsScreen(place, app);
    take = () => {
      if (dropped) screen.take(dropped);
      dropped = null;
    };
    return {
      async show() {
        await screen.show();
        take?.();
      },
      focus: () => screen.heading,
    };
  },
});
