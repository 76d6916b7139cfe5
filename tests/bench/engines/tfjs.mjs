// TensorFlow.js on its WebAssembly backend, SIMD, one thread. float32 only: it has no int8 kernels.
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import {setBackend, tensor4d} from '@tensorflow/tfjs-core';
import {setThreadsCount, setWasmPaths} from '@tensorflow/tfjs-backend-wasm';

export async function load({input}) {
  setThreadsCount(1);
  setWasmPaths('/engine/tfjs/');
  await setBackend('wasm');
  const model = await loadGraphModel('/models/mobilenet_v2_224_tfjs/model.json');
  const tensor = tensor4d((await input).nhwc(), [1, 224, 224, 3]);
  return async () => {
    const output = model.execute(tensor);
    const logits = output.dataSync().slice();
    output.dispose();
    return logits;
  };
}
