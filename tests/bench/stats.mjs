// Order statistics of the bench, and its rows as a table.
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
export const minimum = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);

export function correlation(a, b) {
  const mean = (x) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let ab = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; ++i) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

// Columns are padded to their widest cell; numbers to the right.
export function table(rows, columns) {
  const cells = [columns, ...rows.map((row) => columns.map((name) => {
    const value = row[name];
    if (value === undefined || value === null) return '-';
    return typeof value === 'number' && name.endsWith('_ms') ? value.toFixed(1) : String(value);
  }))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  return cells.map((line, r) => line.map((cell, i) =>
    r > 0 && typeof rows[r - 1][columns[i]] === 'number' ? cell.padStart(widths[i]) : cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n');
}
