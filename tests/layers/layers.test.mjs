// The tree's direction, and that the checker sees what it must.
import {describe, expect, test} from '@jest/globals';
import {checkFile, checkTree} from './check.mjs';

const root = new URL('../..', import.meta.url).pathname;
const check = (path, text, present = []) => checkFile(path, text, (name) => present.includes(name));

test('no file of the tree includes or imports against the direction', () => {
  const {numFiles, problems} = checkTree(root);
  expect(problems).toEqual([]);
  expect(numFiles).toBeGreaterThan(50);
});

describe('wrong examples are found', () => {
  test.each([
    ['a lower rank includes a higher one', 'src/base/a.c', '#include "image/resize.h"', ['src/image/resize.h'], /rank 0 includes src\/image\/resize.h of rank 1/],
    ['one rank includes itself', 'src/image/a.c', '#include "graph/graph.h"', ['src/graph/graph.h'], /rank 1 includes .* of rank 1/],
    ['decode includes tflite', 'src/decode/a.c', '# include "graph/tflite/read.h"', ['src/graph/tflite/read.h'], /rank 2/],
    ['a parent folder includes its higher subfolder', 'src/graph/a.c', '#include "tflite/read.h"', ['src/graph/tflite/read.h'], /of rank 2/],
    ['the command reaches past the public header', 'src/cli/main.c', '#include "base/alloc.h"', ['src/base/alloc.h'], /insitu.h only/],
    ['the exports reach past the public header', 'src/wasm/a.c', '#include "../api/api.h"', ['src/api/api.h'], /insitu.h only/],
    ['Emscripten outside wasm', 'src/base/clock.c', '#include <emscripten.h>', [], /only src\/wasm\//],
    ['Emscripten\'s folder outside wasm', 'src/cli/a.c', '#include <emscripten/heap.h>', [], /only src\/wasm\//],
    ['stb outside decode', 'src/image/a.c', '#include "stb_image.h"', [], /only src\/decode\//],
    ['XNNPACK outside xnn', 'src/api/a.c', '#include <xnnpack.h>', [], /only src\/xnn\//],
    ['cJSON outside pack', 'src/classify/a.c', '#include <cjson/cJSON.h>', [], /only src\/pack\/json\.c/],
    ['cJSON in the rest of pack', 'src/pack/read.c', '#include "cJSON.h"', [], /only src\/pack\/json\.c/],
    ['the public header includes an internal one', 'src/insitu.h', '#include "base/error.h"', ['src/base/error.h'], /public header includes/],
    ['a header that does not exist', 'src/xnn/a.c', '#include "nothing.h"', [], /neither beside it nor in src/],
    ['a new folder without a rank', 'src/misc/a.c', '', [], /has no rank/],
    ['the element imports the worker', 'web/classifier/element.js', 'import {a} from "./worker.js";', ['web/classifier/worker.js'], /the element imports .* the worker/],
    ['the client imports the module', 'web/classifier/client.js', 'import\n  {a,\n b} from \'./module.js\';', ['web/classifier/module.js'], /the client imports .* the module/],
    ['the worker imports the client', 'web/classifier/worker.js', 'export * from "./client.js"', ['web/classifier/client.js'], /the worker imports .* the client/],
    ['the worker imports the element dynamically', 'web/classifier/worker.js', 'await import("./element.js")', ['web/classifier/element.js'], /the worker imports .* the element/],
    ['the protocol imports anything', 'web/classifier/protocol.js', 'import "../lib/a.js";', ['web/lib/a.js'], /the protocol imports/],
    ['the worker touches the DOM', 'web/classifier/worker.js', 'const a = document.title;', [], /uses document/],
    ['the service worker imports the classifier', 'web/sw/events.js', 'import {a} from "../classifier/protocol.js";', ['web/classifier/protocol.js'], /the service worker imports/],
    ['a bare package', 'web/app.js', 'import x from "lodash";', [], /by path/],
    ['an import from elsewhere', 'web/app.js', 'import x from "https://example.org/x.js";', [], /by path/],
    ['a shared file that knows a screen', 'web/lib/a.js', 'import "../screens/pick/pick.js"', ['web/screens/pick/pick.js'], /the lib imports/],
  ])('%s', (_, path, text, present, expected) => {
    const problems = check(path, text, present);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });
});

describe('right examples pass', () => {
  test.each([
    ['src/xnn/a.c', '#include <xnnpack.h>\n#include "graph/graph.h"\n#include "base/error.h"\n#include "a.h"', ['src/graph/graph.h', 'src/base/error.h', 'src/xnn/a.h']],
    ['src/cli/main.c', '#include <stdio.h>\n#include "insitu.h"\n#include "args.h"', ['src/insitu.h', 'src/cli/args.h']],
    ['src/base/a.c', '/* #include "xnn/a.h" */\n// #include <emscripten.h>\n', []],
    ['web/classifier/worker.js', 'import {a} from "./protocol.js"; // the document of the page\nimport {b} from "./module.js";', ['web/classifier/protocol.js', 'web/classifier/module.js']],
    ['web/app.js', 'import "./classifier/register.js";', ['web/classifier/register.js']],
  ])('%s', (path, text, present) => {
    expect(check(path, text, present)).toEqual([]);
  });
});
