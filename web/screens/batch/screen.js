/* screen.js: registers the screen for several pictures; its files come when it
 * is first gone to, or when several pictures, a folder or an archive are
 * dropped or pasted anywhere on the page. Id: #batch. */

import { Handed } from '../handed.js';
import { register } from '../router.js';

/** What was dropped. @typedef {{entry: FileSystemEntry | null, file: File | null}[]} Dropped */
/** @type {Handed<Dropped>} */
const handed = new Handed('batch');

/** While the event is handled: its items go with it. @param {DataTransfer | null} transfer @returns {Dropped} */
const itemsOf = (transfer) => [...transfer?.items ?? []].filter(({ kind }) => kind === 'file')
  .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));

/** Not every system knows its type. @param {File | null | undefined} file */
export const isZip = (file) => /zip/.test(file?.type ?? '') || /\.zip$/i.test(file?.name ?? '');
/** More than the one picture that the first screen takes. @param {Dropped} items */
const isForBatch = ([first, ...more]) => more.length > 0 || Boolean(first?.entry?.isDirectory) || isZip(first?.file);

/** @param {Event} event @param {DataTransfer | null} transfer */
function take(event, transfer) {
  if (event.defaultPrevented) return; // another screen's
  const items = itemsOf(transfer);
  if (items.length === 0 || (!handed.isHere && !isForBatch(items))) return;
  event.preventDefault();
  handed.give(items);
}
// Before the first screen's own listener, which takes the first file of any.
document.addEventListener('drop', (event) => take(event, event.dataTransfer), { capture: true });
document.addEventListener('paste', (event) => {
  const is_text = event.clipboardData?.types.includes('text/plain'); // a table's cells come with their picture
  if (!is_text && !(event.target instanceof HTMLElement && event.target.matches('input, textarea'))) take(event, event.clipboardData);
}, { capture: true });

/** Files that came another way than by dropping. @param {File[]} files */
export const takeFiles = (files) => handed.give(files.map((file) => ({ entry: null, file })));

register({
  name: handed.name,
  link: 'batch',
  bar: '#more',
  async open(place, app) {
    const { BatchScreen } = await import('./batch.js');
    const screen = new BatchScreen(place, app);
    return handed.view(screen, (items) => screen.takeDropped(items));
  },
});
