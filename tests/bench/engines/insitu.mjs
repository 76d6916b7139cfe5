// This page's engine: the infer module through the page's own module loader.
// It is given pixels and gives probabilities, so its time holds normalisation
// and softmax, which the peers' does not. Its files' digests are not compared:
// nor are the peers'.
import {InferModule} from '../../../web/classifier/module.js';

export async function load({precision, build, input}) {
  const glue = `/engine/insitu/wasm/infer-${build}.mjs`;
  import(glue); // while the module is compiled, as the page's worker does
  const start = WebAssembly.compileStreaming(fetch(`/engine/insitu/wasm/infer-${build}.wasm`))
    .then((module) => InferModule.start({glue, module}));
  const [pack, model, infer] = await Promise.all([
    fetch('/models/pack.json').then((response) => response.text()),
    fetch(`/models/mobilenet_v2_224_${precision}.tflite`),
    start,
  ]);
  infer.expect({pack, variant: precision});
  for (const reader = model.body.getReader(); ;) {
    const {done, value} = await reader.read();
    if (done) break;
    infer.receive(value);
  }
  await infer.open({threads: 1, isVerified: true});
  const {rgb} = await input;
  const {calibration, classes} = JSON.parse(pack);
  const order = new Map(classes.map(({id}, index) => [id, index]));
  return Object.assign(() => infer.classify(rgb, 0), {
    // logits but for a constant, from the probabilities of the last run
    output() {
      const logits = new Float64Array(classes.length);
      for (const {id, p} of infer.result('', 0, 0).classes) logits[order.get(id)] = Math.log(p) * calibration.temperature;
      return logits;
    },
  });
}
