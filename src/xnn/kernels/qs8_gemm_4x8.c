/* C[4,8] of int8 matrices, requantised per channel, as XNNPACK's 4x4c2s4
 * "dot16x2" kernel does for four columns. An inner step takes 8 of k: each row
 * is widened once to four pairs of i16 and rotated by a pair three times, and
 * B is packed so that in step s column n holds the pair (n + s) mod 4. With
 * eight columns the widening and the rotations are shared by twice the
 * products: 88 instructions for 256 multiply-adds against 54 for 128. Eight
 * accumulators, four rows and two of B fit the 16 registers of x86-64.
 *
 * Packed B for eight columns, as xnn_pack_qs8_gemm_goi_w writes it with nr 8,
 * kr 2, sr 4: [8 x i32 bias][k/8 x 4 steps x 8 columns x 2 x i8][8 x f32 scale].
 *
 * Where relaxed SIMD's dot product adds products of four i8 and four u8 or i8 to each i32
 * on x86 (vpdpbusd, vpdpbssd), a step takes 4 of k (nr 8, kr 4, sr 1: [k/4 x 8 columns x
 * 4 x i8]); for u8 of A plus 128, for which XNNPACK's packing takes 128 times the weights'
 * sum from the bias. XNNPACK's kernels for u8 keep 16 accumulators, which with what they are
 * multiplied from do not fit 16 registers.
 *
 * Reads up to 7 bytes behind each row of A (XNN_EXTRA_BYTES covers them; their
 * weights are 0). The rounding is XNNPACK's: to nearest even, by adding
 * 1.5 * 2^23, so that results are the same bit for bit. */
#include "xnn/kernels/qs8_gemm_4x8.h"

#ifdef __wasm_simd128__

#include <stdbool.h>
#include <string.h>

#include "xnn/kernels/dot.h"
#include "xnn/kernels/requantize.h"

#define COLUMNS 8
#define MAX_ROWS 4

/* acc[r][h]: row r, columns 4h..4h+3. Returns w behind what was used. */
ALWAYS_INLINE const int8_t *accumulate(int rows, const int8_t *const a[MAX_ROWS], const int8_t *w,
                                       size_t kc, v128_t acc[MAX_ROWS][2]) {
  for (size_t k = 0; k < kc; k += 8) {
    v128_t va[MAX_ROWS];
    for (int r = 0; r < rows; r++) va[r] = wasm_i16x8_load8x8(a[r] + k);
#pragma clang loop unroll(full)
    for (int step = 0; step < 4; step++) {
      const v128_t low = wasm_i16x8_load8x8(w + 16 * step);
      const v128_t high = wasm_i16x8_load8x8(w + 16 * step + 8);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        acc[r][0] = wasm_i32x4_add(acc[r][0], wasm_i32x4_dot_i16x8(va[r], low));
        acc[r][1] = wasm_i32x4_add(acc[r][1], wasm_i32x4_dot_i16x8(va[r], high));
        if (step < 3) va[r] = wasm_i32x4_shuffle(va[r], va[r], 1, 2, 3, 0);
      }
    }
    w += 64;
  }
  return w;
}

#ifdef __wasm_relaxed_simd__
ALWAYS_INLINE void accumulate_four(int rows, const int8_t *const a[MAX_ROWS], size_t k, v128_t sign,
                                   const int8_t *w, v128_t acc[MAX_ROWS][2]) {
  const v128_t low = wasm_v128_load(w), high = wasm_v128_load(w + 16);
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    const v128_t va = wasm_v128_xor(wasm_v128_load32_splat(a[r] + k), sign);
    acc[r][0] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(low, va, acc[r][0]);
    acc[r][1] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(high, va, acc[r][1]);
  }
}

ALWAYS_INLINE const int8_t *accumulate_dot(int rows, const int8_t *const a[MAX_ROWS],
                                           const int8_t *w, size_t kc, v128_t sign,
                                           v128_t acc[MAX_ROWS][2]) {
  size_t k = 0;
  for (; k + 8 <= kc; k += 8, w += 64) {
    accumulate_four(rows, a, k, sign, w, acc);
    accumulate_four(rows, a, k + 4, sign, w + 32, acc);
  }
  if (k < kc) {
    accumulate_four(rows, a, k, sign, w, acc);
    w += 32;
  }
  return w;
}
#else
#define accumulate_dot(rows, a, w, kc, sign, acc) accumulate(rows, a, w, kc, acc)
#endif

/* Rows 2p and 2p+1 in the low and high halves. */
ALWAYS_INLINE v128_t narrow(v128_t acc[2][2], const v128_t scale[2], const requantization *q) {
  v128_t first = wasm_i16x8_narrow_i32x4(requantize(acc[0][0], scale[0], q),
                                         requantize(acc[0][1], scale[1], q));
  v128_t second = wasm_i16x8_narrow_i32x4(requantize(acc[1][0], scale[0], q),
                                          requantize(acc[1][1], scale[1], q));
  return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(first, second), q->max);
}

/* Eight or, at the right edge, fewer columns; the last row first. */
ALWAYS_INLINE void store(int rows, v128_t acc[MAX_ROWS][2], const float *scales,
                         const requantization *q, int8_t *const c[MAX_ROWS], size_t num_columns) {
  const v128_t scale[2] = {wasm_v128_load(scales), wasm_v128_load(scales + 4)};
  for (int pair = (rows - 1) & ~1; pair >= 0; pair -= 2) {
    v128_t both[2][2] = {{acc[pair][0], acc[pair][1]},
                         {acc[rows > 1 ? pair + 1 : pair][0], acc[rows > 1 ? pair + 1 : pair][1]}};
    const v128_t out = narrow(both, scale, q);
    if (num_columns == COLUMNS) {
      if (rows > 1) wasm_v128_store64_lane(c[pair + 1], out, 1);
      wasm_v128_store64_lane(c[pair], out, 0);
    } else {
      int8_t edge[16];
      wasm_v128_store(edge, out);
      if (rows > 1) memcpy(c[pair + 1], edge + 8, num_columns);
      memcpy(c[pair], edge, num_columns);
    }
  }
}

/* ks: bytes of row pointers, a multiple of rows * sizeof(void *). Rows from mr
 * on repeat the last one, and are stored before it. spare: bytes of B before the scales. */
ALWAYS_INLINE void product(bool dot, int rows, size_t mr, size_t nc, size_t kc, size_t ks,
                           const int8_t *const *a, size_t a_offset, const int8_t *zero,
                           size_t spare, const int8_t *w, int8_t *c0, size_t cm_stride,
                           size_t cn_stride, const union xnn_qs8_qc8w_conv_minmax_params *params) {
  const requantization q = requantization_of(params);
  const v128_t sign = dot ? kernels_dot_sign : wasm_i32x4_const_splat(0);
  (void)sign;
  kc = dot ? (kc + 3) & ~(size_t)3 : (kc + 7) & ~(size_t)7;
  int8_t *c[MAX_ROWS] = {c0};
  for (int r = 1; r < rows; r++) c[r] = (size_t)r < mr ? c[r - 1] + cm_stride : c[r - 1];
  while (nc != 0) {
    v128_t acc[MAX_ROWS][2];
    for (int r = 0; r < rows; r++) {
      acc[r][0] = wasm_v128_load(w);
      acc[r][1] = wasm_v128_load(w + 16);
    }
    w += COLUMNS * sizeof(int32_t);
    for (size_t p = 0; p < ks / sizeof(void *); p += (size_t)rows) {
      const int8_t *row[MAX_ROWS];
      for (int r = 0; r < rows; r++) {
        row[r] = a[p + (size_t)r] == zero ? zero : a[p + (size_t)r] + a_offset;
      }
      w = dot ? accumulate_dot(rows, row, w, kc, sign, acc) : accumulate(rows, row, w, kc, acc);
    }
    w += spare;
    size_t num_columns = nc < COLUMNS ? nc : COLUMNS;
    store(rows, acc, (const float *)w, &q, c, num_columns);
    w += COLUMNS * sizeof(float);
    for (int r = 0; r < rows; r++) c[r] += cn_stride;
    nc -= num_columns;
  }
}

/* The taps of each row side by side. What is written behind the last has weights of 0. */
ALWAYS_INLINE void gather(int rows, size_t taps, size_t kc, const int8_t *const *a, size_t a_offset,
                          const int8_t *zero, int8_t tile[MAX_ROWS][QS8_GATHERED_BYTES + 8]) {
  for (size_t tap = 0; tap < taps; tap++, a += rows) {
    for (int r = 0; r < rows; r++) {
      memcpy(tile[r] + tap * kc, a[r] == zero ? zero : a[r] + a_offset, 8);
    }
  }
}

ALWAYS_INLINE void indirect_product(bool dot, int rows, size_t mr, size_t nc, size_t kc, size_t ks,
                                    const int8_t *const *a, size_t a_offset, const int8_t *zero,
                                    const int8_t *w, int8_t *c, size_t cm_stride, size_t cn_stride,
                                    const union xnn_qs8_qc8w_conv_minmax_params *params) {
  int8_t tile[MAX_ROWS][QS8_GATHERED_BYTES + 8];
  const int8_t *gathered[MAX_ROWS];
  size_t taps = ks / sizeof(void *) / (size_t)rows, spare = 0;
  if (qs8_is_gathered(taps, kc)) {
    gather(rows, taps, kc, a, a_offset, zero, tile);
    for (int r = 0; r < rows; r++) gathered[r] = tile[r];
    spare = COLUMNS * qs8_gathered_spare(taps, kc, dot ? 4 : 8);
    kc *= taps;
    ks = (size_t)rows * sizeof(void *);
    a = gathered;
    a_offset = 0;
    zero = NULL;
  }
  product(dot, rows, mr, nc, kc, ks, a, a_offset, zero, spare, w, c, cm_stride, cn_stride, params);
}

#define KERNELS(suffix, dot)                                                                \
  QS8_GEMM(qs8_gemm_1x8##suffix) {                                                          \
    (void)a_stride;                                                                         \
    product(dot, 1, mr, nc, kc, sizeof(void *), &a, 0, NULL, 0, w, c, cm_stride, cn_stride, \
            params);                                                                        \
  }                                                                                         \
  QS8_GEMM(qs8_gemm_4x8##suffix) {                                                          \
    const int8_t *rows[MAX_ROWS] = {a};                                                     \
    for (size_t r = 1; r < MAX_ROWS; r++) {                                                 \
      rows[r] = r < mr ? rows[r - 1] + a_stride : rows[r - 1];                              \
    }                                                                                       \
    product(dot, 4, mr, nc, kc, sizeof rows, rows, 0, NULL, 0, w, c, cm_stride, cn_stride,  \
            params);                                                                        \
  }                                                                                         \
  QS8_IGEMM(qs8_igemm_1x8##suffix) {                                                        \
    indirect_product(dot, 1, mr, nc, kc, ks, a, a_offset, zero, w, c, cm_stride, cn_stride, \
                     params);                                                               \
  }                                                                                         \
  QS8_IGEMM(qs8_igemm_4x8##suffix) {                                                        \
    indirect_product(dot, 4, mr, nc, kc, ks, a, a_offset, zero, w, c, cm_stride, cn_stride, \
                     params);                                                               \
  }

KERNELS(, false)
#ifdef __wasm_relaxed_simd__
KERNELS(_dot, true)
v128_t kernels_dot_sign;
#endif

#else
typedef int qs8_gemm_4x8_is_for_wasm; /* a file may not be empty */
#endif
