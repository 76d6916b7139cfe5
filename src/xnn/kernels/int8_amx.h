/* XNNPACK's gemm and igemm kernels for int8 networks and for dynamic range, by
 * AMX (amx.h): 32 rows by 32 columns, nr 32, kr 4, sr 1. */
#ifndef INSITU_XNN_KERNELS_INT8_AMX_H_
#define INSITU_XNN_KERNELS_INT8_AMX_H_

#include <stddef.h>
#include <stdint.h>

#include "xnn/kernels/amx.h"

union xnn_f32_minmax_params;
union xnn_qs8_qc8w_conv_minmax_params;
struct xnn_qd8_quantization_params;
struct xnn_qs8_packing_params;

#ifdef HAS_AMX_KERNELS

/* XNNPACK's signatures. ks: taps times pointers a tap (1 or 32), in bytes. */
void qs8_gemm_amx(size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w,
                  int8_t *c, size_t cm_stride, size_t cn_stride,
                  const union xnn_qs8_qc8w_conv_minmax_params *params);
void qs8_igemm_1_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                     int8_t *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                     const int8_t *zero, const union xnn_qs8_qc8w_conv_minmax_params *params);
void qs8_igemm_32_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                      int8_t *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                      const int8_t *zero, const union xnn_qs8_qc8w_conv_minmax_params *params);
void qd8_gemm_amx(size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w,
                  float *c, size_t cm_stride, size_t cn_stride,
                  const union xnn_f32_minmax_params *params,
                  const struct xnn_qd8_quantization_params *quantization);
void qd8_igemm_1_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                     float *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                     const int8_t *zero, const int8_t *zero_data,
                     const union xnn_f32_minmax_params *params,
                     const struct xnn_qd8_quantization_params *quantization);
void qd8_igemm_32_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                      float *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                      const int8_t *zero, const int8_t *zero_data,
                      const union xnn_f32_minmax_params *params,
                      const struct xnn_qd8_quantization_params *quantization);

/* xnn_pack_qs8_gemm_goi_w for nr 32, kr 4, faster. */
void qs8_pack_amx(size_t g, size_t nc, size_t kc, size_t nr, size_t kr, size_t sr, const int8_t *k,
                  const int32_t *b, const float *scale, void *packed, size_t extra_bytes,
                  const struct xnn_qs8_packing_params *params);

#endif
#endif
