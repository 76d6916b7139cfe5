/* element.js: the package's entry with the element. Touches no DOM before
 * define is called, so that a server may import it. Types: element.d.ts. */

import { setSite } from '../shared/site.js';

/**
 * Registers <insitu-classifier>; a second time it does nothing.
 * @param {{assets?: string | URL}} [options] assets: the folder that insitu-assets filled; needed where a bundler moves scripts
 */
export async function define({ assets } = {}) {
  if (typeof customElements === 'undefined') return; // on a server
  if (assets !== undefined) setSite(assets, document.baseURI);
  const { InsituClassifierElement } = await import('../classifier/element.js');
  if (!customElements.get('insitu-classifier')) customElements.define('insitu-classifier', InsituClassifierElement);
}
