/* How a decoder hands over pixels: row by row, so that no whole picture is
 * ever held. Everything here is in the file's own orientation, before EXIF
 * turns it. */
#ifndef INSITU_IMAGE_ROWS_H_
#define INSITU_IMAGE_ROWS_H_

#include <stdint.h>

/* Half-open ranges of rows and columns. */
typedef struct image_region {
  uint32_t first_row, end_row;
  uint32_t first_column, end_column;
} image_region;

/* Takes the rows of `region`, from first_row on, each once, none left out.
 * planes: red, green, blue, indexed by the picture's column; only columns
 * within the region are there, and only until the call returns. */
typedef struct image_sink {
  image_region region;
  void (*row)(void *context, uint32_t row, const uint8_t *const planes[3]);
  void *context;
} image_sink;

#endif
