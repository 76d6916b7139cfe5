/* Depthwise convolutions of up to 49 taps, 7x7 as ConvNeXt has them: XNNPACK's kernels
 * end at 25, beyond which it multiplies each channel as a group of its own. */
#ifndef INSITU_XNN_KERNELS_DWCONV_49_H_
#define INSITU_XNN_KERNELS_DWCONV_49_H_

#include <stddef.h>
#include <stdint.h>
#include <xnnpack/microfnptr.h>

struct xnn_dwconv_config;

#define DWCONV_49_TAPS 49
#define DWCONV_49_TILE 16 /* channels */

/* XNNPACK's unipass signature. input: for each pixel 49 pointers; the next pixel's are
 * input_stride bytes on. A pointer that is not `zero` gets input_offset bytes added.
 * weights, for each 16 channels: [16 bias][49 taps][16]. Reads up to 12 bytes behind the
 * channels (XNN_EXTRA_BYTES). */
#define DWCONV_49(name)                                                                         \
  void name(size_t channels, size_t output_width, const float **input, const float *weights,    \
            float *output, intptr_t input_stride, size_t output_increment, size_t input_offset, \
            const float *zero, const union xnn_f32_minmax_params *params)
DWCONV_49(f32_dwconv_49); /* any processor; WASM's, relaxed where it is built so */
#if defined(__x86_64__)
DWCONV_49(f32_dwconv_49_fma3);
DWCONV_49(f32_dwconv_49_avx512);
#endif

/* For int8, where XNNPACK's parameters are x86's: weights, for each 16 channels,
 * [16 x i32 bias][49 taps][16 x i8], [16 x f32 scale]. Reads up to 15 bytes behind the
 * channels. */
#if defined(__x86_64__) || defined(__wasm_simd128__)
#define HAS_QS8_DWCONV_49 1
#define QS8_DWCONV_49(name)                                                                      \
  void name(size_t channels, size_t output_width, const int8_t **input, const void *weights,     \
            int8_t *output, intptr_t input_stride, size_t output_increment, size_t input_offset, \
            const int8_t *zero, const union xnn_qs8_qc8w_conv_minmax_params *params)
QS8_DWCONV_49(qs8_dwconv_49);
#if defined(__x86_64__)
QS8_DWCONV_49(qs8_dwconv_49_avx2);
#endif
#endif

/* 49 rounds laid out one after the other are none the faster, and gcc then spills. */
#if defined(__clang__)
#define ROLLED _Pragma("clang loop unroll(disable)")
#else
#define ROLLED _Pragma("GCC unroll 1")
#endif

/* Puts a kernel in the place of the one for `taps` (float32: 4; int8: 3), whose windows
 * then take the one for nine; where that place is taken already, it changes nothing. */
void dwconv_49_install(const struct xnn_dwconv_config *configs, size_t num_configs, uint8_t taps,
                       xnn_dwconv_unipass_ukernel_fn kernel);

#endif
