// Tables as people have them, read by the command's rules (tests/cli/tables.test.mjs).
import { describe, expect, test } from '@jest/globals';
import { CsvError, csvLine, readCsv } from '../../web/lib/csv.js';

const ROWS = [['a.png', 'x'], ['b.png', 'y']];

describe('a table', () => {
  test.each([
    ['commas', 'image,label\na.png,x\nb.png,y\n'],
    ['semicolons, CRLF, a byte order mark', '\uFEFFimage;label\r\na.png;x\r\nb.png;y\r\n'],
    ['tabs, CR, no end of the last line', 'image\tlabel\ra.png\tx\rb.png\ty'],
    ['a line for the spreadsheet', 'sep=;\nimage;label\na.png;x\nb.png;y\n'],
    ['the same, quoted', '"sep=;"\r\nimage;label\r\na.png;x\r\nb.png;y\r\n'],
    ['blank lines and cleared rows', '\n\nimage,label\n\na.png,x\n,\nb.png,y\n,\n\n'],
    ['quotes', '"image","label"\n"a.png","x"\n"b.png","y"\n'],
  ])('is read: %s', (_, text) => {
    const { header, rows } = readCsv(text);
    expect([header, rows]).toEqual([['image', 'label'], ROWS]);
  });

  test('a quoted field may hold anything, and lines are the file\'s', () => {
    const { rows, lines } = readCsv('image,label\n"a, ""b""\nc",x\nd,y\n');
    expect(rows).toEqual([['a, "b"\nc', 'x'], ['d', 'y']]);
    expect(lines).toEqual([2, 4]);
  });

  test.each([
    ['csv_quote', 'image,label\n"a,x\n', { line: 2 }],
    ['csv_quote', 'image,label\n"a"b,x\n', { line: 2 }],
    ['csv_columns', 'image,label\na,x\nb\n', { line: 3, found: 1, wanted: 2 }],
    ['csv_empty', '\n\n', {}],
  ])('%s: %j', (reason, text, values) => {
    expect(() => readCsv(text)).toThrow(CsvError);
    expect(() => readCsv(text)).toThrow(expect.objectContaining({ reason, values }));
  });
});

test('what is written is read again', () => {
  const fields = ['a', 'b,c', 'd "e"', 'f\ng', '', ';', 'ö'];
  const { header } = readCsv(csvLine(fields));
  expect(header).toEqual(fields);
  expect(csvLine([null, undefined, 0.25])).toBe(',,0.25\n');
});
