/* arrivals.js: files that the system hands to the page: one opened with it
 * (launchQueue), or shared to it (the service worker holds it, sw/shared.js).
 * Sorts them to where they belong: a picture to the check, several to the
 * batch, a model to the models. */

import { isZip, takeFiles } from './screens/batch/screen.js';
import { takeModel } from './screens/models/screen.js';

/** @typedef {{files: {getFile: () => Promise<File>}[]}} Launch Chromium's LaunchParams */

/** How an installed page is shown. A tab may be fullscreen, too. */
const INSTALLED = ['standalone', 'minimal-ui', 'window-controls-overlay'];

/** @param {File[]} files @param {import('./app.js').App} app */
export function arrive(files, app) {
  const [first, ...more] = files;
  if (!first) return;
  if (/\.tflite$/i.test(first.name)) return takeModel(first);
  if (more.length > 0 || isZip(first)) return takeFiles(files);
  app.go('');
  app.classifier.open(first);
}

/** @returns {Promise<File[]>} what the service worker holds for this page */
function sharedFiles() {
  const { controller } = navigator.serviceWorker ?? {};
  if (!controller) return Promise.resolve([]);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(Array.isArray(data) ? data : []);
    controller.postMessage({ type: 'shared' }, [port2]);
    setTimeout(() => resolve([]), 5000);
  });
}

/** @param {import('./app.js').App} app */
export async function listenForArrivals(app) {
  const { launchQueue } = /** @type {{launchQueue?: {setConsumer: (take: (launch: Launch) => void) => void}}} */ (/** @type {unknown} */ (globalThis));
  launchQueue?.setConsumer(async ({ files }) => arrive(await Promise.all((files ?? []).map((one) => one.getFile())), app));
  const address = new URL(location.href);
  if (!address.searchParams.has('shared')) return;
  address.searchParams.delete('shared'); // a reload shares nothing again
  history.replaceState(history.state, '', address);
  const files = await sharedFiles(); // it lets go of them whatever becomes of them
  // The system shares with the installed page alone; in a tab it was a site that sent them.
  if (INSTALLED.some((mode) => matchMedia(`(display-mode: ${mode})`).matches)) arrive(files, app);
}
