/* module.js: one instance of a WASM module and the memory traffic with it:
 * the only place that knows the exported names of src/wasm/*_module.c. Runs in
 * the worker. It fetches nothing: compiled modules come from outside. */

import { openBare } from './module-bare.js';

/** @typedef {{glue: string, module: WebAssembly.Module}} ModuleSource */
/** What Emscripten's glue gives back; exports carry a leading underscore.
 * @typedef {Record<string, (...values: number[]) => number> & {HEAPU8: Uint8Array}} Exports */

/** What a model takes beside its file and its packed weights, about: 2.5 MB for
 *  MobileNetV2 at 224 pixels. */
const WORKSPACE_BYTES = 2_500_000;

/** A call that the core refused; status as in src/insitu.h. */
export class ModuleError extends Error {
  /** @param {string} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.name = 'ModuleError';
    this.status = status;
  }
}

/**
 * @param {ModuleSource} source
 * @returns {Promise<Exports>}
 */
async function instantiate({ glue, module }) {
  const { default: create } = await import(glue);
  return new Promise((resolve, reject) => {
    create({
      // The compiled module is given, so that the glue neither fetches nor compiles.
      instantiateWasm(/** @type {WebAssembly.Imports} */ imports,
        /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ receive) {
        // The glue would wait for ever on a module that does not instantiate.
        WebAssembly.instantiate(module, imports).then((instance) => receive(instance, module)).catch(reject);
        return {};
      },
      // Messages reach the page as statuses; nothing is printed.
      print() {},
      printErr() {},
    }).then(resolve, reject);
  });
}

/** Strings and buffers in the memory of one instance. */
class Memory {
  /** @param {Exports} exports @param {string} prefix of the exported names */
  constructor(exports, prefix) {
    this.exports = exports;
    this.prefix = prefix;
  }

  /** @param {string} name @param {...number} values */
  call(name, ...values) {
    const target = this.exports[`_${this.prefix}_${name}`];
    if (!target) throw new TypeError(`the module exports no ${this.prefix}_${name}`);
    return target(...values);
  }

  /** @param {number} size_bytes @returns {number} address */
  alloc(size_bytes) {
    const address = this.call('alloc', size_bytes) >>> 0;
    if (address === 0) {
      throw new ModuleError('out-of-memory', `there is no memory for ${size_bytes} bytes`);
    }
    return address;
  }

  /** Grows once where loading would grow some thirty times, each time renewing
   *  every view: a third of a cold start. More is still had as it is needed.
   *  @param {number} size_bytes */
  reserve(size_bytes) {
    this.free(this.call('alloc', size_bytes)); // refused: loading says what is missing
  }

  /** @param {Uint8Array | Uint8ClampedArray} bytes @returns {number} address, freed with free */
  put(bytes) {
    const address = this.alloc(Math.max(bytes.length, 1));
    this.exports.HEAPU8.set(bytes, address); // read afresh: memory may have grown
    return address;
  }

  /** @param {string} text @returns {number} address of a NUL-terminated copy */
  putText(text) {
    return this.put(new TextEncoder().encode(`${text}\0`));
  }

  /** @param {number} address */
  free(address) { this.call('free', address); }

  /** @param {number} address of a NUL-terminated string @returns {string} */
  text(address) {
    const heap = this.exports.HEAPU8;
    const start = address >>> 0;
    // slice: a TextDecoder refuses views of shared memory.
    return new TextDecoder().decode(heap.slice(start, heap.indexOf(0, start)));
  }

  /** @param {number} address @param {number} size_bytes @returns {Uint8Array<ArrayBuffer>} a copy */
  bytes(address, size_bytes) {
    return new Uint8Array(this.exports.HEAPU8.subarray(address >>> 0, (address >>> 0) + size_bytes));
  }

  /** Throws the last error of the module where `status` is not 0. @param {number} status */
  check(status) {
    if (status !== 0) throw this.lastError();
  }

  /** @returns {ModuleError} */
  lastError() {
    const address = this.call('last_error_json', 0);
    if (address === 0) return new ModuleError('out-of-memory', 'there is no memory left');
    const { status, message } = JSON.parse(this.text(address));
    return new ModuleError(status, message);
  }
}

/** @typedef {{width: number, height: number, crop_fraction: number}} Input */
/** As infer_variant_json gives it. @typedef {{name: string, file: string, bytes: number, sha256: string}} File */
/** @typedef {import('./module-bare.js').BareModel} BareModel */

/**
 * Begun before the core opens the file: both go on at the same time, and
 * nothing is answered before they agree.
 * @param {Uint8Array} heap @param {{address: number, bytes: number}} file
 * @returns {Promise<string> | null} null: no crypto.subtle here (not a secure
 *   context), the core must compare
 */
function digestOf(heap, { address, bytes }) {
  if (!globalThis.crypto?.subtle) return null;
  // A copy is made by digest itself; of shared memory it refuses to.
  const file = heap.buffer instanceof ArrayBuffer
    ? heap.subarray(address, address + bytes) : heap.slice(address, address + bytes);
  return crypto.subtle.digest('SHA-256', /** @type {Uint8Array<ArrayBuffer>} */ (file)).then((digest) =>
    Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** The infer module; with one pack and one classifier once `open` has returned. */
export class InferModule {
  /** What the decode module must prepare. @type {Input} */
  input = { width: 0, height: 0, crop_fraction: 0 };
  /** @private the picture's buffer, reused for every classify */
  rgb = 0;
  /** @private @type {File & {address: number, received: number, bare?: BareModel} | null} what `expect` made room for */
  model = null;

  /** @param {Memory} memory @private */
  constructor(memory) {
    this.memory = memory;
  }

  /** Of the instance's memory, which never shrinks. */
  get sizeBytes() { return this.memory.exports.HEAPU8.length; }

  /** @param {ModuleSource} source */
  static async start(source) {
    return new InferModule(new Memory(await instantiate(source), 'infer'));
  }

  /**
   * Opens a pack and makes room for a variant's file.
   * @param {{pack: string, texts?: string | null, variant: string | null}} wanted
   *   texts: of one language, where pack.json has none; variant null: the pack's default
   * @returns {number} how many bytes the file has, for `receive`
   */
  expect({ pack, texts = null, variant }) {
    const { memory } = this;
    this.drop();
    this.read('pack_open', pack);
    if (texts !== null) this.read('pack_add_texts', texts);
    const name = variant === null ? 0 : memory.putText(variant);
    const found = memory.call('variant_json', name);
    if (name) memory.free(name);
    if (found === 0) throw memory.lastError();
    const file = JSON.parse(memory.text(found));
    return this.makeRoom(file);
  }

  /** Makes room for a file without a pack. @param {BareModel} bare @returns {number} how many bytes it has */
  expectBare(bare) {
    this.drop();
    return this.makeRoom({ name: '', file: bare.id, bytes: bare.bytes, sha256: bare.sha256, bare });
  }

  /** @param {File & {bare?: BareModel}} file @returns {number} @private */
  makeRoom(file) {
    const { memory } = this;
    memory.reserve(2 * file.bytes + WORKSPACE_BYTES);
    this.model = { ...file, address: memory.alloc(file.bytes), received: 0 };
    return file.bytes;
  }

  /** Reads a pack and its texts, and leaves nothing open. @param {string} pack @param {string[]} texts */
  check(pack, texts) {
    this.drop();
    try {
      this.read('pack_open', pack);
      for (const json of texts) this.read('pack_add_texts', json);
    } finally {
      this.memory.call('close');
    }
  }

  /** @returns {unknown} what the open model, which came without a pack, was read as */
  bareReading() {
    const json = this.memory.call('bare_json');
    if (json === 0) throw this.memory.lastError();
    return JSON.parse(this.memory.text(json));
  }

  /** The next bytes of the file. @param {Uint8Array} bytes */
  receive(bytes) {
    const { model, memory } = this;
    if (!model || bytes.length > model.bytes - model.received) {
      throw new RangeError(`${bytes.length} bytes more than the model has`);
    }
    memory.exports.HEAPU8.set(bytes, model.address + model.received); // read afresh: memory may have grown
    model.received += bytes.length;
  }

  /** Opens the file that came. @param {{threads: number, isVerified?: boolean}} options
   *  isVerified: its SHA-256 need not be compared here */
  async open({ threads, isVerified = false }) {
    const { model, memory } = this;
    if (!model || model.received !== model.bytes) throw new RangeError('the model has not come');
    const digest = isVerified ? null : digestOf(memory.exports.HEAPU8, model);
    this.model = null; // the core takes the buffer over, also when it fails
    let status = 0;
    let trap = null;
    try {
      status = model.bare ? openBare(memory, model.bare, model.address, threads)
        : this.openVariant(model, threads, isVerified || digest !== null);
    } catch (error) {
      trap = error; // another file than the pack's would be the cause
    }
    const hex = await digest;
    if (hex !== null && hex !== model.sha256) {
      if (!trap) memory.call('close');
      throw new ModuleError('digest-mismatch', `${model.file} has SHA-256 ${hex}, pack.json says ${model.sha256}`);
    }
    if (trap) throw trap;
    memory.check(status);
    this.input = {
      width: memory.call('input_width'),
      height: memory.call('input_height'),
      crop_fraction: memory.call('input_crop_fraction'),
    };
    if (this.rgb) memory.free(this.rgb);
    this.rgb = memory.alloc(this.input.width * this.input.height * 3);
  }

  /** @param {File & {address: number}} model @param {number} threads @param {boolean} isVerified @returns {number} status @private */
  openVariant({ name, address, bytes }, threads, isVerified) {
    const { memory } = this;
    const text = memory.putText(name);
    const status = memory.call('classifier_open', text, address, bytes, threads, isVerified ? 1 : 0);
    memory.free(text);
    return status;
  }

  /** @param {string} name of a call that takes JSON @param {string} json @private */
  read(name, json) {
    const { memory } = this;
    const bytes = new TextEncoder().encode(json);
    const address = memory.put(bytes);
    const status = memory.call(name, address, bytes.length);
    memory.free(address);
    memory.check(status);
  }

  /** Gives back the room of a file that did not come whole. @private */
  drop() {
    if (this.model) this.memory.free(this.model.address);
    this.model = null;
  }

  /** @param {Uint8Array} rgb [height, width, 3] u8 @param {Uint8Array} picture as the decode module gave it
   *  @param {{prior: number, map: boolean, most_views?: number}} options most_views: 0 for as many as the pack names */
  classify(rgb, picture, { prior, map, most_views = 0 }) {
    const { memory } = this;
    memory.exports.HEAPU8.set(rgb, this.rgb);
    const block = memory.put(picture);
    const status = memory.call('classify', this.rgb, block, picture.length, prior, map ? 1 : 0, most_views);
    memory.free(block);
    memory.check(status);
  }

  /** @param {Uint8Array} picture as the decode module gave it @returns {PictureInfo} */
  pictureInfo(picture) {
    const { memory } = this;
    const block = memory.put(picture);
    const json = memory.call('picture_json', block, picture.length);
    memory.free(block);
    if (json === 0) throw memory.lastError();
    return JSON.parse(memory.text(json));
  }

  /** @param {string} name to show @returns {any} the line of the command */
  answer(name) {
    const file = this.memory.putText(name);
    const address = this.memory.call('answer_json', file);
    this.memory.free(file);
    if (address === 0) throw this.memory.lastError();
    return JSON.parse(this.memory.text(address));
  }
}

/** @typedef {{width: number, height: number, orientation: number, format: string}} PictureInfo width, height: upright */

/** @typedef {{x: number, y: number, width: number, height: number}} Crop in fractions of the upright picture */
/** rgb: [height, width, 3]; picture: the facts, for InferModule alone to read.
 * @typedef {{rgb: Uint8Array<ArrayBuffer>, picture: Uint8Array}} Prepared */

/** The decode module. WASM memory never shrinks, so an instance is thrown away
 *  with its picture; one of a live view's small pictures takes many. */
export class DecodeModule {
  /** @param {Memory} memory @private */
  constructor(memory) {
    this.memory = memory;
  }

  /** @param {ModuleSource} source */
  static async start(source) {
    return new DecodeModule(new Memory(await instantiate(source), 'decode'));
  }

  /** Reads the header alone. @param {Uint8Array} file
   *  @returns {Uint8Array} the picture's facts, for InferModule alone to read */
  probe(file) {
    const { memory } = this;
    const block_bytes = memory.call('picture_bytes');
    const block = memory.alloc(block_bytes);
    this.check(memory.call('probe', memory.put(file), file.length, block));
    return memory.bytes(block, block_bytes);
  }

  /**
   * @param {Uint8Array} file
   * @param {Crop | null} crop null: the centre
   * @param {Input} input
   * @returns {Prepared}
   */
  prepare(file, crop, input) {
    return this.prepared(['prepare', this.memory.put(file), file.length], crop, input);
  }

  /**
   * The same from pixels that the browser decoded.
   * @param {{data: Uint8ClampedArray, width: number, height: number}} pixels upright, [height, width, 4], as a canvas gives them
   * @param {Crop | null} crop @param {Input} input
   */
  preparePixels({ data, width, height }, crop, input) {
    return this.prepared(['prepare_pixels', this.memory.put(data), data.length, width, height], crop, input);
  }

  /** @param {[string, ...number[]]} call its name, and what stands before the crop
   *  @param {Crop | null} crop @param {Input} input @returns {Prepared} @private */
  prepared(call, crop, { width, height, crop_fraction }) {
    const { memory } = this;
    const block_bytes = memory.call('picture_bytes');
    const block = memory.alloc(block_bytes);
    const size_bytes = width * height * 3;
    const rgb = memory.alloc(size_bytes);
    const { x, y, width: crop_width, height: crop_height } = crop ?? { x: 0, y: 0, width: 1, height: 1 };
    this.check(memory.call(...call, crop ? 1 : 0,
      x, y, crop_width, crop_height, width, height, crop_fraction, rgb, block));
    const prepared = { rgb: memory.bytes(rgb, size_bytes), picture: memory.bytes(block, block_bytes) };
    for (const address of [call[1] ?? 0, rgb, block]) memory.free(address);
    return prepared;
  }

  /** @param {number} status @private */
  check(status) {
    if (status === 0) return;
    const { memory } = this;
    throw new ModuleError(memory.text(memory.call('status_name', status)),
      memory.text(memory.call('last_message')));
  }
}
