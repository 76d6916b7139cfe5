/* element-photo.js: the one photo that an element holds. Owns its address, which
 * is given back when the photo goes, and the answer that is worked out ahead. */

import { Ahead } from './element-ahead.js';
import { readablePicture } from './intake.js';

/** isFromCamera: the next one will be too. info: once its header is read. answer: once there is one.
 * @typedef {{blob: Blob, name: string, url: string, crop: import('./protocol.js').Crop | null, isFromCamera: boolean,
 *   prior: import('./protocol.js').Prior | null, info: {width: number, height: number} | null,
 *   answer: {result: import('./protocol.js').Result, square: import('./protocol.js').Square} | null}} Photo */
/** crop: the square at first. prior: of this photo alone; null: the element's.
 * @typedef {{isFromCamera?: boolean, crop?: import('./protocol.js').Crop | null, prior?: import('./protocol.js').Prior | null}} PhotoOptions */

export class HeldPhoto {
  constructor() {
    /** @type {Photo | null} */ this.photo = null;
    this.ahead = new Ahead();
  }

  /** In place of the one before. @param {Blob} blob @param {string} name @param {PhotoOptions} options @returns {Photo} */
  hold(blob, name, { isFromCamera = false, crop = null, prior = null }) {
    this.forget();
    this.photo = { blob, name, url: URL.createObjectURL(blob), crop, isFromCamera, prior, info: null, answer: null };
    return this.photo;
  }

  /** What is no picture format becomes a picture, which is then the one shown. @param {Photo} photo */
  async read(photo) {
    const picture = await readablePicture(photo.blob);
    if (picture === photo.blob) return;
    photo.blob = picture;
    if (this.photo !== photo) return; // another came meanwhile
    URL.revokeObjectURL(photo.url);
    photo.url = URL.createObjectURL(picture);
  }

  forget() {
    this.ahead.drop();
    if (this.photo) URL.revokeObjectURL(this.photo.url);
    this.photo = null;
  }
}

/** @param {Blob} blob @returns {string} */
export const nameOf = (blob) => (blob instanceof File ? blob.name : 'photo');
