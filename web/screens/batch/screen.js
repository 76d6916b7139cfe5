/* screen.js: registers the screen for several pictures; its files come when it
 * is first gone to, or when several pictures, a folder or an archive are
 * dropped anywhere on the page. Id: #batch. */

import { register } from '../router.js';

const NAME = 'batch';

/** What was dropped and is still to be taken. @typedef {{entry: FileSystemEntry | null, file: File | null}[]} Dropped */
/** @type {Dropped | null} */
let dropped = null;
/** @type {(() => void) | null} once the screen is open */
let take = null;

/** While the event is handled: its items go with it. @param {DataTransfer | null} transfer @returns {Dropped} */
const itemsOf = (transfer) => [...transfer?.items ?? []].filter(({ kind }) => kind === 'file')
  .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));

/** More than the one picture that the first screen takes. @param {Dropped} items */
const isForBatch = ([first, ...more]) => more.length > 0 || Boolean(first?.entry?.isDirectory) || /zip/.test(first?.file?.type ?? '');

// Before the first screen's own listener, which takes the first file of any drop.
document.addEventListener('drop', (event) => {
  if (event.defaultPrevented) return; // another screen's
  const items = itemsOf(event.dataTransfer);
  const is_here = location.hash === `#${NAME}`;
  if (items.length === 0 || (!is_here && !isForBatch(items))) return;
  event.preventDefault();
  dropped = items;
  if (is_here) take?.();
  else location.hash = NAME;
}, { capture: true });

/** Files that came another way than by dropping. @param {File[]} files */
export function takeFiles(files) {
  dropped = files.map((file) => ({ entry: null, file }));
  if (location.hash === `#${NAME}`) take?.();
  else location.hash = NAME;
}

register({
  name: NAME,
  link: 'batch',
  bar: '#more',
  async open(place, app) {
    const { BatchScreen } = await import('./batch.js');
    const screen = new BatchScreen(place, app);
    take = () => {
      if (dropped) screen.takeDropped(dropped);
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
