/* Turning, cropping and shrinking in one pass over a picture's rows, holding
 * only the sums of the output rows that are under way. Equal bit for bit to
 * Pillow's Image.resize((w, h), BILINEAR, box) of the upright picture, rows
 * first: its only order up to version 12. (13 goes down columns first where
 * that is cheaper, which rounds some bytes differently by 1; tests/golden/
 * make_golden.py shows how to have the same from any version.) */
#ifndef INSITU_IMAGE_RESIZE_H_
#define INSITU_IMAGE_RESIZE_H_

#include <stdint.h>

#include "image/crop.h"
#include "image/rows.h"

typedef struct image_resize image_resize;

typedef struct image_resize_options {
  uint32_t width_px, height_px;         /* the picture as the file has it */
  uint32_t orientation;                 /* EXIF 1..8 */
  image_box box;                        /* in the upright picture, within it */
  uint32_t out_width_px, out_height_px; /* upright, > 0 */
  uint32_t
      reduction; /* of the rows that will come; 0, 1: none. The rest is of the picture itself */
} image_resize_options;

/* NULL: out of memory. rgb: the caller's, [out_height, out_width, 3] u8;
 * complete once all rows of the sink have been given. */
image_resize *image_resize_create(const image_resize_options *options, uint8_t *rgb);
void image_resize_destroy(image_resize *resize);

/* Where to send rows. The region is the box, in the file's orientation, and
 * the few pixels around it that the filter reaches; reduced, where the rows are. */
image_sink image_resize_sink(image_resize *resize);

#endif
