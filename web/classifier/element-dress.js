/* element-dress.js: the style sheets of an element's shadow root, and light or
 * dark as somebody chose: the element is not seen before it is dressed. */

import { h } from '../lib/dom.js';
import { setTheme, themeOf } from '../lib/theme.js';
import { siteFile } from '../shared/site.js';

export class Dress {
  /** @param {HTMLElement} element whose shadow root is open @param {HTMLElement} base what is not seen meanwhile */
  constructor(element, base) {
    /** @private */ this.element = element;
    /** @private */ this.base = base;
    // Where a sheet cannot be had, undressed is better than not at all.
    base.style.visibility = 'hidden';
    Promise.all(['tokens.css', 'classifier/element.css'].map((name) => this.add(name))).then(() => {
      this.change();
      base.style.removeProperty('visibility');
    });
  }

  /** After the others, whose layers it takes up; one that is there is asked for anew: it may not have come.
   *  @param {string} name of a style sheet @returns {Promise<unknown>} it has come, or cannot */
  add(name) {
    const { href } = siteFile(name);
    this.element.shadowRoot?.querySelector(`[href="${href}"]`)?.remove();
    const sheet = h('link', { rel: 'stylesheet', href });
    this.base.before(sheet);
    return new Promise((resolve) => {
      for (const type of ['load', 'error']) sheet.addEventListener(type, resolve, { once: true });
    });
  }

  /** Light or dark by the attribute, else as the system has it. */
  change() {
    const theme = themeOf(this.element.getAttribute('theme'));
    if (this.element.shadowRoot) setTheme(this.element.shadowRoot, theme);
    this.element.style.colorScheme = theme ?? '';
  }
}
