/* insitu_picture_probe and _prepare as a caller sees them: arguments, formats
 * that are not ours, EXIF blocks, and want of memory at every allocation. */
#include "check.h"
#include "pictures.h"

#include "base/alloc.h"
#include "decode/exif.h"

static const insitu_input square = {.width_px = 16, .height_px = 16, .crop_fraction = 1.0};

static void refuses_arguments(void) {
  picture p = picture_read("rgb8.png");
  uint8_t rgb[16 * 16 * 3];
  insitu_error error;
  const insitu_status invalid = INSITU_STATUS_INVALID_ARGUMENT;
  CHECK_INT(insitu_picture_prepare(NULL, 5, NULL, &square, rgb, NULL, &error), invalid);
  CHECK_HAS(error.message, "file is NULL");
  CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, NULL, rgb, NULL, &error), invalid);
  CHECK_HAS(error.message, "input is NULL");
  CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &square, NULL, NULL, &error), invalid);
  CHECK_HAS(error.message, "rgb is NULL");
  CHECK_INT(insitu_picture_probe(p.bytes, p.size, NULL, &error), invalid);
  CHECK_HAS(error.message, "picture is NULL");

  static const insitu_input inputs[] = {
      {.width_px = 0, .height_px = 16, .crop_fraction = 1.0},
      {.width_px = 16, .height_px = 1025, .crop_fraction = 1.0},
      {.width_px = 16, .height_px = 16, .crop_fraction = 0.0},
      {.width_px = 16, .height_px = 16, .crop_fraction = 1.01},
      {.width_px = 16, .height_px = 16, .crop_fraction = -0.5},
      {.width_px = 16, .height_px = 16, .crop_fraction = 0.0 / 0.0},
  };
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; ++i) {
    CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &inputs[i], rgb, NULL, &error),
              invalid);
    CHECK_HAS(error.message, i < 2 ? "1..1024" : "crop_fraction");
  }
  static const insitu_crop crops[] = {
      {-0.1, 0, 0.5, 0.5},  {0, 0, 0, 0.5},       {0.6, 0, 0.5, 0.5},
      {0, 0.6, 0.5, 0.5},   {0, 0, 0.5, -0.5},    {0, 0, 1.1, 0.5},
      {0.0 / 0.0, 0, 1, 1}, {0, 0, 1, 0.0 / 0.0}, {1.0 / 0.0, 0, 1, 1},
  };
  for (size_t i = 0; i < sizeof crops / sizeof crops[0]; ++i) {
    CHECK_INT(insitu_picture_prepare(p.bytes, p.size, &crops[i], &square, rgb, NULL, &error),
              invalid);
    CHECK_HAS(error.message, "within the picture");
  }
  static const insitu_crop edge = {0.1 + 0.2, 0, 0.7, 1}; /* a rounding error beyond 1 */
  CHECK_INT(insitu_picture_prepare(p.bytes, p.size, &edge, &square, rgb, NULL, &error),
            INSITU_STATUS_OK);
  free(p.bytes);
}

static void names_formats_that_are_not_ours(void) {
  static const struct {
    const char *bytes;
    size_t size, offset;
    const char *name;
  } rows[] = {
      {"ftypheic", 8, 4, "a HEIC picture"},
      {"ftypmif1", 8, 4, "a HEIC picture"},
      {"ftypavif", 8, 4, "an AVIF picture"},
      {"ftypisom", 8, 4, "a video"},
      {"WEBP", 4, 8, "a WebP picture"},
      {"GIF89a", 6, 0, "a GIF picture"},
      {"%PDF-1.7", 8, 0, "a PDF document"},
      {"BM", 2, 0, "a BMP picture"},
      {"II*\0", 4, 0, "a TIFF"},
      {"MM\0*", 4, 0, "a TIFF"},
      {"DICM", 4, 128, "a DICOM file"},
      {"PK\x03\x04", 4, 0, "a ZIP archive"},
      {"<!DOCTYPE html>", 15, 0, "a web page"},
      {"TFL3", 4, 4, "a TensorFlow Lite model"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    uint8_t bytes[200] = {0};
    memcpy(bytes + rows[i].offset, rows[i].bytes, rows[i].size);
    insitu_error error;
    CHECK_INT(picture_prepare(bytes, sizeof bytes, NULL, &error), INSITU_STATUS_UNKNOWN_FORMAT);
    CHECK_HAS(error.message, "This file is not a JPEG, PNG or WebP");
    CHECK_HAS(error.message, rows[i].name);
  }
  insitu_error error;
  CHECK_INT(picture_prepare((const uint8_t *)"\0\0\0\x18"
                                             "ftypheic\0\0\0\0mif1heic",
                            24, NULL, &error),
            INSITU_STATUS_UNKNOWN_FORMAT);
  CHECK_HAS(error.message, "the program heif-convert does that");
  CHECK_INT(picture_prepare((const uint8_t *)"hello, world", 12, NULL, &error),
            INSITU_STATUS_UNKNOWN_FORMAT);
  CHECK_HAS(error.message, "could not be told");
  CHECK_INT(picture_prepare(NULL, 0, NULL, &error), INSITU_STATUS_TRUNCATED);
  CHECK_HAS(error.message, "empty");
}

static void refuses_files_above_the_limit(void) {
  size_t size = (size_t)INSITU_MAX_FILE_BYTES + 1;
  uint8_t *bytes = calloc(size, 1);
  insitu_error error;
  CHECK(bytes != NULL);
  if (bytes != NULL) {
    CHECK_INT(picture_prepare(bytes, size, NULL, &error), INSITU_STATUS_TOO_LARGE);
    CHECK_HAS(error.message, "67108865 bytes");
  }
  free(bytes);
}

static uint32_t orientation_of(const char *bytes, size_t size) {
  uint8_t *own = malloc(size + 1); /* so that a read past the end shows */
  memcpy(own, bytes, size);
  uint32_t orientation = exif_orientation((span){own, size});
  free(own);
  return orientation;
}

static void exif_reads_both_byte_orders_within_bounds(void) {
  static const char little[] =
      "II*\0\x08\0\0\0\x02\0" /* two entries: */
      "\x0f\x01\x02\0\x04\0\0\0abc\0"
      "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
  static const char big[] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
  CHECK_INT(orientation_of(little, sizeof little - 1), 6);
  CHECK_INT(orientation_of(big, sizeof big - 1), 8);
  for (size_t size = 0; size < sizeof little - 3; ++size) {
    CHECK_INT(orientation_of(little, size), 1);
  }
  char odd[sizeof big];
  static const struct {
    size_t offset;
    char value;
  } changes[] = {{0, 'X'}, {3, '+'}, {4, '\x7f'}, {7, '\xff'}, {11, '\x13'},
                 {13, 4},  {17, 2},  {19, 0},     {19, 9},     {9, 0}};
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; ++i) {
    memcpy(odd, big, sizeof big);
    odd[changes[i].offset] = changes[i].value;
    CHECK_INT(orientation_of(odd, sizeof odd - 1), 1);
  }
}

static void survives_want_of_memory(const char *name) {
  picture p = picture_read(name);
  uint8_t whole[16 * 16 * 3], rgb[16 * 16 * 3];
  insitu_error error;
  alloc_fail_after(-1);
  CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &square, whole, NULL, &error),
            INSITU_STATUS_OK);
  long num_allocations = alloc_count();
  CHECK(num_allocations > 8);
  for (long i = 0; i < num_allocations; ++i) {
    insitu_picture info = {.width_px = 12345};
    memset(rgb, 77, sizeof rgb);
    alloc_fail_after(i);
    CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &square, rgb, &info, &error),
              INSITU_STATUS_OUT_OF_MEMORY);
    CHECK_HAS(error.message, "out of memory");
    CHECK_INT(info.width_px, 12345);
    CHECK(rgb[0] == 77 && rgb[sizeof rgb - 1] == 77);
  }
  alloc_fail_after(num_allocations);
  CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &square, rgb, NULL, &error),
            INSITU_STATUS_OK);
  CHECK_INT(memcmp(rgb, whole, sizeof rgb), 0);
  alloc_fail_after(-1);
  free(p.bytes);
}

int main(void) {
  RUN(refuses_arguments);
  RUN(names_formats_that_are_not_ours);
  RUN(refuses_files_above_the_limit);
  RUN(exif_reads_both_byte_orders_within_bounds);
  static const char *const names[] = {
      "baseline-420.jpg", "progressive-420.jpg",   "cmyk.jpg",   "grey.jpg",
      "rgb8-pieces.png",  "rgba16-interlaced.png", "icc-p3.png", "icc-p3-pieces.jpg"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
    char name[128];
    check_begin();
    survives_want_of_memory(names[i]);
    snprintf(name, sizeof name, "%s survives want of memory", names[i]);
    check_end(name);
  }
  return check_summary();
}
