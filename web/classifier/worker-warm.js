/* worker-warm.js: what a browser compiles in haste at first it compiles well once
 * it has run for a while. A picture drawn here is decoded and judged a few times
 * while nobody asks for anything, so that a person's first photo is as fast as
 * their second: half of the time of a 12-megapixel JPEG. Given up at the first request. */

/** Somebody who is about to ask has asked by then. */
const REST_MS = 500;
/** Of 640 x 480, after which Chromium is done with the decoder. */
const ROUNDS = 4;
/** A model that takes so long is not run again for this. */
const LONGEST_MS = 250;

/** As a camera writes it: shapes with grain. @returns {Promise<Blob>} */
async function drawnPhoto() {
  const canvas = new OffscreenCanvas(640, 480);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('there is no canvas');
  const pixels = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = (i & 3) === 3 ? 255 : 128 + 60 * Math.sin(i / 900) + 30 * (Math.random() - 0.5);
  context.putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}

export class WarmUp {
  /** @param {(step: () => Promise<void>) => Promise<void>} inTurn runs a step between requests */
  constructor(inTurn) {
    /** @private */ this.inTurn = inTurn;
    /** @private */ this.is_over = false;
    /** @private @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
  }

  /** @param {(photo: Blob) => Promise<unknown>} judge */
  begin(judge) {
    clearTimeout(this.timer);
    if (!this.is_over && typeof OffscreenCanvas !== 'undefined') this.timer = setTimeout(() => this.run(judge), REST_MS);
  }

  /** Somebody asks: what is asked warms as well. */
  stop() {
    this.is_over = true;
    clearTimeout(this.timer);
  }

  /** What fails here fails again where it is needed, and is told there. @param {(photo: Blob) => Promise<unknown>} judge @private */
  async run(judge) {
    try {
      const photo = await drawnPhoto();
      for (let round = 0; round < ROUNDS && !this.is_over; round++) {
        await this.inTurn(async () => {
          if (this.is_over) return;
          const start = performance.now();
          await judge(photo);
          this.is_over ||= performance.now() - start > LONGEST_MS;
        });
      }
      performance.mark('insitu-warm'); // for the tests, and for whoever profiles
    } catch { /* as it is */ }
    this.is_over = true;
  }
}
