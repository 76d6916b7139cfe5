/* Packs int8 weights [nc,kc] for the kernels by relaxed SIMD's dot product of u8 and i8, as
 * xnn_pack_qs8_to_qu8_gemm_goi_w does with nr 8, kr 4, sr 1, which goes byte by byte, in an
 * engine's first, slow code. Here sixteen of k of four columns are turned at once. Ragged
 * sizes are left to XNNPACK's. */
#include "xnn/kernels/qs8_gemm_4x8.h"

#ifdef __wasm_simd128__

#include <string.h>
#include <wasm_simd128.h>
#include <xnnpack/pack.h>

#define COLUMNS 8
#define K_BYTES 4
/* Of u8 inputs, which are i8 and so much more (dot.h). */
#define INPUT_OFFSET 128u

static int32_t sum_of_lanes(v128_t sum) {
  return wasm_i32x4_extract_lane(sum, 0) + wasm_i32x4_extract_lane(sum, 1) +
         wasm_i32x4_extract_lane(sum, 2) + wasm_i32x4_extract_lane(sum, 3);
}

static v128_t added(v128_t sum, v128_t weights) {
  return wasm_i32x4_add(
      sum, wasm_i32x4_extadd_pairwise_i16x8(wasm_i16x8_extadd_pairwise_i8x16(weights)));
}

/* Four columns from k on, kc of each, into every second half of a group of eight. */
static void pack_columns(const int8_t *k, size_t kc, int8_t *packed, int32_t sums[4]) {
  v128_t sum[4] = {wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0),
                   wasm_i32x4_const_splat(0)};
  size_t i = 0;
  for (; i + 16 <= kc; i += 16, packed += 16 * COLUMNS) {
    v128_t a = wasm_v128_load(k + i), b = wasm_v128_load(k + kc + i);
    v128_t c = wasm_v128_load(k + 2 * kc + i), d = wasm_v128_load(k + 3 * kc + i);
    sum[0] = added(sum[0], a);
    sum[1] = added(sum[1], b);
    sum[2] = added(sum[2], c);
    sum[3] = added(sum[3], d);
    v128_t ab = wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), cd = wasm_i32x4_shuffle(c, d, 0, 4, 1, 5);
    v128_t ab2 = wasm_i32x4_shuffle(a, b, 2, 6, 3, 7), cd2 = wasm_i32x4_shuffle(c, d, 2, 6, 3, 7);
    wasm_v128_store(packed, wasm_i64x2_shuffle(ab, cd, 0, 2));
    wasm_v128_store(packed + K_BYTES * COLUMNS, wasm_i64x2_shuffle(ab, cd, 1, 3));
    wasm_v128_store(packed + 2 * K_BYTES * COLUMNS, wasm_i64x2_shuffle(ab2, cd2, 0, 2));
    wasm_v128_store(packed + 3 * K_BYTES * COLUMNS, wasm_i64x2_shuffle(ab2, cd2, 1, 3));
  }
  for (size_t n = 0; n < 4; n++) sums[n] = sum_of_lanes(sum[n]);
  for (; i < kc; i += K_BYTES, packed += K_BYTES * COLUMNS) {
    for (size_t n = 0; n < 4; n++) {
      const int8_t *from = k + n * kc + i;
      memcpy(packed + n * K_BYTES, from, K_BYTES);
      sums[n] += from[0] + from[1] + from[2] + from[3];
    }
  }
}

void qs8_pack_dot(size_t groups, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr,
                  const int8_t *k, const int32_t *bias, const float *scale, void *packed,
                  size_t extra_bytes, const struct xnn_qs8_packing_params *params) {
  if (nr != COLUMNS || kr != K_BYTES || sr != 1 || kc % K_BYTES != 0 || nc % COLUMNS != 0) {
    xnn_pack_qs8_to_qu8_gemm_goi_w(groups, nc, kc, nr, kr, sr, k, bias, scale, packed, extra_bytes,
                                   params);
    return;
  }
  uint32_t zero_point = (uint32_t)params->input_zero_point + INPUT_OFFSET;
  char *out = packed;
  for (size_t n = 0; n < groups * nc; n += COLUMNS, k += COLUMNS * kc) {
    int32_t sums[COLUMNS], starts[COLUMNS];
    int8_t *weights = (int8_t *)(out + sizeof starts);
    pack_columns(k, kc, weights, sums);
    pack_columns(k + 4 * kc, kc, weights + 4 * K_BYTES, sums + 4);
    for (size_t i = 0; i < COLUMNS; i++) {
      uint32_t start = bias != NULL ? (uint32_t)bias[n + i] : 0;
      starts[i] = (int32_t)(start - (uint32_t)sums[i] * zero_point);
    }
    memcpy(out, starts, sizeof starts);
    out += sizeof starts + COLUMNS * kc + extra_bytes;
  }
}

#endif
