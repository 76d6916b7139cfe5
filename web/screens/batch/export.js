/* export.js: a batch as files: the command's lines (JSON, one a line), a table
 * for spreadsheets, and an evaluation as `insitu evaluate --json` prints it. */

import { answerColumns, answerRow } from '../../lib/answer-table.js';
import { csvLine } from '../../lib/csv.js';
import { decisionsOf } from './decisions.js';
import { ECE_BINS, figuresOf } from './metrics.js';

/** @typedef {import('./run.js').Batch} Batch */
/** @typedef {import('../../answer').Answer} Answer */
/** @typedef {import('../../answer').Failure} Failure */

/** @param {import('./store.js').Meta} meta @returns {string} what its files are called, less the ending */
export const nameOf = ({ title }) => title.replace(/\.zip(?=$| \+ \d+$)/i, '').replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'batch';

/** @param {Batch} batch @returns {Promise<Blob>} */
export async function jsonLines(batch) {
  const pieces = [];
  for await (const { line } of batch.lines()) pieces.push(`${JSON.stringify(line)}\n`);
  return new Blob(pieces, { type: 'application/x-ndjson' });
}

/** @param {Batch} batch @returns {Promise<Blob>} columns image, label where there are labels, then the answer */
export async function csvTable(batch) {
  const { ids, meta } = batch;
  const pieces = [csvLine(['image', ...(meta.labels ? ['label'] : []), ...answerColumns(ids), 'status', 'message'])];
  for await (const { row, line } of batch.lines()) {
    const truth = meta.labels ? [row.truth === null ? '' : ids[row.truth]] : [];
    if (!line.ok) {
      const { status, message } = /** @type {Failure} */ (line);
      pieces.push(csvLine([row.path, ...truth, ...Array(6 + ids.length).fill(''), status, message]));
      continue;
    }
    pieces.push(csvLine([row.path, ...truth, ...answerRow(/** @type {Answer} */ (line), ids), '', '']));
  }
  return new Blob(pieces, { type: 'text/csv' });
}

/**
 * The figures as the command prints them, its keys and their order.
 * @param {Batch} batch @param {import('../../classifier/engine-packs.js').Pack} pack @param {(id: string, of: 'class' | 'group') => string} labelOf
 */
export function evaluationOf(batch, pack, labelOf) {
  const { ids, meta, rows, missing } = batch;
  const labelled = batch.labelled;
  const failures = [
    ...rows.flatMap(({ path, failure, truth }) => (failure && truth !== null ? [{ file: path, ok: false, ...failure }] : [])),
    ...missing.map((path) => ({ file: path, ok: false, status: 'io', message: 'it was not among the files chosen' })),
  ];
  const priors = new Set(labelled.map(({ prior }) => prior ?? 'none'));
  const asked = meta.prior === 'default' ? pack.calibration.default_prior ?? 'none' : meta.prior;
  const prior = priors.size > 1 ? 'mixed' : [...priors][0] ?? asked;
  const head = {
    model: { id: meta.pack.id, version: meta.pack.version, variant: meta.variant },
    prior, n: labelled.length, failed: failures.length, repeated: meta.labels?.repeated ?? 0,
  };
  if (labelled.length === 0) return { ...head, failures };
  const { per_class, confusion, ...figures } = figuresOf(labelled, ids.length);
  const decision = pack.format === 2 ? pack.variants.find(({ name }) => name === meta.variant)?.decision : undefined;
  const own = decision?.prior ?? pack.calibration.default_prior ?? 'none';
  const deciders = { own, devices: Object.fromEntries(Object.entries(decision?.taken_with ?? {}).map(([word, entry]) => [word, entry?.prior ?? own])) };
  const groups = (pack.format === 2 ? pack.groups ?? [] : []).map(({ id, classes }) => ({
    id, label: labelOf(id, 'group'), classes: classes.map((one) => ids.indexOf(one)),
  }));
  return {
    ...head, ...figures, ece_bins: ECE_BINS,
    per_class: per_class.map((one, index) => ({ id: ids[index], label: labelOf(String(ids[index]), 'class'), ...one })),
    confusion, ...decisionsOf(labelled, ids, groups, deciders), failures,
  };
}

/** @typedef {ReturnType<typeof evaluationOf>} Evaluation */
