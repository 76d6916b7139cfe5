/* worker-warm.js: what a browser compiles in haste at first it compiles well once
 * it has run for a while. A picture drawn here is decoded a few times while nobody
 * asks for anything, so that a person's first photo is decoded nearly as fast as
 * their second. Each time takes some 10 ms, and has a decoder of its own, as every
 * picture has; the model is not run, which might take any time. */

/** Of 640 x 480, after which Chromium is done with the decoder. */
const ROUNDS = 4;
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

/**
 * What fails here fails again where it is needed, and is told there.
 * @param {(photo: Blob) => Promise<unknown>} decode
 * @param {(step: () => Promise<void>) => Promise<void>} inTurn runs a step between requests
 * @param {() => boolean} isAsked whether somebody has: what is asked warms as well
 */
export async function warmUp(decode, inTurn, isAsked) {
  try {
    const photo = await drawnPhoto();
    for (let round = 0; round < ROUNDS; round++) {
      await inTurn(async () => { if (!isAsked()) await decode(photo); });
      if (isAsked()) return;
    }
    performance.mark('insitu-warm'); // for the tests, and for whoever profiles
  } catch { /* as it is */ }
}
