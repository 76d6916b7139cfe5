/* dicom.js: a DICOM file's one frame as a PNG, as a viewer would show it.
 * Nothing of the header leaves this file: no name, no date, no number. The
 * format is dicom-parser's affair (MIT); lossless JPEG jpeg-lossless-decoder-js's
 * (MIT); JPEG of twelve bits our own, JPEG 2000 and JPEG-LS OpenJPEG's and CharLS's
 * (codestreams.js); other JPEG the browser's. Video is refused by name. */

import dicomParser from 'dicom-parser';
import { InsituError } from '../protocol.js';
import { colourPixels, palettePixels, unpackSegments } from './colour.js';
import { decodedCodestream } from './codestreams.js';
import { losslessJpeg, samplesOf, unpackRuns } from './frame.js';
import { greyPixels, storedValue } from './grey.js';

/** @typedef {import('dicom-parser').DataSet} DataSet */
/** @typedef {{width: number, height: number, samplesPerPixel: number, photometric: string, isPlanar: boolean,
 *   bitsAllocated: number, bitsStored: number, highBit: number, isSigned: boolean}} Shape */

/** INSITU_MAX_FILE_BYTES, INSITU_MAX_SIDE_PX: said before anything is read. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_SIDE_PX = 32768;
const MAX_PIXELS = 16_777_216;

const SYNTAX = '1.2.840.10008.1.2';
const BIG_ENDIAN = `${SYNTAX}.2`;
const DEFLATED = `${SYNTAX}.1.99`;
const RUNS = `${SYNTAX}.5`;
const RAW = [SYNTAX, `${SYNTAX}.1`, BIG_ENDIAN, DEFLATED];
/** Which coding it is, its own header says: some writers name another. */
const JPEG = /\.4\.(5\d|70)$/;
const LOSSLESS_FRAME = 0xc3;
/** With as many bits of grey as no browser reads. */
const DEEP_FRAMES = [0xc0, 0xc1];
const DEEP_BITS = 12;
/** JPEG 2000 with either kind of its blocks: from 201 on they are of high throughput. @type {[RegExp, import('./codestream.js').Coding][]} */
const CODESTREAMS = [[/\.4\.8[01]$/, 'JPEG-LS'], [/\.4\.(9[01]|20[123])$/, 'JPEG 2000']];
/** OpenJPEG gives red, green and blue where the codestream says that it is made of these (PS3.5, 8.2.4). */
const TRANSFORMED = ['YBR_RCT', 'YBR_ICT'];

/** @param {Blob} blob @returns {Promise<Blob>} PNG @throws {InsituError} */
export async function pictureOfDicom(blob) {
  if (blob.size > MAX_FILE_BYTES) throw new InsituError('too-large', `the file has ${blob.size} bytes, but at most ${MAX_FILE_BYTES} are read`);
  const { data, syntax } = await parse(new Uint8Array(await blob.arrayBuffer()));
  const shape = shapeOf(data);
  return drawn(shape, await pixelsOf(data, syntax, shape));
}

/** @param {Uint8Array} bytes @returns {Promise<{data: DataSet, syntax: string}>} data: as far as it can be read; whether the
 *  picture is whole is seen later */
async function parse(bytes) {
  try {
    const head = /** @type {DataSet & {position: number}} */ (/** @type {any} */ (dicomParser).readPart10Header(bytes));
    const { position } = head;
    const syntax = (head.string('x00020010') ?? '').trim();
    if (syntax === DEFLATED) {
      const inflated = await inflateAll(bytes.subarray(position));
      const whole = new Uint8Array(position + inflated.length);
      whole.set(bytes.subarray(0, position));
      whole.set(inflated, position);
      return { data: dataOf(() => dicomParser.parseDicom(bytes, { inflater: () => whole })), syntax };
    }
    // Some writers say explicit and write implicit: where a representation should stand are two letters, or none.
    const letters = String.fromCharCode(Number(bytes[position + 4]), Number(bytes[position + 5]));
    const is_implicit = syntax !== SYNTAX && syntax !== BIG_ENDIAN && !/^[A-Z]{2}$/.test(letters);
    return { data: dataOf(() => (is_implicit ? implicitData(bytes, position) : dicomParser.parseDicom(bytes))), syntax };
  } catch (error) {
    if (error instanceof InsituError) throw error;
    throw new InsituError('damaged', `the DICOM file cannot be read: ${reasonOf(error)}`);
  }
}

/** @param {any} error dicom-parser throws texts, errors, and objects that hold one @returns {string} */
const reasonOf = (error) => String(error?.exception ?? error?.message ?? error);

/** What was read before the end, where the file ends too early. @param {() => DataSet} read @returns {DataSet} */
function dataOf(read) {
  try {
    return read();
  } catch (error) {
    const { dataSet } = /** @type {{dataSet?: DataSet}} */ (error ?? {});
    if (dataSet?.elements) return dataSet;
    throw error;
  }
}

/** @param {Uint8Array} bytes @param {number} position @returns {DataSet} */
function implicitData(bytes, position) {
  const parser = /** @type {any} */ (dicomParser);
  const stream = new parser.ByteStream(parser.littleEndianByteArrayParser, bytes, position);
  const data = new parser.DataSet(stream.byteArrayParser, stream.byteArray, {});
  parser.parseDicomDataSetImplicit(data, stream, bytes.length);
  return data;
}

/** Writers put a byte behind that makes the length even, or gzip's checksum; the browser refuses both.
 *  @param {Uint8Array} bytes @param {number} [spare] @returns {Promise<Uint8Array>} */
const inflateAll = (bytes, spare = 0) => inflate(bytes.subarray(0, bytes.length - spare))
  .catch((error) => (spare < 8 && !(error instanceof InsituError) ? inflateAll(bytes, spare + 1) : Promise.reject(error)));

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
async function inflate(bytes) {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  /** @type {Uint8Array[]} */
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
    if (length > 4 * MAX_FILE_BYTES) throw new InsituError('too-large', 'the DICOM file is larger than can be read once it is inflated');
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** @param {DataSet} data @returns {Shape} */
function shapeOf(data) {
  const [height, width] = [data.uint16('x00280010'), data.uint16('x00280011')];
  if (!height || !width || !data.elements.x7fe00010) {
    throw new InsituError('unsupported', 'this DICOM file holds no picture (a report, a list or a plan)');
  }
  if (width > MAX_SIDE_PX || height > MAX_SIDE_PX || width * height > MAX_PIXELS) {
    throw new InsituError('too-large', `the DICOM picture has ${width} x ${height} pixels; at most ${MAX_SIDE_PX} a side and ${MAX_PIXELS} in all are read`);
  }
  const frames = data.intString('x00280008') ?? 1;
  if (frames > 1) throw new InsituError('several-frames', `this DICOM file holds ${frames} frames; only files of one frame are read: save the one that you mean by itself`);
  const bitsAllocated = data.uint16('x00280100') ?? 8;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) throw new InsituError('unsupported', `the DICOM picture has ${bitsAllocated} bits a sample; 8 and 16 are read`);
  const bitsStored = data.uint16('x00280101') ?? bitsAllocated;
  const highBit = data.uint16('x00280102') ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit >= bitsAllocated || highBit + 1 < bitsStored) {
    throw new InsituError('damaged', `the DICOM file says ${bitsStored} bits up to bit ${highBit} of ${bitsAllocated}`);
  }
  const samplesPerPixel = data.uint16('x00280002') ?? 1;
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) throw new InsituError('unsupported', `the DICOM picture has ${samplesPerPixel} samples a pixel; 1 and 3 are read`);
  return {
    width, height, bitsAllocated, bitsStored, highBit, samplesPerPixel,
    photometric: (data.string('x00280004') ?? '').trim(),
    isPlanar: data.uint16('x00280006') === 1,
    isSigned: data.uint16('x00280103') === 1,
  };
}

/** @param {DataSet} data @param {string} syntax @returns {Uint8Array} of the frame, out of its fragments */
function frameBytes(data, syntax) {
  const element = /** @type {import('dicom-parser').Element} */ (data.elements.x7fe00010);
  if (RAW.includes(syntax)) return data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  const pieces = element.fragments?.map(({ position, length }) => data.byteArray.subarray(position, position + length))
    ?? fragmentsAt(data.byteArray, element.dataOffset);
  if (pieces.length === 0) throw new InsituError('truncated', 'the DICOM file ends before its picture');
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The items behind the table of offsets, which is the first (PS3.5 annex A.4). @param {Uint8Array} bytes @param {number} at */
function fragmentsAt(bytes, at) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** @type {Uint8Array[]} */
  const pieces = [];
  for (let offset = at; offset + 8 <= bytes.length && view.getUint32(offset, true) === 0xe000fffe;) {
    const length = view.getUint32(offset + 4, true);
    pieces.push(bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
  }
  return pieces.slice(1);
}

/** @param {DataSet} data @param {string} syntax @param {Shape} shape @returns {Promise<Uint8ClampedArray<ArrayBuffer>>} RGBA */
async function pixelsOf(data, syntax, shape) {
  const { width, height, samplesPerPixel, photometric, bitsAllocated } = shape;
  const num_pixels = width * height;
  const is_ybr422 = photometric === 'YBR_FULL_422' && RAW.includes(syntax);
  const num_bytes = num_pixels * (is_ybr422 ? 2 : samplesPerPixel) * (bitsAllocated / 8);
  const bytes = frameBytes(data, syntax);
  const [coding, , , jpeg_bits = 0] = JPEG.test(syntax) ? frameHeader(bytes) : [];
  const is_deep = coding !== undefined && DEEP_FRAMES.includes(coding) && jpeg_bits === DEEP_BITS && samplesPerPixel === 1;
  if (JPEG.test(syntax) && coding !== LOSSLESS_FRAME && !is_deep) return fromJpeg(data, bytes, shape, jpeg_bits);
  /** @type {Uint8Array} */
  let samples;
  let is_planar = shape.isPlanar;
  let { bitsStored, highBit } = shape;
  let bytes_per_sample = bitsAllocated / 8;
  const codestream = is_deep ? 'JPEG' : CODESTREAMS.find(([pattern]) => pattern.test(syntax))?.[1];
  if (RAW.includes(syntax)) {
    if (bytes.length < num_bytes) throw new InsituError('truncated', `the DICOM picture has ${bytes.length} of ${num_bytes} bytes`);
    const is_of_words = syntax === BIG_ENDIAN && bitsAllocated === 8 && data.elements.x7fe00010?.vr === 'OW';
    samples = is_of_words ? bytes.slice(0, num_bytes + (num_bytes & 1)).map((_, index) => Number(bytes[index ^ 1])) : bytes.subarray(0, num_bytes);
  } else if (syntax === RUNS) {
    samples = unpackRuns(bytes, num_pixels, samplesPerPixel, bitsAllocated);
    is_planar = true;
  } else if (coding === LOSSLESS_FRAME) {
    samples = losslessJpeg(bytes, num_bytes);
    is_planar = false;
  } else if (codestream) {
    const decoded = await decodedCodestream(codestream, bytes, { width, height, samplesPerPixel });
    samples = decoded.samples;
    is_planar = decoded.isPlanar;
    bytes_per_sample = decoded.bits > 8 ? 2 : 1;
    highBit = Math.min(highBit, decoded.bits - 1); // the codestream knows better where its samples end, and their sign is
    bitsStored = Math.min(bitsStored, highBit + 1);
    if (is_deep && !shape.isSigned) [highBit, bitsStored] = [DEEP_BITS - 1, DEEP_BITS]; // lossy, it goes a little beyond those stored
  } else {
    throw new InsituError('unsupported', `the DICOM picture is compressed as transfer syntax ${syntax}, which is not read here: `
      + 'save it uncompressed, or as JPEG or PNG');
  }
  const raw = samplesOf(samples, 8 * bytes_per_sample, syntax === BIG_ENDIAN);
  // Whatever the label says, decompressed samples are one of each colour for each pixel.
  return samplesPerPixel === 3
    ? colourPixels(raw, num_pixels, { isPlanar: is_planar, highBit,
      photometric: is_ybr422 ? photometric : TRANSFORMED.includes(photometric) ? 'RGB' : photometric.replace('_422', '') })
    : ofOneSample(data, raw, { ...shape, bitsStored, highBit });
}

/** @param {DataSet} data @param {ArrayLike<number>} raw @param {Shape} shape */
function ofOneSample(data, raw, shape) {
  const { photometric } = shape;
  const value = storedValue(shape);
  const stored = new Int32Array(raw.length);
  for (let i = 0; i < stored.length; i++) stored[i] = value(Number(raw[i]));
  if (photometric === 'PALETTE COLOR') return palettePixels(stored, paletteOf(data));
  if (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2') {
    throw new InsituError('unsupported', `the DICOM picture's colours are "${photometric}", which is not read`);
  }
  return greyPixels(stored, {
    rescale: rescaleOf(data, shape),
    window: windowOf(data, shape),
    padding: paddingOf(data, value),
    isInverted: photometric === 'MONOCHROME1',
  });
}

/** @param {DataSet | undefined} data @param {string} tag @returns {DataSet | undefined} the first item of a sequence */
const firstItem = (data, tag) => data?.elements[tag]?.items?.[0]?.dataSet;

/** Enhanced files name it for the frame or for all of them, classic ones at the top. @param {DataSet} data @param {string} tag
 *  @returns {DataSet} */
const ofFrame = (data, tag) => firstItem(firstItem(data, 'x52009230'), tag) ?? firstItem(firstItem(data, 'x52009229'), tag) ?? data;

/** @param {DataSet} data @param {Shape} shape @returns {import('./grey.js').Rescale | import('./grey.js').Table} */
function rescaleOf(data, shape) {
  const table = tableOf(firstItem(data, 'x00283000'), shape.isSigned);
  if (table) return table;
  const named = ofFrame(data, 'x00289145');
  return { slope: named.floatString('x00281053') ?? 1, intercept: named.floatString('x00281052') ?? 0 };
}

/** @param {DataSet} data @param {Shape} shape @returns {import('./grey.js').Window | import('./grey.js').Table | null} */
function windowOf(data, shape) {
  const named = ofFrame(data, 'x00289132');
  const table = tableOf(firstItem(named, 'x00283010'), shape.isSigned || Number(ofFrame(data, 'x00289145').floatString('x00281052') ?? 0) < 0);
  if (table) return table;
  const [center, width] = [named.floatString('x00281050'), named.floatString('x00281051')];
  const shapes = /** @type {const} */ (['LINEAR', 'LINEAR_EXACT', 'SIGMOID']);
  const shown = shapes.find((one) => one === named.string('x00281056')?.trim()) ?? 'LINEAR';
  if (center === undefined || width === undefined || !(shown === 'LINEAR' ? width >= 1 : width > 0)) return null;
  return { center, width, shape: shown };
}

/** @param {DataSet | undefined} item of a sequence of tables @param {boolean} isSigned what it is looked up by
 *  @returns {import('./grey.js').Table | null} */
function tableOf(item, isSigned) {
  const element = item?.elements.x00283006;
  if (!item || !element?.length) return null; // some writers leave all that a table may have, empty
  const [length, first, bits] = [0, 1, 2].map((index) => Number(item.uint16('x00283002', index)));
  const count = length || 65536; // 0: more than 16 bits can say
  const is_packed = element.length < 2 * count;
  if (element.length < count || !(Number(bits) >= 1 && Number(bits) <= 16)) throw new InsituError('damaged', 'the DICOM picture has no whole table of greys');
  const entries = Uint16Array.from({ length: count }, (_, index) => Number(is_packed ? item.byteArray[element.dataOffset + index] : item.uint16('x00283006', index)));
  return { first: isSigned ? (Number(first) << 16) >> 16 : Number(first), entries, bits: Number(bits) };
}

/** @param {DataSet} data @param {(raw: number) => number} value @returns {[number, number] | null} */
function paddingOf(data, value) {
  if (!data.elements.x00280120) return null;
  const ends = [value(Number(data.uint16('x00280120'))), value(Number(data.uint16(data.elements.x00280121 ? 'x00280121' : 'x00280120')))];
  return [Math.min(...ends), Math.max(...ends)];
}

/** @param {DataSet} data */
function paletteOf(data) {
  const [length, first, bits] = [0, 1, 2].map((index) => Number(data.uint16('x00281101', index)));
  const count = length || 65536; // 0: more than 16 bits can say
  const channels = [1, 2, 3].map((colour) => {
    const plain = data.elements[`x0028120${colour}`];
    const element = plain?.length ? plain : data.elements[`x0028122${colour}`]; // in segments
    const is_of_bytes = element === plain ? Number(plain?.length) < 2 * count : bits === 8;
    const { dataOffset = 0, length: num_bytes = 0, tag = '' } = element ?? {};
    const words = is_of_bytes ? data.byteArray.subarray(dataOffset, dataOffset + num_bytes)
      : Uint16Array.from({ length: num_bytes >> 1 }, (_, index) => Number(data.uint16(tag, index)));
    const entries = element === plain ? words : unpackSegments(words, count);
    if (entries.length < count) throw new InsituError('damaged', 'the DICOM picture has no whole palette');
    return Uint8Array.from(entries, (entry) => entry >> (is_of_bytes || bits === 8 ? 0 : 8)).subarray(0, count);
  });
  return { first: Number(first), channels: /** @type {[Uint8Array, Uint8Array, Uint8Array]} */ (channels) };
}

/** Its colours are already red, green and blue: told to the browser in Adobe's segment, or it would convert them. Firefox
 *  tells what a picture is by the first piece of a Blob: that holds the start as well. */
const RGB_START = [0xff, 0xd8, 0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];

/** The first one, from its code on (T.81, B.2.2). @param {Uint8Array} bytes @returns {Uint8Array} */
function frameHeader(bytes) {
  for (let at = 2; ;) {
    const [code = 0, high = 0, low = 0] = bytes.subarray(at + 1);
    if (at >= bytes.length || (code >= 0xc0 && code <= LOSSLESS_FRAME)) return bytes.subarray(at + 1);
    at += 2 + 256 * high + low;
  }
}

/** @param {DataSet} data @param {Uint8Array} bytes @param {Shape} shape @param {number} bits a sample, by the JPEG @returns {Promise<Uint8ClampedArray<ArrayBuffer>>} */
async function fromJpeg(data, bytes, shape, bits) {
  const is_rgb = shape.photometric === 'RGB';
  const jpeg = is_rgb ? new Blob([new Uint8Array(RGB_START), bytes.slice(2)]) : new Blob([bytes.slice()]);
  let bitmap;
  try {
    bitmap = await createImageBitmap(jpeg, { colorSpaceConversion: 'none' });
  } catch (error) {
    if (bits > 8) throw new InsituError('unsupported', `the DICOM picture's JPEG has ${bits} bits a sample; 8 are read, or ${DEEP_BITS} of grey in one pass: save it uncompressed, or as JPEG or PNG`);
    throw new InsituError('damaged', `the DICOM picture's JPEG cannot be read: ${/** @type {Error} */ (error).message}`);
  }
  const { pixels } = canvasOf(bitmap.width, bitmap.height, (context) => context.drawImage(bitmap, 0, 0));
  const is_same = bitmap.width === shape.width && bitmap.height === shape.height;
  bitmap.close();
  if (!is_same) throw new InsituError('damaged', 'the DICOM picture and its JPEG have different sizes');
  if (shape.samplesPerPixel === 3) return pixels;
  return ofOneSample(data, Uint8Array.from({ length: shape.width * shape.height }, (_, index) => Number(pixels[4 * index])), { ...shape, highBit: 7, bitsStored: 8 });
}

/** @param {number} width @param {number} height @param {(context: CanvasRenderingContext2D) => void} draw */
function canvasOf(width, height, draw) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new InsituError('out-of-memory', `there is no memory for ${width} x ${height} pixels`);
  draw(context);
  return { canvas, pixels: /** @type {Uint8ClampedArray<ArrayBuffer>} */ (context.getImageData(0, 0, width, height).data) };
}

/** @param {Shape} shape @param {Uint8ClampedArray<ArrayBuffer>} pixels @returns {Promise<Blob>} */
function drawn({ width, height }, pixels) {
  const { canvas } = canvasOf(width, height, (context) => context.putImageData(new ImageData(pixels, width, height), 0, 0));
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob)
    : reject(new InsituError('out-of-memory', `there is no memory for ${width} x ${height} pixels`))), 'image/png'));
}
