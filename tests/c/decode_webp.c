/* WebP: against Pillow (tests/golden/make_webp.py), any region as the whole, and
 * files that are cut off, damaged or too large. */
#include "check.h"

#include "base/alloc.h"
#include "base/sha256.h"
#include "decode/decode.h"
#include "insitu.h"

#define GOLDEN "tests/golden/"

static const insitu_input small = {.width_px = 24, .height_px = 18, .crop_fraction = 1.0};
#define SMALL_BYTES (24 * 18 * 3)

static uint8_t *read_golden(const char *name, size_t *size) {
  char path[128];
  snprintf(path, sizeof path, GOLDEN "%s", name);
  return check_read_file(path, size);
}

static void prepares_as_pillow(const char *line) {
  char name[64], way[64], sha256[65], hex[65];
  insitu_input input = {0};
  insitu_crop crop = {0};
  CHECK_INT(sscanf(line, "%63s %63s %u %u %lf %64s", name, way, &input.width_px, &input.height_px,
                   &input.crop_fraction, sha256),
            6);
  bool has_crop = sscanf(way, "%lf,%lf,%lf,%lf", &crop.x, &crop.y, &crop.width, &crop.height) == 4;
  size_t size, rgb_size = (size_t)input.width_px * input.height_px * 3;
  uint8_t *file = read_golden(name, &size), *rgb = malloc(rgb_size);
  insitu_picture picture;
  insitu_error error;
  CHECK_INT(
      insitu_picture_prepare(file, size, has_crop ? &crop : NULL, &input, rgb, &picture, &error),
      0);
  CHECK_STR(error.message, "");
  sha256_hex((span){rgb, rgb_size}, hex);
  if (strcmp(hex, sha256) != 0) printf("    %s", line);
  CHECK_STR(hex, sha256);
  CHECK_INT(picture.format, INSITU_FORMAT_WEBP);
  CHECK_INT(picture.decoder, INSITU_DECODER_LIBWEBP);
  CHECK_INT(picture.orientation, 1);
  free(file), free(rgb);
}

static void equals_pillow(void) {
  FILE *table = fopen(GOLDEN "webp.txt", "r");
  CHECK(table != NULL);
  char line[256];
  int num_rows = 0;
  for (; table != NULL && fgets(line, sizeof line, table) != NULL; ++num_rows) {
    prepares_as_pillow(line);
  }
  CHECK_INT(num_rows, 24);
  if (table != NULL) fclose(table);
}

/* The same pixels and the same profile, in a PNG. */
static void profile_is_used_as_in_png(void) {
  uint8_t rgb[3][SMALL_BYTES];
  static const char *const names[] = {"icc.webp", "icc.png", "lossless.webp"};
  for (int i = 0; i < 3; ++i) {
    size_t size;
    uint8_t *file = read_golden(names[i], &size);
    insitu_picture picture;
    CHECK_INT(insitu_picture_prepare(file, size, NULL, &small, rgb[i], &picture, NULL), 0);
    CHECK_INT(picture.profile, i < 2 ? INSITU_PROFILE_CONVERTED : INSITU_PROFILE_NONE);
    CHECK_STR(picture.profile_name, i < 2 ? "Display P3" : "");
    free(file);
  }
  CHECK_INT(memcmp(rgb[0], rgb[1], SMALL_BYTES), 0);
  CHECK(memcmp(rgb[0], rgb[2], SMALL_BYTES) != 0);
}

/* [height, width, 3] of what a sink was given; the rest stays as it was. */
typedef struct canvas {
  uint8_t *rgb;
  uint32_t width;
  image_region region;
  uint32_t next_row;
} canvas;

static void take_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  canvas *c = context;
  CHECK_INT(row, c->next_row++);
  for (uint32_t x = c->region.first_column; x < c->region.end_column; ++x) {
    for (uint32_t i = 0; i < 3; ++i) c->rgb[(row * c->width + x) * 3 + i] = planes[i][x];
  }
}

static void any_region_equals_the_whole(void) {
  static const char *const names[] = {"lossy.webp", "lossy-alpha.webp", "lossless-alpha.webp",
                                      "animation.webp", "icc.webp"};
  for (size_t n = 0; n < sizeof names / sizeof names[0]; ++n) {
    size_t size;
    uint8_t *file = read_golden(names[n], &size);
    decode_header header;
    CHECK_INT(decode_read_header((span){file, size}, &header, NULL), 0);
    uint32_t width = header.width_px, height = header.height_px;
    uint8_t *whole = calloc((size_t)width * height, 3), *part = calloc((size_t)width * height, 3);
    canvas all = {whole, width, {0, height, 0, width}, 0};
    image_sink sink = {.region = all.region, .row = take_row, .context = &all};
    CHECK_INT(decode_rows((span){file, size}, &header, &sink, NULL), 0);
    uint32_t seed = 17;
    for (int round = 0; round < 60; ++round) {
      uint32_t values[4];
      for (int i = 0; i < 4; ++i) values[i] = (seed = seed * 1664525 + 1013904223) >> 8;
      canvas some = {part, width, {0}, 0};
      image_region *r = &some.region;
      r->first_row = values[0] % height,
      r->end_row = r->first_row + 1 + values[1] % (height - r->first_row);
      r->first_column = values[2] % width;
      r->end_column = r->first_column + 1 + values[3] % (width - r->first_column);
      some.next_row = r->first_row;
      memset(part, 1, (size_t)width * height * 3);
      sink = (image_sink){.region = *r, .row = take_row, .context = &some};
      CHECK_INT(decode_rows((span){file, size}, &header, &sink, NULL), 0);
      CHECK_INT(some.next_row, r->end_row);
      size_t num_different = 0;
      for (uint32_t y = r->first_row; y < r->end_row; ++y) {
        size_t at = ((size_t)y * width + r->first_column) * 3;
        num_different += memcmp(whole + at, part + at, (r->end_column - r->first_column) * 3) != 0;
      }
      CHECK_INT(num_different, 0);
    }
    free(file), free(whole), free(part);
  }
}

static insitu_status prepare(const uint8_t *file, size_t size, insitu_error *error) {
  uint8_t rgb[SMALL_BYTES];
  uint8_t *own = malloc(size + 1); /* its own block, so that a read past its end shows */
  memcpy(own, file, size);
  insitu_status status = insitu_picture_prepare(own, size, NULL, &small, rgb, NULL, error);
  free(own);
  return status;
}

static void what_is_cut_off_is_refused(void) {
  static const char *const names[] = {"lossy.webp",     "lossless.webp", "lossy-alpha.webp",
                                      "animation.webp", "icc.webp",      "exif-6.webp"};
  for (size_t n = 0; n < sizeof names / sizeof names[0]; ++n) {
    size_t size, needed;
    uint8_t *file = read_golden(names[n], &size);
    insitu_error error;
    decode_header header;
    CHECK_INT(decode_read_header((span){file, size}, &header, NULL), 0);
    /* What follows the picture may be missing: EXIF, further frames, padding. */
    needed = (size_t)(header.detail.webp.coded.data - file) + header.detail.webp.coded.size_bytes;
    if (strcmp(names[n], "animation.webp") == 0) needed += needed % 2; /* the frame's own end */
    for (size_t length = 1; length <= size; length += length < 40 ? 1 : 7) {
      insitu_status status = prepare(file, length, &error);
      if (status != (length >= needed ? INSITU_STATUS_OK : INSITU_STATUS_TRUNCATED)) {
        printf("    %s cut to %zu (needed %zu): %s\n", names[n], length, needed, error.message);
        CHECK_INT(status, length >= needed ? INSITU_STATUS_OK : INSITU_STATUS_TRUNCATED);
      }
    }
    CHECK_INT(prepare(file, needed, &error), 0);
    free(file);
  }
}

/* Writes `value`, little-endian, into a copy of a golden file. */
static insitu_status prepare_changed(const char *name, size_t at, uint32_t value, int num_bytes,
                                     insitu_error *error) {
  size_t size;
  uint8_t *file = read_golden(name, &size);
  for (int i = 0; i < num_bytes; ++i) file[at + (size_t)i] = (uint8_t)(value >> (8 * i));
  insitu_status status = prepare(file, size, error);
  free(file);
  return status;
}

typedef struct change {
  const char *name;
  size_t at;
  uint32_t value;
  int num_bytes;
  insitu_status status;
  const char *message;
} change;

static void damage_is_named(void) {
  /* Offsets: 12 the first chunk; in VP8X files 20 flags, 24 and 27 the canvas. */
  static const change changes[] = {
      {"exif-6.webp", 24, 99, 3, INSITU_STATUS_DAMAGED, "61 x 45 pixels, its header says 100 x 45"},
      {"exif-6.webp", 24, 16384, 3, INSITU_STATUS_DAMAGED, "16385"},
      {"exif-6.webp", 30, 0x46495845, 4, INSITU_STATUS_DAMAGED, "has no picture"},
      {"exif-6.webp", 20, 2, 1, INSITU_STATUS_DAMAGED, "has no picture"}, /* no ANMF */
      {"animation.webp", 24, 50, 3, INSITU_STATUS_DAMAGED, "reaches beyond"},
      {"animation.webp", 24, 0xffffff, 3, INSITU_STATUS_TOO_LARGE, "16777216 x 64"},
      {"animation.webp", 52, 40, 3, INSITU_STATUS_DAMAGED, "reaches beyond"},
      {"lossy.webp", 12, 0x46495845, 4, INSITU_STATUS_DAMAGED, "first chunk is no picture"},
      {"lossy.webp", 23, 0, 3, INSITU_STATUS_DAMAGED, "makes no sense"},
      {"lossless.webp", 20, 0, 1, INSITU_STATUS_DAMAGED, "makes no sense"},
      {"lossless.webp", 40, 0xffffffff, 4, INSITU_STATUS_DAMAGED, "cannot be decoded"},
  };
  insitu_error error;
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; ++i) {
    const change *c = &changes[i];
    CHECK_INT(prepare_changed(c->name, c->at, c->value, c->num_bytes, &error), c->status);
    CHECK_HAS(error.message, c->message);
  }
  /* The RIFF chunk's own length is not looked at: no reader needs it. */
  CHECK_INT(prepare_changed("lossy.webp", 4, 0, 4, &error), 0);
  /* A VP8L of 16384 x 16384 (14 bits each, less one) needs too much. */
  CHECK_INT(prepare_changed("lossless.webp", 21, 0x0fffffff, 4, &error), INSITU_STATUS_TOO_LARGE);
}

static void survives_want_of_memory(void) {
  static const char *const names[] = {"lossy.webp", "lossless.webp", "lossy-alpha.webp",
                                      "icc.webp"};
  uint8_t rgb[SMALL_BYTES];
  for (size_t n = 0; n < sizeof names / sizeof names[0]; ++n) {
    size_t size;
    uint8_t *file = read_golden(names[n], &size);
    alloc_fail_after(-1);
    CHECK_INT(insitu_picture_prepare(file, size, NULL, &small, rgb, NULL, NULL), 0);
    long num_allocations = alloc_count();
    CHECK(num_allocations > 12); /* libwebp's among them */
    for (long i = 0; i < num_allocations; ++i) {
      alloc_fail_after(i);
      CHECK_INT(insitu_picture_prepare(file, size, NULL, &small, rgb, NULL, NULL),
                INSITU_STATUS_OUT_OF_MEMORY);
    }
    alloc_fail_after(-1);
    free(file);
  }
}

/* Some tools write the profile last. */
static void a_profile_behind_the_picture_counts(void) {
  size_t size;
  uint8_t *file = read_golden("icc.webp", &size), *moved = malloc(size);
  size_t at = 30, length = 0; /* behind RIFF's header and VP8X */
  CHECK_INT(memcmp(file + at, "ICCP", 4), 0);
  for (size_t i = 0; i < 4; ++i) length |= (size_t)file[at + 4 + i] << (8 * i);
  size_t chunk = 8 + length + length % 2;
  memcpy(moved, file, at);
  memcpy(moved + at, file + at + chunk, size - at - chunk);
  memcpy(moved + size - chunk, file + at, chunk);
  uint8_t rgb[2][SMALL_BYTES];
  insitu_picture picture = {0};
  CHECK_INT(insitu_picture_prepare(file, size, NULL, &small, rgb[0], NULL, NULL), 0);
  CHECK_INT(insitu_picture_prepare(moved, size, NULL, &small, rgb[1], &picture, NULL), 0);
  CHECK_INT(picture.profile, INSITU_PROFILE_CONVERTED);
  CHECK_INT(memcmp(rgb[0], rgb[1], SMALL_BYTES), 0);
  free(moved);
  free(file);
}

int main(void) {
  RUN(equals_pillow);
  RUN(profile_is_used_as_in_png);
  RUN(any_region_equals_the_whole);
  RUN(what_is_cut_off_is_refused);
  RUN(damage_is_named);
  RUN(a_profile_behind_the_picture_counts);
  RUN(survives_want_of_memory);
  return check_summary();
}
