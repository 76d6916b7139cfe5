/* JPEG's entropy-coded segments to blocks of coefficients, Huffman coding
 * alone (ITU T.81, F.2 and G.2). */
#ifndef INSITU_DECODE_JPEG_ENTROPY_H_
#define INSITU_DECODE_JPEG_ENTROPY_H_

#include "base/span.h"
#include "decode/jpeg_header.h"
#include "decode/jpeg_tables.h"

/* The next bits, the first in the highest place. */
typedef struct jpeg_bits {
  uint64_t bits;
  uint32_t count;       /* that are valid; below them zeros */
  uint32_t num_padding; /* of them, and of those used up, that lie past the end */
  const uint8_t *next, *end;
} jpeg_bits;

typedef struct jpeg_entropy {
  jpeg_tables tables;
  jpeg_bits reader;
  int32_t predictions[JPEG_MAX_COMPONENTS]; /* the last mean of each component */
  uint32_t eob_run; /* blocks that have no more coefficients in this band */
} jpeg_entropy;

/* A run of entropy-coded bytes without markers: a scan, or what lies between
 * two restarts. Predictions start again. Borrowed until the next one. */
void jpeg_entropy_begin(jpeg_entropy *entropy, span segment);
/* True where more bits were used than the segment has. The reader then gives
 * zeros, so this must be asked before its blocks are believed. */
bool jpeg_entropy_has_overrun(const jpeg_entropy *entropy);
/* Bytes of the segment that no block has used, but for up to 8 read ahead. */
span jpeg_entropy_unread(const jpeg_entropy *entropy);

/* One block each, [64] in row order; false: damaged.
 * Sequential: all of the block, dequantised. */
bool jpeg_entropy_read_block(jpeg_entropy *entropy, uint32_t component, const jpeg_huffman *dc,
                             const jpeg_huffman *ac, const uint16_t quant[64], int16_t block[64]);
/* Progressive: the mean, or the scan's band of the rest; its first scan, or
 * one bit more. A component's first scan of the mean clears the block. */
bool jpeg_entropy_read_mean(jpeg_entropy *entropy, const jpeg_scan *scan, uint32_t component,
                            const jpeg_huffman *dc, int16_t block[64]);
bool jpeg_entropy_read_band(jpeg_entropy *entropy, const jpeg_scan *scan, const jpeg_huffman *ac,
                            int16_t block[64]);

#endif
