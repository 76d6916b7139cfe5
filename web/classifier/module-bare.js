/* module-bare.js: how the infer module opens a .tflite file that came without a
 * pack: by what the core finds in it, and by what somebody chose where the file
 * leaves something open. */

/** As protocol.js's. @typedef {{id: string, labels: string | null, output: number, width: number, height: number, low: number,
 *   high: number, bytes: number, sha256: string}} BareModel */
/** Strings in one instance's memory. @typedef {{call: (name: string, ...values: number[]) => number,
 *   putText: (text: string) => number, free: (address: number) => void}} Memory */

/**
 * @param {Memory} memory @param {BareModel} bare @param {number} address of its bytes, which the module takes over
 * @param {number} threads @returns {number} status
 */
export function openBare(memory, { id, labels, output, width, height, low, high, bytes }, address, threads) {
  const texts = [memory.putText(id), labels === null ? 0 : memory.putText(labels)];
  const [name = 0, lines = 0] = texts;
  const status = memory.call('bare_open', address, bytes, name, lines, output, width, height, low, high, threads);
  for (const text of texts) if (text !== 0) memory.free(text);
  return status;
}
