/* frame.js: one frame's bytes as the file holds them to samples: raw in either
 * byte order, runs (RLE), lossless JPEG. Baseline JPEG is the browser's
 * (dicom.js). Checks every length before it reads. */

// @ts-expect-error its types are named, but not where tsc looks for them
import { Decoder } from 'jpeg-lossless-decoder-js';
import { InsituError } from '../protocol.js';

/** @param {Uint8Array} bytes @param {number} bits 8 or 16 @param {boolean} isBigEndian @returns {Uint8Array | Uint16Array} */
export function samplesOf(bytes, bits, isBigEndian) {
  if (bits === 8) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const samples = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getUint16(2 * i, !isBigEndian);
  return samples;
}

/**
 * PS3.5 annex G: a segment for each byte of each sample, the high byte first.
 * @param {Uint8Array} bytes @param {number} num_pixels @param {number} samples_per_pixel @param {number} bits
 * @returns {Uint8Array} samples, plane after plane, little endian
 */
export function unpackRuns(bytes, num_pixels, samples_per_pixel, bits) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bytes_per_sample = bits / 8;
  const num_segments = samples_per_pixel * bytes_per_sample;
  if (bytes.length < 64 || view.getUint32(0, true) !== num_segments) {
    throw new InsituError('damaged', `the picture's runs should be in ${num_segments} segments`);
  }
  const samples = new Uint8Array(num_pixels * num_segments);
  for (let segment = 0; segment < num_segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < num_segments ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    const plane = Math.floor(segment / bytes_per_sample) * num_pixels * bytes_per_sample;
    const offset = plane + bytes_per_sample - 1 - (segment % bytes_per_sample);
    let written = 0;
    for (let at = start; at < Math.min(end, bytes.length) && written < num_pixels;) {
      const control = view.getInt8(at++);
      if (control === -128) continue;
      const is_run = control < 0;
      const count = is_run ? 1 - control : 1 + control;
      for (let i = 0; i < count && written < num_pixels; i++) {
        samples[offset + bytes_per_sample * written++] = Number(bytes[is_run ? at : at + i]);
      }
      at += is_run ? 1 : count;
    }
    if (written < num_pixels) throw new InsituError('truncated', `a segment of the picture ends after ${written} of ${num_pixels} pixels`);
  }
  return samples;
}

const LOOK_AHEAD_BYTES = 4;

/** @param {Uint8Array} bytes @param {number} num_bytes that there must be @returns {Uint8Array} */
export function losslessJpeg(bytes, num_bytes) {
  const decoder = new Decoder();
  let samples;
  try {
    samples = new Uint8Array(decoder.decompress(/** @type {ArrayBuffer} */ (bytes.slice().buffer)));
  } catch (error) {
    throw new InsituError('damaged', `its lossless JPEG cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  // It reads on behind the end as if there were zeros; a few bytes of that are its looking ahead. Before an end mark it may
  // take the very last sample for a part of that.
  if (decoder.yLoc * decoder.xDim + decoder.xLoc < decoder.xDim * decoder.yDim - 1 || decoder.stream.index > bytes.length + LOOK_AHEAD_BYTES) {
    throw new InsituError('truncated', `its lossless JPEG ends before its picture, after ${bytes.length} bytes`);
  }
  if (samples.length < num_bytes) throw new InsituError('truncated', `its lossless JPEG has ${samples.length} of ${num_bytes} bytes`);
  return samples;
}
