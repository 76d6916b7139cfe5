/* lines.js: words into lines of a width, as a canvas has none of its own. Pure. */

/**
 * @param {string} words @param {number} width @param {(part: string) => number} widthOf
 * @returns {string[]} no line is wider, unless a single letter is
 */
export function placeLines(words, width, widthOf) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const letter of word) { // languages without spaces, and very long words, break anywhere
      if (line !== '' && widthOf(line + letter) > width) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  return line === '' ? lines : [...lines, line];
}
