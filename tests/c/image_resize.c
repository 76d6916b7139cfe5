/* image/: crops, orientations, filters, and the resize against a plain one
 * written here. Pillow's word on it is in decode_golden. */
#include "check.h"

#include "base/alloc.h"
#include "image/crop.h"
#include "image/filter.h"
#include "image/orientation.h"
#include "image/resize.h"

static void box_is(image_box box, uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1) {
  CHECK_INT(box.x0, x0);
  CHECK_INT(box.y0, y0);
  CHECK_INT(box.x1, x1);
  CHECK_INT(box.y1, y1);
}

static void crop_is_the_largest_centred_rectangle(void) {
  insitu_input input = {.width_px = 224, .height_px = 224, .crop_fraction = 1.0};
  box_is(image_crop_centre(600, 450, &input), 75, 0, 525, 450);
  box_is(image_crop_centre(450, 601, &input), 0, 75, 450, 525); /* floor of 75.5 */
  input.crop_fraction = 0.875;
  box_is(image_crop_centre(256, 256, &input), 16, 16, 240, 240);
  input = (insitu_input){.width_px = 120, .height_px = 90, .crop_fraction = 1.0};
  box_is(image_crop_centre(600, 450, &input), 0, 0, 600, 450);
  box_is(image_crop_centre(450, 600, &input), 0, 131, 450, 469); /* 337.5 rounds to 338 */
  input.crop_fraction = 1e-9;
  box_is(image_crop_centre(600, 450, &input), 299, 224, 300, 225); /* one pixel stays */
}

static void crop_given_is_rounded_and_stays_inside(void) {
  insitu_crop crop = {0.25, 0.5, 0.5, 0.5};
  box_is(image_crop_given(600, 450, &crop), 150, 225, 450, 450);
  crop = (insitu_crop){0, 0, 1, 1};
  box_is(image_crop_given(16384, 16, &crop), 0, 0, 16384, 16);
  crop = (insitu_crop){0.9999999, 0.9999999, 1e-7, 1e-7};
  box_is(image_crop_given(600, 450, &crop), 599, 449, 600, 450);
}

static void orientations_beyond_exif_are_upright(void) {
  static const uint32_t beyond[] = {0, 9, 255, 0xffffffff};
  for (size_t i = 0; i < 4; ++i) {
    image_orientation o = image_orientation_from_exif(beyond[i]);
    CHECK(!o.swaps_axes && !o.mirrors_x && !o.mirrors_y);
  }
}

static void filter_weights_sum_to_one(void) {
  static const uint32_t sizes[][4] = {{600, 75, 525, 224}, {16, 0, 16, 1024}, {16384, 0, 16384, 1},
                                      {100, 99, 100, 7},   {50, 0, 50, 50},   {3, 0, 3, 2}};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; ++s) {
    image_filter filter;
    CHECK(image_filter_init(&filter, sizes[s][0], sizes[s][1], sizes[s][2], sizes[s][3]));
    for (uint32_t i = 0; i < filter.num_outputs; ++i) {
      int64_t sum = 0;
      CHECK(filter.count[i] >= 1 && filter.count[i] <= filter.max_taps);
      CHECK(filter.first[i] + filter.count[i] <= sizes[s][0]);
      for (uint32_t k = 0; k < filter.count[i]; ++k) {
        int32_t weight = filter.weights[i * filter.max_taps + k];
        CHECK(weight >= 0);
        sum += weight;
      }
      CHECK_NEAR((double)sum, (double)(1 << IMAGE_FILTER_BITS), filter.count[i] * 0.5 + 0.5);
    }
    image_filter_deinit(&filter);
  }
}

static void filter_mirrored_twice_is_itself(void) {
  image_filter a, b;
  CHECK(image_filter_init(&a, 100, 7, 61, 13) && image_filter_init(&b, 100, 7, 61, 13));
  image_filter_mirror(&b, 100);
  CHECK_INT(b.first[0] + b.count[0], 100 - a.first[12]);
  CHECK_INT(b.weights[0], a.weights[12 * a.max_taps + a.count[12] - 1]);
  image_filter_mirror(&b, 100);
  CHECK_INT(memcmp(a.first, b.first, 13 * sizeof *a.first), 0);
  CHECK_INT(memcmp(a.count, b.count, 13 * sizeof *a.count), 0);
  CHECK_INT(memcmp(a.weights, b.weights, 13 * a.max_taps * sizeof *a.weights), 0);
  image_filter_deinit(&a);
  image_filter_deinit(&b);
}

static void filter_overlap_counts_outputs_of_an_input(void) {
  static const uint32_t sizes[][2] = {{600, 224}, {16, 100}, {50, 50}, {1, 9}, {9, 1}};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; ++s) {
    image_filter filter;
    uint32_t in = sizes[s][0], most = 0;
    CHECK(image_filter_init(&filter, in, 0, in, sizes[s][1]));
    for (uint32_t x = 0; x < in; ++x) {
      uint32_t count = 0;
      for (uint32_t i = 0; i < filter.num_outputs; ++i) {
        count += filter.first[i] <= x && x < filter.first[i] + filter.count[i];
      }
      if (count > most) most = count;
    }
    CHECK_INT(image_filter_max_overlap(&filter), most);
    image_filter_deinit(&filter);
  }
}

/* A pixel of the upright picture, by the table in CIPA DC-008 4.6.4: what the
 * file's row 0 and column 0 are. Written apart from image/orientation. */
static uint8_t upright_pixel(const uint8_t *plane, uint32_t w, uint32_t h, uint32_t orientation,
                             uint32_t x, uint32_t y) {
  switch (orientation) {
    case 2: return plane[y * w + (w - 1 - x)];
    case 3: return plane[(h - 1 - y) * w + (w - 1 - x)];
    case 4: return plane[(h - 1 - y) * w + x];
    case 5: return plane[x * w + y];
    case 6: return plane[(h - 1 - x) * w + y];
    case 7: return plane[(h - 1 - x) * w + (w - 1 - y)];
    case 8: return plane[x * w + (w - 1 - y)];
    default: return plane[y * w + x];
  }
}

static uint8_t round_sum(int64_t sum) {
  sum = (sum + (1 << (IMAGE_FILTER_BITS - 1))) >> IMAGE_FILTER_BITS;
  return sum > 255 ? 255 : (uint8_t)sum;
}

/* Turns, then rows, then columns, with whole pictures in between. */
static void plain_resize(const uint8_t *plane, const image_resize_options *o, uint8_t *out) {
  bool swaps = o->orientation >= 5;
  uint32_t w = swaps ? o->height_px : o->width_px, h = swaps ? o->width_px : o->height_px;
  image_filter fx, fy;
  CHECK(image_filter_init(&fx, w, o->box.x0, o->box.x1, o->out_width_px));
  CHECK(image_filter_init(&fy, h, o->box.y0, o->box.y1, o->out_height_px));
  uint8_t *narrow = malloc((size_t)o->out_width_px * h);
  for (uint32_t y = 0; y < h; ++y) {
    for (uint32_t i = 0; i < o->out_width_px; ++i) {
      int64_t sum = 0;
      for (uint32_t k = 0; k < fx.count[i]; ++k) {
        sum += (int64_t)fx.weights[i * fx.max_taps + k] *
               upright_pixel(plane, o->width_px, o->height_px, o->orientation, fx.first[i] + k, y);
      }
      narrow[y * o->out_width_px + i] = round_sum(sum);
    }
  }
  for (uint32_t j = 0; j < o->out_height_px; ++j) {
    for (uint32_t i = 0; i < o->out_width_px; ++i) {
      int64_t sum = 0;
      for (uint32_t k = 0; k < fy.count[j]; ++k) {
        sum += (int64_t)fy.weights[j * fy.max_taps + k] *
               narrow[(fy.first[j] + k) * o->out_width_px + i];
      }
      out[j * o->out_width_px + i] = round_sum(sum);
    }
  }
  free(narrow);
  image_filter_deinit(&fx);
  image_filter_deinit(&fy);
}

static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525 + 1013904223;
  return *state >> 8;
}

static void resize_equals_a_plain_one(void) {
  uint32_t seed = 5;
  for (int round = 0; round < 200; ++round) {
    image_resize_options o = {.width_px = 1 + next_random(&seed) % 60,
                              .height_px = 1 + next_random(&seed) % 60,
                              .orientation = 1 + (uint32_t)round % 8,
                              .out_width_px = 1 + next_random(&seed) % 40,
                              .out_height_px = 1 + next_random(&seed) % 40};
    uint32_t w = o.orientation >= 5 ? o.height_px : o.width_px;
    uint32_t h = o.orientation >= 5 ? o.width_px : o.height_px;
    o.box.x0 = next_random(&seed) % w,
    o.box.x1 = o.box.x0 + 1 + next_random(&seed) % (w - o.box.x0);
    o.box.y0 = next_random(&seed) % h,
    o.box.y1 = o.box.y0 + 1 + next_random(&seed) % (h - o.box.y0);

    size_t in_size = (size_t)o.width_px * o.height_px;
    size_t out_size = (size_t)o.out_width_px * o.out_height_px;
    uint8_t *planes = malloc(in_size * 3), *rgb = calloc(out_size, 3), *plain = malloc(out_size);
    for (size_t i = 0; i < in_size * 3; ++i) planes[i] = (uint8_t)next_random(&seed);

    image_resize *resize = image_resize_create(&o, rgb);
    CHECK(resize != NULL);
    image_sink sink = image_resize_sink(resize);
    for (uint32_t y = sink.region.first_row; y < sink.region.end_row; ++y) {
      const uint8_t *row = planes + (size_t)y * o.width_px;
      const uint8_t *rows[3] = {row, row + in_size, row + 2 * in_size};
      sink.row(sink.context, y, rows);
    }
    image_resize_destroy(resize);
    for (size_t c = 0; c < 3; ++c) {
      size_t num_different = 0;
      plain_resize(planes + c * in_size, &o, plain);
      for (size_t i = 0; i < out_size; ++i) num_different += plain[i] != rgb[i * 3 + c];
      CHECK_INT(num_different, 0);
    }
    free(planes), free(rgb), free(plain);
  }
}

/* Where all pixels of a square are alike, their means say the same as they do. */
static void resize_of_means_equals_that_of_their_pixels(void) {
  enum { SIDE = 96, OUT = 7 };
  static uint8_t squares[2][SIDE * SIDE];
  for (uint32_t reduction = 2; reduction <= 8; reduction *= 2) {
    uint32_t side = SIDE / reduction;
    for (uint32_t i = 0; i < side * side; ++i) squares[1][i] = (uint8_t)(i * i * 37 >> 3);
    for (uint32_t i = 0; i < SIDE * SIDE; ++i) {
      squares[0][i] = squares[1][i / SIDE / reduction * side + i % SIDE / reduction];
    }
    for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
      uint8_t rgb[2][OUT * OUT * 3];
      for (uint32_t reduced = 0; reduced < 2; ++reduced) {
        image_resize_options o = {.width_px = SIDE,
                                  .height_px = SIDE,
                                  .orientation = orientation,
                                  .box = {5, 0, 90, 93},
                                  .out_width_px = OUT,
                                  .out_height_px = OUT,
                                  .reduction = reduced ? reduction : 0};
        image_resize *resize = image_resize_create(&o, rgb[reduced]);
        CHECK(resize != NULL);
        image_sink sink = image_resize_sink(resize);
        for (uint32_t y = sink.region.first_row; y < sink.region.end_row; ++y) {
          const uint8_t *row = squares[reduced] + (size_t)y * (reduced ? side : SIDE);
          sink.row(sink.context, y, (const uint8_t *const[]){row, row, row});
        }
        image_resize_destroy(resize);
      }
      CHECK_INT(memcmp(rgb[0], rgb[1], sizeof rgb[0]), 0);
    }
  }
}

/* What is left over beyond the last whole square has that one's mean. */
static void filter_reduced_ends_with_whole_means(void) {
  for (uint32_t in = 64; in < 80; ++in) {
    image_filter whole, reduced;
    CHECK(image_filter_init(&whole, in, 3, in, 5) && image_filter_init(&reduced, in, 3, in, 5));
    image_filter_reduce(&reduced, in, 8);
    for (uint32_t i = 0; i < 5; ++i) {
      int64_t sums[2] = {0};
      for (uint32_t k = 0; k < whole.count[i]; ++k)
        sums[0] += whole.weights[i * whole.max_taps + k];
      for (uint32_t k = 0; k < reduced.count[i]; ++k) {
        sums[1] += reduced.weights[i * reduced.max_taps + k];
      }
      CHECK_INT(sums[0], sums[1]);
      CHECK_INT(reduced.first[i], whole.first[i] / 8);
      CHECK(reduced.first[i] + reduced.count[i] <= in / 8);
    }
    image_filter_deinit(&whole);
    image_filter_deinit(&reduced);
  }
}

static void resize_survives_want_of_memory(void) {
  image_resize_options o = {.width_px = 60,
                            .height_px = 40,
                            .orientation = 6,
                            .box = {0, 0, 40, 60},
                            .out_width_px = 8,
                            .out_height_px = 9};
  uint8_t rgb[8 * 9 * 3];
  alloc_fail_after(-1);
  image_resize_destroy(image_resize_create(&o, rgb));
  long num_allocations = alloc_count();
  CHECK(num_allocations > 5);
  for (long i = 0; i < num_allocations; ++i) {
    alloc_fail_after(i);
    CHECK(image_resize_create(&o, rgb) == NULL);
  }
  alloc_fail_after(-1);
  image_resize_destroy(NULL);
}

int main(void) {
  RUN(crop_is_the_largest_centred_rectangle);
  RUN(crop_given_is_rounded_and_stays_inside);
  RUN(orientations_beyond_exif_are_upright);
  RUN(filter_weights_sum_to_one);
  RUN(filter_mirrored_twice_is_itself);
  RUN(filter_overlap_counts_outputs_of_an_input);
  RUN(resize_equals_a_plain_one);
  RUN(resize_of_means_equals_that_of_their_pixels);
  RUN(filter_reduced_ends_with_whole_means);
  RUN(resize_survives_want_of_memory);
  return check_summary();
}
