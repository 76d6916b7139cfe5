/* A JPEG's blocks to a sink's rows: which blocks are needed, and for what; their samples
 * band by band (a band is one row of MCUs), of which the last two are held; upsampling,
 * colour. Where the sink wants a reduced picture most blocks are transformed at that size,
 * and whole only those that its details come from. */
#ifndef INSITU_DECODE_JPEG_BANDS_H_
#define INSITU_DECODE_JPEG_BANDS_H_

#include "decode/jpeg_header.h"
#include "image/colour.h"
#include "image/rows.h"

/* What a block is needed for; where it is for nothing, 0. */
enum { JPEG_NEEDS_WHOLE = 1, JPEG_NEEDS_REDUCED = 2, JPEG_NUM_NEEDS = 4 };

typedef struct jpeg_plane {
  const jpeg_component *header;
  uint32_t scale_x, scale_y;         /* picture pixels a sample */
  uint8_t *column_needs, *row_needs; /* [blocks_across], [blocks_down]: of each block both */
  uint8_t *samples;                  /* [2 * band_rows, stride]: this band and the one before */
  uint32_t band_rows, stride;        /* samples */
  /* Where the sink's picture is reduced: samples a block, and this band's. */
  uint32_t reduced_columns, reduced_rows;
  uint8_t *reduced; /* [reduced_rows * v, reduced_stride] */
  uint32_t reduced_stride;
} jpeg_plane;

typedef struct jpeg_bands {
  const jpeg_header *header;
  const image_sink *sink;
  bool is_reduced;
  jpeg_plane planes[JPEG_MAX_COMPONENTS];
  image_runs columns, rows; /* of the picture itself that the sink wants */
  uint32_t next_row;        /* of the picture itself */
  uint32_t next_reduced_row;
  uint16_t *scratch;                   /* [width + 2] */
  uint8_t *lines[JPEG_MAX_COMPONENTS]; /* [width + 4] each */
  image_colour *colour;                /* NULL: rows are sRGB */
} jpeg_bands;

/* header, sink: borrowed until deinit. The sink's reduction is at most what
 * jpeg_max_reduction allows. OUT_OF_MEMORY; deinit is needed after that too. */
insitu_status jpeg_bands_init(jpeg_bands *bands, const jpeg_header *header, const image_sink *sink,
                              insitu_error *error);
void jpeg_bands_deinit(jpeg_bands *bands);

/* How far a picture can be reduced: its colours' samples must lie one or two pixels apart. */
uint32_t jpeg_max_reduction(const jpeg_header *header);

/* column, row: of the block within its component. */
static inline uint8_t jpeg_bands_needs(const jpeg_plane *plane, uint32_t column, uint32_t row) {
  return plane->column_needs[column] & plane->row_needs[row];
}

/* True where no more of a block than its mean is needed. */
static inline bool jpeg_bands_needs_mean(const jpeg_plane *plane, uint8_t needs) {
  return needs == JPEG_NEEDS_REDUCED && plane->reduced_columns * plane->reduced_rows == 1;
}

/* block: [64] in row order, dequantised; where jpeg_bands_needs_mean the first alone. */
void jpeg_bands_put(const jpeg_plane *plane, uint8_t needs, const int16_t *block, uint32_t column,
                    uint32_t row);

/* Gives the sink all rows that are complete once bands before end_band have their blocks. */
void jpeg_bands_give(jpeg_bands *bands, uint32_t end_band);

/* All rows that the sink wants have been given. */
bool jpeg_bands_are_given(const jpeg_bands *bands);

#endif
