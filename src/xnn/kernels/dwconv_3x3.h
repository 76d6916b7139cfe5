/* 3x3 depthwise convolutions that compute two neighbouring pixels at once. See
 * f32_dwconv_3x3.c and qs8_dwconv_3x3.c. */
#ifndef INSITU_XNN_KERNELS_DWCONV_3X3_H_
#define INSITU_XNN_KERNELS_DWCONV_3X3_H_

#include <stddef.h>
#include <stdint.h>

union xnn_f32_minmax_params;
union xnn_qs8_qc8w_conv_minmax_params;

/* XNNPACK's unipass signature. input: for each pixel nine pointers, column by
 * column; the next pixel's are input_stride bytes on. A pointer that is not
 * `zero` gets input_offset bytes added. */
void f32_dwconv_3x3(size_t channels, size_t output_width, const float **input, const float *weights,
                    float *output, intptr_t input_stride, size_t output_increment,
                    size_t input_offset, const float *zero,
                    const union xnn_f32_minmax_params *params);
void qs8_dwconv_3x3(size_t channels, size_t output_width, const int8_t **input, const void *weights,
                    int8_t *output, intptr_t input_stride, size_t output_increment,
                    size_t input_offset, const int8_t *zero,
                    const union xnn_qs8_qc8w_conv_minmax_params *params);
/* The same, for processors that widen slowly. */
void qs8_dwconv_3x3_x86(size_t channels, size_t output_width, const int8_t **input,
                        const void *weights, int8_t *output, intptr_t input_stride,
                        size_t output_increment, size_t input_offset, const int8_t *zero,
                        const union xnn_qs8_qc8w_conv_minmax_params *params);

/* The same, by relaxed SIMD's dot product. */
void qs8_dwconv_3x3_dot(size_t channels, size_t output_width, const int8_t **input,
                        const void *weights, int8_t *output, intptr_t input_stride,
                        size_t output_increment, size_t input_offset, const int8_t *zero,
                        const union xnn_qs8_qc8w_conv_minmax_params *params);

/* The pointers of one pixel, or of two with stride 1, whose windows share two
 * of their columns: then the second pixel's nine begin three on. */
#define DWCONV_POINTERS(pixels) (3 * ((pixels) + 2))
/* Bytes from a pixel's pointers to the next one's where the stride is 1. */
#define DWCONV_STRIDE_1 ((intptr_t)(3 * sizeof(void *)))

#endif
