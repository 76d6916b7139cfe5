/* int8 kernels of our own for x86 processors with AVX-512: depthwise convolutions by
 * VNNI, four taps at once, and products of elements, 64 at once. */
#ifndef INSITU_XNN_KERNELS_INT8_AVX512_H_
#define INSITU_XNN_KERNELS_INT8_AVX512_H_

#include <stddef.h>
#include <stdint.h>

union xnn_qs8_mul_minmax_params;
union xnn_qs8_qc8w_conv_minmax_params;

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_AVX512_KERNELS 1

/* XNNPACK's unipass signature (dwconv_3x3.h says what the pointers are), for 9 and for
 * 25 taps. Packed weights for each 32 channels, as XNNPACK's 9p32c and 25p32c kernels
 * want them: [32 x i32 bias][taps][32 x i8], [32 x f32 scale]. */
void qs8_dwconv_9_vnni(size_t channels, size_t output_width, const int8_t **input,
                       const void *weights, int8_t *output, intptr_t input_stride,
                       size_t output_increment, size_t input_offset, const int8_t *zero,
                       const union xnn_qs8_qc8w_conv_minmax_params *params);
void qs8_dwconv_25_vnni(size_t channels, size_t output_width, const int8_t **input,
                        const void *weights, int8_t *output, intptr_t input_stride,
                        size_t output_increment, size_t input_offset, const int8_t *zero,
                        const union xnn_qs8_qc8w_conv_minmax_params *params);

/* XNNPACK's vmul and vmulc (one element times many): [batch] int8. */
void qs8_mul_avx512(size_t batch, const int8_t *a, const int8_t *b, int8_t *output,
                    const union xnn_qs8_mul_minmax_params *params);
void qs8_mulc_avx512(size_t batch, const int8_t *a, const int8_t *b, int8_t *output,
                     const union xnn_qs8_mul_minmax_params *params);

#endif
#endif
