/* define.js: registers <insitu-classifier>; importing it is all a page does. */

import { InsituClassifierElement } from './element.js';

customElements.define('insitu-classifier', InsituClassifierElement);
