/* choose.js: measures a pack's variants for a few hundred milliseconds each and
 * writes down the fastest within the pack's stated loss. Fetches what is not
 * here only where nobody pays for it, or the person agrees (offer.js). */

import { engine } from '../../classifier/engine.js';
import { buildsHere, measure } from '../../classifier/engine-bench.js';
import { rememberChoice } from '../../lib/measured.js';
import { keptPaths } from '../models/kept.js';
import { adviceOf, figuresOf } from './figures.js';
import { offerVariants } from './offer.js';
import { testPicture } from './picture.js';

/** For each variant. */
const RUNS_MS = 400;
const FEWEST_RUNS = 4;
/** What is fetched for it at most, together. */
const MOST_FETCHED_BYTES = 32_000_000;

/** @typedef {{saveData?: boolean, type?: string, effectiveType?: string}} Connection Chromium's NetworkInformation */

/** Without a word of the browser's a page cannot know what its network costs: then only a desk's is taken for free. @returns {boolean} */
export function isNetworkFree() {
  const { connection } = /** @type {{connection?: Connection}} */ (/** @type {unknown} */ (navigator));
  if (!navigator.onLine || connection?.saveData) return false;
  if (connection?.type !== undefined) return ['wifi', 'ethernet'].includes(connection.type);
  return (connection?.effectiveType ?? '4g') === '4g' && matchMedia('(pointer: fine)').matches;
}

/** @typedef {import('../../classifier/engine-packs.js').OpenedPack} OpenedPack */
/** @typedef {import('../../pack').Variant} Variant */

/** @param {OpenedPack} opened @returns {Promise<Variant[]>} that are not on this device */
async function missingOf({ folder, pack, imported }) {
  const kept = await keptPaths();
  return imported !== null ? [] : pack.variants.filter(({ file }) => !kept.has(new URL(file, folder).pathname));
}

/**
 * Where the browser says nothing of its network, the person is asked instead.
 * @param {OpenedPack} opened @param {string} key to write it down under
 * @param {AbortSignal} signal @param {import('../../app.js').App} app
 */
export async function chooseVariant(opened, key, signal, app) {
  const { variants } = opened.pack;
  const missing = await missingOf(opened);
  const bytes = missing.reduce((sum, variant) => sum + variant.bytes, 0);
  const is_small = bytes <= MOST_FETCHED_BYTES;
  const left_out = is_small && isNetworkFree() ? [] : missing;
  const here = variants.filter((variant) => !left_out.includes(variant));
  if (here.length > 1) await measureAll(opened, key, here, { signal, left_out });
  else if (is_small && navigator.onLine && !('connection' in navigator) && buildsHere().chosen && !signal.aborted) {
    await offerVariants(app, key, bytes, (options) => measureAll(opened, key, variants, options));
  }
}

/** @param {OpenedPack} opened @param {string} key @param {Variant[]} here @param {import('./offer.js').Options & {left_out?: Variant[]}} options
 *  @returns {Promise<import('../../lib/measured.js').MeasuredChoice | null>} that was written down */
async function measureAll(opened, key, here, { signal, onStep = () => {}, onBytes = () => {}, left_out = [] }) {
  const { chosen } = buildsHere();
  if (!chosen) return null;
  const picture = await testPicture();
  const rows = [];
  for (const [index, { name }] of here.entries()) {
    signal.throwIfAborted();
    onStep(name, index);
    rows.push(figuresOf(await measure(engine.packs, opened, { variant: name, ...chosen }, { picture, signal, onBytes, runs_ms: RUNS_MS, fewest_runs: FEWEST_RUNS })));
  }
  signal.throwIfAborted();
  const advice = adviceOf(rows, here, chosen);
  if (!advice || advice.reason === 'advice_alone') return null;
  /** @type {import('../../lib/measured.js').MeasuredChoice} */
  const choice = {
    key, variant: advice.variant, is_default: advice.variant === opened.pack.default_variant, reason: advice.reason, when: Date.now(), left_out: left_out.map(({ name }) => name),
    rows: rows.map(({ variant, median_ms, num_runs }) => ({ variant, median_ms, num_runs })),
  };
  rememberChoice(choice);
  return choice;
}
