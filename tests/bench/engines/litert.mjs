// LiteRT.js, the build without threads. Refuses nothing: its own defaults.
import {loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';

export async function load({precision, input}) {
  await loadLiteRt('/engine/litert/', {threads: false});
  const model = await loadAndCompile(`/models/mobilenet_v2_224_${precision}.tflite`, {accelerator: 'wasm'});
  const tensor = new Tensor((await input).nhwc(), [1, 224, 224, 3]);
  return async () => {
    const outputs = await model.run(tensor);
    const logits = outputs[0].toTypedArray().slice();
    for (const output of outputs) output.delete();
    return logits;
  };
}
