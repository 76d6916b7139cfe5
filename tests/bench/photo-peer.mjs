// Runs in the page: what a page with a peer's engine does with a photo. The
// browser decodes it, a canvas makes the square small, the floats go to the
// network, which is hot. Leaves its figures in window.benchResult.
import {open, tensorOf} from './engines/litert.mjs';

const SIDE_PX = 224;
const WARM_UP_RUNS = 10;

async function floatsOf(blob) {
  const bitmap = await createImageBitmap(blob);
  const side = Math.min(bitmap.width, bitmap.height);
  const context = new OffscreenCanvas(SIDE_PX, SIDE_PX).getContext('2d', {willReadFrequently: true});
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, SIDE_PX, SIDE_PX);
  bitmap.close();
  const {data} = context.getImageData(0, 0, SIDE_PX, SIDE_PX);
  const values = new Float32Array(SIDE_PX * SIDE_PX * 3);
  for (let i = 0, k = 0; i < data.length; i += 4) {
    for (let c = 0; c < 3; ++c) values[k++] = (data[i + c] / 255 - 0.5) / 0.5;
  }
  return values;
}

try {
  const run = await open('/models/mobilenet_v2_224_int8.tflite');
  const nothing = tensorOf(new Float32Array(SIDE_PX * SIDE_PX * 3));
  for (let i = 0; i < WARM_UP_RUNS; ++i) await run(nothing);
  const blob = await (await fetch(new URLSearchParams(location.search).get('photo'))).blob();
  const start = performance.now();
  const values = await floatsOf(blob);
  const decoded = performance.now();
  const logits = await run(tensorOf(values));
  window.benchResult = {decode_ms: decoded - start, total_ms: performance.now() - start, num_logits: logits.length};
} catch (error) {
  window.benchResult = {error: String(error?.stack ?? error)};
}
