/* Huffman and quantisation tables (ITU T.81, B.2.4), and the Huffman tables of
 * K.3, which files without tables of their own mean. */
#ifndef INSITU_DECODE_JPEG_TABLES_H_
#define INSITU_DECODE_JPEG_TABLES_H_

#include "base/span.h"

/* Measured: with 8 photos take 2 % longer, with 10 or 11 progressive ones 12 %. */
#define JPEG_LOOKUP_BITS 9

/* A code in 16 bits: its symbol (run of zeros in the upper 4, size of the value in the lower),
 * and the bits of code and value together, 1..31. */
#define JPEG_CODE(symbol, length) \
  ((uint32_t)(symbol) << 8 | ((uint32_t)(length) + ((uint32_t)(symbol) & 15)))

typedef struct jpeg_huffman {
  bool is_there; /* it has a code */
  /* By the next bits: JPEG_CODE of the code that they begin with; 0: it is longer. */
  uint16_t lookup[1 << JPEG_LOOKUP_BITS];
  /* The first 16-bit pattern above all codes of up to this length; the last is above all. */
  uint32_t limits[18];
  int32_t offsets[17]; /* from a code of this length to its symbol's place */
  uint8_t symbols[256];
} jpeg_huffman;

typedef struct jpeg_tables {
  jpeg_huffman dc[4], ac[4];
  uint16_t quant[4][64]; /* in zigzag order */
  bool has_quant[4];
} jpeg_tables;

/* Row order's place of each coefficient in zigzag order. Damaged data run beyond the last
 * by up to 15, into itself. */
extern const uint8_t jpeg_zigzag[64 + 16];

/* Segments' payloads. False: damaged; tables read before the damage may have changed. */
bool jpeg_read_quantisation(jpeg_tables *tables, span payload);
bool jpeg_read_huffman(jpeg_tables *tables, span payload);

/* As if a DHT segment with both DC and both AC tables, numbers 0 and 1, came first. */
void jpeg_add_standard_tables(jpeg_tables *tables);

#endif
