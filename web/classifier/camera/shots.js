/* shots.js: the last pictures of a live view, of which the shutter takes the
 * sharpest: a finger on the screen moves the phone at that moment. Owns their
 * bitmaps, a few at a time, and closes what it drops. */

/** What is older is not what the person saw when they pressed. */
const WINDOW_MS = 700;
/** A bitmap of a whole picture holds some 4 MB. */
const MOST = 3;

/** @typedef {{bitmap: {close: () => void}, sharpness: number, now_ms: number}} Shot */

/** @template {{close: () => void}} B */
export class Shots {
  constructor() {
    /** By age, and by falling sharpness: none is kept that a newer one surpasses.
     * @private @type {{bitmap: B, sharpness: number, now_ms: number}[]} */
    this.kept = [];
  }

  /** @param {B} bitmap taken over @param {number} sharpness @param {number} now_ms when it was taken */
  add(bitmap, sharpness, now_ms) {
    this.keep((shot) => shot.sharpness > sharpness && now_ms - shot.now_ms <= WINDOW_MS);
    this.kept.push({ bitmap, sharpness, now_ms });
    if (this.kept.length > MOST) this.keep((_, index) => index !== MOST - 1); // of the last two the less sharp is the one to miss least
  }

  /** @param {number} now_ms @returns {B | null} the sharpest, the caller's to close; the others go */
  take(now_ms) {
    this.keep((shot) => now_ms - shot.now_ms <= WINDOW_MS);
    const [sharpest] = this.kept.splice(0, 1);
    this.clear();
    return sharpest?.bitmap ?? null;
  }

  clear() { this.keep(() => false); }

  /** @param {(shot: {sharpness: number, now_ms: number}, index: number) => boolean} isKept @private */
  keep(isKept) {
    const before = this.kept;
    this.kept = before.filter(isKept);
    for (const shot of before) if (!this.kept.includes(shot)) shot.bitmap.close();
  }
}
