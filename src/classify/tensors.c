/* Filling a model's input from a picture and reading its scores, whatever the
 * tensors' types. Refuses shapes that do not fit; computes no probability. */
#include "classify/tensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

static void shape_text(const insitu_tensor_info *tensor, char *text, size_t size) {
  size_t used = (size_t)snprintf(text, size, "[");
  for (uint32_t i = 0; i < tensor->rank && used < size; ++i) {
    used += (size_t)snprintf(text + used, size - used, "%s%u", i ? "," : "", tensor->dims[i]);
  }
  if (used < size) snprintf(text + used, size - used, "]");
}

static bool is_quantised(insitu_dtype dtype) { return dtype == INSITU_I8 || dtype == INSITU_U8; }

static insitu_status check_type(const insitu_tensor_info *tensor, const char *which,
                                insitu_error *error) {
  if (tensor->dtype != INSITU_F32 && !is_quantised(tensor->dtype)) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's %s is neither float32, int8 nor uint8", which);
  }
  if (is_quantised(tensor->dtype) && !(tensor->scale > 0 && isfinite(tensor->scale))) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's %s is quantised with scale %.9g, but it must be greater than 0",
                     which, (double)tensor->scale);
  }
  return INSITU_STATUS_OK;
}

static uint8_t quantise(double real, const insitu_tensor_info *tensor) {
  double low = tensor->dtype == INSITU_I8 ? INT8_MIN : 0;
  double high = tensor->dtype == INSITU_I8 ? INT8_MAX : UINT8_MAX;
  double value = round(real / tensor->scale) + tensor->zero_point;
  return (uint8_t)(int)fmin(fmax(value, low), high);
}

static bool layout_of(const insitu_tensor_info *tensor, uint32_t height, uint32_t width,
                      classify_layout *layout) {
  const struct {
    classify_layout layout;
    uint32_t rank, dims[4];
  } known[] = {{CLASSIFY_INTERLEAVED, 4, {1, height, width, 3}},
               {CLASSIFY_PLANAR, 4, {1, 3, height, width}},
               {CLASSIFY_GREY, 4, {1, height, width, 1}},
               {CLASSIFY_GREY, 4, {1, 1, height, width}},
               {CLASSIFY_GREY, 3, {1, height, width}}};
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
    if (tensor->rank != known[i].rank ||
        memcmp(tensor->dims, known[i].dims, tensor->rank * sizeof *tensor->dims) != 0) {
      continue;
    }
    *layout = known[i].layout;
    return true;
  }
  return false;
}

insitu_status classify_input_table_init(classify_input_table *table, const insitu_input *input,
                                        const insitu_tensor_info *tensor, insitu_error *error) {
  if (!layout_of(tensor, input->height_px, input->width_px, &table->layout)) {
    char shape[96];
    shape_text(tensor, shape, sizeof shape);
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's input is %s, but the pack says [1,%u,%u,3]", shape,
                     input->height_px, input->width_px);
  }
  insitu_status status = check_type(tensor, "input", error);
  if (status) return status;
  table->dtype = tensor->dtype;
  for (int c = 0; c < 3; ++c) {
    for (int v = 0; v < 256; ++v) {
      double real = (v / 255.0 - input->mean[c]) / input->std[c];
      if (is_quantised(tensor->dtype)) {
        table->values.q8[c][v] = quantise(real, tensor);
      } else {
        table->values.f32[c][v] = (float)real;
      }
    }
  }
  return INSITU_STATUS_OK;
}

static uint8_t luma(const uint8_t *rgb) {
  return (uint8_t)((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 0x8000u) >> 16);
}

/* One row of interleaved pixels; step: 3, or -3 from its last pixel. */
static void fill_row(const classify_input_table *table, const uint8_t *rgb, ptrdiff_t step,
                     uint32_t width, void *row) {
  if (table->dtype == INSITU_F32) {
    float *out = row;
    for (uint32_t x = 0; x < width; ++x, rgb += step, out += 3) {
      for (int c = 0; c < 3; ++c) out[c] = table->values.f32[c][rgb[c]];
    }
  } else {
    uint8_t *out = row;
    for (uint32_t x = 0; x < width; ++x, rgb += step, out += 3) {
      for (int c = 0; c < 3; ++c) out[c] = table->values.q8[c][rgb[c]];
    }
  }
}

/* One row of one channel; channel 3: of luma, by the first one's table. */
static void fill_channel(const classify_input_table *table, const uint8_t *rgb, ptrdiff_t step,
                         uint32_t width, int channel, void *row) {
  for (uint32_t x = 0; x < width; ++x, rgb += step) {
    int c = channel == 3 ? 0 : channel;
    uint8_t byte = channel == 3 ? luma(rgb) : rgb[channel];
    if (table->dtype == INSITU_F32) ((float *)row)[x] = table->values.f32[c][byte];
    else ((uint8_t *)row)[x] = table->values.q8[c][byte];
  }
}

void classify_input_fill(const classify_input_table *table, const uint8_t *rgb,
                         const insitu_input *input, uint32_t view, void *tensor) {
  uint32_t width = input->width_px, height = input->height_px;
  size_t plane_row_bytes = (size_t)width * (table->dtype == INSITU_F32 ? sizeof(float) : 1);
  ptrdiff_t step = view & CLASSIFY_MIRRORED ? -3 : 3;
  for (uint32_t y = 0; y < height; ++y) {
    uint32_t source_y = view & CLASSIFY_UPSIDE_DOWN ? height - 1 - y : y;
    const uint8_t *first = rgb + ((size_t)source_y * width + (step < 0 ? width - 1 : 0)) * 3;
    uint8_t *rows = tensor;
    switch (table->layout) {
      case CLASSIFY_INTERLEAVED:
        fill_row(table, first, step, width, rows + y * 3 * plane_row_bytes);
        break;
      case CLASSIFY_GREY:
        fill_channel(table, first, step, width, 3, rows + y * plane_row_bytes);
        break;
      case CLASSIFY_PLANAR:
        for (uint32_t c = 0; c < 3; ++c) {
          fill_channel(table, first, step, width, (int)c,
                       rows + ((size_t)c * height + y) * plane_row_bytes);
        }
        break;
    }
  }
}

insitu_status classify_output_check(const insitu_tensor_info *tensor, uint32_t num_classes,
                                    insitu_error *error) {
  uint64_t count = 1;
  for (uint32_t i = 0; i < tensor->rank; ++i) {
    /* Both factors are below 2^32 here: a product past the limit ends the loop. */
    count *= tensor->dims[i];
    if (count > INSITU_MAX_CLASSES) break;
  }
  if (count != num_classes && !(count == 1 && num_classes == 2)) {
    char shape[96];
    shape_text(tensor, shape, sizeof shape);
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's output is %s, but the pack has %u classes", shape, num_classes);
  }
  return check_type(tensor, "output", error);
}

static size_t num_elements_of(const insitu_tensor_info *tensor) {
  size_t count = 1;
  for (uint32_t i = 0; i < tensor->rank; ++i) count *= tensor->dims[i];
  return count;
}

void classify_output_read(const insitu_tensor_info *tensor, const void *data, uint32_t num_classes,
                          bool of_logits, double *scores) {
  bool is_shared = num_classes == 2 && num_elements_of(tensor) == 1;
  uint32_t count = is_shared ? 1 : num_classes;
  /* In double: a hostile zero point overflows an int. */
  double scale = tensor->scale, zero_point = tensor->zero_point;
  for (uint32_t i = 0; i < count; ++i) {
    switch (tensor->dtype) {
      case INSITU_I8: scores[i] = scale * (((const int8_t *)data)[i] - zero_point); break;
      case INSITU_U8: scores[i] = scale * (((const uint8_t *)data)[i] - zero_point); break;
      default: /* classify_output_check let only f32 through */
        scores[i] = (double)((const float *)data)[i];
        break;
    }
  }
  if (is_shared) {
    scores[1] = scores[0];
    scores[0] = of_logits ? 0 : 1 - scores[1];
  }
}
