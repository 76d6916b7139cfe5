// onnxruntime-web, WebAssembly on one thread, its default graph optimisations.
import * as ort from 'onnxruntime-web/wasm';

export async function load({precision, input}) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = '/engine/onnxruntime/';
  const session = await ort.InferenceSession.create(`/models/mobilenet_v2_224_${precision}.onnx`,
    {executionProviders: ['wasm']});
  const feeds = {input: new ort.Tensor('float32', (await input).nchw(), [1, 3, 224, 224])};
  return async () => (await session.run(feeds)).logits.data;
}
