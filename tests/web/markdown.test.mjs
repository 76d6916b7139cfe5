// A card or a report that came with a person's own pack: somebody's text, which is shown and never believed.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fromMarkdown } from '../../web/screens/models/markdown.js';
import { standInDocument } from './dom.mjs';

beforeAll(() => { globalThis.document = standInDocument(); });
afterAll(() => { delete globalThis.document; });

const told = (text) => fromMarkdown(text).map(({ tag, textContent }) => [tag, textContent]);

test('headings, lists and paragraphs, without their marks and without where a link leads', () => {
  expect(told('# A [card](https://a.example)\nOf **it** and `code`.\n\n- one\n- ![two](b.png)\n\n<b>&</b>')).toEqual(
    [['h3', 'A card'], ['p', 'Of it and code.'], ['ul', 'one'], ['p', '<b>&</b>']]);
});

test('of pictures the pack\'s own plots alone have a place, and no address', () => {
  const pictures = (text) => fromMarkdown(text).flatMap((node) => node.nodes.map((one) => one.attributes ?? one).filter((one) => one !== ''));
  expect(pictures('![A](report/a.svg)![B](b-1.png)')).toEqual([{alt: 'A', 'data-from': 'report/a.svg'}, {alt: 'B', 'data-from': 'b-1.png'}]);
  for (const address of ['https://a.example/a.svg', '//a.example/a.svg', '../a.svg', '/a.svg', 'a/b.svg', 'a.gif', 'data:image/svg+xml,a.svg']) {
    expect(pictures(`![A](${address})`)).toEqual(['A']);
  }
});

test.each(['[', '![', '[a](', '[]( '])('a quarter of a megabyte of %j, of which nothing is closed, is read in seconds', (mark) => {
  const begun = performance.now();
  fromMarkdown(mark.repeat(262144 / mark.length));
  expect(performance.now() - begun).toBeLessThan(10_000);
}, 300_000);
