/* JPEG's arithmetic on samples, in integers, equal bit for bit to stb_image's
 * and so on every platform: inverse DCT, upsampling, colour. stb_image's own
 * overflows for damaged data, differently with each SIMD, and makes whole rows
 * of interleaved pixels where a crop needs planes. */
#ifndef INSITU_DECODE_JPEG_PIXELS_H_
#define INSITU_DECODE_JPEG_PIXELS_H_

#include <stddef.h>
#include <stdint.h>

#include "decode/jpeg_header.h"

/* block: [64] coefficients in row order, dequantised. out: 8 x 8 samples, rows
 * `stride` bytes apart. */
void jpeg_idct(const int16_t block[64], uint8_t *out, size_t stride);

/* The same, each sample the mean of what lies between it and the next: columns x rows of
 * them, each 1, 2, 4 or 8. */
void jpeg_idct_reduced(const int16_t block[64], uint32_t columns, uint32_t rows, uint8_t *out,
                       size_t stride);
/* The block's mean as a sample. mean: coefficient 0, dequantised. */
uint8_t jpeg_idct_mean(int16_t mean);

/* Upsamples columns [begin, end) of one row. near, far: the component's rows,
 * [width] samples, the nearer and the farther to the output row. scale_x,
 * scale_y: 1..4. scratch: [width + 2]. out: indexed from the picture's column
 * 0; written from begin rounded down to a multiple of scale_x to end rounded up. */
void jpeg_upsample(const uint8_t *near, const uint8_t *far, uint32_t width, uint32_t scale_x,
                   uint32_t scale_y, uint32_t begin, uint32_t end, uint16_t *scratch, uint8_t *out);

/* Turns planes[0..3] (as many as the colour has) into red, green, blue in
 * place, for columns [begin, end). GREY: the first is copied to all three. */
void jpeg_to_rgb(jpeg_colour colour, uint8_t *const planes[4], uint32_t begin, uint32_t end);

#endif
