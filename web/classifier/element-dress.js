/* element-dress.js: the style sheets of an element's shadow root, and light or
 * dark as somebody chose: the element is not seen before it is dressed. */

import { h } from '../lib/dom.js';
import { setTheme, themeOf } from '../lib/theme.js';
import { siteFile } from '../shared/site.js';

export class Dress {
  /** @param {HTMLElement} element whose shadow root is open @param {HTMLElement} base what is not seen meanwhile */
  constructor(element, base) {
    /** @private */ this.element = element;
    const sheets = ['tokens.css', 'classifier/element.css'].map((name) => h('link', { rel: 'stylesheet', href: siteFile(name).href }));
    element.shadowRoot?.prepend(...sheets);
    // Where a sheet cannot be had, undressed is better than not at all.
    base.style.visibility = 'hidden';
    Promise.all(sheets.map((sheet) => new Promise((resolve) => {
      for (const type of ['load', 'error']) sheet.addEventListener(type, resolve, { once: true });
    }))).then(() => {
      this.change();
      base.style.removeProperty('visibility');
    });
  }

  /** Light or dark by the attribute, else as the system has it. */
  change() {
    const theme = themeOf(this.element.getAttribute('theme'));
    if (this.element.shadowRoot) setTheme(this.element.shadowRoot, theme);
    this.element.style.colorScheme = theme ?? '';
  }
}
