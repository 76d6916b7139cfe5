/* How good a picture is, measured while its rows go by. Two scales matter. What
 * was clipped, and what is no photograph, shows at the picture's own resolution
 * alone: averaging hides it. What the model can see does not depend on how many
 * pixels the camera has: that is measured on the prepared pixels, so that a
 * picture of 0.06 and one of 12 megapixels with the same content give the same.
 *
 * Both scales ask how much two pixels differ, and how much two that are twice as
 * far apart: detail = (4 E1 / E2 - 1) / 3, E being mean squared differences. A
 * blur makes differences grow with distance (E2 = 4 E1: 0); pixels that have
 * nothing to do with each other do not (E2 = E1: 1). It does not change with
 * brightness or contrast, other than the variance of the Laplacian. To compare
 * a scale with the next instead of with a threshold is the idea of re-blur
 * measures (Crete et al., "The blur effect", SPIE 6492, 2007).
 *
 * Of the prepared pixels:
 *   sharpness  detail, of means of 2 x 2 pixels. Close-ups of a lens, at 192
 *              pixels a side: 0.15 in the middle, 1 in 100 below 0.08; blurred
 *              over 2, 4, 8 of 288 pixels 0.035, 0.013, 0.011 (measured)
 *   glare      share of 3 x 3 neighbourhoods that are all bright and nearly
 *              without colour (every channel >= 225, at most 24 apart)
 *   uniform    share of 8 x 8 blocks whose Y spans less than 8
 *   resolution judged pixels a side by the model's pixels a side
 * At the picture's own resolution, of luma Y = (77 R + 150 G + 29 B) / 256:
 *   dark, bright    share of pixels with Y <= 16, Y >= 239
 *   mean, contrast  mean and standard deviation of Y
 *   focus           detail, of pixels: of noise and upscaling more than of blur
 *   drawn           share of neighbours that are equal, times the share of hard
 *                   edges (40 and more) among those that are not: photographs
 *                   have noise and soft edges, drawings and screenshots neither
 *
 * All sums are of integers, of the same pixels whichever way the file turns
 * them: a picture gives the same numbers on every platform and in every EXIF
 * orientation. Above QUALITY_MAX_SAMPLES judged pixels a regular grid of
 * patches of 16 x 16 stands for the whole. Holds three rows and 1.5 bytes a
 * prepared pixel. */
#ifndef INSITU_IMAGE_QUALITY_H_
#define INSITU_IMAGE_QUALITY_H_

#include <stdint.h>

#include "image/resize.h"
#include "insitu.h"

/* Of 12 megapixels, judged as a square, every third patch each way: the measures
 * then take 8 % of the time of decoding a JPEG (WebAssembly; measured). */
#define QUALITY_MAX_SAMPLES 1200000u

typedef struct image_quality image_quality;

/* options: those of the resize that gets the same rows; borrowed for the call.
 * NULL: out of memory. */
image_quality *image_quality_create(const image_resize_options *options);
void image_quality_destroy(image_quality *quality);

/* Which of the file's columns and rows are looked at. */
void image_quality_runs(const image_quality *quality, image_runs *columns, image_runs *rows);

/* As image_sink's row: rows and columns beyond the box are passed over. */
void image_quality_take_row(image_quality *quality, uint32_t row, const uint8_t *const planes[3]);

/* After all rows of the box. rgb: the prepared pixels, [out_height, out_width,
 * 3] u8. */
void image_quality_finish(image_quality *quality, const uint8_t *rgb, insitu_quality *measures);

#endif
