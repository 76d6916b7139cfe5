/* Which Huffman and quantisation tables are refused, values out of codes, and the end of the
 * bits told exactly. */
#include "check.h"

#include "decode/jpeg_entropy.h"

enum { DHT = 0xc4, DQT = 0xdb };

static jpeg_entropy *entropy;

static bool read_tables(uint8_t marker, const uint8_t *payload, size_t size) {
  uint8_t *own = malloc(2 + size); /* so that a read past the end shows */
  own[0] = (uint8_t)((size + 2) >> 8), own[1] = (uint8_t)(size + 2);
  memcpy(own + 2, payload, size);
  span segment = {own + 2, size};
  bool ok = marker == DQT ? jpeg_read_quantisation(&entropy->tables, segment)
                          : jpeg_read_huffman(&entropy->tables, segment);
  free(own);
  return ok;
}

static void codes_and_their_values_are_found(void) {
  /* AC table 1: codes 0, 10, 1100, 1101, and one of 12 bits, 111000000000 */
  static const uint8_t payload[] = {0x11, 1, 1, 0, 2, 0, 0,    0,    0,    0,    0,
                                    0,    1, 0, 0, 0, 0, 0x01, 0x00, 0x32, 0xf0, 0x15};
  CHECK(read_tables(DHT, payload, sizeof payload));
  CHECK(entropy->tables.ac[1].is_there);
  CHECK(!entropy->tables.dc[1].is_there);

  /* 1101 (sixteen zeros), 1100 10 (three zeros, then 2), 111000000000 10001
   * (one zero, then 17), 10 (end) */
  static const uint8_t bits[] = {0xdc, 0xb8, 0x02, 0x36, 0x55, 0x55};
  static const uint8_t dc[] = {0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK(read_tables(DHT, dc, sizeof dc));
  uint16_t quant[80];
  for (int i = 0; i < 80; ++i) quant[i] = 2;
  int16_t block[64];
  /* a zero bit for the mean's size first */
  uint8_t shifted[sizeof bits];
  for (size_t i = 0; i < sizeof bits; ++i) {
    shifted[i] = (uint8_t)(bits[i] >> 1 | (i > 0 ? bits[i - 1] << 7 : 0));
  }
  jpeg_entropy_begin(entropy, (span){shifted, sizeof shifted});
  CHECK(jpeg_entropy_read_block(entropy, 0, 0, 1, quant, block));
  CHECK_INT(block[40], 4);  /* the 20th in zigzag order */
  CHECK_INT(block[41], 34); /* the 22nd */
  int num_nonzero = 0;
  for (int i = 0; i < 64; ++i) num_nonzero += block[i] != 0;
  CHECK_INT(num_nonzero, 2);
  CHECK(!jpeg_bits_has_overrun(&entropy->bits));
}

static void overrun_is_told_to_the_bit(void) {
  static const uint8_t dc[] = {0x02, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  static const uint8_t ac[] = {0x12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK(read_tables(DHT, dc, sizeof dc) && read_tables(DHT, ac, sizeof ac));
  uint16_t quant[80] = {1};
  int16_t block[64];
  for (size_t size = 0; size < 12; ++size) { /* a block takes two zero bits */
    static const uint8_t zeros[12] = {0};
    jpeg_entropy_begin(entropy, (span){zeros, size});
    for (size_t i = 0; i < size * 4; ++i) {
      CHECK(jpeg_entropy_read_block(entropy, 0, 2, 2, quant, block));
      CHECK(!jpeg_bits_has_overrun(&entropy->bits));
    }
    CHECK(jpeg_entropy_read_block(entropy, 0, 2, 2, quant, block));
    CHECK(jpeg_bits_has_overrun(&entropy->bits));
  }
}

/* Stuffed zeros are no bytes of it, and a byte of which a bit was used is used. */
static void what_no_block_has_used_is_told(void) {
  static const uint8_t bytes[] = {0x00, 0x11, 0xff, 0x00, 0x00, 0x11, 0xff, 0xff, 0x00, 0x11};
  uint16_t quant[80] = {1};
  int16_t block[64];
  jpeg_entropy_begin(entropy, (span){bytes, sizeof bytes});
  CHECK_INT(jpeg_bits_num_unread(&entropy->bits, 100), 5);
  CHECK(jpeg_entropy_read_block(entropy, 0, 2, 2, quant, block));
  CHECK_INT(jpeg_bits_num_unread(&entropy->bits, 100), 5);
  for (int i = 1; i < 4; ++i) CHECK(jpeg_entropy_read_block(entropy, 0, 2, 2, quant, block));
  CHECK_INT(jpeg_bits_num_unread(&entropy->bits, 100), 5);
  CHECK(jpeg_entropy_read_block(entropy, 0, 2, 2, quant, block));
  CHECK_INT(jpeg_bits_num_unread(&entropy->bits, 100), 4);

  enum { LONG = 3 * JPEG_BITS_WORDS * 4 + 5 }; /* more than is unstuffed at once */
  uint8_t *many = malloc(LONG);
  memset(many, 0x11, LONG);
  jpeg_entropy_begin(entropy, (span){many, LONG});
  CHECK_INT(jpeg_bits_num_unread(&entropy->bits, LONG + 1), LONG);
  CHECK(jpeg_bits_num_unread(&entropy->bits, 20) >= 20);
  memset(many, 0, LONG);
  jpeg_entropy_begin(entropy, (span){many, LONG});
  for (int i = 0; i < 4 * LONG; ++i) {
    CHECK(jpeg_entropy_read_block(entropy, 0, 2, 2, quant, block));
  }
  CHECK(!jpeg_bits_has_overrun(&entropy->bits));
  CHECK(jpeg_entropy_read_block(entropy, 0, 2, 2, quant, block));
  CHECK(jpeg_bits_has_overrun(&entropy->bits));
  free(many);
}

/* A block that is passed takes the bits of one that is read, and has the same mean. */
static void blocks_are_passed_as_they_are_read(void) {
  enum { BYTES = 4000 };
  static uint8_t bytes[BYTES];
  uint32_t state = 7;
  for (size_t i = 0; i < BYTES; ++i) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = (uint8_t)(state >> 24) % 255; /* no markers */
  }
  jpeg_add_standard_tables(&entropy->tables);
  uint16_t quant[80];
  for (int i = 0; i < 80; ++i) quant[i] = (uint16_t)(i % 7 + 1);
  jpeg_entropy *other = malloc(sizeof *other);
  jpeg_entropy_begin(entropy, (span){bytes, BYTES});
  memcpy(other, entropy, sizeof *other);
  int num_blocks = 0;
  for (bool is_ok = true; is_ok && !jpeg_bits_has_overrun(&entropy->bits); ++num_blocks) {
    int16_t block[64], mean = 0;
    uint32_t table = (uint32_t)num_blocks % 2;
    is_ok = jpeg_entropy_read_block(entropy, table, table, table, quant, block);
    CHECK(jpeg_entropy_pass_block(other, table, table, table, quant, &mean) == is_ok);
    if (is_ok) CHECK_INT(mean, block[0]);
    CHECK_INT(jpeg_bits_num_unread(&other->bits, BYTES),
              jpeg_bits_num_unread(&entropy->bits, BYTES));
    CHECK_INT(other->bits.count, entropy->bits.count);
  }
  CHECK(num_blocks > 10);
  free(other);
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
  CHECK(!entropy->tables.ac[3].is_there);
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
    CHECK_INT(entropy->tables.quant[1][places[i].zigzag], places[i].zigzag + 1);
    CHECK_INT(entropy->tables.quant[3][places[i].zigzag], 256 + places[i].zigzag);
  }
  for (size_t size = 1; size < sizeof payload; ++size) {
    if (size != 65) CHECK(!read_tables(DQT, payload, size));
  }
  payload[0] = 0x04;
  CHECK(!read_tables(DQT, payload, sizeof payload));
  payload[0] = 0x21;
  CHECK(!read_tables(DQT, payload, sizeof payload));
}

int main(void) {
  entropy = calloc(1, sizeof *entropy);
  CHECK(entropy != NULL);
  RUN(codes_and_their_values_are_found);
  RUN(overrun_is_told_to_the_bit);
  RUN(what_no_block_has_used_is_told);
  RUN(blocks_are_passed_as_they_are_read);
  RUN(huffman_tables_that_make_no_sense_are_refused);
  RUN(quantisation_tables_are_read_in_both_widths);
  free(entropy);
  return check_summary();
}
