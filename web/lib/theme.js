/* theme.js: light or dark as somebody chose, whatever the system says: turns
 * the style sheets' own rules for dark on or off, so that no colour is written
 * twice. */

/** @type {WeakMap<CSSMediaRule, string>} as the sheet has it */
const written = new WeakMap();

/** @typedef {'light' | 'dark'} Theme */

/** @param {string | null} name @returns {Theme | null} null: the system's */
export const themeOf = (name) => (name === 'light' || name === 'dark' ? name : null);

/** @param {Document | ShadowRoot} root whose sheets have been loaded @param {Theme | null} theme */
export function setTheme(root, theme) {
  for (const sheet of root.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const media = written.get(rule) ?? rule.media.mediaText;
      if (!/^(screen and )?\(prefers-color-scheme:\s*dark\)$/.test(media)) continue;
      written.set(rule, media);
      rule.media.mediaText = theme === null ? media : theme === 'dark' ? 'screen' : 'not all';
    }
  }
}
