/* insitu_picture_prepare_pixels: what a PNG of the same pixels gives, to the
 * last bit, in every layout; and what is refused. */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "decode/decode.h"
#include "image/white.h"
#include "insitu.h"

#define SIDE 24
static const insitu_input input = {.width_px = SIDE, .height_px = SIDE, .crop_fraction = 0.9};

/* A file's stored pixels, [height, width, 3]. */
typedef struct stored {
  decode_header header;
  uint8_t *rgb;
} stored;

static void take_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  stored *s = context;
  uint8_t *out = s->rgb + (size_t)row * s->header.width_px * 3;
  for (uint32_t x = 0; x < s->header.width_px; ++x) {
    for (int c = 0; c < 3; ++c) out[3 * x + (uint32_t)c] = planes[c][x];
  }
}

static uint8_t *read_golden(const char *name, size_t *size) {
  char path[256];
  snprintf(path, sizeof path, "tests/golden/%s", name);
  return check_read_file(path, size);
}

static stored decode_golden(const char *name) {
  size_t size;
  uint8_t *file = read_golden(name, &size);
  stored s = {.rgb = NULL};
  CHECK_INT(decode_read_header((span){file, size}, &s.header, NULL), 0);
  s.rgb = malloc((size_t)s.header.width_px * s.header.height_px * 3);
  image_sink sink = {
      .region = {0, s.header.height_px, 0, s.header.width_px}, .row = take_row, .context = &s};
  CHECK_INT(decode_rows((span){file, size}, &s.header, &sink, NULL), 0);
  free(file);
  return s;
}

static insitu_pixels rgb_of(const stored *s) {
  size_t stride = (size_t)s->header.width_px * 3;
  return (insitu_pixels){.data = s->rgb,
                         .size_bytes = stride * s->header.height_px,
                         .stride_bytes = stride,
                         .width_px = s->header.width_px,
                         .height_px = s->header.height_px,
                         .layout = INSITU_PIXELS_RGB,
                         .bits = 8,
                         .orientation = s->header.orientation};
}

/* The same pixels in another layout, in rows that are `spare` samples longer
 * than they need be. Free .data. */
static insitu_pixels convert(const insitu_pixels *rgb, uint32_t layout, uint32_t bits,
                             size_t spare) {
  size_t channels = layout == INSITU_PIXELS_RGBA ? 4 : layout == INSITU_PIXELS_RGB ? 3 : 1;
  size_t sample = bits / 8, row = rgb->width_px * channels;
  insitu_pixels made = *rgb;
  made.layout = layout, made.bits = bits;
  made.stride_bytes = (row + spare) * sample;
  made.size_bytes =
      made.stride_bytes * (rgb->height_px - 1) + row * sample; /* none after the last */
  uint8_t *data = malloc(made.size_bytes);
  memset(data, 0x5a, made.size_bytes);
  for (uint32_t y = 0; y < rgb->height_px; ++y) {
    for (size_t i = 0; i < row; ++i) {
      size_t x = i / channels, c = i % channels;
      uint8_t value =
          c == 3 ? 255 : ((const uint8_t *)rgb->data)[y * rgb->stride_bytes + x * 3 + c];
      uint8_t *at = data + y * made.stride_bytes + i * sample;
      if (bits == 8) {
        *at = value;
      } else {
        uint16_t wide = (uint16_t)(value << 8 | (i * 7 & 255));
        memcpy(at, &wide, 2);
      }
    }
  }
  made.data = data;
  return made;
}

static void prepares_as(const insitu_pixels *pixels, const insitu_crop *crop,
                        const uint8_t *expected, const insitu_picture *facts) {
  uint8_t rgb[SIDE * SIDE * 3];
  insitu_picture picture;
  insitu_error error;
  CHECK_INT(insitu_picture_prepare_pixels(pixels, crop, &input, rgb, &picture, &error), 0);
  CHECK_STR(error.message, "");
  CHECK_INT(memcmp(rgb, expected, sizeof rgb), 0);
  CHECK_INT(memcmp(&picture.quality, &facts->quality, sizeof picture.quality), 0);
  CHECK_INT(picture.format, INSITU_FORMAT_PIXELS);
  CHECK_INT(picture.decoder, INSITU_DECODER_CALLER);
  CHECK_INT(picture.width_px, facts->width_px);
  CHECK_INT(picture.height_px, facts->height_px);
  CHECK_INT(picture.orientation, facts->orientation);
  CHECK_INT(picture.judged_x_px, facts->judged_x_px);
  CHECK_INT(picture.judged_width_px, facts->judged_width_px);
  CHECK_INT(picture.version, INSITU_PICTURE_VERSION);
  CHECK(picture.decode_ms >= 0 && picture.prepare_ms >= 0);
}

static void equal_to_a_png_of_them(void) {
  static const insitu_crop crop = {0.1, 0.2, 0.5, 0.6};
  for (int orientation = 0; orientation <= 8; ++orientation) {
    char name[64] = "rgb8.png";
    if (orientation > 0) snprintf(name, sizeof name, "orientation-%d.png", orientation);
    stored s = decode_golden(name);
    insitu_pixels rgb = rgb_of(&s);
    size_t size;
    uint8_t *file = read_golden(name, &size);
    for (int cropped = 0; cropped < 2; ++cropped) {
      const insitu_crop *wanted = cropped ? &crop : NULL;
      uint8_t expected[SIDE * SIDE * 3];
      insitu_picture facts;
      CHECK_INT(insitu_picture_prepare(file, size, wanted, &input, expected, &facts, NULL), 0);
      CHECK(!isnan(facts.quality.sharpness));
      prepares_as(&rgb, wanted, expected, &facts);
      for (uint32_t bits = 8; bits <= 16; bits += 8) {
        insitu_pixels rgba = convert(&rgb, INSITU_PIXELS_RGBA, bits, 5);
        prepares_as(&rgba, wanted, expected, &facts);
        free((void *)(uintptr_t)rgba.data);
        insitu_pixels wide = convert(&rgb, INSITU_PIXELS_RGB, bits, bits == 8 ? 3 : 1);
        prepares_as(&wide, wanted, expected, &facts);
        free((void *)(uintptr_t)wide.data);
      }
    }
    free(file), free(s.rgb);
  }
}

static void grey_is_three_equal_channels(void) {
  stored s = decode_golden("grey8.png");
  insitu_pixels rgb = rgb_of(&s);
  uint8_t expected[SIDE * SIDE * 3];
  insitu_picture facts;
  CHECK_INT(insitu_picture_prepare_pixels(&rgb, NULL, &input, expected, &facts, NULL), 0);
  for (uint32_t bits = 8; bits <= 16; bits += 8) {
    for (size_t spare = 0; spare <= 3; spare += 3) {
      /* convert takes channel 0 of each pixel: of a grey picture, all there is */
      insitu_pixels grey = convert(&rgb, INSITU_PIXELS_GREY, bits, spare);
      prepares_as(&grey, NULL, expected, &facts);
      free((void *)(uintptr_t)grey.data);
    }
  }
  free(s.rgb);
}

static void transparency_is_laid_on_white(void) {
  for (int value = 0; value < 256; ++value) {
    for (int alpha = 0; alpha < 256; ++alpha) {
      int exact = (2 * (value * alpha + 255 * (255 - alpha)) + 255) / 510; /* rounded */
      if (image_lay_on_white((uint8_t)value, (uint8_t)alpha) != exact) {
        CHECK_INT(image_lay_on_white((uint8_t)value, (uint8_t)alpha), exact);
      }
    }
  }
  uint8_t data[16 * 16 * 4], rgb[SIDE * SIDE * 3];
  for (size_t i = 0; i < sizeof data; i += 4) {
    data[i] = 255, data[i + 1] = 100, data[i + 2] = 0, data[i + 3] = 51; /* a fifth */
  }
  insitu_pixels pixels = {data, sizeof data, 64, 16, 16, INSITU_PIXELS_RGBA, 8, 1};
  CHECK_INT(insitu_picture_prepare_pixels(&pixels, NULL, &input, rgb, NULL, NULL), 0);
  CHECK_INT(rgb[0], 255);
  CHECK_INT(rgb[1], 224);
  CHECK_INT(rgb[2], 204);
}

typedef struct refusal {
  insitu_pixels pixels;
  insitu_status status;
  const char *message;
} refusal;

static void refuses_what_does_not_fit(void) {
  static uint16_t data[20 * 20 * 4];
  const uint8_t *odd = (const uint8_t *)data + 1;
  const refusal refusals[] = {
      {{NULL, 1200, 60, 20, 20, 1, 8, 1}, INSITU_STATUS_INVALID_ARGUMENT, "pixels.data is NULL"},
      {{data, 1200, 60, 20, 20, 0, 8, 1}, INSITU_STATUS_INVALID_ARGUMENT, "pixels.layout is 0"},
      {{data, 1200, 60, 20, 20, 4, 8, 1}, INSITU_STATUS_INVALID_ARGUMENT, "pixels.layout is 4"},
      {{data, 1200, 60, 20, 20, 1, 10, 1}, INSITU_STATUS_INVALID_ARGUMENT, "pixels.bits is 10"},
      {{data, 1200, 60, 20, 20, 1, 8, 0}, INSITU_STATUS_INVALID_ARGUMENT, "orientation is 0"},
      {{data, 1200, 60, 20, 20, 1, 8, 9}, INSITU_STATUS_INVALID_ARGUMENT, "orientation is 9"},
      {{data, 1200, 60, 0, 20, 1, 8, 1}, INSITU_STATUS_INVALID_ARGUMENT, "0 x 20"},
      {{data, 1200, 60, 15, 20, 1, 8, 1}, INSITU_STATUS_TOO_SMALL, "15 x 20"},
      {{data, 1200, 60, 70000, 20, 1, 8, 1}, INSITU_STATUS_TOO_LARGE, "70000 x 20"},
      {{data, 1200, 59, 20, 20, 1, 8, 1}, INSITU_STATUS_INVALID_ARGUMENT, "stride_bytes is 59"},
      {{data, 1199, 60, 20, 20, 1, 8, 1}, INSITU_STATUS_INVALID_ARGUMENT, "size_bytes is 1199"},
      {{data, 3200, SIZE_MAX / 2 + 1, 20, 20, 1, 8, 1},
       INSITU_STATUS_INVALID_ARGUMENT,
       "take more"},
      {{odd, 2400, 120, 20, 20, 1, 16, 1}, INSITU_STATUS_INVALID_ARGUMENT, "must be even"},
      {{data, 2500, 121, 20, 20, 1, 16, 1}, INSITU_STATUS_INVALID_ARGUMENT, "must be even"},
  };
  uint8_t rgb[SIDE * SIDE * 3], before[SIDE * SIDE * 3];
  memset(rgb, 77, sizeof rgb), memcpy(before, rgb, sizeof rgb);
  insitu_error error;
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; ++i) {
    const refusal *r = &refusals[i];
    CHECK_INT(insitu_picture_prepare_pixels(&r->pixels, NULL, &input, rgb, NULL, &error),
              r->status);
    CHECK_HAS(error.message, r->message);
  }
  CHECK_INT(insitu_picture_prepare_pixels(NULL, NULL, &input, rgb, NULL, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  insitu_pixels good = {data, 1200, 60, 20, 20, 1, 8, 1};
  insitu_crop beyond = {0.5, 0, 0.6, 1};
  CHECK_INT(insitu_picture_prepare_pixels(&good, &beyond, &input, rgb, NULL, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_INT(memcmp(rgb, before, sizeof rgb), 0);
  CHECK_INT(insitu_picture_prepare_pixels(&good, NULL, &input, rgb, NULL, &error), 0);
}

static void survives_want_of_memory(void) {
  static const uint8_t data[20 * 20 * 3];
  insitu_pixels pixels = {data, sizeof data, 60, 20, 20, INSITU_PIXELS_RGB, 8, 1};
  uint8_t rgb[SIDE * SIDE * 3];
  alloc_fail_after(-1);
  CHECK_INT(insitu_picture_prepare_pixels(&pixels, NULL, &input, rgb, NULL, NULL), 0);
  long num_allocations = alloc_count();
  for (long i = 0; i < num_allocations; ++i) {
    alloc_fail_after(i);
    CHECK_INT(insitu_picture_prepare_pixels(&pixels, NULL, &input, rgb, NULL, NULL),
              INSITU_STATUS_OUT_OF_MEMORY);
  }
  alloc_fail_after(-1);
}

int main(void) {
  RUN(equal_to_a_png_of_them);
  RUN(grey_is_three_equal_channels);
  RUN(transparency_is_laid_on_white);
  RUN(refuses_what_does_not_fit);
  RUN(survives_want_of_memory);
  return check_summary();
}
