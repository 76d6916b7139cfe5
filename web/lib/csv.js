/* csv.js: tables with a header line (RFC 4180), read by the rules of the
 * command (src/cli/csv.c): separated by commas, semicolons or tabs, with lines
 * that spreadsheets leave. Pure: text in, fields out, and the other way round. */

/** What is wrong with a table; line: of the file, from 1. */
export class CsvError extends Error {
  /** @param {'csv_quote' | 'csv_columns' | 'csv_empty'} reason @param {Record<string, number>} [values] */
  constructor(reason, values = {}) {
    super(`${reason} ${JSON.stringify(values)}`);
    this.name = 'CsvError';
    this.reason = reason;
    this.values = values;
  }
}

/** lines: where each row begins in the file, from 1. @typedef {{header: string[], rows: string[][], lines: number[]}} Table */

const LINE_END = /\r\n|\n|\r/y;

/** The first separator outside quotes in the header; a comma where there is none. @param {string} header */
function separatorOf(header) {
  let is_quoted = false;
  for (const sign of header) {
    if (!is_quoted && (sign === '\n' || sign === '\r')) break;
    if (sign === '"') is_quoted = !is_quoted;
    if (!is_quoted && (sign === ',' || sign === ';' || sign === '\t')) return sign;
  }
  return ',';
}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = text.startsWith('\uFEFF') ? 1 : 0;
    this.line = 1;
    this.skipBlank();
    const spreadsheet = /^(?:"sep=(.)"|sep=(.))(?:\r\n|\n|\r)/.exec(text.slice(this.at, this.at + 16));
    if (spreadsheet) {
      this.at += spreadsheet[0].length;
      this.line++;
    }
    this.separator = spreadsheet?.[1] ?? spreadsheet?.[2] ?? separatorOf(text.slice(this.at));
  }

  get isAtEnd() { return this.at >= this.text.length; }

  /** @returns {number} length of the line end here; 0: none */
  lineEnd() {
    LINE_END.lastIndex = this.at;
    return LINE_END.exec(this.text)?.[0].length ?? 0;
  }

  skipBlank() {
    for (let length = this.lineEnd(); length > 0; length = this.lineEnd()) {
      this.at += length;
      this.line++;
    }
  }

  /** @returns {{field: string, isLast: boolean} | null} null: a quote is not closed, or has something behind it */
  field() {
    const { text } = this;
    let field = '';
    if (text[this.at] === '"') {
      for (this.at++; ; this.at++) {
        const next = text.indexOf('"', this.at);
        if (next < 0) return null;
        field += text.slice(this.at, next);
        this.at = next + 1;
        if (text[this.at] !== '"') break;
        field += '"';
      }
      this.line += field.match(/\r\n|\n|\r/g)?.length ?? 0;
    } else {
      const start = this.at;
      while (!this.isAtEnd && text[this.at] !== this.separator && text[this.at] !== '\n' && text[this.at] !== '\r') this.at++;
      field = text.slice(start, this.at);
    }
    const end = this.lineEnd();
    if (end > 0) {
      this.at += end;
      this.line++;
      return { field, isLast: true };
    }
    if (text[this.at] === this.separator) {
      this.at++;
      return { field, isLast: false };
    }
    return this.isAtEnd ? { field, isLast: true } : null;
  }
}

/** @param {string} text of the whole file @returns {Table} @throws {CsvError} */
export function readCsv(text) {
  const reader = new Reader(text);
  /** @type {string[][]} */
  const records = [];
  /** @type {number[]} */
  const lines = [];
  for (reader.skipBlank(); !reader.isAtEnd; reader.skipBlank()) {
    const { line } = reader;
    const record = [];
    for (let is_last = false; !is_last;) {
      const taken = reader.field();
      if (!taken) throw new CsvError('csv_quote', { line });
      record.push(taken.field);
      is_last = taken.isLast;
    }
    if (record.every((field) => field === '')) continue; // spreadsheets keep cleared rows
    const num_columns = records[0]?.length ?? record.length;
    if (record.length !== num_columns) throw new CsvError('csv_columns', { line, found: record.length, wanted: num_columns });
    records.push(record);
    lines.push(line);
  }
  const [header, ...rows] = records;
  if (!header) throw new CsvError('csv_empty');
  return { header, rows, lines: lines.slice(1) };
}

/** @param {unknown} value null, undefined: an empty field */
const fieldOf = (value) => {
  const text = String(value ?? '');
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** @param {readonly unknown[]} fields @returns {string} one line with its end */
export const csvLine = (fields) => `${fields.map(fieldOf).join(',')}\n`;
