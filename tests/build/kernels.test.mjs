// The native command's kernels keep their sums in registers: what the flags of
// wasm-build/xnnpack.sh (`registers`) are for, read from the machine code.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, describe, expect, test} from '@jest/globals';
import {stackStoresInLoops} from './machine-code.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// The kernels that take the time of float32 and int8 networks, by what the
// processor has; and how many stores to the stack remain where sums, weights and
// inputs are more than there are registers.
const KERNELS = [
  ['f32_gemm_minmax_ukernel_5x16__fma3_broadcast', 0],
  ['f32_igemm_minmax_ukernel_5x16__fma3_broadcast_prfm', 0],
  ['f32_dwconv_minmax_ukernel_9p16c__fma3', 0],
  ['f32_dwconv_minmax_ukernel_25p8c__fma3', 0],
  ['f32_gemm_minmax_ukernel_7x32__avx512f_broadcast', 0],
  ['f32_igemm_minmax_ukernel_7x32__avx512f_broadcast', 0],
  ['f32_dwconv_minmax_ukernel_9p16c__avx512f', 0],
  ['f32_dwconv_minmax_ukernel_25p16c__avx512f', 0],
  ['qs8_qc8w_gemm_minmax_fp32_ukernel_3x8c8__avx2', 1],
  ['qs8_qc8w_igemm_minmax_fp32_ukernel_3x8c8__avx2', 1],
  ['qs8_qc8w_dwconv_minmax_fp32_ukernel_9p16c__avx2_mul32', 0],
  ['qs8_qc8w_dwconv_minmax_fp32_ukernel_25p16c__avx2_mul32', 0],
  ['qs8_qc8w_gemm_minmax_fp32_ukernel_7x16c8__avx512skx_prfm', 5],
  ['qs8_qc8w_igemm_minmax_fp32_ukernel_7x16c8__avx512skx_prfm', 5],
  ['qs8_qc8w_gemm_minmax_fp32_ukernel_7x16c8__avx512vnni_prfm', 0],
  ['qs8_qc8w_igemm_minmax_fp32_ukernel_7x16c8__avx512vnni_prfm', 0],
  ['qs8_qc8w_dwconv_minmax_fp32_ukernel_9p32c__avx512skx_mul32', 0],
  ['qs8_qc8w_dwconv_minmax_fp32_ukernel_25p32c__avx512skx_mul32', 0],
];

describe('the reader of machine code', () => {
  const listing = (body, prologue = 'push %rbx') => `
0000000000001000 <kernel>:
    1000:\t${prologue}
    1004:\tvmovaps %ymm9,0x20(%rsp)
${body}
    1040:\tret
`;
  test.each([
    ['a sum that is stored in the loop', '    1010:\tvmovaps %ymm1,-0x30(%rsp)\n    1018:\tvfmadd231ps (%rax),%ymm0,%ymm1\n    1020:\tjne 1010 <kernel+0x10>', 1],
    ['a store behind a frame pointer', '    1010:\tvmovdqa %ymm1,-0x50(%rbp)\n    1020:\tjne 1010 <kernel+0x10>', 1, 'mov %rsp,%rbp'],
    ['a result that is stored by %rbp as an ordinary pointer', '    1010:\tvmovups %ymm1,(%rbp)\n    1020:\tjne 1010 <kernel+0x10>', 0],
    ['a constant that is loaded from the stack', '    1010:\tvmovaps 0x20(%rsp),%ymm1\n    1020:\tjne 1010 <kernel+0x10>', 0],
    ['a store in the outer of two loops', '    1010:\tvmovaps %ymm1,0x40(%rsp)\n    1018:\tnop\n    1020:\tjne 1018 <kernel+0x18>\n    1024:\tjne 1010 <kernel+0x10>', 0],
    ['a store before the loop', '    1010:\tnop\n    1020:\tjne 1010 <kernel+0x10>', 0],
  ])('%s', (_, body, stores, ...prologue) => { // a fourth name would be Jest's `done`, where a row has three
    expect(stackStoresInLoops(listing(body, ...prologue))).toEqual(new Map([['kernel', stores]]));
  });
});

const skipped = process.arch !== 'x64' ? `this is ${process.arch}`
  : spawnSync('objdump', ['--version']).status !== 0 ? 'objdump is missing: install binutils' : '';

(skipped ? describe.skip : describe)(`the kernels of build/insitu${skipped && `: ${skipped}`}`, () => {
  let stores, listing;
  beforeAll(() => {
    const {MAKEFLAGS: _, MFLAGS: __, MAKELEVEL: ___, MAKE: ____, ...env} = process.env;
    const made = spawnSync('make', ['-s', 'build/insitu'], {cwd: ROOT, env, encoding: 'utf8'});
    expect(made).toMatchObject({status: 0});
    const {status, stdout} = spawnSync('objdump', ['-d', '--no-show-raw-insn', join(ROOT, 'build/insitu')], {encoding: 'utf8', maxBuffer: 1 << 28});
    expect(status).toBe(0);
    listing = stdout;
    stores = stackStoresInLoops(listing);
  }, 900_000);

  // ours, src/xnn/kernels: of their loops, and of the instruction that they are for
  test.each([
    ['amx_multiply', 'tdpbssd'],
    ['qs8_dwconv_9_vnni', 'vpdpbusd'],
    ['qs8_dwconv_25_vnni', 'vpdpbusd'],
    ['qs8_mul_avx512', 'vpmulhw'],
  ])('%s is made of %s, its sums in registers', (name, instruction) => {
    expect(stores.get(name)).toBe(0);
    expect(listing.split(`<${name}>:\n`)[1].split('\n\n')[0]).toContain(instruction);
  });

  test.each(KERNELS)('%s keeps its sums in registers', (name, limit) => {
    expect(stores.has(`xnn_${name}`)).toBe(true); // else XNNPACK picks another one, and this list is old
    expect(stores.get(`xnn_${name}`)).toBeLessThanOrEqual(limit);
  });
});
