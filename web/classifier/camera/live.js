/* live.js: the live view read picture by picture: as soon as one is answered
 * the newest goes, and what came between is left out. Owns the loop and the last
 * pictures; what is read, and by whom, it is told. */

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
/** After a failure the camera runs on, and the next picture is tried later. */
const RETRY_MS = 1000;

export class LiveReader {
  /**
   * @param {HTMLVideoElement} video
   * @param {{input: Size, crop: () => Crop | null, read: (bitmap: ImageBitmap) => Promise<Result>,
   *   onReading: (result: Result, now_ms: number) => void, onFailure: (error: unknown) => void}} context
   *   crop: what is judged of the picture; null: not known yet
   */
  constructor(video, context) {
    /** @private */ this.video = video;
    /** @private */ this.context = context;
    /** @private @type {Shots<ImageBitmap>} */ this.shots = new Shots();
    /** The loop that runs; another number is another loop. @private */ this.num_loops = 0;
    /** @private */ this.shot_ms = -SHOT_MS;
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
    context.onReading(result, now_ms);
  }
}

/** @param {HTMLVideoElement} video @param {Crop} crop @param {Size} input */
function squareOf(video, crop, input) {
  const { videoWidth, videoHeight } = video;
  const width = Math.max(1, Math.round(crop.width * videoWidth));
  const height = Math.max(1, Math.round(crop.height * videoHeight));
  const most = { resizeWidth: Math.round(input.width * PIXELS_OF_INPUT), resizeHeight: Math.round(input.height * PIXELS_OF_INPUT) };
  return createImageBitmap(video, Math.round(crop.x * videoWidth), Math.round(crop.y * videoHeight), width, height,
    width > most.resizeWidth ? { ...most, resizeQuality: 'medium' } : {});
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
