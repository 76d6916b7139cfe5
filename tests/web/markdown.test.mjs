// A card or a report that came with a person's own pack: somebody's text, which is shown and never believed.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fromMarkdown } from '../../web/screens/models/markdown.js';
import { standInDocument } from './dom.mjs';

beforeAll(() => { globalThis.document = standInDocument(); });
afterAll(() => { delete globalThis.document; });

const told = (text) => fromMarkdown(text).map(({ tag, textContent }) => [tag, textContent]);

test('headings, lists and paragraphs, without their marks and without where a link leads', () => {
  expect(told('# A [card](https://a.example)\nOf **it** and `code`.\n\n- one\n- ![two](b.png)\n\n<b>&</b>')).toEqual(
    [['h3', 'A card'], ['p', 'Of it and code.'], ['ul', 'onetwo'], ['p', '<b>&</b>']]);
});

test.each(['[', '![', '[a](', '[]( '])('a quarter of a megabyte of %j, of which nothing is closed, is read in seconds', (mark) => {
  const begun = performance.now();
  fromMarkdown(mark.repeat(262144 / mark.length));
  expect(performance.now() - begun).toBeLessThan(10_000);
}, 300_000);
