/* What a JPEG may lack or have besides: marks and remarks of its makers, profiles, tables that
 * everybody has, an orientation, an end. */
#include "check.h"
#include "jpeg_files.h"

/* Spectral selection and bit positions are progressive scans'. */
static void sequential_scans_need_no_band(void) {
  picture p = picture_read("baseline.jpg");
  size_t scan = jpeg_find_marker(p, 0xda) + 2;
  for (size_t offset = 9; offset < 12; ++offset) {
    picture other = jpeg_with_byte(p, scan + offset, 0x11);
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
  static const char *const jpeg_names[] = {"rTRC", "gTRC", "bTRC", "kTRC", "rXYZ", "gXYZ", "bXYZ"};
  static const uint32_t columns[3][3] = {
      {0x9c18, 0x4fa5, 0x4fc}, {0x348d, 0xa02c, 0xf95}, {0x2631, 0x102f, 0xbe9c}};
  for (uint32_t i = 0; i < 7; ++i) {
    memcpy(icc + 132 + 12 * i, jpeg_names[i], 4);
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
  CHECK_INT(use_of_profile(0, "Lab ", 7, false), INSITU_PROFILE_CONVERTED); /* by its matrix */
  CHECK_INT(use_of_profile(1, "XYZ ", 7, false), INSITU_PROFILE_NOT_USED);  /* it is cut */
  CHECK_INT(use_of_profile(200, "XYZ ", 7, false), INSITU_PROFILE_NOT_USED);
  CHECK_INT(use_of_profile(0, "XYZ ", 0, false), INSITU_PROFILE_NOT_USED);
  CHECK_INT(use_of_profile(0, "XYZ ", 0x7fffffff, false), INSITU_PROFILE_NOT_USED);
  CHECK(use_of_profile(0, "XYZ ", 7, true) != INSITU_PROFILE_NOT_USED);
  CHECK_INT(use_of_profile(0, "Lab ", 7, true), INSITU_PROFILE_NOT_USED); /* L*, not light */
}

/* What comes behind the first scan's header is too late for every reader. */
static void what_comes_between_scans_says_nothing_of_the_picture(void) {
  static const struct {
    const char *bytes;
    size_t size;
  } rows[] = {
      {"\xff\xee\0\x0e"
       "Adobe\0\x64\0\0\0\0\0",
       16},
      {"\xff\xe1\0\x1c"
       "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0",
       30},
      {"\xff\xe2\0\x14"
       "ICC_PROFILE\0\1\1abcd",
       22},
  };
  picture p = picture_read("two-scans.jpg");
  p.bytes[jpeg_find_marker(p, 0xe0) + 4] = 'x'; /* JFIF no more, so that Adobe's mark would count */
  size_t first = jpeg_find_marker(p, 0xda);
  picture rest = {p.bytes + first + 2, p.size - first - 2};
  size_t second = first + 2 + jpeg_find_marker(rest, 0xda);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    picture late = picture_with_bytes(p, second, rows[i].bytes, rows[i].size);
    picture_check_same(p, late);
    insitu_picture found;
    CHECK_INT(insitu_picture_probe(late.bytes, late.size, &found, NULL), INSITU_STATUS_OK);
    CHECK_INT(found.orientation, 1);
    CHECK_INT(found.profile, INSITU_PROFILE_NONE);
    free(late.bytes);
    picture early = picture_with_bytes(p, 2, rows[i].bytes, rows[i].size); /* control */
    uint8_t pixels[2][24 * 18 * 3];
    CHECK_INT(insitu_picture_probe(early.bytes, early.size, &found, NULL), INSITU_STATUS_OK);
    CHECK_INT(picture_prepare(p.bytes, p.size, pixels[0], NULL), INSITU_STATUS_OK);
    CHECK_INT(picture_prepare(early.bytes, early.size, pixels[1], NULL), INSITU_STATUS_OK);
    CHECK(found.profile != INSITU_PROFILE_NONE ||
          memcmp(pixels[0], pixels[1], sizeof pixels[0]) != 0);
    free(early.bytes);
  }
  free(p.bytes);
}

static void accepts_junk_after_the_end_and_fill_before_markers(void) {
  picture p = picture_read("baseline.jpg");
  picture filled = picture_with_bytes(p, jpeg_find_marker(p, 0xc0), "\xff\xff\xff", 3);
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
      {"\xff\xcc\0\4\0\0", 6}, /* arithmetic coding's conditions, of nothing so coded */
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
    picture broken = picture_with_bytes(p, jpeg_find_marker(p, 0xdb), rows[i].bytes, rows[i].size);
    picture_check_same(p, broken);
    free(broken.bytes);
  }
  picture table = picture_with_bytes(p, jpeg_find_marker(p, 0xdb), "\xff\xc4\0\1", 4);
  jpeg_expect(table.bytes, table.size, INSITU_STATUS_DAMAGED, "at least 2");
  free(table.bytes);
  free(p.bytes);
}

/* Zeros are not allowed there; every reader multiplies by them. */
static void takes_a_zero_in_a_quantisation_table(void) {
  static const char *const files[] = {"flat.jpg", "grey-progressive.jpg"};
  for (size_t f = 0; f < 2; ++f) {
    picture p = picture_read(files[f]);
    uint8_t *last = p.bytes + jpeg_find_marker(p, 0xdb) + 5 + 63;
    picture zero = jpeg_with_byte(p, (size_t)(last - p.bytes), 0);
    uint8_t pixels[2][24 * 18 * 3];
    CHECK_INT(picture_prepare(p.bytes, p.size, pixels[0], NULL), INSITU_STATUS_OK);
    CHECK_INT(picture_prepare(zero.bytes, zero.size, pixels[1], NULL), INSITU_STATUS_OK);
    /* the finest detail alone is gone */
    for (size_t i = 0; i < sizeof pixels[0]; ++i) {
      CHECK(abs(pixels[0][i] - pixels[1][i]) <= (f == 0 ? 0 : 4));
    }
    free(zero.bytes);
    free(p.bytes);
  }
}

/* Motion JPEG's frames, as webcams and microscopes hand them out. */
static void adds_the_standard_huffman_tables_where_they_are_missing(void) {
  static const char *const files[] = {"baseline.jpg", "grey.jpg", "baseline-420.jpg",
                                      "restarts.jpg", "best.jpg"};
  for (size_t f = 0; f < 5; ++f) {
    picture p = picture_read(files[f]), bare = picture_with_bytes(p, 0, "", 0);
    while (memmem(bare.bytes, bare.size, "\xff\xc4", 2) != NULL) {
      size_t at = jpeg_find_marker(bare, 0xc4);
      size_t length = (size_t)(bare.bytes[at + 2] << 8 | bare.bytes[at + 3]);
      picture shorter = jpeg_without_bytes(bare, at, 2 + length);
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
  size_t at = jpeg_find_marker(p, 0xc4), length = (size_t)(p.bytes[at + 2] << 8 | p.bytes[at + 3]);
  picture bare = jpeg_without_bytes(p, at, 2 + length);
  picture_check_same(p, bare);
  free(bare.bytes);
  free(p.bytes);
  p = picture_read("optimised.jpg"); /* has others: without them it makes no sense */
  at = jpeg_find_marker(p, 0xc4), length = (size_t)(p.bytes[at + 2] << 8 | p.bytes[at + 3]);
  bare = jpeg_without_bytes(p, at, 2 + length);
  jpeg_expect(bare.bytes, bare.size, INSITU_STATUS_DAMAGED, "");
  free(bare.bytes);
  free(p.bytes);
}

static void tells_components_of_one_id_apart_by_their_order(void) {
  static const char *const files[] = {"baseline.jpg", "baseline-420.jpg", "cmyk.jpg",
                                      "restarts.jpg"};
  for (size_t f = 0; f < 4; ++f) {
    picture p = picture_read(files[f]), same = picture_with_bytes(p, 0, "", 0);
    size_t frame = jpeg_find_marker(p, 0xc0), scan = jpeg_find_marker(p, 0xda);
    for (size_t i = 0; i < p.bytes[frame + 9]; ++i) {
      same.bytes[frame + 10 + 3 * i] = 7;
      same.bytes[scan + 5 + 2 * i] = 7;
    }
    picture_check_same(p, same);
    same.bytes[scan + 5] = 8;
    jpeg_expect(same.bytes, same.size, INSITU_STATUS_DAMAGED, "no known component");
    free(same.bytes);
    free(p.bytes);
  }
}

static void takes_cmyk_without_adobes_mark_as_inverted(void) {
  picture p = picture_read("cmyk.jpg");
  picture bare = jpeg_with_byte(p, jpeg_find_marker(p, 0xee) + 5, 'x');
  picture_check_same(p, bare);
  free(bare.bytes);
  free(p.bytes);
}

/* JFIF means YCbCr, whatever the components are called; libjpeg and browsers
 * look at names only where there is no mark. */
static void takes_names_for_colours_only_without_a_mark(void) {
  picture p = picture_read("baseline.jpg"), named = picture_with_bytes(p, 0, "", 0);
  size_t frame = jpeg_find_marker(p, 0xc0), scan = jpeg_find_marker(p, 0xda);
  for (size_t i = 0; i < 3; ++i) {
    named.bytes[frame + 10 + 3 * i] = (uint8_t)"RGB"[i];
    named.bytes[scan + 5 + 2 * i] = (uint8_t)"RGB"[i];
  }
  picture_check_same(p, named);
  named.bytes[jpeg_find_marker(named, 0xe0) + 4] = 'x'; /* JFIF no more */
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

int main(void) {
  char name[128];
  RUN(sequential_scans_need_no_band);
  RUN(a_short_jfif_segment_is_none);
  RUN(uses_the_profiles_that_browsers_use);
  RUN(what_comes_between_scans_says_nothing_of_the_picture);
  RUN(accepts_junk_after_the_end_and_fill_before_markers);
  RUN(passes_over_broken_remarks);
  RUN(takes_a_zero_in_a_quantisation_table);
  RUN(adds_the_standard_huffman_tables_where_they_are_missing);
  RUN(tells_components_of_one_id_apart_by_their_order);
  RUN(takes_cmyk_without_adobes_mark_as_inverted);
  RUN(takes_names_for_colours_only_without_a_mark);
  RUN(reads_orientation);
  for (size_t i = 0; i < NUM_JPEG_NAMES; ++i) {
    check_begin();
    does_not_need_the_end_mark(jpeg_names[i]);
    snprintf(name, sizeof name, "%s is whole without its end mark", jpeg_names[i]);
    check_end(name);
  }
  return check_summary();
}
