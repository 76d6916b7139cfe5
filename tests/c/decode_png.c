/* PNG: what is refused and how; files that are cut or changed anywhere. Which
 * pixels come out is decode_golden's business. */
#include "check.h"
#include "pictures.h"

static const char *const names[] = {"rgb8.png",    "rgb8-pieces.png", "rgba16-interlaced.png",
                                    "palette4.png", "grey1.png",       "rgb16-key.png",
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

/* Equal pixels, though the files differ. */
static void gives_the_same(picture whole, picture other) {
  uint8_t pixels[2][24 * 18 * 3];
  insitu_error error;
  CHECK_INT(picture_prepare(whole.bytes, whole.size, pixels[0], &error), INSITU_STATUS_OK);
  CHECK_INT(picture_prepare(other.bytes, other.size, pixels[1], &error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  CHECK_INT(memcmp(pixels[0], pixels[1], sizeof pixels[0]), 0);
}

/* p with `size` bytes before byte `offset`. */
static picture with_bytes(picture p, size_t offset, const void *inserted, size_t size) {
  picture longer = {malloc(p.size + size), p.size + size};
  memcpy(longer.bytes, p.bytes, offset);
  memcpy(longer.bytes + offset, inserted, size);
  memcpy(longer.bytes + offset + size, p.bytes + offset, p.size - offset);
  return longer;
}

/* p with a chunk before byte `offset`, its CRC right or wrong. */
static picture with_chunk(picture p, size_t offset, const char *type, const void *payload,
                          uint32_t size, bool crc_ok) {
  uint8_t chunk[12 + 1024] = {0};
  write_u32(chunk, size);
  memcpy(chunk + 4, type, 4);
  memcpy(chunk + 8, payload, size);
  write_u32(chunk + 8 + size, crc_of(chunk + 4, 4 + size) ^ !crc_ok);
  return with_bytes(p, offset, chunk, 12 + size);
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
      {"palette8.png", "tRNS", "tRNS", 256, true},  /* more than colours; the next one counts */
      {"palette8.png", "IDAT", "tRNS", 9, true},    /* a second one */
      {"palette8.png", "PLTE", "tRNS", 9, true},    /* before the palette */
      {"palette8.png", "IEND", "tRNS", 9, true},
      {"palette8.png", "tRNS", "tRNS", 9, false},
      {"palette8.png", "tRNS", "tRNS", 0, true},
      {"rgb8.png", "IDAT", "tRNS", 2, true},
      {"rgb8.png", "IDAT", "tRNS", 7, true},
      {"grey8.png", "IDAT", "tRNS", 6, true},
      {"rgba8.png", "IDAT", "tRNS", 6, true},
      {"grey-alpha8.png", "IDAT", "tRNS", 2, true},
      {"rgb8.png", "IDAT", "gAMA", 4, true},        /* 0 */
      {"rgb8.png", "IDAT", "gAMA", 3, true},
      {"rgb8.png", "IDAT", "cHRM", 32, true},
      {"rgb8.png", "IDAT", "iCCP", 40, true},
      {"rgb8.png", "IDAT", "iCCP", 0, true},
      {"rgb8.png", "IDAT", "cICP", 3, true},
      {"rgb8.png", "IDAT", "cICP", 4, true},
      {"rgb8.png", "IDAT", "sRGB", 0, true},
      {"rgb8.png", "IDAT", "tEXt", 100, false},
      {"rgb8.png", "IDAT", "zTXt", 9, true},
      {"rgb8.png", "IDAT", "PLTE", 7, true},        /* only a suggestion there */
      {"rgba8.png", "IDAT", "PLTE", 9, false},
      {"rgb8.png", "IEND", "IDAT", 9, true},        /* more data than rows */
      {"rgb8.png", "IEND", "IDAT", 0, true},
      {"rgb8.png", "IEND", "PLTE", 7, false},
      {"rgb8.png", "IEND", "abCd", 7, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    picture p = picture_read(rows[i].name);
    size_t at = find_chunk(p, rows[i].before);
    picture more = with_chunk(p, at, rows[i].type, clear, rows[i].size, rows[i].crc_ok);
    gives_the_same(p, more);
    if (check_state.case_failed) printf("    row %zu\n", i);
    free(more.bytes);
    free(p.bytes);
  }
  picture p = picture_read("rgb8.png");
  picture turned = with_chunk(p, find_chunk(p, "IDAT"), "eXIf", orientation, 22, false);
  gives_the_same(p, turned);
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
  picture more = with_bytes(p, end - 4, junk, sizeof junk); /* within the chunk */
  write_u32(more.bytes + data, read_u32(p.bytes + data) + sizeof junk);
  fix_crc(more, data);
  gives_the_same(p, more);
  free(more.bytes);
  more = with_bytes(p, end, junk, sizeof junk); /* a chunk of impossible length */
  gives_the_same(p, more);
  more.size = end + sizeof junk;
  gives_the_same(p, more);
  free(more.bytes);
  free(p.bytes);
}

static void names_what_is_damaged(void) {
  expect_changed("rgb8.png", "IHDR", 3, 60, false, INSITU_STATUS_DAMAGED, "checksum of its chunk IHDR");
  expect_changed("rgb8.png", "IDAT", 99, 1, false, INSITU_STATUS_DAMAGED, "checksum of its chunk IDAT");
  expect_changed("palette8.png", "PLTE", 9, 9, false, INSITU_STATUS_DAMAGED, "checksum of its chunk PLTE");
  expect_changed("rgb8.png", "IHDR", 8, 4, true, INSITU_STATUS_DAMAGED, "colour type 2 with 4 bits");
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

static void refuses_colours_beyond_the_palette(void) {
  picture p = picture_read("palette4.png"); /* 16 colours: leave it four */
  size_t chunk = find_chunk(p, "PLTE"), tail = chunk + 12 + 48;
  memmove(p.bytes + chunk + 12 + 12, p.bytes + tail, p.size - tail);
  p.size -= 36;
  write_u32(p.bytes + chunk, 12);
  fix_crc(p, chunk);
  expect(p, INSITU_STATUS_DAMAGED, "not among its palette's 4");
  free(p.bytes);
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
  RUN(passes_over_a_damaged_orientation);
  RUN(refuses_colours_beyond_the_palette);
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
