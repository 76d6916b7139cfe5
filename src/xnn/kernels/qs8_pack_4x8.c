/* Packs int8 weights [nc,kc] for qs8_gemm_4x8 (its head says how), as
 * xnn_pack_qs8_gemm_goi_w does with nr 8, kr 2, sr 4, which is half of the time
 * to open an int8 model: it goes byte by byte, in an engine's first, slow code.
 * Here eight of k are one load. Ragged sizes are left to XNNPACK's. */
#include "xnn/kernels/qs8_gemm_4x8.h"

#ifdef __wasm_simd128__

#include <string.h>
#include <wasm_simd128.h>
#include <xnnpack/pack.h>

#define COLUMNS 8

/* Eight columns from k on, kc of each: the pairs, and the sums of the weights. */
static void pack_columns(const int8_t *k, size_t kc, uint16_t *packed, int32_t sums[COLUMNS]) {
  for (size_t n = 0; n < COLUMNS; n++) {
    v128_t sum = wasm_i32x4_const_splat(0);
    const int8_t *column = k + n * kc;
    for (size_t i = 0; i < kc; i += 8) {
      uint16_t pairs[4], *group = packed + i / 8 * (4 * COLUMNS) + n;
      memcpy(pairs, column + i, sizeof pairs);
      /* step s holds the pair (n + s) mod 4 */
      for (size_t s = 0; s < 4; s++) group[s * COLUMNS] = pairs[(n + s) & 3];
      sum = wasm_i32x4_add(sum, wasm_i32x4_extadd_pairwise_i16x8(wasm_i16x8_load8x8(column + i)));
    }
    sums[n] = wasm_i32x4_extract_lane(sum, 0) + wasm_i32x4_extract_lane(sum, 1) +
              wasm_i32x4_extract_lane(sum, 2) + wasm_i32x4_extract_lane(sum, 3);
  }
}

void qs8_pack_4x8(size_t groups, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr,
                  const int8_t *k, const int32_t *bias, const float *scale, void *packed,
                  size_t extra_bytes, const struct xnn_qs8_packing_params *params) {
  if (nr != COLUMNS || kr != 2 || sr != 4 || kc % 8 != 0 || nc % COLUMNS != 0) {
    xnn_pack_qs8_gemm_goi_w(groups, nc, kc, nr, kr, sr, k, bias, scale, packed, extra_bytes,
                            params);
    return;
  }
  char *out = packed;
  for (size_t n = 0; n < groups * nc; n += COLUMNS, k += COLUMNS * kc) {
    int32_t sums[COLUMNS], starts[COLUMNS];
    pack_columns(k, kc, (uint16_t *)(out + sizeof starts), sums);
    for (size_t i = 0; i < COLUMNS; i++) {
      uint32_t start = bias != NULL ? (uint32_t)bias[n + i] : 0;
      starts[i] = (int32_t)(start - (uint32_t)sums[i] * (uint32_t)params->input_zero_point);
    }
    memcpy(out, starts, sizeof starts);
    out += sizeof starts + COLUMNS * kc + extra_bytes;
  }
}

static qs8_pack_gemm pack_gemm;
static qs8_pack_igemm pack_igemm;

void qs8_pack_igemm_init(qs8_pack_gemm gemm, qs8_pack_igemm igemm) {
  pack_gemm = gemm;
  pack_igemm = igemm;
}

void qs8_pack_igemm_4x8(size_t groups, size_t nc, size_t ks, size_t kc, size_t nr, size_t kr,
                        size_t sr, const void *k, const void *bias, const void *scale, void *packed,
                        size_t extra_bytes, const void *params) {
  if (!qs8_is_gathered(ks, kc)) {
    pack_igemm(groups, nc, ks, kc, nr, kr, sr, k, bias, scale, packed, extra_bytes, params);
    return;
  }
  pack_gemm(groups, nc, ks * kc, nr, kr, sr, k, bias, scale, packed,
            extra_bytes + nr * qs8_gathered_spare(ks, kc, kr * sr), params);
}

#endif
