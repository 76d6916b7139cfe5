/* The golden JPEGs, and what the tests of JPEG share: files that are changed in memory and
 * what is then answered. Include after check.h. */
#ifndef INSITU_TESTS_JPEG_FILES_H_
#define INSITU_TESTS_JPEG_FILES_H_

#include "pictures.h"

static const char *const jpeg_names[] = {"baseline-420.jpg",
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
enum { NUM_JPEG_NAMES = sizeof jpeg_names / sizeof jpeg_names[0] };

CHECK_UNUSED static picture jpeg_with_byte(picture p, size_t offset, uint8_t value) {
  picture changed = {malloc(p.size), p.size};
  memcpy(changed.bytes, p.bytes, p.size);
  changed.bytes[offset] = value;
  return changed;
}

/* Offset of the first marker's 0xff. */
CHECK_UNUSED static size_t jpeg_find_marker(picture p, uint8_t code) {
  for (size_t i = 0; i + 1 < p.size; ++i) {
    if (p.bytes[i] == 0xff && p.bytes[i + 1] == code) return i;
  }
  CHECK(!"the marker is there");
  return 0;
}

CHECK_UNUSED static void jpeg_expect(const uint8_t *bytes, size_t size, insitu_status status,
                                     const char *part) {
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
CHECK_UNUSED static picture jpeg_without_bytes(picture p, size_t offset, size_t size) {
  picture shorter = {malloc(p.size), p.size - size};
  memcpy(shorter.bytes, p.bytes, offset);
  memcpy(shorter.bytes + offset, p.bytes + offset + size, p.size - offset - size);
  return shorter;
}

CHECK_UNUSED static void jpeg_expect_changed(const char *name, uint8_t marker, size_t offset,
                                             uint8_t value, insitu_status status,
                                             const char *part) {
  picture p = picture_read(name);
  picture changed = jpeg_with_byte(p, jpeg_find_marker(p, marker) + offset, value);
  jpeg_expect(changed.bytes, changed.size, status, part);
  free(changed.bytes);
  free(p.bytes);
}

#endif
