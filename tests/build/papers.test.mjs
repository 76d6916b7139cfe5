// What the build makes of a pack's card and report: documents that lead to one another, wherever the card lies.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {papersOf} from '../../wasm-build/papers.mjs';
import {cardPageOf} from '../../web/shared/card-page.js';

let folder;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'insitu-papers-')); });
afterEach(() => rmSync(folder, {recursive: true}));

function put(name, content) {
  mkdirSync(dirname(join(folder, name)), {recursive: true});
  writeFileSync(join(folder, name), content);
}
const CARD = '# A "card"\n\n![plot](report/plot.png) ![none](report/none.png) ![above](report/..) ![itself](report/.)\n';

test.each([['card.md', 'card.html', ''], ['texts/card.v1.md', 'texts/card.v1.html', '../'], ['card', 'card.html', '']])(
  'the card %s is a page beside it, %s', (card, page, top) => {
    put(card, CARD);
    put(join(dirname(card), 'report/plot.png'), 'a plot');
    put('report/report.html', `<a href="../${card}">card.md</a>`);
    const files = papersOf(folder, card, 'en'); // all of it is kept without a network
    expect(cardPageOf(card)).toBe(page);
    expect(files.map(([name]) => name)).toEqual([page, join(dirname(card), 'report/plot.png'), 'report/report.html']);
    expect(files[0][1]).toContain(`<a href="${top}report/report.html">The whole report</a>`);
    expect(files[0][1]).toContain(`href="${top}../../paper.css"`);
    expect(files[0][1]).toContain('<title>A &#34;card&#34;</title>');
    expect(String(files.at(-1)[1])).toBe(`<a href="../${page}">card.md</a>`);
  });

test('the report has the page\'s looks', () => {
  put('card.md', CARD);
  put('report/report.html', `<html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><title>x</title>`
    + '<style>body{font:16px system-ui}\nsvg{background:#fff}</style></head><body><svg><style>.a{fill:red}</style></svg></body></html>');
  const page = String(papersOf(folder, 'card.md', 'en').at(-1)[1]);
  expect(page).toContain(`style-src 'self' 'unsafe-inline'`);
  expect(page).toContain('<link rel="stylesheet" href="../../../tokens.css"><link rel="stylesheet" href="../../../paper.css">');
  expect([page.includes('system-ui'), page.includes('.a{fill:red}')]).toEqual([false, true]);
});

test('in a table an interval is one word, also where the report has said so', () => {
  put('card.md', '# A card\n\n3–4 of\n\n| a | b |\n|---|---|\n| n | 94.7 % (91.9–96.5), -0.1–0.2 |\n');
  put('report/report.html', '<td>0.8 (0.7–0.9)</td><td>0.8 (<span class="interval">0.7–0.9</span>)</td>');
  const [card, report] = papersOf(folder, 'card.md', 'en').map(([, content]) => String(content));
  expect(card).toContain('<p>3–4 of</p>');
  expect(card).toContain('<td>94.7 % (<span class="interval">91.9–96.5</span>), <span class="interval">-0.1–0.2</span></td>');
  expect(report).toBe('<td>0.8 (<span class="interval">0.7–0.9</span>)</td>'.repeat(2));
});

test('without a report there is none to lead to', () => {
  put('card.md', '# A card\n');
  const files = papersOf(folder, 'card.md', 'en');
  expect(files.map(([name]) => name)).toEqual(['card.html']);
  expect(files[0][1]).not.toMatch(/<a /);
});
