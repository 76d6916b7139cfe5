/* element-words.js: the words of an element: the page's, and of the pack as far
 * as it is read, both in the language that was asked for last. */

import { Latest } from '../lib/abort.js';
import { packWords, reasonWords } from '../lib/pack-text.js';
import { chooseLanguage, Text } from '../lib/text.js';
import { engine } from './engine.js';

export class ElementWords {
  constructor() {
    this.text = new Text('en', {});
    /** @type {import('../lib/pack-text.js').PackWords | null} */ this.words = null;
    /** @private */ this.languages = new Latest();
  }

  /** @param {readonly string[]} wanted @param {import('./engine-packs.js').OpenedPack | null} opened
   *  @returns {Promise<boolean>} false: others were asked for meanwhile */
  async take(wanted, opened) {
    const language = chooseLanguage(wanted);
    const taken = await this.languages.take(Promise.all([
      Text.load(language),
      opened ? engine.packs.texts(opened, language).catch(() => null) : null, // the core needs them too, and the failure is told there
    ]));
    if (!taken) return false;
    const [text, texts] = taken.value;
    this.text = text;
    this.words = texts && opened && packWords(texts, opened, text);
    return true;
  }

  /** Why a picture is not judged, each reason with the pack's words, or the page's. @param {import('./protocol.js').Result} result */
  reasons({ reasons }) {
    return reasons.map(({ id, value, limit }) => ({ id, value, limit, ...reasonWords(this.text, this.words, id) }));
  }

  /** What screens are made with. */
  get context() { return { text: this.text, words: this.words }; }
}
