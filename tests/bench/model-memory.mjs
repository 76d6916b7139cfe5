// WebAssembly memory that the page's module takes for models, as bare files: after the
// file is in it, once the model is open, and once it has answered, with a map. Memory never
// shrinks, so that the last is the peak. After `make wasm`:
//
//   node --experimental-wasm-relaxed-simd tests/bench/model-memory.mjs MODEL.tflite... [WIDTHxHEIGHT] [plain]
//
// The size is for files that leave their own open. Each model in a process of its own.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {fileURLToPath} from 'node:url';

const MEGABYTE = 1e6;
const SLACK_BYTES = 24 * MEGABYTE; // the goal: three times the model's bytes, and so much

async function measure(build, path, width, height) {
  const glue = fileURLToPath(new URL(`../../build/web/wasm/infer-${build}.mjs`, import.meta.url));
  globalThis.self = {location: {href: `file://${glue}`}}; // the glue is made for a worker
  const {default: create} = await import(glue);
  const module = await create({wasmBinary: readFileSync(glue.replace('.mjs', '.wasm'))});
  const put = (bytes) => {
    const address = module._infer_alloc(bytes.length);
    module.HEAPU8.set(bytes, address);
    return address;
  };
  const text = (string) => put(Buffer.from(`${string}\0`));
  const model = readFileSync(path);
  const sizes = [];
  const note = () => sizes.push(module.HEAPU8.byteLength);
  const expectSuccess = (status) => {
    if (status === 0) return;
    const address = module._infer_last_error_json(text(basename(path)));
    throw new Error(Buffer.from(module.HEAPU8.slice(address, module.HEAPU8.indexOf(0, address))).toString());
  };
  const address = put(model);
  note();
  expectSuccess(module._infer_bare_open(address, model.length, text('model'), 0, 0, width, height, 0, 0, 1));
  note();
  const rgb = put(new Uint8Array(module._infer_input_width() * module._infer_input_height() * 3));
  expectSuccess(module._infer_classify(rgb, 0, 0, 0, 1, 0));
  note();
  const limit = 3 * model.length + SLACK_BYTES;
  const [inside, open, answered] = sizes.map((bytes) => (bytes / MEGABYTE).toFixed(1));
  console.log(`${basename(path)}, ${build}: model ${(model.length / MEGABYTE).toFixed(1)} MB; with it ${inside}, open ${open}, answered ${answered} MB, `
    + `${sizes[2] <= limit ? 'within' : 'above'} 3 times the model and 24 MB, ${(limit / MEGABYTE).toFixed(1)}`);
}

const words = process.argv.slice(2);
const [width, height] = words.map((word) => /^(\d+)x(\d+)$/.exec(word)).find(Boolean)?.slice(1).map(Number) ?? [0, 0];
const build = words.includes('plain') ? 'simd' : 'relaxed';
const paths = words.filter((word) => word.endsWith('.tflite'));
if (paths.length === 1) await measure(build, paths[0], width, height);
else for (const path of paths) execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), path, `${width}x${height}`, ...(build === 'simd' ? ['plain'] : [])], {stdio: 'inherit'});
