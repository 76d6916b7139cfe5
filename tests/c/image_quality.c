/* image/quality: each measure on pictures drawn for it, and that neither the
 * orientation nor the platform nor the number of pixels changes what is said. */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "image/orientation.h"
#include "image/quality.h"

/* An upright picture, [height, width, 3]. */
typedef struct drawing {
  uint32_t width, height;
  uint8_t *rgb;
} drawing;

static drawing drawing_of(uint32_t width, uint32_t height) {
  drawing d = {width, height, malloc((size_t)width * height * 3)};
  return d;
}

static void put(drawing *d, uint32_t x, uint32_t y, int r, int g, int b) {
  uint8_t *pixel = d->rgb + ((size_t)y * d->width + x) * 3;
  int values[3] = {r, g, b};
  for (int i = 0; i < 3; ++i) {
    pixel[i] = (uint8_t)(values[i] < 0 ? 0 : values[i] > 255 ? 255 : values[i]);
  }
}

static void fill(drawing *d, int r, int g, int b) {
  for (uint32_t y = 0; y < d->height; ++y) {
    for (uint32_t x = 0; x < d->width; ++x) put(d, x, y, r, g, b);
  }
}

static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525 + 1013904223;
  return *state >> 8;
}

/* Skin with a round spot, a network of lines and grain; scale: pixels a unit. */
static drawing draw_spot(uint32_t side, int grain) {
  drawing d = drawing_of(side, side);
  uint32_t seed = 3;
  for (uint32_t y = 0; y < side; ++y) {
    for (uint32_t x = 0; x < side; ++x) {
      double u = (x + 0.5) / side - 0.5, v = (y + 0.5) / side - 0.45;
      double spot = 1.0 / (1.0 + exp((sqrt(u * u + v * v) - 0.25) * 60.0));
      double net = 14.0 * sin(u * 180.0) * sin(v * 160.0);
      int noise = grain == 0 ? 0 : (int)(next_random(&seed) % (uint32_t)(2 * grain + 1)) - grain;
      put(&d, x, y, (int)(205 - 90 * spot + net) + noise, (int)(150 - 80 * spot + net) + noise,
          (int)(130 - 70 * spot + net) + noise);
    }
  }
  return d;
}

/* Box blur of 2 * radius + 1, each way, times three: nearly a Gaussian. */
static void blur(drawing *d, int radius) {
  int width = (int)d->width, height = (int)d->height;
  uint8_t *copy = malloc((size_t)d->width * d->height * 3);
  for (int pass = 0; pass < 6; ++pass) {
    memcpy(copy, d->rgb, (size_t)d->width * d->height * 3);
    int dx = pass % 2 == 0, dy = !dx;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < 3; ++c) {
          int sum = 0;
          for (int k = -radius; k <= radius; ++k) {
            int at_x = x + dx * k, at_y = y + dy * k;
            at_x = at_x < 0 ? 0 : at_x >= width ? width - 1 : at_x;
            at_y = at_y < 0 ? 0 : at_y >= height ? height - 1 : at_y;
            sum += copy[((size_t)at_y * d->width + (size_t)at_x) * 3 + (size_t)c];
          }
          int taps = 2 * radius + 1;
          d->rgb[((size_t)y * d->width + (size_t)x) * 3 + (size_t)c] =
              (uint8_t)((sum + taps / 2) / taps);
        }
      }
    }
  }
  free(copy);
}

/* The upright pixel that the file's row and column hold (CIPA DC-008, 4.6.4). */
static const uint8_t *file_pixel(const drawing *d, uint32_t orientation, uint32_t row,
                                 uint32_t column) {
  uint32_t right = d->width - 1, bottom = d->height - 1, x = column, y = row;
  switch (orientation) {
    case 2: x = right - column; break;
    case 3: x = right - column, y = bottom - row; break;
    case 4: y = bottom - row; break;
    case 5: x = row, y = column; break;
    case 6: x = right - row, y = column; break;
    case 7: x = right - row, y = bottom - column; break;
    case 8: x = row, y = bottom - column; break;
  }
  return d->rgb + ((size_t)y * d->width + x) * 3;
}

static insitu_quality measure_box(const drawing *d, uint32_t orientation, image_box box,
                                  uint32_t out_px) {
  bool swaps = image_orientation_from_exif(orientation).swaps_axes;
  image_resize_options options = {.width_px = swaps ? d->height : d->width,
                                  .height_px = swaps ? d->width : d->height,
                                  .orientation = orientation,
                                  .box = box,
                                  .out_width_px = out_px,
                                  .out_height_px = out_px};
  uint8_t *rgb = malloc((size_t)out_px * out_px * 3);
  image_resize *resize = image_resize_create(&options, rgb);
  image_quality *quality = image_quality_create(&options);
  CHECK(resize != NULL && quality != NULL);
  image_sink sink = image_resize_sink(resize);
  uint8_t *planes[3];
  for (int c = 0; c < 3; ++c) planes[c] = malloc(options.width_px);
  for (uint32_t row = sink.region.first_row; row < sink.region.end_row; ++row) {
    for (uint32_t column = 0; column < options.width_px; ++column) {
      const uint8_t *pixel = file_pixel(d, orientation, row, column);
      bool given = column >= sink.region.first_column && column < sink.region.end_column;
      for (int c = 0; c < 3; ++c) planes[c][column] = given ? pixel[c] : 0xee;
    }
    const uint8_t *rows[3] = {planes[0], planes[1], planes[2]};
    sink.row(sink.context, row, rows);
    image_quality_take_row(quality, row, rows);
  }
  insitu_quality measures;
  image_quality_finish(quality, rgb, &measures);
  for (int c = 0; c < 3; ++c) free(planes[c]);
  image_resize_destroy(resize);
  image_quality_destroy(quality);
  free(rgb);
  return measures;
}

static insitu_quality measure(const drawing *d) {
  return measure_box(d, 1, (image_box){0, 0, d->width, d->height}, 96);
}

static void levels_are_those_of_the_pixels(void) {
  drawing d = drawing_of(100, 80);
  for (uint32_t y = 0; y < 80; ++y) { /* luma of grey is the grey itself */
    for (uint32_t x = 0; x < 100; ++x) {
      int value = y < 20 ? 16 : y < 40 ? 17 : y < 50 ? 238 : 239;
      put(&d, x, y, value, value, value);
    }
  }
  insitu_quality q = measure(&d);
  CHECK_NEAR(q.dark, 0.25, 1e-12);
  CHECK_NEAR(q.bright, 0.375, 1e-12);
  double mean = (20 * 16 + 20 * 17 + 10 * 238 + 30 * 239) / 80.0;
  CHECK_NEAR(q.mean, mean, 1e-9);
  double squares = (20 * 16 * 16 + 20 * 17 * 17 + 10 * 238 * 238 + 30 * 239 * 239) / 80.0;
  CHECK_NEAR(q.contrast, sqrt(squares - mean * mean), 1e-9);
  CHECK_NEAR(q.resolution, 80 / 96.0, 1e-12); /* of the coarser axis */
  put(&d, 0, 79, 0, 255, 0);                  /* (77 R + 150 G + 29 B + 128) / 256 = 149 */
  CHECK_NEAR(measure(&d).mean, mean - (239 - 149) / 8000.0, 1e-9);
  free(d.rgb);
}

static void nothing_to_see_is_no_sharpness(void) {
  static const int greys[] = {0, 128, 255};
  for (int i = 0; i < 3; ++i) {
    drawing d = drawing_of(120, 120);
    fill(&d, greys[i], greys[i], greys[i]);
    insitu_quality q = measure(&d);
    CHECK(isnan(q.sharpness) && isnan(q.focus));
    CHECK_NEAR(q.dark, i == 0 ? 1 : 0, 0);
    CHECK_NEAR(q.bright, i == 2 ? 1 : 0, 0);
    CHECK_NEAR(q.glare, i == 2 ? 1 : 0, 0);
    CHECK_NEAR(q.contrast, 0, 0);
    CHECK_NEAR(q.uniform, 1, 0);
    CHECK_NEAR(q.drawn, 0, 0);
    free(d.rgb);
  }
}

static void blur_lowers_sharpness_whatever_the_contrast(void) {
  double last = 1.0;
  for (int radius = 0; radius <= 4; ++radius) {
    drawing d = draw_spot(288, 4);
    if (radius > 0) blur(&d, radius);
    insitu_quality q = measure(&d);
    CHECK(q.sharpness < last);
    last = q.sharpness;
    if (radius == 0) CHECK(q.sharpness > 0.08);
    if (radius >= 3) CHECK(q.sharpness < 0.05);
    for (size_t i = 0; i < (size_t)288 * 288 * 3; ++i) d.rgb[i] = (uint8_t)(60 + d.rgb[i] / 2);
    CHECK_NEAR(measure(&d).sharpness, q.sharpness, 0.02);
    free(d.rgb);
  }
}

/* One content, photographed with 0.04 and with 1.3 megapixels. */
static void sharpness_does_not_depend_on_the_camera(void) {
  drawing small = draw_spot(192, 0), large = draw_spot(1152, 12);
  insitu_quality a = measure(&small), b = measure(&large);
  CHECK_NEAR(a.sharpness, b.sharpness, 0.03);
  CHECK(b.focus > 0.5 && a.focus < 0.5); /* the large one's grain */
  CHECK_NEAR(a.resolution, 2, 0);
  CHECK_NEAR(b.resolution, 12, 0);
  free(small.rgb), free(large.rgb);
}

static void noise_and_checkers_are_as_fine_as_can_be(void) {
  drawing d = drawing_of(96, 96);
  uint32_t seed = 9;
  for (uint32_t y = 0; y < 96; ++y) {
    for (uint32_t x = 0; x < 96; ++x) {
      int value = 100 + (int)(next_random(&seed) % 64);
      put(&d, x, y, value, value, value);
    }
  }
  insitu_quality q = measure(&d);
  CHECK_NEAR(q.focus, 1, 0.05);
  CHECK_NEAR(q.sharpness, 1, 0.05);
  for (uint32_t y = 0; y < 96; ++y) {
    for (uint32_t x = 0; x < 96; ++x) {
      int value = x / 4 % 2 == y / 4 % 2 ? 40 : 210;
      put(&d, x, y, value, value, value);
    }
  }
  q = measure(&d);
  CHECK(q.sharpness > 0.3);
  CHECK_NEAR(q.uniform, 0, 0);
  free(d.rgb);
}

static void glare_is_white_and_wide(void) {
  drawing d = draw_spot(192, 3);
  CHECK_NEAR(measure(&d).glare, 0, 0);
  for (uint32_t y = 40; y < 88; ++y) {
    for (uint32_t x = 60; x < 108; ++x) put(&d, x, y, 250, 248, 244);
  }
  double glare = measure(&d).glare;
  CHECK(glare > 0.04 && glare < 48 * 48 / (192.0 * 192.0));
  for (uint32_t y = 40; y < 88; ++y) { /* as bright, but yellow */
    for (uint32_t x = 60; x < 108; ++x) put(&d, x, y, 255, 250, 190);
  }
  CHECK_NEAR(measure(&d).glare, 0, 0);
  for (uint32_t y = 40; y < 88; ++y) { /* single pixels */
    for (uint32_t x = 60; x < 108; ++x) {
      bool is_white = x % 3 == 0 && y % 3 == 0;
      put(&d, x, y, is_white ? 255 : 90, is_white ? 255 : 60, is_white ? 255 : 50);
    }
  }
  CHECK_NEAR(measure(&d).glare, 0, 0);
  free(d.rgb);
}

static void a_chart_looks_drawn_and_skin_does_not(void) {
  drawing chart = drawing_of(320, 320);
  fill(&chart, 255, 255, 255);
  for (uint32_t i = 0; i < 320; ++i) {
    for (uint32_t bar = 0; bar < 5; ++bar) {
      for (uint32_t y = 300 - bar * 50; y < 300; ++y) {
        put(&chart, 30 + bar * 55 + i % 40, y, 40, 90 + (int)bar * 20, 200);
      }
    }
    put(&chart, i, 300, 0, 0, 0);
  }
  drawing skin = draw_spot(320, 2);
  insitu_quality a = measure(&chart), b = measure(&skin);
  CHECK(a.drawn > 0.5);
  CHECK(b.drawn < 0.01);
  CHECK(a.uniform > b.uniform);
  blur(&chart, 2); /* a photograph of it, out of focus */
  CHECK(measure(&chart).drawn < a.drawn / 4);
  free(chart.rgb), free(skin.rgb);
}

static void same_as(const insitu_quality *a, const insitu_quality *b) {
  CHECK_INT(memcmp(a, b, sizeof *a), 0); /* to the last bit */
}

static void orientation_changes_nothing(void) {
  drawing d = draw_spot(301, 8);
  d.height = 250;
  image_box boxes[] = {{0, 0, 301, 250}, {33, 0, 283, 250}, {10, 20, 31, 27}, {300, 249, 301, 250}};
  for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; ++i) {
    insitu_quality upright = measure_box(&d, 1, boxes[i], 64);
    for (uint32_t orientation = 2; orientation <= 8; ++orientation) {
      insitu_quality turned = measure_box(&d, orientation, boxes[i], 64);
      same_as(&turned, &upright);
    }
  }
  free(d.rgb);
}

/* Above the limit patches are looked at: nearly the same numbers, and still the
 * same in every orientation. */
static void large_pictures_are_sampled(void) {
  drawing d = drawing_of(1999, 1733);
  uint32_t seed = 4;
  for (uint32_t y = 0; y < d.height; ++y) {
    for (uint32_t x = 0; x < d.width; ++x) {
      int value = (int)(x * 200 / d.width) + (int)(next_random(&seed) % 41);
      put(&d, x, y, value, value / 2 + (int)(y * 100 / d.height), value);
    }
  }
  image_box box = {1, 2, 1998, 1732};
  insitu_quality upright = measure_box(&d, 1, box, 48);
  for (uint32_t orientation = 2; orientation <= 8; ++orientation) {
    insitu_quality turned = measure_box(&d, orientation, box, 48);
    same_as(&turned, &upright);
  }
  double sum = 0;
  uint64_t dark = 0;
  for (uint32_t y = box.y0; y < box.y1; ++y) {
    for (uint32_t x = box.x0; x < box.x1; ++x) {
      const uint8_t *p = d.rgb + ((size_t)y * d.width + x) * 3;
      uint32_t luma = (77u * p[0] + 150u * p[1] + 29u * p[2] + 128) >> 8;
      sum += luma;
      dark += luma <= 16;
    }
  }
  double count = 1997.0 * 1730.0;
  CHECK_NEAR(upright.mean, sum / count, 0.5);
  CHECK_NEAR(upright.dark, (double)dark / count, 0.003);
  CHECK(upright.focus > 0.8);
  free(d.rgb);
}

/* Written down from one run: integers make it the same natively and as WebAssembly. */
static void numbers_are_the_same_on_every_platform(void) {
  drawing d = drawing_of(150, 130);
  for (uint32_t y = 0; y < 130; ++y) {
    for (uint32_t x = 0; x < 150; ++x) {
      put(&d, x, y, (int)(x * x / 90 + y), (int)((x * y) % 251), (int)(y * 3 / 2));
    }
  }
  insitu_quality q = measure(&d);
  CHECK_NEAR(q.sharpness, 0.82453083725596532, 1e-15);
  CHECK_NEAR(q.focus, 1.1360259475124608, 1e-15);
  CHECK_NEAR(q.contrast, 51.238529266139189, 1e-13);
  CHECK_NEAR(q.drawn, 0.0024198453845228922, 1e-17);
  free(d.rgb);
}

static void survives_want_of_memory(void) {
  image_resize_options options = {.width_px = 60,
                                  .height_px = 40,
                                  .orientation = 6,
                                  .box = {0, 0, 40, 60},
                                  .out_width_px = 8,
                                  .out_height_px = 9};
  alloc_fail_after(-1);
  image_quality_destroy(image_quality_create(&options));
  long num_allocations = alloc_count();
  CHECK(num_allocations > 3);
  for (long i = 0; i < num_allocations; ++i) {
    alloc_fail_after(i);
    CHECK(image_quality_create(&options) == NULL);
  }
  alloc_fail_after(-1);
  image_quality_destroy(NULL);
}

int main(void) {
  RUN(levels_are_those_of_the_pixels);
  RUN(nothing_to_see_is_no_sharpness);
  RUN(blur_lowers_sharpness_whatever_the_contrast);
  RUN(sharpness_does_not_depend_on_the_camera);
  RUN(noise_and_checkers_are_as_fine_as_can_be);
  RUN(glare_is_white_and_wide);
  RUN(a_chart_looks_drawn_and_skin_does_not);
  RUN(orientation_changes_nothing);
  RUN(large_pictures_are_sampled);
  RUN(numbers_are_the_same_on_every_platform);
  RUN(survives_want_of_memory);
  return check_summary();
}
