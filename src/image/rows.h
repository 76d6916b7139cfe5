/* How a decoder hands over pixels: row by row, so that no whole picture is
 * ever held. Everything here is in the file's own orientation, before EXIF
 * turns it. */
#ifndef INSITU_IMAGE_ROWS_H_
#define INSITU_IMAGE_ROWS_H_

#include <stdbool.h>
#include <stdint.h>

/* Half-open ranges of rows and columns. */
typedef struct image_region {
  uint32_t first_row, end_row;
  uint32_t first_column, end_column;
} image_region;

/* Ranges at regular distances along one axis: range i begins at first + i * distance. */
typedef struct image_runs {
  uint32_t first, run_px, num_runs, distance; /* distance: 0 where there is one */
} image_runs;

/* True where `at` is in one of them. */
static inline bool image_runs_have(const image_runs *runs, uint32_t at) {
  if (at < runs->first) return false;
  uint32_t run = runs->num_runs > 1 ? (at - runs->first) / runs->distance : 0;
  return run < runs->num_runs && at - runs->first - run * runs->distance < runs->run_px;
}

/* How much smaller than the picture a decoder's rows may be, at most. */
#define IMAGE_MAX_REDUCTION 8u

/* Takes the rows of `region`, from first_row on, each once, none left out.
 * planes: red, green, blue, indexed by the picture's column; only columns
 * within the region are there, and only until the call returns.
 *
 * Where reduction is 2, 4 or 8, all that is of the picture reduced so many times along
 * both axes, each pixel the mean of a square of the picture's (what is left over at its
 * right and lower edge is left out); and `detail` takes rows of the picture itself, those
 * in detail_rows, in the same way, of which the columns in detail_columns are there. Who
 * gives rows says how far it can reduce. */
typedef struct image_sink {
  image_region region;
  void (*row)(void *context, uint32_t row, const uint8_t *const planes[3]);
  void *context;
  uint32_t reduction; /* 0, 1: none, and the rest has no meaning */
  image_runs detail_columns, detail_rows;
  void (*detail)(void *context, uint32_t row, const uint8_t *const planes[3]);
} image_sink;

#endif
