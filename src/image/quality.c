/* Sums over the judged pixels, row by row. Along each axis of the file the
 * pixels that are looked at are runs: one run of the whole box, or where the
 * box is large, patches at regular distances, placed so that a mirrored picture
 * has the same ones. Neighbours are compared within a run alone. */
#include "image/quality.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "image/orientation.h"

enum {
  PATCH_PX = 16,
  DARK = 16,
  BRIGHT = 239,
  HARD_EDGE = 40,
  GLARE_MIN = 225,   /* of the darkest channel */
  GLARE_SPREAD = 24, /* between the channels */
  BLOCK_PX = 8,
  BLOCK_SPAN = 8
};

typedef struct pair_sums {
  uint64_t pairs, squared, equal, hard;
} pair_sums;

typedef struct sums {
  uint64_t pixels, luma, luma_squared, dark, bright;
  pair_sums near, far; /* of pixels one and two apart */
} sums;

struct image_quality {
  image_runs across, down; /* the file's columns and rows */
  uint32_t out_width_px, out_height_px;
  double resolution;
  sums sums;
  uint32_t line_px;
  uint8_t *lines[3]; /* [line_px] Y of this row and the two before it, in turns */
  uint8_t *small;    /* [out_height, out_width] Y */
  uint16_t *halved;  /* [out_height / 2, out_width / 2] */
};

/* ---- which pixels ------------------------------------------------------------ */

/* Of length px from begin on, every `step`th patch, with equal margins. */
static image_runs axis_of(uint32_t begin, uint32_t length, uint32_t step) {
  if (step == 1) return (image_runs){begin, length, 1, 0};
  uint32_t num_runs = (length / PATCH_PX + step - 1) / step;
  uint32_t distance = step * PATCH_PX;
  uint32_t spare = length - ((num_runs - 1) * distance + PATCH_PX);
  uint32_t odd = spare % 2; /* patches of one pixel less then */
  return (image_runs){begin + (spare + odd) / 2, PATCH_PX - odd, num_runs, distance};
}

static uint64_t samples_of(uint32_t width, uint32_t height, uint32_t step) {
  image_runs across = axis_of(0, width, step), down = axis_of(0, height, step);
  return (uint64_t)across.num_runs * across.run_px * down.num_runs * down.run_px;
}

/* What of the file's axis lies between begin and end of the upright one. */
static image_runs file_axis(uint32_t size, uint32_t begin, uint32_t end, bool mirrored,
                            uint32_t step) {
  return axis_of(mirrored ? size - end : begin, end - begin, step);
}

static void init_axes(image_quality *quality, const image_resize_options *options) {
  const image_box *box = &options->box;
  uint32_t width = box->x1 - box->x0, height = box->y1 - box->y0, step = 1;
  /* A box that is thinner than a patch never has too many pixels. */
  while (width >= PATCH_PX && height >= PATCH_PX &&
         samples_of(width, height, step) > QUALITY_MAX_SAMPLES) {
    ++step;
  }
  image_orientation orientation = image_orientation_from_exif(options->orientation);
  bool swaps = orientation.swaps_axes;
  quality->across = file_axis(options->width_px, swaps ? box->y0 : box->x0,
                              swaps ? box->y1 : box->x1, orientation.mirrors_x, step);
  quality->down = file_axis(options->height_px, swaps ? box->x0 : box->y0,
                            swaps ? box->x1 : box->y1, orientation.mirrors_y, step);
  double across = (double)width / options->out_width_px;
  double down = (double)height / options->out_height_px;
  quality->resolution = across < down ? across : down;
}

image_quality *image_quality_create(const image_resize_options *options) {
  image_quality *quality = alloc_zeroed(sizeof *quality);
  if (quality == NULL) return NULL;
  init_axes(quality, options);
  quality->out_width_px = options->out_width_px;
  quality->out_height_px = options->out_height_px;
  quality->line_px = quality->across.num_runs * quality->across.run_px; /* at most a row */
  size_t small_bytes;
  bool ok = checked_mul(options->out_width_px, options->out_height_px, &small_bytes);
  if (ok) {
    quality->small = alloc_bytes(small_bytes);
    quality->halved = alloc_array(small_bytes / 4, sizeof *quality->halved);
  }
  ok = quality->small != NULL && quality->halved != NULL;
  for (int i = 0; i < 3; ++i) {
    quality->lines[i] = alloc_bytes(quality->line_px);
    ok = ok && quality->lines[i] != NULL;
  }
  if (ok) return quality;
  image_quality_destroy(quality);
  return NULL;
}

void image_quality_destroy(image_quality *quality) {
  if (quality == NULL) return;
  for (int i = 0; i < 3; ++i) alloc_free(quality->lines[i]);
  alloc_free(quality->small);
  alloc_free(quality->halved);
  alloc_free(quality);
}

void image_quality_runs(const image_quality *quality, image_runs *columns, image_runs *rows) {
  *columns = quality->across;
  *rows = quality->down;
}

/* ---- rows at the picture's own resolution ------------------------------------- */

static void to_luma(const uint8_t *restrict r, const uint8_t *restrict g, const uint8_t *restrict b,
                    uint8_t *restrict luma, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    luma[i] = (uint8_t)((77u * r[i] + 150u * g[i] + 29u * b[i] + 128u) >> 8);
  }
}

/* The sums of one row fit 32 bits: count is at most 65,535 (255 * 255 each). */
static void add_levels(sums *sums, const uint8_t *luma, uint32_t count) {
  uint32_t sum = 0, squared = 0, dark = 0, bright = 0;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t value = luma[i];
    sum += value;
    squared += value * value;
    dark += value <= DARK;
    bright += value >= BRIGHT;
  }
  sums->pixels += count;
  sums->luma += sum;
  sums->luma_squared += squared;
  sums->dark += dark;
  sums->bright += bright;
}

/* Eight pairs at once: GNU C's vectors, since compilers make long code of the plain loop. */
typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x8 __attribute__((vector_size(32)));

static inline u16x8 load_eight(const uint8_t *p) {
  u8x8 eight;
  memcpy(&eight, p, sizeof eight);
  return __builtin_convertvector(eight, u16x8);
}

/* The lanes' sums of one row fit their bits: count is at most 65,535. */
__attribute__((noinline)) static void add_pairs(pair_sums *sums, const uint8_t *a, const uint8_t *b,
                                                uint32_t count) {
  u32x8 squared = {0};
  u16x8 equal = {0}, hard = {0};
  uint32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    u16x8 difference = load_eight(a + i) - load_eight(b + i);
    u16x8 square = difference * difference; /* at most 65,025 */
    squared += __builtin_convertvector(square, u32x8);
    equal -= (u16x8)(square == 0); /* all ones where true */
    hard -= (u16x8)(square >= HARD_EDGE * HARD_EDGE);
  }
  for (int lane = 0; lane < 8; ++lane) {
    sums->squared += squared[lane];
    sums->equal += equal[lane];
    sums->hard += hard[lane];
  }
  for (; i < count; ++i) {
    uint32_t square = (uint32_t)((a[i] - b[i]) * (a[i] - b[i]));
    sums->squared += square;
    sums->equal += square == 0;
    sums->hard += square >= HARD_EDGE * HARD_EDGE;
  }
  sums->pairs += count;
}

/* Of pixels `distance` apart: all of the line's, which is long, less those of two runs. */
static void add_pairs_within(pair_sums *sums, const uint8_t *line, const image_runs *runs,
                             uint32_t distance) {
  uint32_t count = runs->num_runs * runs->run_px;
  if (runs->run_px <= distance) return;
  add_pairs(sums, line, line + distance, count - distance);
  for (uint32_t end = runs->run_px; end < count; end += runs->run_px) {
    for (uint32_t i = end; i < end + distance; ++i) {
      int32_t difference = line[i] - line[i - distance];
      uint32_t square = (uint32_t)(difference * difference);
      --sums->pairs;
      sums->squared -= square;
      sums->equal -= square == 0;
      sums->hard -= square >= HARD_EDGE * HARD_EDGE;
    }
  }
}

void image_quality_take_row(image_quality *quality, uint32_t row, const uint8_t *const planes[3]) {
  const image_runs *across = &quality->across, *down = &quality->down;
  if (!image_runs_have(down, row)) return;
  uint32_t in_run = row - down->first;
  if (down->num_runs > 1) in_run %= down->distance;

  uint8_t *luma = quality->lines[row % 3];
  sums *sums = &quality->sums;
  for (uint32_t i = 0; i < across->num_runs; ++i) {
    uint32_t column = across->first + i * across->distance, count = across->run_px;
    uint8_t *line = luma + (size_t)i * count;
    to_luma(planes[0] + column, planes[1] + column, planes[2] + column, line, count);
  }
  uint32_t count = quality->line_px;
  add_levels(sums, luma, count);
  add_pairs_within(&sums->near, luma, across, 1);
  add_pairs_within(&sums->far, luma, across, 2);
  if (in_run >= 1) add_pairs(&sums->near, luma, quality->lines[(row + 2) % 3], count);
  if (in_run >= 2) add_pairs(&sums->far, luma, quality->lines[(row + 1) % 3], count);
}

/* ---- the prepared pixels ------------------------------------------------------ */

/* Sums of 2 x 2 pixels: rounding and noise weigh a quarter, and detail that the
 * picture was too blurred for shows where two of the model's pixels should differ.
 * y: [height, width]; sums: [height / 2, width / 2] */
static void halve(const uint8_t *y, uint32_t width, uint32_t height, uint16_t *sums) {
  for (uint32_t row = 0; row + 1 < height; row += 2) {
    const uint8_t *line = y + (size_t)row * width, *below = line + width;
    for (uint32_t i = 0; i + 1 < width; i += 2) {
      *sums++ = (uint16_t)(line[i] + line[i + 1] + below[i] + below[i + 1]);
    }
  }
}

/* Mean squared difference of the values `distance` apart along both axes. */
static double structure(const uint16_t *values, uint32_t width, uint32_t height,
                        uint32_t distance) {
  uint64_t squared = 0, pairs = 0;
  for (uint32_t row = 0; row < height; ++row) {
    const uint16_t *line = values + (size_t)row * width;
    for (uint32_t i = 0; i + distance < width; ++i) {
      int32_t difference = line[i + distance] - line[i];
      squared += (uint32_t)(difference * difference);
    }
    pairs += width - distance;
    if (row + distance >= height) continue;
    const uint16_t *below = line + (size_t)distance * width;
    for (uint32_t i = 0; i < width; ++i) {
      int32_t difference = below[i] - line[i];
      squared += (uint32_t)(difference * difference);
    }
    pairs += width;
  }
  return (double)squared / (double)pairs;
}

/* 0 where differences grow with the distance, as in a blur; 1 where they do not. */
static double detail(double near, double far) {
  return far > 0.0 ? (4.0 * near / far - 1.0) / 3.0 : NAN; /* NAN: nothing to see */
}

static double sharpness_of(const image_quality *quality) {
  uint32_t width = quality->out_width_px / 2, height = quality->out_height_px / 2;
  if (width < 3 || height < 3) return NAN;
  const uint16_t *halved = quality->halved;
  return detail(structure(halved, width, height, 1), structure(halved, width, height, 2));
}

static double uniform_share(const uint8_t *y, uint32_t width, uint32_t height) {
  uint32_t across = width / BLOCK_PX, down = height / BLOCK_PX, num_uniform = 0;
  if (across == 0 || down == 0) return NAN;
  for (uint32_t block = 0; block < across * down; ++block) {
    const uint8_t *line =
        y + (size_t)(block / across) * BLOCK_PX * width + (size_t)(block % across) * BLOCK_PX;
    int32_t low = 255, high = 0;
    for (int row = 0; row < BLOCK_PX; ++row, line += width) {
      for (int i = 0; i < BLOCK_PX; ++i) {
        if (line[i] < low) low = line[i];
        if (line[i] > high) high = line[i];
      }
    }
    num_uniform += high - low < BLOCK_SPAN;
  }
  return (double)num_uniform / ((double)across * down);
}

static bool is_glaring(const uint8_t *rgb) {
  uint8_t low = rgb[0] < rgb[1] ? rgb[0] : rgb[1], high = rgb[0] < rgb[1] ? rgb[1] : rgb[0];
  if (rgb[2] < low) low = rgb[2];
  if (rgb[2] > high) high = rgb[2];
  return low >= GLARE_MIN && high - low <= GLARE_SPREAD;
}

static double glare_share(const uint8_t *rgb, uint32_t width, uint32_t height) {
  if (width < 3 || height < 3) return NAN;
  uint32_t num_glaring = 0;
  for (uint32_t row = 0; row + 2 < height; ++row) {
    uint32_t run = 0; /* columns up to here that glare in all three rows */
    for (uint32_t i = 0; i < width; ++i) {
      const uint8_t *pixel = rgb + ((size_t)row * width + i) * 3;
      bool all = is_glaring(pixel) && is_glaring(pixel + (size_t)width * 3) &&
                 is_glaring(pixel + (size_t)width * 6);
      run = all ? run + 1 : 0;
      num_glaring += run >= 3;
    }
  }
  return num_glaring / ((double)(width - 2) * (height - 2));
}

/* ---- the measures ------------------------------------------------------------- */

static double share(uint64_t part, uint64_t whole) {
  return whole == 0 ? NAN : (double)part / (double)whole;
}

static double focus_of(const sums *sums) {
  return detail(share(sums->near.squared, sums->near.pairs),
                share(sums->far.squared, sums->far.pairs));
}

static double drawn_of(const sums *sums) {
  const pair_sums *near = &sums->near;
  if (near->equal == near->pairs) return 0.0;
  return share(near->equal, near->pairs) * share(near->hard, near->pairs - near->equal);
}

void image_quality_finish(image_quality *quality, const uint8_t *rgb, insitu_quality *measures) {
  const sums *sums = &quality->sums;
  uint32_t width = quality->out_width_px, height = quality->out_height_px;
  uint8_t *y = quality->small;
  for (size_t i = 0; i < (size_t)width * height; ++i) {
    const uint8_t *pixel = rgb + i * 3;
    to_luma(pixel, pixel + 1, pixel + 2, y + i, 1);
  }
  halve(y, width, height, quality->halved);
  double mean = share(sums->luma, sums->pixels);
  double variance = share(sums->luma_squared, sums->pixels) - mean * mean;
  *measures = (insitu_quality){
      .sharpness = sharpness_of(quality),
      .focus = focus_of(sums),
      .dark = share(sums->dark, sums->pixels),
      .bright = share(sums->bright, sums->pixels),
      .glare = glare_share(rgb, width, height),
      .contrast = sqrt(variance > 0.0 ? variance : 0.0),
      .mean = mean,
      .resolution = quality->resolution,
      .uniform = uniform_share(y, width, height),
      .drawn = drawn_of(sums),
  };
}
