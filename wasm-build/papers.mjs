// What there is to read of a pack, as documents that a browser shows: its card,
// rendered from Markdown, with the plots that it shows, and its report as it is.
import {existsSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import MarkdownIt from 'markdown-it';

// No script, and nothing from elsewhere: a pack's card is somebody's text.
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";
const REPORT = 'report/report.html';

const markdown = new MarkdownIt('commonmark', {html: false}).enable('table');
const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function cardPage(text, language, has_report) {
  const title = /^# (.+)$/m.exec(text)?.[1] ?? 'Model card';
  return `<!doctype html>
<html lang="${escape(language)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escape(title)}</title>
<link rel="stylesheet" href="../../tokens.css"><link rel="stylesheet" href="../../paper.css"></head>
<body>${has_report ? `<p><a href="${REPORT}">The whole report</a></p>\n` : ''}${markdown.render(text)}</body></html>
`;
}

// -> {files: [name, content], of which `kept` belong to a copy without a network}
// folder: of the pack; card: its file; language: its first
export function papersOf(folder, card, language) {
  const text = readFileSync(join(folder, card), 'utf8');
  const plots = [...text.matchAll(/!\[[^\]]*\]\((report\/[\w.-]+)\)/g)].map(([, name]) => name).filter((name) => existsSync(join(folder, name)));
  const has_report = existsSync(join(folder, REPORT));
  const kept = [[basename(card).replace(/(\.\w+)?$/, '.html'), cardPage(text, language, has_report)],
    ...plots.map((name) => [name, readFileSync(join(folder, name))])];
  return {kept, files: [...kept, ...(has_report ? [[REPORT, readFileSync(join(folder, REPORT))]] : [])]};
}
