/* int8 matrix products for plain SIMD128, whose widest integer product is
 * i32x4.dot_i16x8. See qs8_gemm_4x8.c. */
#ifndef INSITU_XNN_KERNELS_QS8_GEMM_4X8_H_
#define INSITU_XNN_KERNELS_QS8_GEMM_4X8_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

union xnn_qs8_qc8w_conv_minmax_params;

/* XNNPACK's microkernel signatures: rows of A [mr,kc], packed B, C [mr,nc]. */
#define QS8_GEMM(name)                                                                        \
  void name(size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w, \
            int8_t *c, size_t cm_stride, size_t cn_stride,                                    \
            const union xnn_qs8_qc8w_conv_minmax_params *params)
/* A through ks bytes of row pointers; those that are not `zero` get a_offset. */
#define QS8_IGEMM(name)                                                                         \
  void name(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,        \
            int8_t *c, size_t cm_stride, size_t cn_stride, size_t a_offset, const int8_t *zero, \
            const union xnn_qs8_qc8w_conv_minmax_params *params)
QS8_GEMM(qs8_gemm_1x8);
QS8_GEMM(qs8_gemm_4x8);
QS8_IGEMM(qs8_igemm_1x8);
QS8_IGEMM(qs8_igemm_4x8);
/* By relaxed SIMD's dot product, of the input's i8 or u8 (dot.h) and the weights' i8. */
QS8_GEMM(qs8_gemm_1x8_dot);
QS8_GEMM(qs8_gemm_4x8_dot);
QS8_IGEMM(qs8_igemm_1x8_dot);
QS8_IGEMM(qs8_igemm_4x8_dot);

/* Filters of few channels, such as a first layer's: each tap by itself would be filled up to 8
 * (4 for the dot product) of k, so that three channels were mostly zeros. What an igemm
 * multiplies is gathered tap beside tap instead, and B packed as a gemm's of taps * kc. Not one
 * channel, whose weights may come in another layout (XNNPACK's kgo). */
enum { QS8_GATHERED_BYTES = 512 };
static inline bool qs8_is_gathered(size_t taps, size_t kc) {
  return taps > 1 && kc > 1 && kc < 8 && taps * kc <= QS8_GATHERED_BYTES;
}
/* Bytes a column that XNNPACK has room for then, and that are left out. fill: 8 or 4. */
static inline size_t qs8_gathered_spare(size_t taps, size_t kc, size_t fill) {
  return (kc + fill - 1) / fill * fill * taps - (taps * kc + fill - 1) / fill * fill;
}

struct xnn_qs8_packing_params;

/* Weights [groups,nc,kc] for the two of four rows; XNNPACK's packing signature. */
void qs8_pack_4x8(size_t groups, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr,
                  const int8_t *k, const int32_t *bias, const float *scale, void *packed,
                  size_t extra_bytes, const struct xnn_qs8_packing_params *params);

/* The same for the two by the dot product where it is of u8 and i8. */
void qs8_pack_dot(size_t groups, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr,
                  const int8_t *k, const int32_t *bias, const float *scale, void *packed,
                  size_t extra_bytes, const struct xnn_qs8_packing_params *params);

/* Weights [groups,nc,ks,kc] of an igemm, gathered or as XNNPACK packs them. `gemm` and `igemm`
 * are XNNPACK's packing for these kernels, of a call of qs8_pack_igemm_init before. */
typedef void (*qs8_pack_gemm)(size_t groups, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr,
                              const void *k, const void *bias, const void *scale, void *packed,
                              size_t extra_bytes, const void *params);
typedef void (*qs8_pack_igemm)(size_t groups, size_t nc, size_t ks, size_t kc, size_t nr, size_t kr,
                               size_t sr, const void *k, const void *bias, const void *scale,
                               void *packed, size_t extra_bytes, const void *params);
void qs8_pack_igemm_init(qs8_pack_gemm gemm, qs8_pack_igemm igemm);
void qs8_pack_igemm_4x8(size_t groups, size_t nc, size_t ks, size_t kc, size_t nr, size_t kr,
                        size_t sr, const void *k, const void *bias, const void *scale, void *packed,
                        size_t extra_bytes, const void *params);

#endif
