/* Which JPEGs are refused, and as what: those beyond the limits, damaged ones, and files that
 * end too early. */
#include "check.h"
#include "jpeg_files.h"

static void refuses_what_it_cannot_decode(void) {
  jpeg_expect_changed("baseline.jpg", 0xc0, 1, 0xc3, INSITU_STATUS_UNSUPPORTED, "lossless");
  jpeg_expect_changed("baseline.jpg", 0xc0, 1, 0xc9, INSITU_STATUS_UNSUPPORTED, "arithmetic");
  jpeg_expect_changed("baseline.jpg", 0xc0, 1, 0xc5, INSITU_STATUS_UNSUPPORTED, "hierarchical");
  jpeg_expect_changed("baseline.jpg", 0xc0, 4, 12, INSITU_STATUS_UNSUPPORTED, "8 bits");
  picture p = picture_read("baseline.jpg");
  size_t frame = jpeg_find_marker(p, 0xc0);
  p.bytes[frame + 11] = 0x31, p.bytes[frame + 14] = 0x21; /* 3 columns of luma to 2 */
  jpeg_expect(p.bytes, p.size, INSITU_STATUS_UNSUPPORTED, "fractions");
  p.bytes[frame + 11] = 0x51;
  jpeg_expect(p.bytes, p.size, INSITU_STATUS_DAMAGED, "1..4");
  free(p.bytes);
}

static void refuses_sizes_beyond_the_limits(void) {
  picture p = picture_read("baseline.jpg");
  size_t frame = jpeg_find_marker(p, 0xc0);
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
    jpeg_expect(p.bytes, p.size, rows[i].status, rows[i].part);
  }
  free(p.bytes);
}

static void refuses_too_much_memory(void) {
  picture p = picture_read("progressive-444.jpg");
  size_t frame = jpeg_find_marker(p, 0xc2); /* 8000 x 7000 x 3 x 2 bytes = 320 MiB */
  p.bytes[frame + 5] = 7000 >> 8, p.bytes[frame + 6] = 7000 & 255;
  p.bytes[frame + 7] = 8000 >> 8, p.bytes[frame + 8] = 8000 & 255;
  jpeg_expect(p.bytes, p.size, INSITU_STATUS_TOO_LARGE, "at most 256");
  free(p.bytes);
}

/* What comes behind the scan that completes the picture does not matter, and a
 * scan that repeats another before that is refused. */
static void refuses_repeated_scans(void) {
  picture p = picture_read("grey.jpg");
  size_t scan = jpeg_find_marker(p, 0xda), end = p.size - 2, length = end - scan;
  picture twice = {malloc(p.size + length), p.size + length};
  memcpy(twice.bytes, p.bytes, end);
  memcpy(twice.bytes + end, p.bytes + scan, length + 2);
  picture_check_same(p, twice);
  free(twice.bytes);
  free(p.bytes);
  p = picture_read("two-scans.jpg");
  scan = jpeg_find_marker(p, 0xda);
  p.bytes[scan + 5] = 2; /* the first scan brings a component of the second's */
  jpeg_expect(p.bytes, p.size, INSITU_STATUS_DAMAGED, "out of order");
  free(p.bytes);
}

static void refuses_too_many_scans(void) {
  /* grey-progressive's last scan refines bit 0; many empty bands before it. A
   * scan header is enough: scans are counted before any is decoded. */
  picture p = picture_read("grey-progressive.jpg");
  size_t scan = jpeg_find_marker(p, 0xda), num_scans = INSITU_MAX_SCANS + 1;
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
  jpeg_expect(many.bytes, many.size, INSITU_STATUS_TOO_LARGE, "more than 64 scans");
  free(many.bytes);
  free(p.bytes);
}

/* Ended after any of its scans, a progressive file shows a whole picture with
 * less detail: that is half a picture all the same. */
static void refuses_progressive_files_without_their_last_scans(void) {
  picture p = picture_read("progressive.jpg");
  int num_scans = 0;
  for (size_t i = jpeg_find_marker(p, 0xda) + 2; i + 1 < p.size; ++i) {
    if (p.bytes[i] != 0xff || (p.bytes[i + 1] != 0xda && p.bytes[i + 1] != 0xc4)) continue;
    picture cut = {malloc(i + 2), i + 2};
    memcpy(cut.bytes, p.bytes, i);
    cut.bytes[i] = 0xff, cut.bytes[i + 1] = 0xd9;
    jpeg_expect(cut.bytes, cut.size, INSITU_STATUS_TRUNCATED, "not whole");
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
    size_t scan = jpeg_find_marker(p, 0xda) + 20;
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
  jpeg_expect_changed("baseline.jpg", 0xdb, 3, 1, INSITU_STATUS_DAMAGED, "damaged");
  jpeg_expect_changed("baseline.jpg", 0xc4, 4, 0x15, INSITU_STATUS_DAMAGED, "table");
  jpeg_expect_changed("baseline.jpg", 0xda, 6, 0x33, INSITU_STATUS_DAMAGED,
                      "Huffman table is missing");
  jpeg_expect_changed("baseline.jpg", 0xc0, 12, 3, INSITU_STATUS_DAMAGED,
                      "quantisation table is missing");
  jpeg_expect_changed("baseline.jpg", 0xda, 5, 9, INSITU_STATUS_DAMAGED, "no known component");
  jpeg_expect_changed("progressive.jpg", 0xda, 13, 0x31, INSITU_STATUS_DAMAGED, "not consistent");
  jpeg_expect_changed("baseline.jpg", 0xc0, 3, 16, INSITU_STATUS_DAMAGED, "wrong length");
  jpeg_expect_changed("baseline.jpg", 0xc0, 6, 32, INSITU_STATUS_DAMAGED, "more data than pixels");
  jpeg_expect_changed("restarts.jpg", 0xc0, 6, 32, INSITU_STATUS_DAMAGED, "more data than pixels");
  jpeg_expect_changed("restarts.jpg", 0xd1, 1, 0xd3, INSITU_STATUS_DAMAGED, "restart marker");
  jpeg_expect_changed("grey-progressive.jpg", 0xda, 9, 5, INSITU_STATUS_UNSUPPORTED,
                      "progressive scans");
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
  RUN(refuses_what_it_cannot_decode);
  RUN(refuses_sizes_beyond_the_limits);
  RUN(refuses_too_much_memory);
  RUN(refuses_repeated_scans);
  RUN(refuses_too_many_scans);
  RUN(refuses_progressive_files_without_their_last_scans);
  RUN(refuses_short_data_with_an_end_marker);
  RUN(names_what_is_damaged);
  for (size_t i = 0; i < NUM_JPEG_NAMES; ++i) {
    check_begin();
    truncated_is_an_error(jpeg_names[i]);
    snprintf(name, sizeof name, "%s cut anywhere is truncated", jpeg_names[i]);
    check_end(name);
  }
  return check_summary();
}
