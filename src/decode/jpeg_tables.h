/* The Huffman tables of ITU T.81, K.3, which files without tables of their own mean. */
#ifndef INSITU_DECODE_JPEG_TABLES_H_
#define INSITU_DECODE_JPEG_TABLES_H_

#include "decode/stb.h"

/* As if a DHT segment with both DC and both AC tables, numbers 0 and 1, came first. */
void jpeg_add_standard_tables(stb_entropy *entropy);

#endif
