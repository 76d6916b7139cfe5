/* Stands in for some of XNNPACK's files: channels-first convolutions and resizes,
 * which it would use for sparse networks alone and links for all: 13 KB of each
 * WebAssembly module. No graph here asks for them (src/xnn/runtime.c gives no flag
 * for sparse inference); who did would be told that they are not supported. */
#include <xnnpack.h>

#if defined(__wasm__)
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define ABSENT_CONVOLUTION(name, weights, element)                                              \
  enum xnn_status xnn_create_convolution2d_nchw_##name(                                         \
      uint32_t pad_top, uint32_t pad_right, uint32_t pad_bottom, uint32_t pad_left,             \
      uint32_t kernel_h, uint32_t kernel_w, uint32_t stride_h, uint32_t stride_w,               \
      uint32_t dilation_h, uint32_t dilation_w, uint32_t groups, size_t inputs, size_t outputs, \
      size_t input_stride, size_t output_stride, const weights *kernel, const weights *bias,    \
      float min, float max, uint32_t flags, xnn_code_cache_t code, xnn_weights_cache_t cache,   \
      xnn_operator_t *out) {                                                                    \
    return xnn_status_unsupported_parameter;                                                    \
  }                                                                                             \
  enum xnn_status xnn_reshape_convolution2d_nchw_##name(                                        \
      xnn_operator_t op, size_t batch, size_t height, size_t width, size_t *output_h,           \
      size_t *output_w, pthreadpool_t threads) {                                                \
    return xnn_status_unsupported_parameter;                                                    \
  }                                                                                             \
  enum xnn_status xnn_setup_convolution2d_nchw_##name(xnn_operator_t op, const element *input,  \
                                                      element *output) {                        \
    return xnn_status_unsupported_parameter;                                                    \
  }

#define ABSENT_RESIZE(name, element)                                                               \
  enum xnn_status xnn_create_resize_bilinear2d_nchw_##name(size_t height, size_t width,            \
                                                           uint32_t flags, xnn_operator_t *out) {  \
    return xnn_status_unsupported_parameter;                                                       \
  }                                                                                                \
  enum xnn_status xnn_reshape_resize_bilinear2d_nchw_##name(                                       \
      xnn_operator_t op, size_t batch, size_t height, size_t width, size_t channels,               \
      size_t input_stride, size_t output_stride, pthreadpool_t threads) {                          \
    return xnn_status_unsupported_parameter;                                                       \
  }                                                                                                \
  enum xnn_status xnn_setup_resize_bilinear2d_nchw_##name(xnn_operator_t op, const element *input, \
                                                          element *output) {                       \
    return xnn_status_unsupported_parameter;                                                       \
  }

ABSENT_CONVOLUTION(f32, float, float)
ABSENT_CONVOLUTION(f16, void, void)
ABSENT_RESIZE(f32, float)
ABSENT_RESIZE(f16, void)

/* Depthwise kernels whose places those for 49 taps take (dwconv_49_install) before any
 * operator is made: never called. */
#define ABSENT_KERNEL(name, element, weights)                                                     \
  void name(size_t channels, size_t output_width, const element **input, const weights *w,        \
            element *output, intptr_t input_stride, size_t output_increment, size_t input_offset, \
            const element *zero, const void *params) {}

#ifdef __wasm_relaxed_simd__
/* Sums of int8 by plain SIMD: of XNNPACK's kernel for relaxed SIMD, the first tier of an
 * older V8 (11.3, in Node 20; not of Chromium 156) adds each dot product twice, and XNNPACK
 * takes it without asking the engine what its dot products are worth, as it does elsewhere. */
void xnn_qs8_rsum_ukernel__wasmsimd_u32_acc4(size_t batch, const int8_t *input, int32_t *output,
                                             const void *params);
void xnn_qs8_rsum_ukernel__wasmrelaxedsimd_u64_acc4(size_t batch, const int8_t *input,
                                                    int32_t *output, const void *params) {
  xnn_qs8_rsum_ukernel__wasmsimd_u32_acc4(batch, input, output, params);
}
/* int8 products by dot products on x86, for which qs8_gemm_4x8.c has its own (install_dot). */
#define GEMM_PARAMETERS                                                                        \
  size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w, int8_t *c, \
      size_t cm_stride, size_t cn_stride, const void *params
#define IGEMM_PARAMETERS                                                                  \
  size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w, int8_t *c, \
      size_t cm_stride, size_t cn_stride, size_t a_offset, const int8_t *zero, const void *params
#define ABSENT_GEMM(name) \
  void xnn_qs8_qc8w_gemm_minmax_fp32_ukernel_##name(GEMM_PARAMETERS) {}
#define ABSENT_IGEMM(name) \
  void xnn_qs8_qc8w_igemm_minmax_fp32_ukernel_##name(IGEMM_PARAMETERS) {}
ABSENT_GEMM(1x8c8__wasmsdot)
ABSENT_GEMM(2x8c8__wasmsdot)
ABSENT_IGEMM(1x8c8__wasmsdot)
ABSENT_IGEMM(2x8c8__wasmsdot)
ABSENT_GEMM(1x8c8__wasmusdot_u2)
ABSENT_GEMM(4x8c8__wasmusdot_u2)
ABSENT_IGEMM(1x8c8__wasmusdot_u2)
ABSENT_IGEMM(4x8c8__wasmusdot_u2)
ABSENT_KERNEL(xnn_f32_dwconv_minmax_ukernel_4p8c__wasmrelaxedsimd_fma, float, float)
ABSENT_KERNEL(xnn_f32_dwconv_ukernel_4p8c__wasmrelaxedsimd_fma, float, float)
#else
ABSENT_KERNEL(xnn_f32_dwconv_minmax_ukernel_4p8c__wasmsimd_x86, float, float)
ABSENT_KERNEL(xnn_f32_dwconv_minmax_ukernel_4p4c__wasmsimd_arm, float, float)
ABSENT_KERNEL(xnn_f32_dwconv_ukernel_4p8c__wasmsimd, float, float)
ABSENT_KERNEL(xnn_f32_dwconv_ukernel_4p4c__wasmsimd, float, float)
#endif
ABSENT_KERNEL(xnn_qs8_qc8w_dwconv_minmax_fp32_ukernel_3p16c__wasmsimd_mul16_add16, int8_t, void)
#endif
