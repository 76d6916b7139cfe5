// This page's engine: the infer module through the page's own module loader.
// It is given pixels and gives an answer, so its time holds normalisation,
// softmax and the decision, which the peers' does not. The decode module comes
// along, as in the page: what it tells of a picture is part of what is judged.
// Its files' digests are not compared: nor are the peers'.
import {DecodeModule, InferModule} from '../../../web/classifier/module.js';

// The picture's facts and its pixels, as the decode module gives them.
async function prepared(input, size) {
  const glue = '/engine/insitu/wasm/decode.mjs';
  const decoder = await WebAssembly.compileStreaming(fetch('/engine/insitu/wasm/decode.wasm')).then((module) => DecodeModule.start({glue, module}));
  const {rgb} = await input;
  const data = new Uint8ClampedArray(rgb.length / 3 * 4);
  for (let i = 0, j = 0; i < rgb.length; j += 4) {
    data[j] = rgb[i++];
    data[j + 1] = rgb[i++];
    data[j + 2] = rgb[i++];
    data[j + 3] = 255;
  }
  return decoder.preparePixels({data, ...size}, null, {...size, crop_fraction: 1});
}

// A file as it comes, whether the module is ready for it or not: the page's main thread reads while its worker starts.
async function pieces(url) {
  const read = [];
  const reader = (await fetch(url)).body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) read.push(piece.value);
  return read;
}

export async function load({precision, build, input, folder, stem}) {
  const glue = `/engine/insitu/wasm/infer-${build}.mjs`;
  import(glue); // while the module is compiled, as the page's worker does
  const start = WebAssembly.compileStreaming(fetch(`/engine/insitu/wasm/infer-${build}.wasm`))
    .then((module) => (performance.mark('compiled'), InferModule.start({glue, module})))
    .then((module) => (performance.mark('module'), module));
  const size = {width: 224, height: 224};
  const picture_ready = prepared(input, size); // while the model comes
  const model = pieces(`${folder}${stem}_${precision}.tflite`);
  const [pack, infer] = await Promise.all([fetch(`${folder}pack.json`).then((response) => response.text()), start]);
  infer.expect({pack, variant: precision});
  performance.mark('expected');
  for (const piece of await model) infer.receive(piece);
  performance.mark('received');
  await infer.open({threads: 1, isVerified: true});
  performance.mark('open');
  const {rgb, picture} = await picture_ready;
  performance.mark('picture');
  const {calibration, classes} = JSON.parse(pack);
  const order = new Map(classes.map(({id}, index) => [id, index]));
  return Object.assign(() => infer.classify(rgb, picture, {prior: 0, map: false}), {
    // logits but for a constant, from the probabilities of the last run
    output() {
      const logits = new Float64Array(classes.length);
      for (const {id, p} of infer.answer('').classes) logits[order.get(id)] = Math.log(p) * calibration.temperature;
      return logits;
    },
  });
}
