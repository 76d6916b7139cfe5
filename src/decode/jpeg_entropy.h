/* Entropy-coded blocks to coefficients (ITU T.81, F.2 and G.2). A block that nothing is
 * made of is read past, which takes less than half of the time: of progressive ones it is
 * kept which coefficients are not zero, since corrections are coded by that. */
#ifndef INSITU_DECODE_JPEG_ENTROPY_H_
#define INSITU_DECODE_JPEG_ENTROPY_H_

#include "decode/jpeg_bits.h"
#include "decode/jpeg_tables.h"

/* The progressive scan's band of coefficients and its bits; see jpeg_scan. */
typedef struct jpeg_band {
  uint32_t first_k, last_k, high, low;
} jpeg_band;

typedef struct jpeg_entropy {
  jpeg_bits bits;
  jpeg_tables tables;
  jpeg_band band;
  int32_t means[4];     /* of each component's last block */
  uint32_t num_skipped; /* blocks to come whose band is at its end */
} jpeg_entropy;

/* Where a block's coefficients go: slots[k] is the place of the k-th in zigzag order (up to
 * 79, for damaged data). Those that are not kept have a place too, the last. */
typedef struct jpeg_block {
  int16_t *coefficients;
  const uint8_t *slots;
  uint32_t num_slots; /* 0: none is kept; 1: the mean alone. Then there is no other place */
  uint64_t *nonzero;  /* bit k: the k-th in zigzag order is not zero */
} jpeg_block;

/* Predictions start again. segment: see jpeg_bits_begin. */
void jpeg_entropy_begin(jpeg_entropy *entropy, span segment);

/* Sequential; false: damaged. component: 0..3. quant: [80] in zigzag order. block: [64] in
 * row order, dequantised. */
bool jpeg_entropy_read_block(jpeg_entropy *entropy, uint32_t component, uint32_t dc_table,
                             uint32_t ac_table, const uint16_t *quant, int16_t *block);
/* The same for a block of which only the mean is wanted, dequantised. */
bool jpeg_entropy_pass_block(jpeg_entropy *entropy, uint32_t component, uint32_t dc_table,
                             uint32_t ac_table, const uint16_t *quant, int16_t *mean);

/* Progressive; false: damaged. The mean, which is in slot 0: its first scan, which
 * clears all else, or one bit more. */
bool jpeg_entropy_read_mean(jpeg_entropy *entropy, uint32_t component, uint32_t dc_table,
                            const jpeg_block *block);
/* The scan's band of the rest: its first scan, or one bit more. */
bool jpeg_entropy_read_band(jpeg_entropy *entropy, uint32_t ac_table, const jpeg_block *block);

#endif
