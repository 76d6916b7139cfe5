/* JPEG's Huffman and quantisation tables: what is read, and what is refused. */
#include "check.h"

#include "decode/jpeg_entropy.h"

static jpeg_entropy entropy; /* zeroed: no table is defined */

/* class and index, 16 counts, symbols */
static bool read_huffman(const uint8_t *payload, size_t size) {
  uint8_t *own = malloc(size); /* so that a read past the end shows */
  memcpy(own, payload, size);
  bool ok = jpeg_tables_read_huffman(&entropy.tables, (span){own, size});
  free(own);
  return ok;
}

static void huffman_codes_are_found(void) {
  /* AC table 1: codes 0, 10, 1100, 1101, and one of 12 bits, 111000000000 */
  static const uint8_t payload[] = {0x11, 1, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
                                    0x01, 0x00, 0x32, 0xf0, 0x15};
  CHECK(read_huffman(payload, sizeof payload));
  const jpeg_huffman *table = &entropy.tables.ac[1];
  CHECK(table->is_defined);
  CHECK(!entropy.tables.dc[1].is_defined);
  CHECK_INT(table->lookup[0], 1 << 8 | 0x01);
  CHECK_INT(table->lookup[0x100], 2 << 8 | 0x00);
  CHECK_INT(table->lookup[0x180], 4 << 8 | 0x32);
  CHECK_INT(table->lookup[0x1bf], 4 << 8 | 0xf0);
  CHECK_INT(table->lookup[0x1c0], 0);            /* longer than 9 bits */
  CHECK_INT(table->values[0x000], -1 * 256 + 2); /* 0, then 0: -1 in two bits */
  CHECK_INT(table->values[0x080], 1 * 256 + 2);
  CHECK_INT(table->values[0x18c], -2 * 256 + 3 * 16 + 6); /* 1100 01 */
  CHECK_INT(table->values[0x100], 0); /* no value follows */

  /* 1101 (sixteen zeros), 1100 10 (three zeros, then 2), 111000000000 10001
   * (one zero, then 17), 10 (end) */
  static const uint8_t bits[] = {0xdc, 0xb8, 0x02, 0x36, 0x55, 0x55};
  static const uint8_t dc[] = {0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK(read_huffman(dc, sizeof dc));
  uint16_t quant[64];
  for (int i = 0; i < 64; ++i) quant[i] = 2;
  int16_t block[64];
  /* a zero bit for the mean's size first */
  uint8_t shifted[sizeof bits];
  for (size_t i = 0; i < sizeof bits; ++i) {
    shifted[i] = (uint8_t)(bits[i] >> 1 | (i > 0 ? bits[i - 1] << 7 : 0));
  }
  jpeg_entropy_begin(&entropy, (span){shifted, sizeof shifted});
  CHECK(jpeg_entropy_read_block(&entropy, 0, &entropy.tables.dc[0], table, quant, block));
  CHECK_INT(block[jpeg_zigzag[20]], 4);
  CHECK_INT(block[jpeg_zigzag[22]], 34);
  int num_nonzero = 0;
  for (int i = 0; i < 64; ++i) num_nonzero += block[i] != 0;
  CHECK_INT(num_nonzero, 2);
  CHECK(!jpeg_entropy_has_overrun(&entropy));
}

static void overrun_is_told_to_the_bit(void) {
  static const uint8_t dc[] = {0x02, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  static const uint8_t ac[] = {0x12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK(read_huffman(dc, sizeof dc) && read_huffman(ac, sizeof ac));
  uint16_t quant[64] = {1};
  int16_t block[64];
  for (size_t size = 0; size < 12; ++size) { /* a block takes two zero bits */
    static const uint8_t zeros[12] = {0};
    jpeg_entropy_begin(&entropy, (span){zeros, size});
    for (size_t i = 0; i < size * 4; ++i) {
      CHECK(jpeg_entropy_read_block(&entropy, 0, &entropy.tables.dc[2], &entropy.tables.ac[2],
                                    quant, block));
      CHECK(!jpeg_entropy_has_overrun(&entropy));
    }
    CHECK(jpeg_entropy_read_block(&entropy, 0, &entropy.tables.dc[2], &entropy.tables.ac[2], quant,
                                  block));
    CHECK(jpeg_entropy_has_overrun(&entropy));
  }
}

static void huffman_tables_that_make_no_sense_are_refused(void) {
  uint8_t payload[17 + 256] = {0x00, 3}; /* three codes of one bit */
  CHECK(!read_huffman(payload, 20));
  payload[1] = 0, payload[8] = 255, payload[9] = 2; /* 257 symbols */
  CHECK(!read_huffman(payload, sizeof payload));
  payload[9] = 0;
  CHECK(read_huffman(payload, 17 + 255));
  for (size_t size = 1; size < 17 + 255; ++size) CHECK(!read_huffman(payload, size));
  payload[0] = 0x04; /* table 4 */
  CHECK(!read_huffman(payload, 17 + 255));
  payload[0] = 0x20; /* neither DC nor AC */
  CHECK(!read_huffman(payload, 17 + 255));
  memset(payload, 0, 17); /* no codes: a table that defines nothing */
  payload[0] = 0x13;
  CHECK(read_huffman(payload, 17));
  CHECK(!entropy.tables.ac[3].is_defined);
}

static void quantisation_tables_are_read_in_both_widths(void) {
  uint8_t payload[65 + 129];
  for (int i = 0; i < 64; ++i) payload[1 + i] = (uint8_t)(i + 1);
  payload[0] = 0x01;
  payload[65] = 0x13;
  for (int i = 0; i < 64; ++i) {
    payload[66 + 2 * i] = 1;
    payload[67 + 2 * i] = (uint8_t)i;
  }
  span all = {payload, sizeof payload};
  CHECK(jpeg_tables_read_quant(&entropy.tables, all));
  for (int k = 0; k < 64; ++k) {
    CHECK_INT(entropy.tables.quant[1][jpeg_zigzag[k]], k + 1);
    CHECK_INT(entropy.tables.quant[3][jpeg_zigzag[k]], 256 + k);
  }
  for (size_t size = 1; size < sizeof payload; ++size) {
    if (size != 65) CHECK(!jpeg_tables_read_quant(&entropy.tables, (span){payload, size}));
  }
  payload[0] = 0x04;
  CHECK(!jpeg_tables_read_quant(&entropy.tables, all));
  payload[0] = 0x21;
  CHECK(!jpeg_tables_read_quant(&entropy.tables, all));
}

int main(void) {
  RUN(huffman_codes_are_found);
  RUN(overrun_is_told_to_the_bit);
  RUN(huffman_tables_that_make_no_sense_are_refused);
  RUN(quantisation_tables_are_read_in_both_widths);
  return check_summary();
}
