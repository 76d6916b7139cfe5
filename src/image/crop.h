/* Which pixels of an upright picture are looked at, in whole pixels. */
#ifndef INSITU_IMAGE_CROP_H_
#define INSITU_IMAGE_CROP_H_

#include <stdint.h>

#include "insitu.h"

typedef struct image_box {
  uint32_t x0, y0, x1, y1; /* x0 < x1, y0 < y1, half-open */
} image_box;

/* The largest centred rectangle with the input's aspect ratio, times
 * crop_fraction. In doubles, and in this order, so that other languages can
 * repeat it to the pixel:
 *   w, h = picture;  if w * out_h > h * out_w: w = h * out_w / out_h
 *                    else:                     h = w * out_h / out_w
 *   w = clamp(floor(w * crop_fraction + 0.5), 1, picture's), likewise h
 *   x0 = floor((picture's w - w) / 2), likewise y0. */
image_box image_crop_centre(uint32_t width_px, uint32_t height_px, const insitu_input *input);

/* A crop given in fractions: both edges are rounded to the nearest pixel,
 * floor(x * width + 0.5), and at least one pixel stays. The crop is valid. */
image_box image_crop_given(uint32_t width_px, uint32_t height_px, const insitu_crop *crop);

#endif
