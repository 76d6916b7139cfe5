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

static const char *const names[] = {
    "baseline-420.jpg", "baseline-422.jpg", "baseline-444.jpg", "baseline-411.jpg",
    "progressive-420.jpg", "progressive-422.jpg", "progressive-444.jpg", "progressive-411.jpg",
    "baseline.jpg", "progressive.jpg", "optimised.jpg", "best.jpg", "flat.jpg", "grey.jpg",
    "grey-progressive.jpg", "cmyk.jpg", "rgb.jpg", "two-scans.jpg", "restarts.jpg", "restarts-progressive.jpg",
    "exif-6.jpg", "exif-3-big-endian.jpg"};
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
      {64, 16385, INSITU_STATUS_TOO_LARGE, "at most 16384"},
      {65535, 64, INSITU_STATUS_TOO_LARGE, "at most 16384"},
      {8001, 8000, INSITU_STATUS_TOO_LARGE, "at most 64000000"},
      {8000, 8000, INSITU_STATUS_TRUNCATED, "end"},
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

/* A progressive JPEG with its DC scan repeated as refinements cannot be made
 * from one, so scans are counted on a baseline file's, whose limit comes first
 * where the repeated component would come second. */
static void refuses_repeated_scans(void) {
  picture p = picture_read("grey.jpg");
  size_t scan = find_marker(p, 0xda), end = p.size - 2, length = end - scan;
  picture twice = {malloc(p.size + length), p.size + length};
  memcpy(twice.bytes, p.bytes, end);
  memcpy(twice.bytes + end, p.bytes + scan, length + 2);
  expect(twice.bytes, twice.size, INSITU_STATUS_DAMAGED, "out of order");
  free(twice.bytes);
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

static void names_what_is_damaged(void) {
  expect_changed("baseline.jpg", 0xdb, 3, 1, INSITU_STATUS_DAMAGED, "damaged");
  expect_changed("baseline.jpg", 0xc4, 4, 0x15, INSITU_STATUS_DAMAGED, "table");
  expect_changed("baseline.jpg", 0xda, 6, 0x33, INSITU_STATUS_DAMAGED, "Huffman table is missing");
  expect_changed("baseline.jpg", 0xc0, 12, 3, INSITU_STATUS_DAMAGED, "quantisation table is missing");
  expect_changed("baseline.jpg", 0xc0, 13, 1, INSITU_STATUS_DAMAGED, "share an id");
  expect_changed("baseline.jpg", 0xda, 5, 9, INSITU_STATUS_DAMAGED, "no known component");
  expect_changed("baseline.jpg", 0xda, 13, 0x11, INSITU_STATUS_DAMAGED, "not consistent");
  expect_changed("baseline.jpg", 0xc0, 3, 16, INSITU_STATUS_DAMAGED, "wrong length");
  expect_changed("baseline.jpg", 0xc0, 6, 32, INSITU_STATUS_DAMAGED, "more data than pixels");
  expect_changed("restarts.jpg", 0xc0, 6, 32, INSITU_STATUS_DAMAGED, "more data than pixels");
  expect_changed("restarts.jpg", 0xd1, 1, 0xd3, INSITU_STATUS_DAMAGED, "restart marker");
  expect_changed("grey-progressive.jpg", 0xda, 9, 5, INSITU_STATUS_UNSUPPORTED, "progressive scans");
  expect_changed("cmyk.jpg", 0xee, 5, 'x', INSITU_STATUS_UNSUPPORTED, "four colour components");
}

static void accepts_junk_after_the_end_and_fill_before_markers(void) {
  picture p = picture_read("baseline.jpg");
  uint8_t plain[24 * 18 * 3], other[24 * 18 * 3];
  insitu_error error;
  CHECK_INT(picture_prepare(p.bytes, p.size, plain, &error), INSITU_STATUS_OK);
  size_t frame = find_marker(p, 0xc0);
  picture more = {malloc(p.size + 1003), p.size + 1003};
  memcpy(more.bytes, p.bytes, frame);
  memset(more.bytes + frame, 0xff, 3);
  memcpy(more.bytes + frame + 3, p.bytes + frame, p.size - frame);
  memset(more.bytes + p.size + 3, 0x5a, 1000);
  CHECK_INT(picture_prepare(more.bytes, more.size, other, &error), INSITU_STATUS_OK);
  CHECK_INT(memcmp(plain, other, sizeof plain), 0);
  free(more.bytes);
  free(p.bytes);
}

static void reads_orientation(void) {
  insitu_picture info;
  insitu_error error;
  static const struct {
    const char *name;
    uint32_t orientation, width, height;
  } rows[] = {{"exif-6.jpg", 6, 64, 96}, {"exif-3-big-endian.jpg", 3, 96, 64}, {"rgb.jpg", 1, 96, 64}};
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

/* Every length from nothing to one byte short. */
static void truncated_is_an_error(const char *name) {
  picture p = picture_read(name);
  for (size_t size = 0; size < p.size; ++size) {
    uint8_t *cut = malloc(size + 1); /* its own block, so that reading past it shows */
    memcpy(cut, p.bytes, size);
    insitu_error error;
    insitu_status status = picture_prepare(cut, size, NULL, &error);
    if (status != INSITU_STATUS_TRUNCATED) {
      printf("    %s cut to %zu of %zu: %s\n", name, size, p.size, error.message);
      CHECK_INT(status, INSITU_STATUS_TRUNCATED);
    }
    free(cut);
  }
  CHECK_INT(picture_prepare(p.bytes, p.size, NULL, NULL), INSITU_STATUS_OK);
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
  RUN(accepts_junk_after_the_end_and_fill_before_markers);
  RUN(reads_orientation);
  for (size_t i = 0; i < NUM_NAMES; ++i) {
    check_begin();
    truncated_is_an_error(names[i]);
    snprintf(name, sizeof name, "%s cut anywhere is truncated", names[i]);
    check_end(name);
  }
  return check_summary();
}
