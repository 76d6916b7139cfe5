/* PNG: what is refused and how; files that are cut or changed anywhere. Which
 * pixels come out is decode_golden's business. */
#include "check.h"
#include "pictures.h"

static const char *const names[] = {"rgb8.png",         "rgb8-pieces.png", "rgba16-interlaced.png",
                                    "palette4.png",     "grey1.png",       "rgb16-key.png",
                                    "orientation-6.png"};
enum { NUM_NAMES = sizeof names / sizeof names[0] };

static uint32_t crc_of(const uint8_t *bytes, size_t size) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
  }
  return ~crc;
}

static uint32_t read_u32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void write_u32(uint8_t *p, uint32_t value) {
  for (int i = 0; i < 4; ++i) p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Offset of the length field of the first chunk of a type. */
static size_t find_chunk(picture p, const char *type) {
  for (size_t at = 8; at + 12 <= p.size; at += 12 + read_u32(p.bytes + at)) {
    if (memcmp(p.bytes + at + 4, type, 4) == 0) return at;
  }
  CHECK(!"the chunk is there");
  return 8;
}

static void fix_crc(picture p, size_t chunk) {
  uint32_t length = read_u32(p.bytes + chunk);
  write_u32(p.bytes + chunk + 8 + length, crc_of(p.bytes + chunk + 4, 4 + length));
}

static void expect(picture p, insitu_status status, const char *part) {
  insitu_error error;
  CHECK_INT(picture_prepare(p.bytes, p.size, NULL, &error), status);
  CHECK_HAS(error.message, part);
}

/* Sets one byte of a chunk's content, with or without a CRC that fits. */
static void expect_changed(const char *name, const char *type, size_t offset, uint8_t value,
                           bool fixed, insitu_status status, const char *part) {
  picture p = picture_read(name);
  size_t chunk = find_chunk(p, type);
  p.bytes[chunk + 8 + offset] = value;
  if (fixed) fix_crc(p, chunk);
  expect(p, status, part);
  free(p.bytes);
}

/* p with a chunk before byte `offset`, its CRC right or wrong. */
static picture with_chunk(picture p, size_t offset, const char *type, const void *payload,
                          uint32_t size, bool crc_ok) {
  uint8_t chunk[12 + 1024] = {0};
  write_u32(chunk, size);
  memcpy(chunk + 4, type, 4);
  memcpy(chunk + 8, payload, size);
  write_u32(chunk + 8 + size, crc_of(chunk + 4, 4 + size) ^ !crc_ok);
  return picture_with_bytes(p, offset, chunk, 12 + size);
}

/* Ancillary chunks that are damaged, out of place or cannot apply cost nothing. */
static void leaves_out_what_cannot_apply(void) {
  static const uint8_t clear[1024] = {0};
  static const char orientation[] = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
  static const struct {
    const char *name, *before, *type;
    uint32_t size;
    bool crc_ok;
  } rows[] = {
      {"palette8.png", "tRNS", "tRNS", 256, true}, /* more than colours; the next one counts */
      {"palette8.png", "IDAT", "tRNS", 9, true},   /* a second one */
      {"palette8.png", "PLTE", "tRNS", 9, true},   /* before the palette */
      {"palette8.png", "IEND", "tRNS", 9, true},
      {"palette8.png", "tRNS", "tRNS", 9, false},
      {"palette8.png", "tRNS", "tRNS", 0, true},
      {"rgb8.png", "IDAT", "tRNS", 2, true},
      {"rgb8.png", "IDAT", "tRNS", 7, true},
      {"grey8.png", "IDAT", "tRNS", 6, true},
      {"rgba8.png", "IDAT", "tRNS", 6, true},
      {"grey-alpha8.png", "IDAT", "tRNS", 2, true},
      {"rgb8.png", "IDAT", "gAMA", 4, true}, /* 0 */
      {"rgb8.png", "IDAT", "gAMA", 3, true},
      {"rgb8.png", "IDAT", "cHRM", 32, true},
      {"rgb8.png", "IDAT", "iCCP", 40, true},
      {"rgb8.png", "IDAT", "iCCP", 0, true},
      {"rgb8.png", "IDAT", "cICP", 3, true},
      {"rgb8.png", "IDAT", "cICP", 4, true},
      {"rgb8.png", "IDAT", "sRGB", 0, true},
      {"rgb8.png", "IDAT", "tEXt", 100, false},
      {"rgb8.png", "IDAT", "zTXt", 9, true},
      {"rgb8.png", "IDAT", "PLTE", 7, true}, /* only a suggestion there */
      {"rgba8.png", "IDAT", "PLTE", 9, false},
      {"rgb8.png", "IEND", "IDAT", 9, true}, /* more data than rows */
      {"rgb8.png", "IEND", "IDAT", 0, true},
      {"rgb8.png", "IEND", "PLTE", 7, false},
      {"rgb8.png", "IEND", "abCd", 7, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    picture p = picture_read(rows[i].name);
    size_t at = find_chunk(p, rows[i].before);
    picture more = with_chunk(p, at, rows[i].type, clear, rows[i].size, rows[i].crc_ok);
    picture_check_same(p, more);
    if (check_state.case_failed) printf("    row %zu\n", i);
    free(more.bytes);
    free(p.bytes);
  }
  picture p = picture_read("rgb8.png");
  picture turned = with_chunk(p, find_chunk(p, "IDAT"), "eXIf", orientation, 22, false);
  picture_check_same(p, turned);
  free(turned.bytes);
  free(p.bytes);
}

/* Bytes behind the last row or behind the stream, and anything in place of IEND. */
static void leaves_out_what_comes_behind_the_last_row(void) {
  picture p = picture_read("rgb8.png"), shorter = picture_read("rgb8.png");
  shorter.bytes[8 + 8 + 7] = 44; /* of 45 rows */
  fix_crc(shorter, 8);
  decode_header header;
  insitu_error error;
  uint8_t *whole = picture_decode((span){p.bytes, p.size}, NULL, &header, &error);
  uint8_t *part = picture_decode((span){shorter.bytes, shorter.size}, NULL, &header, &error);
  CHECK(whole != NULL && part != NULL);
  if (whole != NULL && part != NULL) CHECK_INT(memcmp(whole, part, 44 * 61 * 3), 0);
  free(whole);
  free(part);
  free(shorter.bytes);

  size_t data = find_chunk(p, "IDAT"), end = find_chunk(p, "IEND");
  uint8_t junk[600];
  memset(junk, 0xa5, sizeof junk);
  picture more = picture_with_bytes(p, end - 4, junk, sizeof junk); /* within the chunk */
  write_u32(more.bytes + data, read_u32(p.bytes + data) + sizeof junk);
  fix_crc(more, data);
  picture_check_same(p, more);
  free(more.bytes);
  more = picture_with_bytes(p, end, junk, sizeof junk); /* a chunk of impossible length */
  picture_check_same(p, more);
  more.size = end + sizeof junk;
  picture_check_same(p, more);
  free(more.bytes);
  free(p.bytes);
}

#define ONE "\0\x01\x86\xa0" /* a gAMA of 1.0 */
#define SRGB_CHRM \
  "\0\0\x7a\x26\0\0\x80\x84\0\0\xfa\0\0\0\x80\xe8\0\0\x75\x30\0\0\xea\x60\0\0\x3a\x98\0\0\x17\x70"
#define PROPHOTO_CHRM                                                                              \
  "\0\0\x87\x0a\0\0\x8c\x0a\0\x01\x1e\xfe\0\0\x67\xa2\0\0\x3e\x58\0\x01\x48\x44\0\0\x0e\x4c\0\0\0" \
  "\x0a"

/* What browsers show of one chunk that makes no sense before one that does. */
static void the_first_colour_chunk_that_makes_sense_counts(void) {
  static const struct {
    const char *type;
    uint32_t size;
    const char *content;
    bool as_gamma_1; /* else as without any chunk */
  } rows[] = {
      {"sRGB", 1, "\x05", true},
      {"sRGB", 2, "\0\0", true},
      {"sRGB", 1, "\x03", false},
      {"iCCP", 9, "x\0\0broken", true},
      {"iCCP", 0, "", true},
      {"cICP", 4, "\xc8\x0d\0\x01", true},
      {"cICP", 4, "\x02\x02\0\x01", true},
      {"cICP", 4, "\x01\x0d\0\x01", false},
      {"gAMA", 4, "\0\0\xb1\x8f", false},
  };
  picture p = picture_read("rgb8.png");
  size_t at = find_chunk(p, "IDAT");
  picture linear = with_chunk(p, at, "gAMA", ONE, 4, true);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    picture both = with_chunk(linear, at, rows[i].type, rows[i].content, rows[i].size, true);
    picture_check_same(rows[i].as_gamma_1 ? linear : p, both);
    if (check_state.case_failed) printf("    row %zu\n", i);
    free(both.bytes);
  }
  picture longer = with_chunk(p, at, "gAMA", ONE ONE, 8, true);
  picture_check_same(p, longer);
  free(longer.bytes);
  free(linear.bytes);
  free(p.bytes);
}

static insitu_profile use_of_iccp(const uint8_t *content, uint32_t size) {
  picture p = picture_read("rgb8.png");
  picture coloured = with_chunk(p, find_chunk(p, "IDAT"), "iCCP", content, size, true);
  insitu_picture found = {0};
  CHECK_INT(insitu_picture_probe(coloured.bytes, coloured.size, &found, NULL), INSITU_STATUS_OK);
  free(coloured.bytes);
  free(p.bytes);
  return (insitu_profile)found.profile;
}

/* A profile without a name, or compressed by a method that does not exist, is none to both
 * browsers. */
static void uses_profiles_of_a_name_and_the_one_method(void) {
  picture p = picture_read("icc-prophoto.png");
  size_t chunk = find_chunk(p, "iCCP");
  uint32_t size = read_u32(p.bytes + chunk);
  uint8_t *content = p.bytes + chunk + 8;
  CHECK_INT(memcmp(content, "name\0", 6), 0);
  CHECK_INT(use_of_iccp(content, size), INSITU_PROFILE_CONVERTED);
  CHECK_INT(use_of_iccp(content + 3, size - 3), INSITU_PROFILE_CONVERTED);
  CHECK_INT(use_of_iccp(content + 4, size - 4), INSITU_PROFILE_NOT_USED);
  content[5] = 1;
  CHECK_INT(use_of_iccp(content, size), INSITU_PROFILE_NOT_USED);
  free(p.bytes);
}

static insitu_picture probe_with_gamma(uint32_t gamma, const char *chrm) {
  picture p = picture_read("rgb8.png");
  uint8_t content[4];
  write_u32(content, gamma);
  size_t at = find_chunk(p, "IDAT");
  picture coloured = with_chunk(p, at, "gAMA", content, 4, true);
  picture both = with_chunk(coloured, at, chrm == NULL ? "tEXt" : "cHRM",
                            chrm == NULL ? "a\0b" : chrm, chrm == NULL ? 3 : 32, true);
  insitu_picture found = {0};
  CHECK_INT(insitu_picture_probe(both.bytes, both.size, &found, NULL), INSITU_STATUS_OK);
  decode_header header;
  CHECK_INT(decode_read_header((span){both.bytes, both.size}, &header, NULL), INSITU_STATUS_OK);
  if (found.profile == INSITU_PROFILE_CONVERTED) {
    /* 40 of 255 with a gamma of 2.2; sRGB's own curve has 1390 of 65535 there */
    CHECK(gamma != 45455 || header.profile == INSITU_PROFILE_CONVERTED);
    if (gamma == 45455) CHECK_INT(header.detail.png.profile.space.curves[0][40], 1113);
    if (gamma == 55556) CHECK(header.detail.png.profile.space.to_srgb[0][1] < -20000);
  }
  free(both.bytes);
  free(coloured.bytes);
  free(p.bytes);
  return found;
}

/* 0.45455 alone means sRGB; beside primaries, in both browsers, a power of 2.2. */
static void gamma_beside_primaries_is_meant(void) {
  CHECK_INT(probe_with_gamma(45455, NULL).profile, INSITU_PROFILE_SRGB);
  CHECK_INT(probe_with_gamma(45455, SRGB_CHRM).profile, INSITU_PROFILE_CONVERTED);
  CHECK_INT(probe_with_gamma(55556, PROPHOTO_CHRM).profile, INSITU_PROFILE_CONVERTED);
}

/* Numbers of ITU-T H.273, of light as it is, beside the same in gAMA and cHRM. */
static void numbers_of_primaries_are_their_chromaticities(void) {
  static const struct {
    uint8_t number;
    uint32_t chrm[8];
  } rows[] = {
      {1, {31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000}},
      {4, {31000, 31600, 67000, 33000, 21000, 71000, 14000, 8000}},
      {5, {31270, 32900, 64000, 33000, 29000, 60000, 15000, 6000}},
      {6, {31270, 32900, 63000, 34000, 31000, 59500, 15500, 7000}},
      {7, {31270, 32900, 63000, 34000, 31000, 59500, 15500, 7000}},
      {9, {31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600}},
      {11, {31400, 35100, 68000, 32000, 26500, 69000, 15000, 6000}},
      {12, {31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000}},
      {22, {31270, 32900, 63000, 34000, 29500, 60500, 15500, 7700}},
  };
  picture p = picture_read("rgb8.png");
  size_t at = find_chunk(p, "IDAT");
  picture linear = with_chunk(p, at, "gAMA", ONE, 4, true);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    uint8_t chrm[32], cicp[4] = {rows[i].number, 8, 0, 1};
    for (size_t k = 0; k < 8; ++k) write_u32(chrm + 4 * k, rows[i].chrm[k]);
    picture by_number = with_chunk(p, at, "cICP", cicp, 4, true);
    picture by_chrm = with_chunk(linear, at, "cHRM", chrm, 32, true);
    picture_check_same(by_chrm, by_number);
    if (check_state.case_failed) printf("    row %zu\n", i);
    free(by_number.bytes);
    free(by_chrm.bytes);
  }
  free(linear.bytes);
  free(p.bytes);
}

static void the_first_orientation_counts(void) {
  static char turned[] = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
  picture p = picture_read("rgb8.png");
  size_t at = find_chunk(p, "IDAT");
  picture first = with_chunk(p, at, "eXIf", turned, 22, true);
  turned[18] = 3;
  picture two = with_chunk(first, find_chunk(first, "IDAT"), "eXIf", turned, 22, true);
  picture_check_same(first, two);
  free(two.bytes);
  free(first.bytes);
  free(p.bytes);
}

static void names_what_is_damaged(void) {
  expect_changed("rgb8.png", "IHDR", 3, 60, false, INSITU_STATUS_DAMAGED,
                 "checksum of its chunk IHDR");
  expect_changed("rgb8.png", "IDAT", 99, 1, false, INSITU_STATUS_DAMAGED,
                 "checksum of its chunk IDAT");
  expect_changed("palette8.png", "PLTE", 9, 9, false, INSITU_STATUS_DAMAGED,
                 "checksum of its chunk PLTE");
  expect_changed("rgb8.png", "IHDR", 8, 4, true, INSITU_STATUS_DAMAGED,
                 "colour type 2 with 4 bits");
  expect_changed("rgb8.png", "IHDR", 9, 5, true, INSITU_STATUS_DAMAGED, "colour type 5");
  expect_changed("rgb8.png", "IHDR", 9, 3, true, INSITU_STATUS_DAMAGED, "palette is missing");
  expect_changed("rgb8.png", "IHDR", 10, 1, true, INSITU_STATUS_DAMAGED, "method");
  expect_changed("rgb8.png", "IHDR", 12, 2, true, INSITU_STATUS_DAMAGED, "method");
  expect_changed("rgb8.png", "IHDR", 7, 46, true, INSITU_STATUS_DAMAGED, "do not inflate");
  expect_changed("rgb8.png", "IDAT", 0, 0x79, true, INSITU_STATUS_DAMAGED, "do not inflate");
  expect_changed("grey-alpha8.png", "IHDR", 9, 0, true, INSITU_STATUS_DAMAGED, "filter");
  expect_changed("palette8.png", "IHDR", 9, 6, true, INSITU_STATUS_DAMAGED, "do not inflate");
}

static void refuses_sizes_beyond_the_limits(void) {
  static const struct {
    uint32_t width, height;
    insitu_status status;
    const char *part;
  } rows[] = {
      {0, 45, INSITU_STATUS_DAMAGED, "0 x 45"},
      {15, 45, INSITU_STATUS_TOO_SMALL, "at least 16"},
      {61, 32769, INSITU_STATUS_TOO_LARGE, "at most 32768"},
      {0xffffffff, 0xffffffff, INSITU_STATUS_TOO_LARGE, "at most 32768"},
      {16385, 16384, INSITU_STATUS_TOO_LARGE, "at most 268435456"},
      {16384, 16384, INSITU_STATUS_TOO_LARGE, "at most 256"},
      {8000, 8000, INSITU_STATUS_DAMAGED, "do not inflate"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    picture p = picture_read("rgb8.png");
    write_u32(p.bytes + 16, rows[i].width);
    write_u32(p.bytes + 20, rows[i].height);
    fix_crc(p, 8);
    expect(p, rows[i].status, rows[i].part);
    free(p.bytes);
  }
  picture p = picture_read("rgba16-interlaced.png"); /* 8 bytes a pixel */
  write_u32(p.bytes + 16, 8000);
  write_u32(p.bytes + 20, 5000);
  fix_crc(p, 8);
  expect(p, INSITU_STATUS_TOO_LARGE, "at most 256");
  free(p.bytes);
}

static void refuses_unknown_critical_chunks(void) {
  picture p = picture_read("orientation-6.png");
  size_t chunk = find_chunk(p, "eXIf");
  memcpy(p.bytes + chunk + 4, "CgBI", 4);
  fix_crc(p, chunk);
  expect(p, INSITU_STATUS_UNSUPPORTED, "must be understood");
  memcpy(p.bytes + chunk + 4, "cgBI", 4); /* may be passed over */
  expect(p, INSITU_STATUS_OK, "");
  memcpy(p.bytes + chunk + 4, "IHDR", 4);
  fix_crc(p, chunk);
  expect(p, INSITU_STATUS_DAMAGED, "two headers");
  free(p.bytes);
}

static void apples_own_pngs_are_not_called_damaged(void) {
  picture p = picture_read("rgb8.png"), other = with_chunk(p, 8, "CgBI", "\x50\0\x20\2", 4, true);
  expect(other, INSITU_STATUS_UNSUPPORTED, "must be understood");
  free(other.bytes);
  free(p.bytes);
}

/* Browsers show an animation's frames, of which the picture data are mostly the first. */
static void refuses_a_picture_beside_its_animation(void) {
  static const char actl[8] = "\0\0\0\1", fctl[26] = "";
  picture apart = picture_read("animation-apart.apng"), p = picture_read("rgb8.png");
  expect(apart, INSITU_STATUS_UNSUPPORTED, "first picture is not part of it");
  size_t at = find_chunk(p, "IDAT");
  picture animated = with_chunk(p, at, "acTL", actl, 8, true);
  expect(animated, INSITU_STATUS_UNSUPPORTED, "first picture is not part of it");
  picture first = with_chunk(animated, find_chunk(animated, "IDAT"), "fcTL", fctl, 26, true);
  picture_check_same(p, first);
  picture bad = with_chunk(p, at, "acTL", actl, 8, false);
  picture_check_same(p, bad);
  picture none = with_chunk(p, at, "acTL", "\0\0\0\0\0\0\0", 8, true); /* of no pictures */
  picture_check_same(p, none);
  picture cut = with_chunk(p, at, "acTL", actl, 7, true);
  picture_check_same(p, cut);
  free(cut.bytes);
  free(none.bytes);
  picture late = with_chunk(p, find_chunk(p, "IEND"), "acTL", actl, 8, true);
  picture_check_same(p, late);
  free(late.bytes);
  free(bad.bytes);
  free(first.bytes);
  free(animated.bytes);
  free(apart.bytes);
  free(p.bytes);
}

static void passes_over_a_damaged_orientation(void) {
  picture p = picture_read("orientation-6.png");
  insitu_picture info;
  CHECK_INT(insitu_picture_probe(p.bytes, p.size, &info, NULL), INSITU_STATUS_OK);
  CHECK_INT(info.orientation, 6);
  CHECK_INT(info.width_px, 38);
  CHECK_INT(info.height_px, 53);
  p.bytes[find_chunk(p, "eXIf") + 10] ^= 1;
  CHECK_INT(insitu_picture_probe(p.bytes, p.size, &info, NULL), INSITU_STATUS_OK);
  CHECK_INT(info.orientation, 1);
  CHECK_INT(info.width_px, 53);
  free(p.bytes);
}

/* They are black, as all readers have it. */
static void shows_colours_beyond_the_palette(void) {
  picture p = picture_read("palette4.png"), fewer = picture_read("palette4.png");
  size_t chunk = find_chunk(p, "PLTE"), tail = chunk + 12 + 48; /* 16 colours: leave it four */
  memset(p.bytes + chunk + 8 + 12, 0, 36);
  fix_crc(p, chunk);
  memmove(fewer.bytes + chunk + 12 + 12, fewer.bytes + tail, fewer.size - tail);
  fewer.size -= 36;
  write_u32(fewer.bytes + chunk, 12);
  fix_crc(fewer, chunk);
  picture_check_same(p, fewer);
  picture longer = picture_with_bytes(fewer, chunk + 8 + 12, "x", 1); /* a third of a colour more */
  write_u32(longer.bytes + chunk, 13);
  fix_crc(longer, chunk);
  picture_check_same(p, longer);
  free(longer.bytes);
  free(fewer.bytes);
  free(p.bytes);
}

/* Of a key's 16 bits the samples' count. */
static void ignores_the_upper_byte_of_a_key(void) {
  picture p = picture_read("rgb8-key.png"), high = picture_read("rgb8-key.png");
  size_t chunk = find_chunk(p, "tRNS");
  high.bytes[chunk + 8] = 5;
  fix_crc(high, chunk);
  picture_check_same(p, high);
  free(high.bytes);
  free(p.bytes);
}

/* Where the CRC is wrong and the data are right, their Adler-32 says so. */
static void a_wrong_crc_costs_no_whole_picture(void) {
  static const char *const whole[] = {"rgb8.png", "rgb8-pieces.png", "palette8.png"};
  for (size_t i = 0; i < sizeof whole / sizeof whole[0]; ++i) {
    picture p = picture_read(whole[i]), other = picture_read(whole[i]);
    size_t chunk = find_chunk(p, "IDAT"), crc = chunk + 8 + read_u32(p.bytes + chunk);
    other.bytes[crc] ^= 1;
    picture_check_same(p, other);
    size_t end = find_chunk(p, "IEND");
    other.bytes[end - 5] ^= 1; /* the Adler-32 too */
    expect(other, INSITU_STATUS_DAMAGED, "checksum of its chunk IDAT");
    free(other.bytes);
    free(p.bytes);
  }
}

/* 16 x 16 greys in one stored block that is not the last one. */
static void a_stream_without_an_end_is_whole_where_its_rows_are(void) {
  enum { RAW = 16 * 17 };
  uint8_t bytes[8 + 25 + 12 + 7 + RAW] = "\x89PNG\r\n\x1a\n", *p = bytes + 8;
  static const uint8_t header[] = {0,  0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0,
                                   16, 0, 0, 0,  16,  8,   0,   0,   0, 0};
  memcpy(p, header, sizeof header);
  write_u32(p + 21, crc_of(p + 4, 17));
  p += 25;
  write_u32(p, 7 + RAW);
  static const uint8_t stored[] = {
      'I', 'D', 'A', 'T', 0x78, 0x01, 0, RAW & 255, RAW >> 8, ~RAW & 255, 255 - (RAW >> 8)};
  memcpy(p + 4, stored, sizeof stored);
  memset(p + 15, 0, RAW);
  write_u32(p + 15 + RAW, crc_of(p + 4, 11 + RAW));
  expect((picture){bytes, sizeof bytes}, INSITU_STATUS_OK, "");
  expect((picture){bytes, sizeof bytes - 5}, INSITU_STATUS_TRUNCATED, "before the last");
}

/* Every length from nothing to one byte short. A whole picture does not need the
 * Adler-32 behind its data, nor their CRC, nor IEND. */
static void truncated_is_an_error(const char *name) {
  picture p = picture_read(name);
  uint8_t whole[24 * 18 * 3], rgb[24 * 18 * 3];
  CHECK_INT(picture_prepare(p.bytes, p.size, whole, NULL), INSITU_STATUS_OK);
  size_t end = find_chunk(p, "IEND") - 4 - 4; /* of the last IDAT's CRC and Adler-32 */
  for (size_t size = 0; size < p.size; ++size) {
    uint8_t *cut = malloc(size + 1);
    memcpy(cut, p.bytes, size);
    insitu_error error;
    insitu_status status = picture_prepare(cut, size, rgb, &error);
    bool is_whole = status == INSITU_STATUS_OK && memcmp(rgb, whole, sizeof rgb) == 0;
    if (size < end ? status != INSITU_STATUS_TRUNCATED : !is_whole) {
      printf("    %s cut to %zu of %zu: %s\n", name, size, p.size, error.message);
      CHECK(!"as it should be");
    }
    free(cut);
  }
  free(p.bytes);
}

/* One chunk's end taken away, everything after it kept and made consistent. */
static void short_data_is_an_error(void) {
  picture p = picture_read("rgb8.png");
  size_t chunk = find_chunk(p, "IDAT");
  uint32_t length = read_u32(p.bytes + chunk);
  for (uint32_t kept = 0; kept + 5 < length; kept += 1 + length / 100) { /* 4 are the Adler-32 */
    picture cut = {malloc(p.size), p.size - (length - kept)};
    memcpy(cut.bytes, p.bytes, chunk + 8 + kept);
    memcpy(cut.bytes + chunk + 8 + kept, p.bytes + chunk + 8 + length,
           p.size - (chunk + 8 + length));
    write_u32(cut.bytes + chunk, kept);
    fix_crc(cut, chunk);
    expect(cut, INSITU_STATUS_DAMAGED, "do not inflate");
    free(cut.bytes);
  }
  free(p.bytes);
}

int main(void) {
  RUN(names_what_is_damaged);
  RUN(leaves_out_what_cannot_apply);
  RUN(leaves_out_what_comes_behind_the_last_row);
  RUN(refuses_sizes_beyond_the_limits);
  RUN(refuses_unknown_critical_chunks);
  RUN(apples_own_pngs_are_not_called_damaged);
  RUN(refuses_a_picture_beside_its_animation);
  RUN(passes_over_a_damaged_orientation);
  RUN(shows_colours_beyond_the_palette);
  RUN(ignores_the_upper_byte_of_a_key);
  RUN(a_wrong_crc_costs_no_whole_picture);
  RUN(a_stream_without_an_end_is_whole_where_its_rows_are);
  RUN(the_first_colour_chunk_that_makes_sense_counts);
  RUN(uses_profiles_of_a_name_and_the_one_method);
  RUN(gamma_beside_primaries_is_meant);
  RUN(numbers_of_primaries_are_their_chromaticities);
  RUN(the_first_orientation_counts);
  RUN(short_data_is_an_error);
  for (size_t i = 0; i < NUM_NAMES; ++i) {
    char name[128];
    check_begin();
    truncated_is_an_error(names[i]);
    snprintf(name, sizeof name, "%s cut anywhere is truncated", names[i]);
    check_end(name);
  }
  return check_summary();
}
