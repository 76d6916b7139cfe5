/* Coefficients that are kept until a picture's last scan: of each block those that what it
 * is needed for is made of (jpeg_bands), so that a large picture takes a fraction of the
 * 3 bytes a pixel that all of them take. */
#ifndef INSITU_DECODE_JPEG_STORE_H_
#define INSITU_DECODE_JPEG_STORE_H_

#include "decode/jpeg_bands.h"
#include "decode/jpeg_entropy.h"

typedef struct jpeg_kept jpeg_kept; /* which of a block's 64 are kept */

typedef struct jpeg_store {
  const jpeg_plane *plane;
  /* Not zeroed, which would take a tenth of the time: a component's first scan, which the
   * header has found, writes or clears all of every block but the padding ones. */
  int16_t *coefficients;
  uint64_t *nonzero;        /* [blocks_down, blocks_across]; NULL: sequential */
  jpeg_kept *kept;          /* [4], by needs */
  size_t *row_offsets;      /* [blocks_down] */
  uint32_t *column_offsets; /* [4, blocks_across], by the row's needs */
} jpeg_store;

/* plane: borrowed until deinit. False: out of memory; deinit is needed after that too. */
bool jpeg_store_init(jpeg_store *store, const jpeg_plane *plane, bool is_progressive,
                     size_t *total_bytes);
void jpeg_store_deinit(jpeg_store *store);

/* Where the block's coefficients go; none where it is needed for nothing. */
jpeg_block jpeg_store_block(const jpeg_store *store, uint32_t column, uint32_t row);
/* Keeps what is needed of a whole block: [64] in row order. */
void jpeg_store_write(const jpeg_store *store, const int16_t *block, uint32_t column, uint32_t row);
/* The block with zeros for what is not kept, [64] in row order. Its needs are not 0. */
void jpeg_store_read(const jpeg_store *store, uint32_t column, uint32_t row, int16_t block[64]);

#endif
