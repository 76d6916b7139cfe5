/* JPEG decoding against stb_image itself, pixel by pixel, whole and in parts;
 * what is refused, and how; files that end too early. */
#include "check.h"
#include "pictures.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_NO_SIMD
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#endif
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

static const char *const names[] = {"baseline-420.jpg",
                                    "baseline-422.jpg",
                                    "baseline-444.jpg",
                                    "baseline-411.jpg",
                                    "progressive-420.jpg",
                                    "progressive-422.jpg",
                                    "progressive-444.jpg",
                                    "progressive-411.jpg",
                                    "baseline.jpg",
                                    "progressive.jpg",
                                    "optimised.jpg",
                                    "best.jpg",
                                    "flat.jpg",
                                    "grey.jpg",
                                    "grey-progressive.jpg",
                                    "cmyk.jpg",
                                    "rgb.jpg",
                                    "two-scans.jpg",
                                    "restarts.jpg",
                                    "restarts-progressive.jpg",
                                    "exif-6.jpg",
                                    "exif-3-big-endian.jpg"};
enum { NUM_NAMES = sizeof names / sizeof names[0] };

/* Where a component is halved in width alone, stb_image weighs the last pair of
 * columns' samples the wrong way round; we do not. */
static bool is_stb_slip(const char *name, int width, size_t x) {
  return strstr(name, "422") != NULL && (int)x == 2 * ((width + 1) / 2 - 1);
}

static size_t count_differences(const char *name, const uint8_t *ours, const uint8_t *theirs,
                                int width, const image_region *region) {
  size_t num_different = 0;
  for (size_t y = region->first_row; y < region->end_row; ++y) {
    for (size_t x = region->first_column; x < region->end_column; ++x) {
      size_t i = (y * (size_t)width + x) * 3;
      if (memcmp(ours + i, theirs + i, 3) != 0 && !is_stb_slip(name, width, x)) ++num_different;
    }
  }
  return num_different;
}

static void equals_stb(const char *name, const uint8_t *bytes, size_t size) {
  int width, height, channels;
  uint8_t *theirs = stbi_load_from_memory(bytes, (int)size, &width, &height, &channels, 3);
  CHECK(theirs != NULL);
  if (theirs == NULL) return;
  /* the whole, then parts that begin and end at all phases of the MCUs */
  for (uint32_t part = 0; part < 12; ++part) {
    image_region region = {0, (uint32_t)height, 0, (uint32_t)width};
    if (part > 0) {
      region = (image_region){part * 2 - 1, (uint32_t)height - part + 1, part * 3 - 2,
                              (uint32_t)width - part};
    }
    decode_header header;
    insitu_error error;
    uint8_t *ours = picture_decode((span){bytes, size}, &region, &header, &error);
    CHECK(ours != NULL);
    if (ours == NULL) {
      printf("    %s\n", error.message);
    } else {
      CHECK_INT(header.width_px, width);
      CHECK_INT(header.height_px, height);
      CHECK_INT(count_differences(name, ours, theirs, width, &region), 0);
    }
    free(ours);
  }
  stbi_image_free(theirs);
}

static picture with_byte(picture p, size_t offset, uint8_t value) {
  picture changed = {malloc(p.size), p.size};
  memcpy(changed.bytes, p.bytes, p.size);
  changed.bytes[offset] = value;
  return changed;
}

/* Offset of the first marker's 0xff. */
static size_t find_marker(picture p, uint8_t code) {
  for (size_t i = 0; i + 1 < p.size; ++i) {
    if (p.bytes[i] == 0xff && p.bytes[i + 1] == code) return i;
  }
  CHECK(!"the marker is there");
  return 0;
}

static void ycck_equals_stb(void) {
  picture cmyk = picture_read("cmyk.jpg");
  picture ycck = with_byte(cmyk, find_marker(cmyk, 0xee) + 4 + 11, 2);
  equals_stb("ycck", ycck.bytes, ycck.size);
  free(ycck.bytes);
  free(cmyk.bytes);
}

static void expect(const uint8_t *bytes, size_t size, insitu_status status, const char *part) {
  insitu_error error;
  uint8_t rgb[24 * 18 * 3];
  memset(rgb, 77, sizeof rgb);
  CHECK_INT(picture_prepare(bytes, size, rgb, &error), status);
  CHECK_INT(error.status, status);
  CHECK_HAS(error.message, part);
  if (status != INSITU_STATUS_OK) { /* outputs stay as they were */
    size_t num_changed = 0;
    for (size_t i = 0; i < sizeof rgb; ++i) num_changed += rgb[i] != 77;
    CHECK_INT(num_changed, 0);
  }
}

/* p without `size` bytes at `offset`. */
static picture without_bytes(picture p, size_t offset, size_t size) {
  picture shorter = {malloc(p.size), p.size - size};
  memcpy(shorter.bytes, p.bytes, offset);
  memcpy(shorter.bytes + offset, p.bytes + offset + size, p.size - offset - size);
  return shorter;
}

static void expect_changed(const char *name, uint8_t marker, size_t offset, uint8_t value,
                           insitu_status status, const char *part) {
  picture p = picture_read(name);
  picture changed = with_byte(p, find_marker(p, marker) + offset, value);
  expect(changed.bytes, changed.size, status, part);
  free(changed.bytes);
  free(p.bytes);
}

static void refuses_what_it_cannot_decode(void) {
  expect_changed("baseline.jpg", 0xc0, 1, 0xc3, INSITU_STATUS_UNSUPPORTED, "lossless");
  expect_changed("baseline.jpg", 0xc0, 1, 0xc9, INSITU_STATUS_UNSUPPORTED, "arithmetic");
  expect_changed("baseline.jpg", 0xc0, 1, 0xc5, INSITU_STATUS_UNSUPPORTED, "hierarchical");
  expect_changed("baseline.jpg", 0xc0, 4, 12, INSITU_STATUS_UNSUPPORTED, "8 bits");
  picture p = picture_read("baseline.jpg");
  size_t frame = find_marker(p, 0xc0);
  p.bytes[frame + 11] = 0x31, p.bytes[frame + 14] = 0x21; /* 3 columns of luma to 2 */
  expect(p.bytes, p.size, INSITU_STATUS_UNSUPPORTED, "fractions");
  p.bytes[frame + 11] = 0x51;
  expect(p.bytes, p.size, INSITU_STATUS_DAMAGED, "1..4");
  free(p.bytes);
}

static void refuses_sizes_beyond_the_limits(void) {
  picture p = picture_read("baseline.jpg");
  size_t frame = find_marker(p, 0xc0);
  static const struct {
    uint16_t height, width;
    insitu_status status;
    const char *part;
  } rows[] = {
      {0, 96, INSITU_STATUS_UNSUPPORTED, "height"},
      {64, 0, INSITU_STATUS_DAMAGED, "0 x 64"},
      {15, 96, INSITU_STATUS_TOO_SMALL, "at least 16"},
      {64, 15, INSITU_STATUS_TOO_SMALL, "at least 16"},
      {64, 32769, INSITU_STATUS_TOO_LARGE, "at most 32768"},
      {65535, 64, INSITU_STATUS_TOO_LARGE, "at most 32768"},
      {16385, 16384, INSITU_STATUS_TOO_LARGE, "at most 268435456"},
      {16384, 16384, INSITU_STATUS_TRUNCATED, "end"},
      {6936, 9248, INSITU_STATUS_TRUNCATED, "end"},   /* phones' 64 megapixels */
      {12240, 16320, INSITU_STATUS_TRUNCATED, "end"}, /* and 200 */
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    p.bytes[frame + 5] = (uint8_t)(rows[i].height >> 8);
    p.bytes[frame + 6] = (uint8_t)rows[i].height;
    p.bytes[frame + 7] = (uint8_t)(rows[i].width >> 8);
    p.bytes[frame + 8] = (uint8_t)rows[i].width;
    expect(p.bytes, p.size, rows[i].status, rows[i].part);
  }
  free(p.bytes);
}

static void refuses_too_much_memory(void) {
  picture p = picture_read("progressive-444.jpg");
  size_t frame = find_marker(p, 0xc2); /* 8000 x 7000 x 3 x 2 bytes = 320 MiB */
  p.bytes[frame + 5] = 7000 >> 8, p.bytes[frame + 6] = 7000 & 255;
  p.bytes[frame + 7] = 8000 >> 8, p.bytes[frame + 8] = 8000 & 255;
  expect(p.bytes, p.size, INSITU_STATUS_TOO_LARGE, "at most 256");
  free(p.bytes);
}

/* What comes behind the scan that completes the picture does not matter, and a
 * scan that repeats another before that is refused. */
static void refuses_repeated_scans(void) {
  picture p = picture_read("grey.jpg");
  size_t scan = find_marker(p, 0xda), end = p.size - 2, length = end - scan;
  picture twice = {malloc(p.size + length), p.size + length};
  memcpy(twice.bytes, p.bytes, end);
  memcpy(twice.bytes + end, p.bytes + scan, length + 2);
  picture_check_same(p, twice);
  free(twice.bytes);
  free(p.bytes);
  p = picture_read("two-scans.jpg");
  scan = find_marker(p, 0xda);
  p.bytes[scan + 5] = 2; /* the first scan brings a component of the second's */
  expect(p.bytes, p.size, INSITU_STATUS_DAMAGED, "out of order");
  free(p.bytes);
}

static void refuses_too_many_scans(void) {
  /* grey-progressive's last scan refines bit 0; many empty bands before it. A
   * scan header is enough: scans are counted before any is decoded. */
  picture p = picture_read("grey-progressive.jpg");
  size_t scan = find_marker(p, 0xda), num_scans = INSITU_MAX_SCANS + 1;
  enum { SCAN_BYTES = 10 };
  picture many = {malloc(scan + SCAN_BYTES * (num_scans + 1)), 0};
  memcpy(many.bytes, p.bytes, scan);
  many.size = scan;
  for (size_t i = 0; i < num_scans; ++i) {
    /* the mean, then each of the 63 details at bit 1, then details at bit 0 */
    uint8_t k = i == 0 ? 0 : i < 64 ? (uint8_t)i : (uint8_t)(i - 63);
    uint8_t bits = i == 0 ? 0 : i < 64 ? 1 : 0x10;
    uint8_t header[SCAN_BYTES] = {0xff, 0xda, 0, 8, 1, p.bytes[scan + 5], 0, k, k, bits};
    memcpy(many.bytes + many.size, header, SCAN_BYTES);
    many.size += SCAN_BYTES;
  }
  many.bytes[many.size++] = 0xff;
  many.bytes[many.size++] = 0xd9;
  expect(many.bytes, many.size, INSITU_STATUS_TOO_LARGE, "more than 64 scans");
  free(many.bytes);
  free(p.bytes);
}

/* Ended after any of its scans, a progressive file shows a whole picture with
 * less detail: that is half a picture all the same. */
static void refuses_progressive_files_without_their_last_scans(void) {
  picture p = picture_read("progressive.jpg");
  int num_scans = 0;
  for (size_t i = find_marker(p, 0xda) + 2; i + 1 < p.size; ++i) {
    if (p.bytes[i] != 0xff || (p.bytes[i + 1] != 0xda && p.bytes[i + 1] != 0xc4)) continue;
    picture cut = {malloc(i + 2), i + 2};
    memcpy(cut.bytes, p.bytes, i);
    cut.bytes[i] = 0xff, cut.bytes[i + 1] = 0xd9;
    expect(cut.bytes, cut.size, INSITU_STATUS_TRUNCATED, "not whole");
    free(cut.bytes);
    ++num_scans;
  }
  CHECK(num_scans >= 8);
  free(p.bytes);
}

/* The scan's data taken short, the end marker put back: what a careless tool
 * makes of a file that was cut. */
static void refuses_short_data_with_an_end_marker(void) {
  static const char *const files[] = {"baseline.jpg", "restarts.jpg", "best.jpg", "grey.jpg"};
  for (size_t f = 0; f < 4; ++f) {
    picture p = picture_read(files[f]);
    size_t scan = find_marker(p, 0xda) + 20;
    for (int percent = 0; percent < 100; ++percent) {
      size_t end = scan + (p.size - 2 - scan) * (size_t)percent / 100;
      if (p.bytes[end - 1] == 0xff) --end;
      picture cut = {malloc(end + 2), end + 2};
      memcpy(cut.bytes, p.bytes, end);
      cut.bytes[end] = 0xff, cut.bytes[end + 1] = 0xd9;
      insitu_error error;
      insitu_status status = picture_prepare(cut.bytes, cut.size, NULL, &error);
      CHECK(status == INSITU_STATUS_TRUNCATED || status == INSITU_STATUS_DAMAGED);
      free(cut.bytes);
    }
    free(p.bytes);
  }
}

/* Spectral selection and bit positions are progressive scans'. */
static void sequential_scans_need_no_band(void) {
  picture p = picture_read("baseline.jpg");
  size_t scan = find_marker(p, 0xda) + 2;
  for (size_t offset = 9; offset < 12; ++offset) {
    picture other = with_byte(p, scan + offset, 0x11);
    picture_check_same(p, other);
    free(other.bytes);
  }
  free(p.bytes);
}

/* A JFIF segment makes the components YCbCr whatever Adobe's says; one that is too
 * short is none. */
static void a_short_jfif_segment_is_none(void) {
  static const uint8_t adobe[] =
      "\xff\xee\0\x0e"
      "Adobe\0\x64\0\0\0\0\0";
  static const uint8_t jfif[] = "\xff\xe0\0\x09JFIF\0\x01\x01";
  picture p = picture_read("baseline.jpg"); /* begins with its own JFIF segment */
  size_t after = 4 + (size_t)(p.bytes[4] << 8 | p.bytes[5]);
  picture bare = {malloc(p.size), p.size - (after - 2)};
  memcpy(bare.bytes, p.bytes, 2);
  memcpy(bare.bytes + 2, p.bytes + after, p.size - after);
  picture rgb = picture_with_bytes(bare, 2, adobe, sizeof adobe - 1);
  picture with_short = picture_with_bytes(rgb, 2, jfif, sizeof jfif - 1);
  picture_check_same(rgb, with_short);
  free(with_short.bytes);
  free(rgb.bytes);
  free(bare.bytes);
  free(p.bytes);
}

static void write_u32_at(uint8_t *bytes, size_t offset, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[offset + (size_t)i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A profile of 5 tags: AdobeRGB's primaries with a gamma of 2.2, or a grey one. */
static insitu_profile use_of_profile(uint32_t size, const char *connection, uint32_t num_tags,
                                     bool is_grey) {
  enum { TAGS = 132 + 12 * 7, CURVE = TAGS, COLUMN = CURVE + 16, END = COLUMN + 3 * 20 };
  uint8_t segment[18 + END] = "\xff\xe2\0\0ICC_PROFILE\0\x01\x01", *icc = segment + 18;
  segment[2] = (16 + END) >> 8;
  segment[3] = (16 + END) & 255;
  write_u32_at(icc, 0, size == 0 ? END : size == 1 ? END + 4 : size);
  memcpy(icc + 12, is_grey ? "mntrGRAY" : "mntrRGB ", 8);
  memcpy(icc + 20, connection, 4);
  memcpy(icc + 36, "acsp", 4);
  write_u32_at(icc, 128, num_tags);
  static const char *const names[] = {"rTRC", "gTRC", "bTRC", "kTRC", "rXYZ", "gXYZ", "bXYZ"};
  static const uint32_t columns[3][3] = {
      {0x9c18, 0x4fa5, 0x4fc}, {0x348d, 0xa02c, 0xf95}, {0x2631, 0x102f, 0xbe9c}};
  for (uint32_t i = 0; i < 7; ++i) {
    memcpy(icc + 132 + 12 * i, names[i], 4);
    write_u32_at(icc, 132 + 12 * i + 4, i < 4 ? CURVE : COLUMN + 20 * (i - 4));
    write_u32_at(icc, 132 + 12 * i + 8, i < 4 ? 14 : 20);
  }
  memcpy(icc + CURVE, "curv\0\0\0\0\0\0\0\x01\x02\x33", 14);
  for (uint32_t c = 0; c < 3; ++c) {
    memcpy(icc + COLUMN + 20 * c, "XYZ ", 4);
    for (uint32_t i = 0; i < 3; ++i) write_u32_at(icc, COLUMN + 20 * c + 8 + 4 * i, columns[c][i]);
  }
  picture p = picture_read(is_grey ? "grey.jpg" : "baseline.jpg");
  picture coloured = picture_with_bytes(p, 2, segment, sizeof segment);
  insitu_picture found = {0};
  CHECK_INT(insitu_picture_probe(coloured.bytes, coloured.size, &found, NULL), INSITU_STATUS_OK);
  free(coloured.bytes);
  free(p.bytes);
  return (insitu_profile)found.profile;
}

static void uses_the_profiles_that_browsers_use(void) {
  CHECK_INT(use_of_profile(0, "XYZ ", 7, false), INSITU_PROFILE_CONVERTED);
  CHECK_INT(use_of_profile(0, "Lab ", 7, false), INSITU_PROFILE_NOT_USED);
  CHECK_INT(use_of_profile(1, "XYZ ", 7, false), INSITU_PROFILE_NOT_USED); /* it is cut */
  CHECK_INT(use_of_profile(200, "XYZ ", 7, false), INSITU_PROFILE_NOT_USED);
  CHECK_INT(use_of_profile(0, "XYZ ", 0, false), INSITU_PROFILE_NOT_USED);
  CHECK_INT(use_of_profile(0, "XYZ ", 0x7fffffff, false), INSITU_PROFILE_NOT_USED);
  CHECK(use_of_profile(0, "XYZ ", 7, true) != INSITU_PROFILE_NOT_USED);
  CHECK_INT(use_of_profile(0, "Lab ", 7, true), INSITU_PROFILE_NOT_USED); /* L*, not light */
}

static void names_what_is_damaged(void) {
  expect_changed("baseline.jpg", 0xdb, 3, 1, INSITU_STATUS_DAMAGED, "damaged");
  expect_changed("baseline.jpg", 0xc4, 4, 0x15, INSITU_STATUS_DAMAGED, "table");
  expect_changed("baseline.jpg", 0xda, 6, 0x33, INSITU_STATUS_DAMAGED, "Huffman table is missing");
  expect_changed("baseline.jpg", 0xc0, 12, 3, INSITU_STATUS_DAMAGED,
                 "quantisation table is missing");
  expect_changed("baseline.jpg", 0xda, 5, 9, INSITU_STATUS_DAMAGED, "no known component");
  expect_changed("progressive.jpg", 0xda, 13, 0x31, INSITU_STATUS_DAMAGED, "not consistent");
  expect_changed("baseline.jpg", 0xc0, 3, 16, INSITU_STATUS_DAMAGED, "wrong length");
  expect_changed("baseline.jpg", 0xc0, 6, 32, INSITU_STATUS_DAMAGED, "more data than pixels");
  expect_changed("restarts.jpg", 0xc0, 6, 32, INSITU_STATUS_DAMAGED, "more data than pixels");
  expect_changed("restarts.jpg", 0xd1, 1, 0xd3, INSITU_STATUS_DAMAGED, "restart marker");
  expect_changed("grey-progressive.jpg", 0xda, 9, 5, INSITU_STATUS_UNSUPPORTED,
                 "progressive scans");
}

static void accepts_junk_after_the_end_and_fill_before_markers(void) {
  picture p = picture_read("baseline.jpg");
  picture filled = picture_with_bytes(p, find_marker(p, 0xc0), "\xff\xff\xff", 3);
  uint8_t junk[1000];
  memset(junk, 0x5a, sizeof junk);
  picture more = picture_with_bytes(filled, filled.size, junk, sizeof junk);
  picture_check_same(p, filled);
  picture_check_same(p, more);
  free(more.bytes);
  free(filled.bytes);
  free(p.bytes);
}

/* Remarks of a length that cannot be, or that is too short for what they hold. */
static void passes_over_broken_remarks(void) {
  static const struct {
    const char *bytes;
    size_t size;
  } rows[] = {
      {"\xff\xfe\0\0", 4},
      {"\xff\xfe\0\1", 4},
      {"\xff\xe2\0\0", 4},
      {"\xff\xef\0\1", 4},
      {"\xff\xfe\0\4a remark longer than it says", 32},
      {"\xff\xe1\0\x09"
       "Exif\0\0I",
       11},
      {"\xff\xe1\0\x10"
       "Exif\0\0II*\0\xff\xff\xff\x7f",
       18},
      {"\xff\xee\0\x08"
       "Adobe\0",
       10},
      {"\xff\xe2\0\x0e"
       "ICC_PROFILE\0",
       16},
      {"\xff\xe2\0\x14"
       "ICC_PROFILE\0\1\2abcd",
       22},
  };
  picture p = picture_read("baseline.jpg");
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    picture broken = picture_with_bytes(p, find_marker(p, 0xdb), rows[i].bytes, rows[i].size);
    picture_check_same(p, broken);
    free(broken.bytes);
  }
  picture table = picture_with_bytes(p, find_marker(p, 0xdb), "\xff\xc4\0\1", 4);
  expect(table.bytes, table.size, INSITU_STATUS_DAMAGED, "at least 2");
  free(table.bytes);
  free(p.bytes);
}

/* Motion JPEG's frames, as webcams and microscopes hand them out. */
static void adds_the_standard_huffman_tables_where_they_are_missing(void) {
  static const char *const files[] = {"baseline.jpg", "grey.jpg", "baseline-420.jpg",
                                      "restarts.jpg", "best.jpg"};
  for (size_t f = 0; f < 5; ++f) {
    picture p = picture_read(files[f]), bare = picture_with_bytes(p, 0, "", 0);
    while (memmem(bare.bytes, bare.size, "\xff\xc4", 2) != NULL) {
      size_t at = find_marker(bare, 0xc4);
      size_t length = (size_t)(bare.bytes[at + 2] << 8 | bare.bytes[at + 3]);
      picture shorter = without_bytes(bare, at, 2 + length);
      free(bare.bytes);
      bare = shorter;
    }
    CHECK(bare.size < p.size);
    picture_check_same(p, bare);
    free(bare.bytes);
    free(p.bytes);
  }
  /* one table missing of four; tables of the file's own are never replaced */
  picture p = picture_read("baseline.jpg");
  size_t at = find_marker(p, 0xc4), length = (size_t)(p.bytes[at + 2] << 8 | p.bytes[at + 3]);
  picture bare = without_bytes(p, at, 2 + length);
  picture_check_same(p, bare);
  free(bare.bytes);
  free(p.bytes);
  p = picture_read("optimised.jpg"); /* has others: without them it makes no sense */
  at = find_marker(p, 0xc4), length = (size_t)(p.bytes[at + 2] << 8 | p.bytes[at + 3]);
  bare = without_bytes(p, at, 2 + length);
  expect(bare.bytes, bare.size, INSITU_STATUS_DAMAGED, "");
  free(bare.bytes);
  free(p.bytes);
}

static void tells_components_of_one_id_apart_by_their_order(void) {
  static const char *const files[] = {"baseline.jpg", "baseline-420.jpg", "cmyk.jpg",
                                      "restarts.jpg"};
  for (size_t f = 0; f < 4; ++f) {
    picture p = picture_read(files[f]), same = picture_with_bytes(p, 0, "", 0);
    size_t frame = find_marker(p, 0xc0), scan = find_marker(p, 0xda);
    for (size_t i = 0; i < p.bytes[frame + 9]; ++i) {
      same.bytes[frame + 10 + 3 * i] = 7;
      same.bytes[scan + 5 + 2 * i] = 7;
    }
    picture_check_same(p, same);
    same.bytes[scan + 5] = 8;
    expect(same.bytes, same.size, INSITU_STATUS_DAMAGED, "no known component");
    free(same.bytes);
    free(p.bytes);
  }
}

static void takes_cmyk_without_adobes_mark_as_inverted(void) {
  picture p = picture_read("cmyk.jpg");
  picture bare = with_byte(p, find_marker(p, 0xee) + 5, 'x');
  picture_check_same(p, bare);
  free(bare.bytes);
  free(p.bytes);
}

/* JFIF means YCbCr, whatever the components are called; libjpeg and browsers
 * look at names only where there is no mark. */
static void takes_names_for_colours_only_without_a_mark(void) {
  picture p = picture_read("baseline.jpg"), named = picture_with_bytes(p, 0, "", 0);
  size_t frame = find_marker(p, 0xc0), scan = find_marker(p, 0xda);
  for (size_t i = 0; i < 3; ++i) {
    named.bytes[frame + 10 + 3 * i] = (uint8_t)"RGB"[i];
    named.bytes[scan + 5 + 2 * i] = (uint8_t)"RGB"[i];
  }
  picture_check_same(p, named);
  named.bytes[find_marker(named, 0xe0) + 4] = 'x'; /* JFIF no more */
  uint8_t pixels[2][24 * 18 * 3];
  CHECK_INT(picture_prepare(p.bytes, p.size, pixels[0], NULL), INSITU_STATUS_OK);
  CHECK_INT(picture_prepare(named.bytes, named.size, pixels[1], NULL), INSITU_STATUS_OK);
  CHECK(memcmp(pixels[0], pixels[1], sizeof pixels[0]) != 0);
  free(named.bytes);
  free(p.bytes);
}

/* A phone's own trailer where the end mark should be: anything, markers too. */
static void does_not_need_the_end_mark(const char *name) {
  picture p = picture_read(name);
  CHECK_INT(p.bytes[p.size - 1], 0xd9);
  uint8_t trailer[4000];
  uint32_t state = 1;
  picture bare = {p.bytes, p.size - 2};
  picture_check_same(p, bare);
  for (int kind = 0; kind < 4; ++kind) {
    for (size_t i = 0; i < sizeof trailer; ++i) {
      state = state * 1664525u + 1013904223u;
      trailer[i] = (uint8_t)(state >> 24);
    }
    /* kind 0: at random; then text, another picture, a frame header's mark */
    if (kind == 1) memset(trailer, 'x', sizeof trailer);
    if (kind == 2) memcpy(trailer, "\xff\xd8\xff\xe0\0\x10JFIF", 10);
    if (kind == 3) memcpy(trailer, "\xff\xc0\0\1\xff\xda\0\0", 8);
    picture more = picture_with_bytes(bare, bare.size, trailer, sizeof trailer);
    picture_check_same(p, more);
    free(more.bytes);
  }
  free(p.bytes);
}

static void reads_orientation(void) {
  insitu_picture info;
  insitu_error error;
  static const struct {
    const char *name;
    uint32_t orientation, width, height;
  } rows[] = {
      {"exif-6.jpg", 6, 64, 96}, {"exif-3-big-endian.jpg", 3, 96, 64}, {"rgb.jpg", 1, 96, 64}};
  for (size_t i = 0; i < 3; ++i) {
    picture p = picture_read(rows[i].name);
    CHECK_INT(insitu_picture_probe(p.bytes, p.size, &info, &error), INSITU_STATUS_OK);
    CHECK_INT(info.orientation, rows[i].orientation);
    CHECK_INT(info.width_px, rows[i].width);
    CHECK_INT(info.height_px, rows[i].height);
    CHECK_INT(info.format, INSITU_FORMAT_JPEG);
    free(p.bytes);
  }
}

/* Every length from nothing to one byte short. Of a last byte that only fills up
 * or is stuffed no block depends; nor of the end mark. */
static void truncated_is_an_error(const char *name) {
  picture p = picture_read(name);
  size_t end_mark = p.size - 2, num_whole = 0;
  uint8_t whole[24 * 18 * 3], rgb[24 * 18 * 3];
  CHECK_INT(picture_prepare(p.bytes, p.size, whole, NULL), INSITU_STATUS_OK);
  for (size_t size = 0; size < p.size; ++size) {
    uint8_t *cut = malloc(size + 1); /* its own block, so that reading past it shows */
    memcpy(cut, p.bytes, size);
    insitu_error error;
    insitu_status status = picture_prepare(cut, size, rgb, &error);
    bool is_whole = status == INSITU_STATUS_OK && memcmp(rgb, whole, sizeof rgb) == 0;
    bool is_right = size < end_mark - 1 ? status == INSITU_STATUS_TRUNCATED
                    : size < end_mark   ? status == INSITU_STATUS_TRUNCATED || is_whole
                                        : is_whole;
    if (!is_right) {
      printf("    %s cut to %zu of %zu: %s\n", name, size, p.size, error.message);
      CHECK(is_right);
    }
    num_whole += is_whole;
    free(cut);
  }
  CHECK(num_whole == 2 || num_whole == 3);
  free(p.bytes);
}

int main(void) {
  char name[128];
  for (size_t i = 0; i < NUM_NAMES; ++i) {
    picture p = picture_read(names[i]);
    check_begin();
    equals_stb(names[i], p.bytes, p.size);
    snprintf(name, sizeof name, "%s equals stb_image", names[i]);
    check_end(name);
    free(p.bytes);
  }
  RUN(ycck_equals_stb);
  RUN(refuses_what_it_cannot_decode);
  RUN(refuses_sizes_beyond_the_limits);
  RUN(refuses_too_much_memory);
  RUN(refuses_repeated_scans);
  RUN(refuses_too_many_scans);
  RUN(refuses_progressive_files_without_their_last_scans);
  RUN(refuses_short_data_with_an_end_marker);
  RUN(names_what_is_damaged);
  RUN(sequential_scans_need_no_band);
  RUN(a_short_jfif_segment_is_none);
  RUN(uses_the_profiles_that_browsers_use);
  RUN(accepts_junk_after_the_end_and_fill_before_markers);
  RUN(passes_over_broken_remarks);
  RUN(adds_the_standard_huffman_tables_where_they_are_missing);
  RUN(tells_components_of_one_id_apart_by_their_order);
  RUN(takes_cmyk_without_adobes_mark_as_inverted);
  RUN(takes_names_for_colours_only_without_a_mark);
  RUN(reads_orientation);
  for (size_t i = 0; i < NUM_NAMES; ++i) {
    check_begin();
    truncated_is_an_error(names[i]);
    does_not_need_the_end_mark(names[i]);
    snprintf(name, sizeof name, "%s cut anywhere is truncated, without its end mark whole",
             names[i]);
    check_end(name);
  }
  return check_summary();
}
