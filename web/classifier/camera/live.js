/* live.js: the live view read picture by picture: as soon as one is answered
 * the newest goes, and what came between is left out. Owns the loop and the last
 * pictures; what is read, and by whom, it is told. */

import { SIDE, isSmallIn } from './fill.js';
import { Shots } from './shots.js';

/** @typedef {import('../../lib/crop.js').Crop} Crop */
/** @typedef {import('../protocol.js').Result} Result */
/** @typedef {{width: number, height: number}} Size */

/** Many more pixels a side than the model takes tell it nothing, and each costs time. */
const PIXELS_OF_INPUT = 1.5;
/** So seldom is a whole picture kept: each costs a copy, and the shutter chooses among a few. */
const SHOT_MS = 200;
/** Over so many answers is their rate told. */
const NUM_TIMED = 20;
/** So seldom is it looked how much of the square the thing fills: its pixels may have to be read back. */
const FILL_MS = 250;
/** After a failure the camera runs on, and the next picture is tried later. */
const RETRY_MS = 1000;

export class LiveReader {
  /**
   * @param {HTMLVideoElement} video
   * @param {{input: Size, isCentred: boolean, crop: () => Crop | null, read: (bitmap: ImageBitmap) => Promise<Result>,
   *   onReading: (result: Result, now_ms: number, isSmall: boolean) => void, onFailure: (error: unknown) => void}} context
   *   isCentred: one thing in the middle is wanted; isSmall: it fills little of the square. crop: what is judged of the
   *   picture; null: not known yet
   */
  constructor(video, context) {
    /** @private */ this.video = video;
    /** @private */ this.context = context;
    /** @private @type {Shots<ImageBitmap>} */ this.shots = new Shots();
    /** The loop that runs; another number is another loop. @private */ this.num_loops = 0;
    /** @private */ this.shot_ms = -SHOT_MS;
    /** @private */ this.fill_ms = -FILL_MS;
    /** @private */ this.is_small = false;
    /** @private @type {number[]} when the last answers came */ this.times_ms = [];
    /** Of the newest answer, from the picture on. */ this.last_ms = 0;
  }

  start() {
    const mine = ++this.num_loops;
    this.times_ms = [];
    this.run(() => mine === this.num_loops);
  }

  stop() {
    this.num_loops++;
    this.shots.clear();
  }

  /** @returns {number | null} answers a second */
  get rate() {
    const [first] = this.times_ms;
    const last = this.times_ms.at(-1);
    return first !== undefined && last !== undefined && last > first ? ((this.times_ms.length - 1) * 1000) / (last - first) : null;
  }

  /** @returns {ImageBitmap | null} the sharpest of the last pictures, the caller's to close */
  take() { return this.shots.take(performance.now()); }

  /** @param {() => boolean} isWanted @private */
  async run(isWanted) {
    const pictures = new Pictures(this.video, isWanted);
    while (isWanted()) {
      try {
        await pictures.newer();
        if (isWanted()) await this.readOne(isWanted);
      } catch (error) {
        if (!isWanted()) return;
        this.context.onFailure(error);
        await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
      }
    }
  }

  /** @param {() => boolean} isWanted @private */
  async readOne(isWanted) {
    const { video, context } = this;
    const crop = context.crop();
    if (!crop || video.videoWidth === 0) return;
    const taken_ms = performance.now();
    const is_shot = taken_ms - this.shot_ms >= SHOT_MS;
    const [whole, square] = await Promise.all([is_shot ? createImageBitmap(video) : null, squareOf(video, crop, context.input)]);
    if (context.isCentred && taken_ms - this.fill_ms >= FILL_MS) {
      this.fill_ms = taken_ms;
      this.is_small = isSmallIn(coarse(square));
    }
    let result;
    try {
      result = await context.read(square);
    } catch (error) {
      whole?.close();
      throw error;
    }
    const now_ms = performance.now();
    if (!isWanted()) return whole?.close();
    if (whole) {
      this.shot_ms = taken_ms;
      this.shots.add(whole, result.quality?.sharpness ?? 0, taken_ms);
    }
    this.last_ms = now_ms - taken_ms;
    this.times_ms = [...this.times_ms, now_ms].slice(-NUM_TIMED);
    context.onReading(result, now_ms, this.is_small);
  }
}

/** @param {HTMLVideoElement} video @param {Crop} crop @param {Size} input @returns {ImageBitmap | Promise<ImageBitmap>} */
function squareOf(video, crop, input) {
  const { videoWidth, videoHeight } = video;
  const part = {
    x: Math.round(crop.x * videoWidth), y: Math.round(crop.y * videoHeight),
    width: Math.max(1, Math.round(crop.width * videoWidth)), height: Math.max(1, Math.round(crop.height * videoHeight)),
  };
  const most = { width: Math.round(input.width * PIXELS_OF_INPUT), height: Math.round(input.height * PIXELS_OF_INPUT) };
  const is_larger = part.width > most.width;
  return cutOut(video, part, is_larger ? most : part) ?? createImageBitmap(video, part.x, part.y, part.width, part.height,
    is_larger ? { resizeWidth: most.width, resizeHeight: most.height, resizeQuality: 'medium' } : {});
}

/** @type {CanvasRenderingContext2D | null} */
let small = null;

/** @param {ImageBitmap} square @returns {Uint8ClampedArray} [SIDE, SIDE, 4], as the browser makes it small */
function coarse(square) {
  small ??= Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE }).getContext('2d', { alpha: false, willReadFrequently: true });
  if (!small) return new Uint8ClampedArray();
  small.imageSmoothingQuality = 'medium';
  small.drawImage(square, 0, 0, SIDE, SIDE);
  return small.getImageData(0, 0, SIDE, SIDE).data;
}

/** Kept for the next picture of the same size. @type {OffscreenCanvas | null} */
let canvas = null;

/**
 * By WebCodecs only the part's colours are converted, not the whole picture's: measured for 720 x 720 of 1280 x 720, half of
 * what createImageBitmap takes.
 * @param {HTMLVideoElement} video @param {Crop} part in its pixels @param {Size} size
 * @returns {ImageBitmap | null} null: not in this browser, or the picture is turned or stretched when it is shown
 */
function cutOut(video, part, size) {
  if (typeof VideoFrame === 'undefined' || typeof OffscreenCanvas === 'undefined') return null;
  /** @type {VideoFrame[]} */
  const frames = [];
  try {
    const whole = new VideoFrame(video);
    frames.push(whole);
    const { displayWidth, displayHeight, visibleRect: seen } = whole;
    const as_shown = [displayWidth, seen?.width].every((one) => one === video.videoWidth)
      && [displayHeight, seen?.height].every((one) => one === video.videoHeight);
    if (!seen || !as_shown || Reflect.get(whole, 'rotation') || Reflect.get(whole, 'flip')) return null;
    const even = (/** @type {number} */ px) => px - (px % 2); // colours are stored for two pixels by two
    const cut = new VideoFrame(whole, {
      visibleRect: { x: seen.x + even(part.x), y: seen.y + even(part.y), width: Math.max(2, even(part.width)), height: Math.max(2, even(part.height)) },
    });
    frames.push(cut);
    if (canvas?.width !== size.width || canvas.height !== size.height) canvas = new OffscreenCanvas(size.width, size.height);
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) return null;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(cut, 0, 0, size.width, size.height);
    return canvas.transferToImageBitmap();
  } catch {
    return null; // a kind of frame that cannot be cut
  } finally {
    for (const frame of frames) frame.close();
  }
}

/** Tells whether the video shows another picture than the last time. */
class Pictures {
  /** @param {HTMLVideoElement} video @param {() => boolean} isWanted */
  constructor(video, isWanted) {
    /** @private */ this.num_shown = 0;
    /** @private */ this.num_seen = 0;
    /** @private */ this.wake = () => {};
    const again = () => {
      this.num_shown++;
      this.wake();
      if (isWanted()) next();
    };
    const next = () => ('requestVideoFrameCallback' in video ? video.requestVideoFrameCallback(again) : requestAnimationFrame(again));
    next();
  }

  /** Resolves at once where one has come since. */
  async newer() {
    if (this.num_shown === this.num_seen) await new Promise((resolve) => { this.wake = () => resolve(undefined); });
    this.num_seen = this.num_shown;
  }
}
