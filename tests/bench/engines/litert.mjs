// LiteRT.js, a build without threads: the one that it takes by itself, or, by its
// name, that for plain SIMD where the browser has relaxed SIMD.
import {loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';

// A function of floats [224,224,3], -1..1, to the logits.
export async function open(address, build) {
  await loadLiteRt(build === 'simd' ? '/engine/litert/litert_wasm_compat_internal.js' : '/engine/litert/', {threads: false});
  performance.mark('module');
  const model = await loadAndCompile(address, {accelerator: 'wasm'});
  return async (tensor) => {
    const outputs = await model.run(tensor);
    const logits = outputs[0].toTypedArray().slice();
    for (const output of outputs) output.delete();
    return logits;
  };
}

export const tensorOf = (values) => new Tensor(values, [1, 224, 224, 3]);

export async function load({precision, build, input, folder, stem}) {
  const run = await open(`${folder}${stem}_${precision}.tflite`, build);
  const tensor = tensorOf((await input).nhwc());
  return () => run(tensor);
}
