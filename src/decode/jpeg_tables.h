/* JPEG's two kinds of tables, read from their segments into the form in which
 * blocks are decoded. */
#ifndef INSITU_DECODE_JPEG_TABLES_H_
#define INSITU_DECODE_JPEG_TABLES_H_

#include "base/span.h"

#define JPEG_NUM_TABLES 4
#define JPEG_LOOKUP_BITS 9 /* most codes of a photo are shorter */

/* A Huffman table. A code is looked up by the next 9 bits; a longer one, by the
 * first length whose limit lies above the next 16 bits. */
typedef struct jpeg_huffman {
  bool is_defined;
  /* [next 9 bits]: length << 8 | symbol; 0 where the code is longer. */
  uint16_t lookup[1 << JPEG_LOOKUP_BITS];
  /* [next 9 bits]: code and value at once, value << 8 | run << 4 | bits of both;
   * 0 where they do not fit. Filled for AC tables alone. */
  int16_t values[1 << JPEG_LOOKUP_BITS];
  uint32_t limit[17]; /* [length]: one past its last code, shifted to 16 bits */
  int32_t offset[17]; /* [length]: from a code to its symbol's index */
  uint8_t symbols[256];
} jpeg_huffman;

typedef struct jpeg_tables {
  jpeg_huffman dc[JPEG_NUM_TABLES], ac[JPEG_NUM_TABLES];
  uint16_t quant[JPEG_NUM_TABLES][64]; /* row order; zeros where never read */
} jpeg_tables;

/* [k] in zigzag order: index in row order (T.81, figure A.6). */
extern const uint8_t jpeg_zigzag[64];

/* payload: of a DHT or DQT segment, which may hold several tables. False:
 * damaged; tables read before the damage may have changed. */
bool jpeg_tables_read_huffman(jpeg_tables *tables, span payload);
bool jpeg_tables_read_quant(jpeg_tables *tables, span payload);

#endif
