/* What is asked of stb_image's readers where src/decode leans on them: which
 * tables are refused, values out of codes, and the end of the bits told exactly. */
#include "check.h"

#include "decode/stb.h"

enum { DHT = 0xc4, DQT = 0xdb };

static stb_entropy *entropy;

static bool read_tables(uint8_t marker, const uint8_t *payload, size_t size) {
  uint8_t *own = malloc(2 + size); /* so that a read past the end shows */
  own[0] = (uint8_t)((size + 2) >> 8), own[1] = (uint8_t)(size + 2);
  memcpy(own + 2, payload, size);
  bool ok = stb_entropy_read_tables(entropy, marker, (span){own + 2, size});
  free(own);
  return ok;
}

static void codes_and_their_values_are_found(void) {
  /* AC table 1: codes 0, 10, 1100, 1101, and one of 12 bits, 111000000000 */
  static const uint8_t payload[] = {0x11, 1, 1, 0, 2, 0, 0,    0,    0,    0,    0,
                                    0,    1, 0, 0, 0, 0, 0x01, 0x00, 0x32, 0xf0, 0x15};
  CHECK(read_tables(DHT, payload, sizeof payload));
  CHECK(stb_entropy_has_ac_table(entropy, 1));
  CHECK(!stb_entropy_has_dc_table(entropy, 1));

  /* 1101 (sixteen zeros), 1100 10 (three zeros, then 2), 111000000000 10001
   * (one zero, then 17), 10 (end) */
  static const uint8_t bits[] = {0xdc, 0xb8, 0x02, 0x36, 0x55, 0x55};
  static const uint8_t dc[] = {0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK(read_tables(DHT, dc, sizeof dc));
  uint16_t quant[64];
  for (int i = 0; i < 64; ++i) quant[i] = 2;
  int16_t block[64];
  /* a zero bit for the mean's size first */
  uint8_t shifted[sizeof bits];
  for (size_t i = 0; i < sizeof bits; ++i) {
    shifted[i] = (uint8_t)(bits[i] >> 1 | (i > 0 ? bits[i - 1] << 7 : 0));
  }
  stb_entropy_begin_segment(entropy, (span){shifted, sizeof shifted});
  CHECK(stb_entropy_read_block(entropy, 0, 0, 1, quant, block));
  CHECK_INT(block[40], 4);  /* the 20th in zigzag order */
  CHECK_INT(block[41], 34); /* the 22nd */
  int num_nonzero = 0;
  for (int i = 0; i < 64; ++i) num_nonzero += block[i] != 0;
  CHECK_INT(num_nonzero, 2);
  CHECK(!stb_entropy_has_overrun(entropy));
}

static void overrun_is_told_to_the_bit(void) {
  static const uint8_t dc[] = {0x02, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  static const uint8_t ac[] = {0x12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK(read_tables(DHT, dc, sizeof dc) && read_tables(DHT, ac, sizeof ac));
  uint16_t quant[64] = {1};
  int16_t block[64];
  for (size_t size = 0; size < 12; ++size) { /* a block takes two zero bits */
    static const uint8_t zeros[12] = {0};
    stb_entropy_begin_segment(entropy, (span){zeros, size});
    for (size_t i = 0; i < size * 4; ++i) {
      CHECK(stb_entropy_read_block(entropy, 0, 2, 2, quant, block));
      CHECK(!stb_entropy_has_overrun(entropy));
    }
    CHECK(stb_entropy_read_block(entropy, 0, 2, 2, quant, block));
    CHECK(stb_entropy_has_overrun(entropy));
  }
}

static void what_no_block_has_used_is_told(void) {
  static const uint8_t zeros[32] = {0};
  uint16_t quant[64] = {1};
  int16_t block[64];
  stb_entropy_begin_segment(entropy, (span){zeros, sizeof zeros});
  CHECK_INT(stb_entropy_unread(entropy).size_bytes, sizeof zeros);
  CHECK(stb_entropy_read_block(entropy, 0, 2, 2, quant, block));
  CHECK(stb_entropy_unread(entropy).size_bytes >= sizeof zeros - 1 - 4);
  CHECK(stb_entropy_unread(entropy).size_bytes < sizeof zeros);
  for (size_t i = 1; i < 4 * sizeof zeros; ++i) {
    CHECK(stb_entropy_read_block(entropy, 0, 2, 2, quant, block));
  }
  CHECK_INT(stb_entropy_unread(entropy).size_bytes, 0);
}

static void huffman_tables_that_make_no_sense_are_refused(void) {
  uint8_t payload[17 + 256] = {0x00, 3}; /* three codes of one bit */
  CHECK(!read_tables(DHT, payload, 20));
  payload[1] = 0, payload[8] = 255, payload[9] = 2; /* 257 symbols */
  CHECK(!read_tables(DHT, payload, sizeof payload));
  payload[9] = 0;
  CHECK(read_tables(DHT, payload, 17 + 255));
  for (size_t size = 1; size < 17 + 255; ++size) CHECK(!read_tables(DHT, payload, size));
  payload[0] = 0x04; /* table 4 */
  CHECK(!read_tables(DHT, payload, 17 + 255));
  payload[0] = 0x20; /* neither DC nor AC */
  CHECK(!read_tables(DHT, payload, 17 + 255));
  memset(payload, 0, 17); /* no codes: a table that defines nothing */
  payload[0] = 0x13;
  CHECK(read_tables(DHT, payload, 17));
  CHECK(!stb_entropy_has_ac_table(entropy, 3));
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
  CHECK(read_tables(DQT, payload, sizeof payload));
  static const struct {
    int zigzag, at;
  } places[] = {{0, 0}, {1, 1}, {2, 8}, {5, 2}, {20, 40}, {22, 41}, {35, 56}, {63, 63}};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; ++i) {
    CHECK_INT(stb_entropy_quant_table(entropy, 1)[places[i].at], places[i].zigzag + 1);
    CHECK_INT(stb_entropy_quant_table(entropy, 3)[places[i].at], 256 + places[i].zigzag);
  }
  for (size_t size = 1; size < sizeof payload; ++size) {
    if (size != 65) CHECK(!read_tables(DQT, payload, size));
  }
  payload[0] = 0x04;
  CHECK(!read_tables(DQT, payload, sizeof payload));
  payload[0] = 0x21;
  CHECK(!read_tables(DQT, payload, sizeof payload));
}

static void inflates_what_is_there_and_no_more(void) {
  /* zlib of "insitu insitu insitu": 11 bytes and 2 bits beside the Adler-32 */
  static const uint8_t stream[] = {0x78, 0x9c, 0xcb, 0xcc, 0x2b, 0xce, 0x2c, 0x29, 0x55,
                                   0xc8, 0x44, 0xa6, 0x00, 0x54, 0x80, 0x08, 0x15};
  enum { OUT = 20, ROOM = OUT + STB_INFLATE_STEP };
  uint8_t *out = malloc(ROOM), *in = malloc(sizeof stream + STB_INFLATE_TAIL);
  for (int tail = 0; tail < 256; tail += 51) { /* zeros, ones, and between: all the same */
    for (size_t size = 0; size <= sizeof stream; ++size) {
      memset(in, tail, sizeof stream + STB_INFLATE_TAIL);
      memcpy(in, stream, size);
      memset(out, 0, OUT);
      size_t num_bytes = stb_inflate((span){in, size}, out, ROOM);
      CHECK_INT(num_bytes, size < 13 ? 0 : OUT);
      if (size >= 13) CHECK_INT(memcmp(out, "insitu insitu insitu", OUT), 0);
    }
  }
  CHECK(stb_inflate((span){stream, sizeof stream - STB_INFLATE_TAIL}, out, OUT - 1) < OUT);
  free(in);
  free(out);
}

int main(void) {
  entropy = stb_entropy_create();
  CHECK(entropy != NULL);
  RUN(codes_and_their_values_are_found);
  RUN(overrun_is_told_to_the_bit);
  RUN(what_no_block_has_used_is_told);
  RUN(huffman_tables_that_make_no_sense_are_refused);
  RUN(quantisation_tables_are_read_in_both_widths);
  RUN(inflates_what_is_there_and_no_more);
  stb_entropy_destroy(entropy);
  return check_summary();
}
