/* card-page.js: where the build puts a pack's card as a document to read
 * (wasm-build/papers.mjs), for what puts it and what leads to it. */

/** @param {string} card the pack's file @returns {string} beside it */
export const cardPageOf = (card) => card.replace(/(\.\w+)?$/, '.html');
