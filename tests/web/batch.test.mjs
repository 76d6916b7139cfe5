// A batch's parts that need no page: files told apart, labels found, rows sorted, points of curves.
import { describe, expect, test } from '@jest/globals';
import { reliabilityOf, riskCoverageOf, rocOf } from '../../web/screens/batch/curves.js';
import { chosenOf, ChosenError, foundFiles, labelTable, MAX_PICTURES } from '../../web/screens/batch/files.js';
import { nameOf } from '../../web/screens/batch/export.js';
import { folderLabels, knownLabels, labelsOf, matchLabels, plainPath } from '../../web/screens/batch/labels.js';
import { countKinds, settle, shownRows, waitingRow } from '../../web/screens/batch/rows.js';
import { areaUnderCurve } from '../../web/screens/batch/metrics.js';

const file = (name, type = '') => ({ name, type, size: 3, lastModified: 7, webkitRelativePath: name.includes('/') ? name : '' });

describe('what was chosen', () => {
  test('pictures, tables, the rest; what other programs left behind is nothing', async () => {
    const chosen = await chosenOf(foundFiles([
      file('set/b.JPG'), file('set/a.png'), file('set/x', 'image/heic'), file('set/labels.csv'), file('set/other.csv'), file('set/notes.txt'),
      file('set/.DS_Store'), file('set/__MACOSX/a.png'), file('set/Thumbs.db'), file('set/a.png'),
    ]));
    expect(chosen.pictures.map(({ path }) => path)).toEqual(['set/b.JPG', 'set/a.png', 'set/x']);
    expect([chosen.title, chosen.num_others, labelTable(chosen).path]).toEqual(['set', 1, 'set/labels.csv']);
  });

  test('two files of one name, from two folders that are not told, are two pictures', async () => {
    const other = { ...file('image.jpg'), size: 4 };
    const { pictures } = await chosenOf(foundFiles([file('image.jpg'), other, other, { ...file('a.b/image', 'image/png'), size: 4 }, file('a.b/image', 'image/png')]));
    expect(pictures.map(({ path, size }) => [path, size])).toEqual([['image.jpg', 3], ['image (2).jpg', 4], ['a.b/image', 4], ['a.b/image (2)', 3]]);
  });

  test('loose files are called by the first and how many more there are', async () => {
    const titleOf = async (...names) => (await chosenOf(foundFiles(names.map((name) => file(name))))).title;
    expect(await titleOf('a.jpg')).toBe('a.jpg');
    expect(await titleOf('a.jpg', 'b.jpg', 'c.jpg')).toBe('a.jpg + 2');
    expect(['a.jpg + 2', 'a.zip', 'a.zip + 1'].map((title) => nameOf({ title }))).toEqual(['a.jpg-2', 'a', 'a-1']);
  });

  test('DICOM files without an ending are pictures, by their mark', async () => {
    const bytes = (text) => new Blob([new Uint8Array(128), text, new Uint8Array(9)]);
    const named = (path, text) => ({ path, size: 141, modified: 1, type: '', open: async () => bytes(text) });
    const chosen = await chosenOf([named('a/IM0001', 'DICM'), named('a/1.2.840.10008.7', 'DICM'), named('a/DICOMDIR', 'DICM'), named('a/README', 'read'), named('a/b.txt', 'DICM')]);
    expect(chosen.pictures.map(({ path }) => path)).toEqual(['a/IM0001', 'a/1.2.840.10008.7']);
    expect(chosen.num_others).toBe(3);
  });

  // One file, stored, as .NET before 4.6.1 names it.
  test('folders in an archive may be joined by backslashes', async () => {
    const name = Buffer.from('set\\one\\a.png');
    const numbers = (...pairs) => Buffer.concat(pairs.map(([value, bytes]) => {
      const made = Buffer.alloc(bytes);
      made.writeUIntLE(value, 0, bytes);
      return made;
    }));
    const [crc, sizes, names] = [[0x8cdc1683, 4], [[1, 4], [1, 4]], [[name.length, 2], [0, 2]]]; // of "x"
    const head = [[0, 2], [0, 2], [0, 4], crc, ...sizes, ...names];
    const local = Buffer.concat([numbers([0x04034b50, 4], [20, 2], ...head), name, Buffer.from('x')]);
    const central = Buffer.concat([numbers([0x02014b50, 4], [20, 2], [20, 2], ...head, [0, 2], [0, 2], [0, 2], [0, 4], [0, 4]), name]);
    const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [1, 2], [1, 2], [central.length, 4], [local.length, 4], [0, 2]);
    const blob = new Blob([local, central, end]);
    const { pictures } = await chosenOf([{ path: 'set.zip', size: blob.size, modified: 1, type: '', open: async () => blob }]);
    expect(pictures.map(({ path }) => path)).toEqual(['set/one/a.png']);
    expect(await (await pictures[0].open()).text()).toBe('x');
    expect(folderLabels(pictures.map(({ path }) => path), ['one']).labels).toEqual([{ path: 'set/one/a.png', truth: 0, line: null }]);
  });

  test('nothing, and too much, are told', async () => {
    await expect(chosenOf(foundFiles([file('a.txt')]))).rejects.toThrow(expect.objectContaining({ reason: 'chosen_none', values: { n: 1 } }));
    const many = Array.from({ length: MAX_PICTURES + 1 }, (_, index) => file(`${index}.png`));
    await expect(chosenOf(foundFiles(many))).rejects.toThrow(ChosenError);
  });

  test('of several tables none is guessed', async () => {
    expect(labelTable(await chosenOf(foundFiles([file('a.png'), file('b.csv'), file('c.csv')])))).toBe(null);
  });
});

describe('labels', () => {
  const classes = ['one', 'two'];
  test('each picture once, by what its path names', () => {
    expect(labelsOf('image,label\n./a//b.png,one\na/b.png,one\nc.png,two\n', 'labels.csv', classes)).toEqual({
      source: 'labels.csv', repeated: 1, labels: [{ path: 'a/b.png', truth: 0, line: 2 }, { path: 'c.png', truth: 1, line: 4 }],
    });
    expect(plainPath('a\\b\\.\\c.png')).toBe('a/b/c.png');
  });

  test.each([
    ['labels_columns', 'a,b\n'], ['labels_none', 'image,label\n'], ['labels_class', 'image,label\na.png,three\n'],
    ['labels_two', 'image,label\na.png,one\n./a.png,two\n'],
  ])('%s', (reason, text) => {
    expect(() => labelsOf(text, 'labels.csv', classes)).toThrow(expect.objectContaining({ reason }));
  });

  test('a table may lie in any folder above; a name that several pictures have is not guessed', () => {
    const labels = (paths) => ({ source: 't', repeated: 0, labels: paths.map((path) => ({ path, truth: 1, line: 2 })) });
    const { truths, missing } = matchLabels(['set/x/a.png', 'set/y/a.png', 'set/b.png'], labels(['b.png', 'a.png', 'y/a.png', 'set/x/a.png', 'lost.png']));
    expect([...truths.keys()].sort()).toEqual(['set/b.png', 'set/x/a.png', 'set/y/a.png']);
    expect(missing).toEqual(['a.png', 'lost.png']);
  });

  test('a table may name folders above what was chosen', () => {
    const labels = (paths) => ({ source: 't', repeated: 0, labels: paths.map((path) => ({ path, truth: 1, line: 2 })) });
    const { truths, missing } = matchLabels(['a.png', 'b.png'], labels(['set/a.png', 'x/b.png', 'y/b.png']));
    expect([[...truths.keys()], missing]).toEqual([['a.png'], ['x/b.png', 'y/b.png']]);
  });

  test('letters and accents may be written apart, as in archives of Apple\'s', () => {
    const table = labelsOf('image,label\nn\u00e9vus.png,one\n', 't', classes);
    const { truths, missing } = matchLabels(['set/ne\u0301vus.png'], table);
    expect([[...truths.keys()], missing]).toEqual([['set/ne\u0301vus.png'], []]);
  });

  test('folders', () => {
    expect(folderLabels(['set/one/a.png', 'set/b.png', 'two/c.png'], classes).labels.map(({ path, truth }) => [path, truth]))
      .toEqual([['set/one/a.png', 0], ['two/c.png', 1]]);
    expect(folderLabels(['one.png'], classes)).toBe(null);
  });

  test('of findings there are none: a table is refused, folders say nothing', async () => {
    const table = { path: 'labels.csv', open: async () => new Blob(['image,label\na.png,one\n']) };
    const pack = (task) => ({ task, classes: classes.map((id) => ({ id })) });
    const paths = ['set/one/a.png'];
    await expect(knownLabels(table, paths, pack('multilabel'))).rejects.toThrow(expect.objectContaining({ reason: 'labels_findings' }));
    expect(await knownLabels(null, paths, pack('multilabel'))).toBe(null);
    expect([(await knownLabels(table, paths, pack('multiclass'))).source, (await knownLabels(null, paths, pack('multiclass'))).source]).toEqual(['labels.csv', null]);
  });
});

describe('rows', () => {
  const ids = ['one', 'two'];
  const line = (decision, p) => ({ model: { prior: null },
    ok: true, decision, reasons: [], classes: [{ id: 'two', p }, { id: 'one', p: 1 - p }], ...(decision === 'reject' ? {} : { top: { id: 'two', p }, set: ['two'] }),
  });
  const rows = ['b', 'a10', 'a9', 'c'].map((path, index) => waitingRow({ path, size: 1, modified: 1 }, index));
  settle(rows[0], line('answer', 0.9), ids);
  settle(rows[1], line('reject', 0.8), ids);
  settle(rows[2], { ok: false, status: 'damaged', message: 'm' }, ids);
  rows[0].truth = 0;
  rows[1].truth = 0;
  const all = { kind: 'all', words: '', class: null };
  const paths = (filter, key, isFalling = false) => shownRows(rows, { ...all, ...filter }, { key, isFalling }).map(({ path }) => path);

  test('in every order', () => {
    expect(paths({}, 'order')).toEqual(['b', 'a10', 'a9', 'c']);
    expect(paths({}, 'name')).toEqual(['a9', 'a10', 'b', 'c']);
    expect(paths({}, 'name', true)).toEqual(['c', 'b', 'a10', 'a9']);
    expect(paths({}, 'share', true)[0]).toBe('b');
    expect(paths({}, 'decision')).toEqual(['a9', 'a10', 'b', 'c']);
  });
  test('of every kind; a picture that is not judged is of no class, and not wrong', () => {
    expect(countKinds(rows)).toEqual({ failed: 1, reject: 1, unsure: 0, answer: 1, waiting: 1, wrong: 1 });
    expect(paths({ kind: 'wrong' }, 'order')).toEqual(['b']);
    expect(paths({ class: 1 }, 'order')).toEqual(['b']);
    expect(paths({ words: ' A1' }, 'order')).toEqual(['a10']);
  });
});

describe('rows that name several classes, or none', () => {
  const ids = ['one', 'two', 'three'];
  const line = (decision, p, set) => ({ ok: true, decision, reasons: [], model: { prior: null }, classes: ids.map((id, at) => ({ id, p: p[at] })),
    top: { id: ids[p.indexOf(Math.max(...p))], p: Math.max(...p) }, set });
  const rowsOf = (...lines) => lines.map((one, index) => {
    const row = waitingRow({ path: `p${index}`, size: 1, modified: 1 }, index);
    settle(row, one, ids);
    return row;
  });
  const paths = (rows, filter, key, is_findings, isFalling = false) =>
    shownRows(rows, { kind: 'all', words: '', class: null, ...filter }, { key, isFalling }, is_findings).map(({ path }) => path);

  // Each finding has a limit of its own: the likeliest need not have been found.
  const findings = rowsOf(
    line('answer', [0.5, 0.1, 0.3], ['three']), line('answer', [0.5, 0.2, 0.1], []), line('answer', [0.9, 0.4, 0.1], ['one', 'two']), line('answer', [0.2, 0.4, 0.1], ['two']),
  );
  test('findings: only those that are named are filtered and sorted by', () => {
    expect(paths(findings, { class: 0 }, 'order', true)).toEqual(['p2']);
    expect(paths(findings, { class: 1 }, 'order', true)).toEqual(['p2', 'p3']);
    expect(paths(findings, { class: 2 }, 'order', true)).toEqual(['p0']);
    expect(paths(findings, {}, 'answer', true)).toEqual(['p2', 'p3', 'p0', 'p1']);
    expect(paths(findings, {}, 'share', true, true)).toEqual(['p2', 'p1', 'p3', 'p0']);
  });
  test('an unsure one is of each class that it could be, and another than labelled only where none is', () => {
    const rows = rowsOf(line('unsure', [0.5, 0.4, 0.1], ['one', 'two']), line('unsure', [0.5, 0.4, 0.1], ['one', 'two']), line('answer', [0.7, 0.2, 0.1], ['one', 'two']));
    [1, 2, 1].forEach((truth, at) => { rows[at].truth = truth; });
    expect(paths(rows, { class: 1 }, 'order')).toEqual(['p0', 'p1']);
    expect(paths(rows, { kind: 'wrong' }, 'order')).toEqual(['p1', 'p2']);
    expect(countKinds(rows).wrong).toBe(2);
  });
});

describe('curves', () => {
  const rows = Array.from({ length: 3000 }, (_, index) => {
    const p = ((index * 7919) % 1000) / 1000;
    return { truth: (index * 31) % 100 < p * 100 ? 1 : 0, p: [1 - p, p], decision: 'answer', reasons: [], set: null, reached: [] };
  });
  const area = ([x, y]) => x.slice(1).reduce((sum, right, index) => sum + ((right - x[index]) * (y[index + 1] + y[index])) / 2, 0);

  test('the area under the ROC curve is the AUC, ties and thinning included', () => {
    const roc = rocOf(rows, 1);
    expect(roc[0].length).toBeLessThan(1100);
    expect([roc[0][0], roc[1][0], roc[0].at(-1), roc[1].at(-1)]).toEqual([0, 0, 1, 1]);
    expect(area(roc)).toBeCloseTo(areaUnderCurve(rows.map(({ p, truth }) => ({ score: p[1], isPositive: truth === 1 }))), 2);
    expect(rocOf(rows.filter(({ truth }) => truth === 1), 1)).toBe(null);
  });
  test('reliability and risk are shares of the pictures', () => {
    const { x, y, n } = reliabilityOf(rows);
    expect(n.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
    for (const value of [...x, ...y]) expect(value >= 0 && value <= 1).toBe(true);
    const [coverage, risk] = riskCoverageOf(rows);
    expect(coverage.at(-1)).toBe(1);
    expect(risk.at(-1)).toBeCloseTo(rows.filter(({ p, truth }) => (p[1] > p[0] ? 1 : 0) !== truth).length / rows.length, 10);
  });
});
