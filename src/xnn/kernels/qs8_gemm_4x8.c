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
 * Reads up to 7 bytes behind each row of A (XNN_EXTRA_BYTES covers them; their
 * weights are 0). The rounding is XNNPACK's: to nearest even, by adding
 * 1.5 * 2^23, so that results are the same bit for bit. */
#include "xnn/kernels/qs8_gemm_4x8.h"

#ifdef __wasm_simd128__

#include <string.h>
#include <wasm_simd128.h>
#include <xnnpack/microparams.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
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

typedef struct requantization {
  v128_t magic_min, magic_less_zero_point, max;
} requantization;

ALWAYS_INLINE requantization
requantization_of(const union xnn_qs8_qc8w_conv_minmax_params *params) {
  int32_t zero_point = params->fp32_scalar.output_zero_point;
  int32_t min_less_zero_point = params->fp32_scalar.output_min - zero_point;
  /* 0x4B400000 is 1.5 * 2^23; integers near it count up by one. */
  return (requantization){
      .magic_min = wasm_i32x4_splat(0x4B400000 + min_less_zero_point),
      .magic_less_zero_point = wasm_i32x4_splat(0x4B400000 - zero_point),
      .max = wasm_i8x16_splat((int8_t)params->fp32_scalar.output_max),
  };
}

ALWAYS_INLINE v128_t requantize(v128_t acc, v128_t scale, const requantization *q) {
  v128_t real = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), scale);
  v128_t biased = wasm_f32x4_add(real, wasm_f32x4_const_splat(12582912.0f));
  return wasm_i32x4_sub(wasm_i32x4_max(biased, q->magic_min), q->magic_less_zero_point);
}

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
 * on repeat the last one, and are stored before it. */
ALWAYS_INLINE void product(int rows, size_t mr, size_t nc, size_t kc, size_t ks,
                           const int8_t *const *a, size_t a_offset, const int8_t *zero,
                           const int8_t *w, int8_t *c0, size_t cm_stride, size_t cn_stride,
                           const union xnn_qs8_qc8w_conv_minmax_params *params) {
  const requantization q = requantization_of(params);
  kc = (kc + 7) & ~(size_t)7;
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
      w = accumulate(rows, row, w, kc, acc);
    }
    size_t num_columns = nc < COLUMNS ? nc : COLUMNS;
    store(rows, acc, (const float *)w, &q, c, num_columns);
    w += COLUMNS * sizeof(float);
    for (int r = 0; r < rows; r++) c[r] += cn_stride;
    nc -= num_columns;
  }
}

void qs8_gemm_1x8(size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w,
                  int8_t *c, size_t cm_stride, size_t cn_stride,
                  const union xnn_qs8_qc8w_conv_minmax_params *params) {
  (void)a_stride;
  product(1, mr, nc, kc, sizeof(void *), &a, 0, NULL, w, c, cm_stride, cn_stride, params);
}

void qs8_gemm_4x8(size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w,
                  int8_t *c, size_t cm_stride, size_t cn_stride,
                  const union xnn_qs8_qc8w_conv_minmax_params *params) {
  const int8_t *rows[MAX_ROWS] = {a};
  for (size_t r = 1; r < MAX_ROWS; r++) rows[r] = r < mr ? rows[r - 1] + a_stride : rows[r - 1];
  product(4, mr, nc, kc, sizeof rows, rows, 0, NULL, w, c, cm_stride, cn_stride, params);
}

void qs8_igemm_1x8(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                   int8_t *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                   const int8_t *zero, const union xnn_qs8_qc8w_conv_minmax_params *params) {
  product(1, mr, nc, kc, ks, a, a_offset, zero, w, c, cm_stride, cn_stride, params);
}

void qs8_igemm_4x8(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                   int8_t *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                   const int8_t *zero, const union xnn_qs8_qc8w_conv_minmax_params *params) {
  product(4, mr, nc, kc, ks, a, a_offset, zero, w, c, cm_stride, cn_stride, params);
}

#else
typedef int qs8_gemm_4x8_is_for_wasm; /* a file may not be empty */
#endif
