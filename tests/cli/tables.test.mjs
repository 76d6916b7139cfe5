// Lists and tables as people have them: from spreadsheets, from Windows, with
// pictures twice.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {forms, GOLDEN, insitu, lines, scratchFolder, SLOPES, SPOTS} from './command.mjs';

const folder = scratchFolder(afterAll);
const FLOAT32 = join(SPOTS, 'spots-float32.tflite');
const BOM = '\uFEFF';
const utf16 = (text) => Buffer.from(BOM + text, 'utf16le');

describe.each(forms)('%s', (form) => {
  const put = (name, content) => {
    const path = join(folder, `${form}-${name}`);
    writeFileSync(path, content);
    return path;
  };
  const labelled = (content) => insitu(form, ['classify', '--model', FLOAT32, '--labels', put('labels.txt', content), SLOPES]);
  const evaluate = (content, ...args) => {
    const {code, out, err} = insitu(form,
      ['evaluate', '--pack', SPOTS, '--labels', put('table.csv', content), '--images', GOLDEN, '--json', ...args]);
    return {code, err, report: out ? JSON.parse(out) : null};
  };

  describe('lists of labels', () => {
    test.each([
      ['a blank line at the end', 'rot\ngrün\nblau\n\n'],
      ['several, with spaces', 'rot\ngrün\nblau\n\n \t\n\r\n'],
      ['no line end at the end', 'rot\ngrün\nblau'],
      ['CRLF', 'rot\r\ngrün\r\nblau\r\n\r\n'],
      ['CR', 'rot\rgrün\rblau\r'],
      ['a byte order mark', `${BOM}rot\ngrün\nblau\n`],
      ['a byte order mark, CRLF and blank lines', `${BOM}rot\r\ngrün\r\nblau\r\n\r\n\r\n`],
    ])('%s', (_, content) => {
      const {code, out} = labelled(content);
      expect(code).toBe(0);
      expect(Object.fromEntries(lines(out)[0].classes.map(({id, label}) => [id, label]))).toEqual({0: 'rot', 1: 'grün', 2: 'blau'});
    });

    test('a blank line within is a label: the outputs behind it keep their own', () => {
      const {out} = labelled('rot\n\nblau\n');
      expect(Object.fromEntries(lines(out)[0].classes.map(({id, label}) => [id, label]))).toEqual({0: 'rot', 1: '', 2: 'blau'});
    });

    test('UTF-16 is refused by name', () => {
      const {code, out} = labelled(utf16('rot\r\ngrün\r\nblau\r\n'));
      expect(code).toBe(1);
      expect(lines(out)[0]).toMatchObject({ok: false, message: expect.stringContaining('UTF-16')});
    });
  });

  test('a list of paths with a byte order mark, CRLF and blank lines', () => {
    const {code, out} = insitu(form, ['classify', '--pack', SPOTS, '-'], {input: `${BOM}${SLOPES}\r\n\r\n${SLOPES}\r\n\r\n`});
    expect(code).toBe(0);
    expect(lines(out).map(({file}) => file)).toEqual([SLOPES, SLOPES]);
  });

  describe('tables', () => {
    test.each([
      ['commas', 'image,label\nrgb8.png,red\ngrey8.png,green\n'],
      ['semicolons', 'image;label\nrgb8.png;red\ngrey8.png;green\n'],
      ['semicolons, a mark and CRLF', `${BOM}image;label\r\nrgb8.png;red\r\ngrey8.png;green\r\n\r\n`],
      ['tabs', 'image\tlabel\nrgb8.png\tred\ngrey8.png\tgreen\n'],
      ['semicolons with commas in a field', 'image;remark, free;label\nrgb8.png;a, b;red\ngrey8.png;;green\n'],
      ['commas with semicolons in a quoted header', '"a;b",image,label\n1,rgb8.png,red\n2,grey8.png,green\n'],
      ['what a spreadsheet says of its separator', 'sep=;\nimage;label\nrgb8.png;red\ngrey8.png;green\n'],
      ['the same, quoted, behind blank lines', '\n\r\n"sep=;"\r\nimage;label\r\nrgb8.png;red\r\ngrey8.png;green\r\n'],
      ['blank lines before the header', '\n\nimage;label\nrgb8.png;red\ngrey8.png;green\n'],
      ['rows of separators alone', 'image;label\nrgb8.png;red\n;\ngrey8.png;green\n;\n;;\n'],
      ['CR', 'image,label\rrgb8.png,red\rgrey8.png,green\r'],
      ['quoted fields', 'image,label\n"rgb8.png","red"\n"grey8.png",green'],
    ])('%s', (_, content) => {
      const {code, report} = evaluate(content);
      expect(code).toBe(0);
      expect(report).toMatchObject({n: 2, failed: 0, repeated: 0});
      expect(report.per_class.map(({n}) => n)).toEqual([1, 1, 0]);
    });

    test('a header without the columns is shown', () => {
      const {code, err} = evaluate('picture|class\nrgb8.png|red\n');
      expect(code).toBe(1);
      expect(err).toContain('\'image\' and \'label\', but its header has 1: \'picture|class\'');
      expect(evaluate('image;class\nrgb8.png;red\n').err).toContain('has 2: \'image\', \'class\'');
    });

    test('errors name the line of the file, also behind quoted line ends', () => {
      const two = '"one\ntwo\nthree"';
      expect(evaluate(`image,label,note\nrgb8.png,red,${two}\ngrey8.png,green\n`).err)
        .toContain('line 5 (record 2) has 2 columns, but the header has 3');
      expect(evaluate(`image,label,note\n\n\nrgb8.png,red,"a\r\nb"\r\ngrey8.png,grün,\n`).err)
        .toContain('line 6 (grey8.png) has the label \'grün\'');
      expect(evaluate(`image,label,note\nrgb8.png,red,${two}\ngrey8.png,green,"open\n\n`).err)
        .toContain('line 5 (record 2): a quote');
      expect(evaluate('sep=,\nimage,label\nrgb8.png,red\nx\n').err).toContain('line 4 (record 2) has 1 columns');
      expect(evaluate('image,"label\n').err).toContain('line 1 (the header): a quote');
    });

    test('UTF-16 is refused by name', () => {
      expect(evaluate(utf16('image,label\nrgb8.png,red\n'))).toMatchObject({code: 1, err: expect.stringContaining('UTF-16')});
    });

    test('rows that repeat a picture are named and counted once', () => {
      const scores = join(folder, `${form}-scores.csv`);
      const {code, err, report} = evaluate('image,label\nrgb8.png,red\ngrey8.png,green\nrgb8.png,red\n./grey8.png,green\n.//rgb8.png,red\n',
        '--scores', scores);
      expect(code).toBe(0);
      expect(report).toMatchObject({n: 2, repeated: 3, confusion: [[1, 0, 0], [1, 0, 0], [0, 0, 0]]});
      for (const words of ['line 4 repeats line 2 (rgb8.png)', 'line 6 repeats line 2', 'line 5 repeats line 3 (grey8.png)']) {
        expect(err).toContain(words);
      }
      expect(readFileSync(scores, 'utf8').trimEnd().split('\n')).toHaveLength(3);
    });

    test('many are summed up', () => {
      const {err, report} = evaluate(`image,label\n${'rgb8.png,red\n'.repeat(100)}`);
      expect(report).toMatchObject({n: 1, repeated: 99});
      expect(err.trimEnd().split('\n')).toHaveLength(11);
      expect(err).toContain('89 more rows');
    });

    test('one picture with two labels is refused, both lines named', () => {
      const {code, err, report} = evaluate('image,label\ngrey8.png,green\nrgb8.png,red\n./rgb8.png,blue\n');
      expect({code, report}).toEqual({code: 1, report: null});
      expect(err).toContain('line 3 labels rgb8.png \'red\', but line 4 labels it \'blue\'');
    });

    test('but not where the split leaves one of them out', () => {
      const table = 'part,image,label\na,rgb8.png,red\nb,rgb8.png,blue\n';
      expect(evaluate(table, '--split', 'part=b').report).toMatchObject({n: 1, repeated: 0});
      expect(evaluate(table).code).toBe(1);
    });

    test('pictures of one name in two folders are two', () => {
      expect(evaluate('image,label\nrgb8.png,red\nreal/rgb8.png,blue\n').report).toMatchObject({n: 1, failed: 1, repeated: 0});
    });
  });
});
