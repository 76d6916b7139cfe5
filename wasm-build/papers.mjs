// What there is to read of a pack, as documents that a browser shows: its card,
// rendered from Markdown, with the plots that it shows, and its report.
import {readFileSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path/posix';
import MarkdownIt from 'markdown-it';
import {cardPageOf} from '../web/shared/card-page.js';
import {escapeHtml} from './html.mjs';

// No script, and nothing from elsewhere: a pack's card is somebody's text.
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";
const REPORT = 'report/report.html';

const markdown = new MarkdownIt('commonmark', {html: false}).enable('table');

// Beside the card, as deep below the site as that lies.
function cardPage(text, {language, has_report, card}) {
  const top = '../'.repeat(card.split('/').length - 1);
  const title = /^# (.+)$/m.exec(text)?.[1] ?? 'Model card';
  return `<!doctype html>
<html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${top}../../tokens.css"><link rel="stylesheet" href="${top}../../paper.css"></head>
<body><main>${has_report ? `<p><a href="${top}${REPORT}">The whole report</a></p>\n` : ''}${tables(markdown.render(text))}</main></body></html>
`;
}

// A wide one can be moved by keys, an empty corner is no heading, and an interval is one word (paper.css): "0.85–0.91". The
// foundry's newer reports have said which is one (models/tools/full_report.py).
const tables = (html) => html.replaceAll('<table>', '<table tabindex="0">').replaceAll('<th></th>', '<td></td>')
  .replace(/<td>[^]*?<\/td>/g, (cell) => (cell.includes('"interval"') ? cell : cell.replace(/[-−]?\d[\d.]*–[-−]?\d[\d.]*/g, '<span class="interval">$&</span>')));

// As it is, but that it leads to the card's page and looks like it.
const reportPage = (html, card) => tables(html).replaceAll(`href="../${card}"`, () => `href="../${cardPageOf(card)}"`)
  .replace("style-src 'unsafe-inline'", "style-src 'self' 'unsafe-inline'")
  .replace(/<style>body\{[^<]*<\/style>/, '<link rel="stylesheet" href="../../../tokens.css"><link rel="stylesheet" href="../../../paper.css">')
  .replace('<title>', '<meta name="color-scheme" content="light dark"><title>')
  .replace('<body>', '<body><main>').replace('</body>', '</main></body>');

// -> [name, content] of each, the card's page first; all of it belongs to a copy without a network: the reports here are
// 9 to 133 KB, 3.9 % of the default model's bytes at most
// folder: of the pack; card: its file; language: its first
export function papersOf(folder, card, language) {
  const text = readFileSync(join(folder, card), 'utf8');
  const isFile = (name) => statSync(join(folder, name), {throwIfNoEntry: false})?.isFile() ?? false;
  const page = cardPageOf(card);
  const plots = [...text.matchAll(/!\[[^\]]*\]\((report\/[\w.-]+)\)/g)].map(([, name]) => join(dirname(card), name)).filter(isFile);
  const has_report = isFile(REPORT);
  return [[page, cardPage(text, {language, has_report, card})], ...plots.map((name) => [name, readFileSync(join(folder, name))]),
    ...(has_report ? [[REPORT, reportPage(readFileSync(join(folder, REPORT), 'utf8'), card)]] : [])];
}
