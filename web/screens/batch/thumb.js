/* thumb.js: the judged square, in its shape, as a small JPEG of one or two
 * kilobytes, for the table: what the model saw, not the photo. Of a picture that was judged before
 * a reload, the same part of its file, read by the browser. */

import { readablePicture } from '../../classifier/intake.js';
import { centreCrop } from '../../lib/crop.js';

const SIDE_PX = 80;

const whole = document.createElement('canvas');
const small = document.createElement('canvas');

/** @param {import('../../classifier/protocol.js').Square} square @returns {Promise<Blob | null>} null: no canvas to be had */
export function thumbOf({ width, height, rgb }) {
  const pixels = new ImageData(width, height);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    pixels.data[to] = Number(rgb[from]);
    pixels.data[to + 1] = Number(rgb[from + 1]);
    pixels.data[to + 2] = Number(rgb[from + 2]);
    pixels.data[to + 3] = 255;
  }
  whole.width = width;
  whole.height = height;
  whole.getContext('2d')?.putImageData(pixels, 0, 0);
  return shrink(whole, { x: 0, y: 0, width: 1, height: 1 });
}

/** @param {Blob} file @param {import('../../classifier/engine-packs.js').Pack['input']} input @returns {Promise<Blob | null>} */
export async function thumbOfFile(file, input) {
  const picture = await createImageBitmap(await readablePicture(file));
  const thumb = await shrink(picture, centreCrop(picture, input, input.crop_fraction));
  picture.close();
  return thumb;
}

/** @param {HTMLCanvasElement | ImageBitmap} from @param {import('../../lib/crop.js').Crop} crop @returns {Promise<Blob | null>} */
function shrink(from, crop) {
  const width = crop.width * from.width;
  const height = crop.height * from.height;
  const scale = SIDE_PX / Math.max(width, height); // not every model reads a square
  small.width = Math.round(width * scale);
  small.height = Math.round(height * scale);
  const context = small.getContext('2d');
  if (!context) return Promise.resolve(null);
  context.imageSmoothingQuality = 'high';
  context.drawImage(from, crop.x * from.width, crop.y * from.height, width, height, 0, 0, small.width, small.height);
  return new Promise((resolve) => small.toBlob(resolve, 'image/jpeg', 0.8));
}
