/* Packs int8 weights [nc,kc] for the kernels of int8_amx.h, as
 * xnn_pack_qs8_gemm_goi_w does byte by byte: here four of k are one load. Ragged
 * depths are left to XNNPACK's. */
#include "xnn/kernels/int8_amx.h"

#ifdef HAS_AMX_KERNELS

#include <string.h>
#include <xnnpack/pack.h>

/* Column n of the 32, and the sum of its weights. */
static int32_t pack_column(const int8_t *column, size_t kc, char *packed) {
  int32_t sum = 0;
  for (size_t i = 0; i < kc; i += 4) {
    memcpy(packed + i * AMX_COLUMNS, column + i, 4);
    sum += column[i] + column[i + 1] + column[i + 2] + column[i + 3];
  }
  return sum;
}

void qs8_pack_amx(size_t groups, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr,
                  const int8_t *k, const int32_t *bias, const float *scale, void *packed,
                  size_t extra_bytes, const struct xnn_qs8_packing_params *params) {
  if (nr != AMX_COLUMNS || kr != 4 || sr != 1 || kc % 4 != 0) {
    xnn_pack_qs8_gemm_goi_w(groups, nc, kc, nr, kr, sr, k, bias, scale, packed, extra_bytes,
                            params);
    return;
  }
  char *out = packed;
  for (size_t group = 0; group < groups; group++) {
    for (size_t n = 0; n < nc; n += AMX_COLUMNS) {
      size_t columns = nc - n < AMX_COLUMNS ? nc - n : AMX_COLUMNS;
      int32_t starts[AMX_COLUMNS] = {0};
      for (size_t i = 0; i < columns; i++, k += kc) {
        int32_t sum = pack_column(k, kc, out + sizeof starts + 4 * i);
        uint32_t start = bias != NULL ? (uint32_t)bias[group * nc + n + i] : 0;
        starts[i] = (int32_t)(start - (uint32_t)sum * (uint32_t)params->input_zero_point);
      }
      memcpy(out, starts, sizeof starts);
      out += sizeof starts + AMX_COLUMNS * kc + extra_bytes;
    }
  }
}

#else
typedef int int8_amx_pack_is_for_x86; /* a file may not be empty */
#endif
