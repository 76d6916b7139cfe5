/* define.js: registers <insitu-classifier>; importing it is all a page does.
 * On a server it does nothing. */

import { InsituClassifierElement } from './element.js';

globalThis.customElements?.define('insitu-classifier', InsituClassifierElement);
