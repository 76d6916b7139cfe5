/* The resize: two passes of image/filter, each rounded to 8 bits, first along
 * the upright picture's rows and then along its columns, as Pillow did. The
 * order matters to the last bit, so where EXIF swaps the axes the file's
 * columns go first. Sums are exact in integers: the order of rows within a
 * pass, and so any mirroring, does not matter. */
#include "image/resize.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "image/filter.h"
#include "image/orientation.h"

struct image_resize {
  image_filter across, down; /* along the file's rows and columns */
  image_region region;
  uint32_t reduction;
  bool down_first;
  uint32_t line_px; /* samples of a plane between the passes */
  uint32_t num_slots;
  uint32_t begun, finished; /* outputs of `down` with a first, a last row */
  int32_t *sums;            /* [num_slots, 3, line_px]; output d is in slot d % num_slots */
  uint8_t *line;            /* [3, line_px] */
  uint8_t *origin;          /* of output (across 0, down 0) in the caller's rgb */
  ptrdiff_t across_step, down_step;
};

static bool init_filters(image_resize *resize, const image_resize_options *options,
                         image_orientation orientation) {
  const image_box *box = &options->box;
  uint32_t width = options->width_px, height = options->height_px;
  bool ok;
  if (orientation.swaps_axes) {
    ok = image_filter_init(&resize->across, width, box->y0, box->y1, options->out_height_px) &&
         image_filter_init(&resize->down, height, box->x0, box->x1, options->out_width_px);
  } else {
    ok = image_filter_init(&resize->across, width, box->x0, box->x1, options->out_width_px) &&
         image_filter_init(&resize->down, height, box->y0, box->y1, options->out_height_px);
  }
  if (!ok) return false;
  if (orientation.mirrors_x) image_filter_mirror(&resize->across, width);
  if (orientation.mirrors_y) image_filter_mirror(&resize->down, height);
  if (options->reduction > 1) {
    image_filter_reduce(&resize->across, width, options->reduction);
    image_filter_reduce(&resize->down, height, options->reduction);
  }
  return true;
}

static void init_steps(image_resize *resize, const image_resize_options *options,
                       image_orientation orientation, uint8_t *rgb) {
  ptrdiff_t row_step = (ptrdiff_t)options->out_width_px * 3;
  resize->across_step = orientation.swaps_axes ? row_step : 3;
  resize->down_step = orientation.swaps_axes ? 3 : row_step;
  resize->origin = rgb;
  if (orientation.mirrors_x) {
    resize->origin += resize->across_step * (ptrdiff_t)(resize->across.num_outputs - 1);
    resize->across_step = -resize->across_step;
  }
  if (orientation.mirrors_y) {
    resize->origin += resize->down_step * (ptrdiff_t)(resize->down.num_outputs - 1);
    resize->down_step = -resize->down_step;
  }
}

static bool init_sums(image_resize *resize) {
  size_t line_size, num_sums;
  if (!checked_mul(resize->line_px, 3, &line_size) ||
      !checked_mul(line_size, resize->num_slots, &num_sums)) {
    return false;
  }
  resize->line = alloc_bytes(line_size);
  resize->sums = alloc_array(num_sums, sizeof *resize->sums);
  return resize->line != NULL && resize->sums != NULL;
}

image_resize *image_resize_create(const image_resize_options *options, uint8_t *rgb) {
  image_resize *resize = alloc_zeroed(sizeof *resize);
  if (resize == NULL) return NULL;
  image_orientation orientation = image_orientation_from_exif(options->orientation);
  if (!init_filters(resize, options, orientation)) goto fail;
  const image_filter *across = &resize->across, *down = &resize->down;
  uint32_t last_across = across->num_outputs - 1, last_down = down->num_outputs - 1;
  resize->region = (image_region){
      .first_row = down->first[0],
      .end_row = down->first[last_down] + down->count[last_down],
      .first_column = across->first[0],
      .end_column = across->first[last_across] + across->count[last_across],
  };
  resize->reduction = options->reduction;
  resize->down_first = orientation.swaps_axes;
  resize->line_px = resize->down_first ? resize->region.end_column - resize->region.first_column
                                       : across->num_outputs;
  resize->num_slots = image_filter_max_overlap(down);
  init_steps(resize, options, orientation, rgb);
  if (!init_sums(resize)) goto fail;
  return resize;
fail:
  image_resize_destroy(resize);
  return NULL;
}

void image_resize_destroy(image_resize *resize) {
  if (resize == NULL) return;
  image_filter_deinit(&resize->across);
  image_filter_deinit(&resize->down);
  alloc_free(resize->sums);
  alloc_free(resize->line);
  alloc_free(resize);
}

static uint8_t round_sum(int32_t sum) {
  int32_t value = sum >> IMAGE_FILTER_BITS; /* never negative: no weight is */
  return value > 255 ? 255 : (uint8_t)value;
}

static const int32_t half = 1 << (IMAGE_FILTER_BITS - 1);

static uint8_t weigh(const uint8_t *restrict samples, const int32_t *restrict weights,
                     uint32_t count) {
  int32_t sum = half;
  for (uint32_t i = 0; i < count; ++i) sum += samples[i] * weights[i];
  return round_sum(sum);
}

/* One plane's samples, the first at the region's first column, through
 * `across`; output i goes to out[i * step]. */
static void pass_across(const image_resize *resize, const uint8_t *samples, uint8_t *out,
                        ptrdiff_t step) {
  const image_filter *filter = &resize->across;
  const int32_t *weights = filter->weights;
  for (uint32_t i = 0; i < filter->num_outputs; ++i, weights += filter->max_taps) {
    *out = weigh(samples + (filter->first[i] - resize->region.first_column), weights,
                 filter->count[i]);
    out += step;
  }
}

static int32_t *slot(const image_resize *resize, uint32_t output) {
  return resize->sums + (size_t)(output % resize->num_slots) * 3 * resize->line_px;
}

static void add_weighted(int32_t *restrict sums, const uint8_t *restrict samples, int32_t weight,
                         uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) sums[i] += samples[i] * weight;
}

static void finish(image_resize *resize, uint32_t output) {
  const int32_t *sums = slot(resize, output);
  uint8_t *out = resize->origin + resize->down_step * (ptrdiff_t)output;
  for (uint32_t plane = 0; plane < 3; ++plane, sums += resize->line_px, ++out) {
    if (resize->down_first) {
      for (uint32_t i = 0; i < resize->line_px; ++i) resize->line[i] = round_sum(sums[i]);
      pass_across(resize, resize->line, out, resize->across_step);
    } else {
      for (uint32_t i = 0; i < resize->line_px; ++i) {
        out[resize->across_step * (ptrdiff_t)i] = round_sum(sums[i]);
      }
    }
  }
}

static void take_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  image_resize *resize = context;
  const image_filter *down = &resize->down;
  const uint8_t *lines[3];
  for (uint32_t plane = 0; plane < 3; ++plane) {
    lines[plane] = planes[plane] + resize->region.first_column;
    if (!resize->down_first) {
      uint8_t *line = resize->line + (size_t)plane * resize->line_px;
      pass_across(resize, lines[plane], line, 1);
      lines[plane] = line;
    }
  }
  while (resize->begun < down->num_outputs && down->first[resize->begun] <= row) {
    int32_t *sums = slot(resize, resize->begun++);
    for (size_t i = 0; i < (size_t)3 * resize->line_px; ++i) sums[i] = half;
  }
  for (uint32_t output = resize->finished; output < resize->begun; ++output) {
    int32_t weight = down->weights[(size_t)output * down->max_taps + row - down->first[output]];
    int32_t *sums = slot(resize, output);
    for (uint32_t plane = 0; plane < 3; ++plane, sums += resize->line_px) {
      add_weighted(sums, lines[plane], weight, resize->line_px);
    }
  }
  while (resize->finished < resize->begun &&
         down->first[resize->finished] + down->count[resize->finished] == row + 1) {
    finish(resize, resize->finished++);
  }
}

image_sink image_resize_sink(image_resize *resize) {
  return (image_sink){
      .region = resize->region, .row = take_row, .context = resize, .reduction = resize->reduction};
}
