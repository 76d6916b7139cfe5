/* Runs the views and averages what comes out: scores, pooled features, and the
 * feature map, turned back to how the picture lies. */
#include "classify/views.h"

#include <string.h>

#include "base/error.h"

/* As many as the largest input has pixels: four views of bytes stay below 2^31. */
#define MAX_PLACES (INSITU_MAX_INPUT_SIDE_PX * INSITU_MAX_INPUT_SIDE_PX)

insitu_status classify_tap_check(const classify_tap *tap, insitu_error *error) {
  const insitu_tensor_info *tensor = tap->tensor;
  bool is_map = tensor->rank == 4 && tensor->dims[0] == 1;
  if (is_map && (uint64_t)tensor->dims[1] * tensor->dims[2] > MAX_PLACES) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the tensor \"%.120s\" has %u x %u places, but at most %u can be averaged",
                     tensor->name, tensor->dims[1], tensor->dims[2], MAX_PLACES);
  }
  bool is_read =
      tensor->dtype == INSITU_F32 || tensor->dtype == INSITU_I8 || tensor->dtype == INSITU_U8;
  if (is_map && !is_read) {
    return error_set(
        error, INSITU_STATUS_INVALID_MODEL,
        "the tensor \"%.120s\" is of type %d, but a feature map is of float32, int8 or uint8",
        tensor->name, (int)tensor->dtype);
  }
  if (is_map) return INSITU_STATUS_OK;
  return error_set(
      error, INSITU_STATUS_INVALID_MODEL,
      "the tensor \"%.120s\" has rank %u, but a feature map is [1,height,width,channels]",
      tensor->name, tensor->rank);
}

/* element i of a tensor's data as a real number, before the scale */
static inline float element(const insitu_tensor_info *tensor, const void *data, size_t i) {
  switch (tensor->dtype) {
    case INSITU_I8: return ((const int8_t *)data)[i];
    case INSITU_U8: return ((const uint8_t *)data)[i];
    default: return ((const float *)data)[i];
  }
}

/* real = scale * (q - zero_point) */
static void real_of(const insitu_tensor_info *tensor, float *scale, float *offset) {
  bool is_quantised = tensor->dtype != INSITU_F32;
  *scale = is_quantised ? tensor->scale : 1;
  *offset = is_quantised ? -tensor->scale * (float)tensor->zero_point : 0;
}

/* Adds every place's values to the sums [channels], as they are stored: integers
 * exactly (see MAX_PLACES). */
static void add_places(const classify_tap *tap, const void *data, classify_sum *sums) {
  const insitu_tensor_info *tensor = tap->tensor;
  size_t num_channels = tensor->dims[3], num_places = (size_t)tensor->dims[1] * tensor->dims[2];
  for (size_t place = 0; place < num_places; ++place) {
    if (tensor->dtype == INSITU_I8) {
      const int8_t *values = (const int8_t *)data + place * num_channels;
      for (size_t c = 0; c < num_channels; ++c) sums[c].integer += values[c];
    } else if (tensor->dtype == INSITU_U8) {
      const uint8_t *values = (const uint8_t *)data + place * num_channels;
      for (size_t c = 0; c < num_channels; ++c) sums[c].integer += values[c];
    } else {
      const float *values = (const float *)data + place * num_channels;
      for (size_t c = 0; c < num_channels; ++c) sums[c].real += values[c];
    }
  }
}

/* Sums over places and views to the mean, as a real number. */
static void finish_pooled(const classify_network *network, uint32_t num_views,
                          const classify_sums *sums) {
  const classify_sum *sum = sums->sums;
  float *pooled = sums->pooled;
  for (uint32_t i = 0; i < network->num_taps; ++i) {
    const insitu_tensor_info *tensor = network->taps[i].tensor;
    float scale, offset, count = (float)tensor->dims[1] * (float)tensor->dims[2] * (float)num_views;
    real_of(tensor, &scale, &offset);
    for (size_t c = 0; c < tensor->dims[3]; ++c, ++sum) {
      float total = tensor->dtype == INSITU_F32 ? sum->real : (float)sum->integer;
      *pooled++ = scale * (total / count) + offset;
    }
  }
}

/* Adds weight times the feature map, turned back. */
static void add_map(const classify_tap *tap, const void *data, uint32_t view, float weight,
                    float *map) {
  const insitu_tensor_info *tensor = tap->tensor;
  uint32_t height = tensor->dims[1], width = tensor->dims[2];
  size_t num_channels = tensor->dims[3];
  float scale, offset;
  real_of(tensor, &scale, &offset);
  for (uint32_t y = 0; y < height; ++y) {
    uint32_t to_y = view & CLASSIFY_UPSIDE_DOWN ? height - 1 - y : y;
    for (uint32_t x = 0; x < width; ++x) {
      uint32_t to_x = view & CLASSIFY_MIRRORED ? width - 1 - x : x;
      size_t from = ((size_t)y * width + x) * num_channels;
      float *to = map + ((size_t)to_y * width + to_x) * num_channels;
      for (size_t c = 0; c < num_channels; ++c) {
        to[c] += weight * (scale * element(tensor, data, from + c) + offset);
      }
    }
  }
}

static void clear(const classify_network *network, uint32_t num_classes, classify_sums *sums) {
  for (uint32_t i = 0; i < num_classes; ++i) sums->scores[i] = 0;
  size_t num_features = 0;
  for (uint32_t i = 0; i < network->num_taps; ++i) num_features += network->taps[i].tensor->dims[3];
  if (num_features > 0) memset(sums->sums, 0, num_features * sizeof *sums->sums);
  if (sums->feature_map != NULL) {
    const uint32_t *dims = network->features.tensor->dims;
    memset(sums->feature_map, 0, (size_t)dims[1] * dims[2] * dims[3] * sizeof(float));
  }
}

insitu_status classify_views(const classify_network *network, const insitu_input *input,
                             uint32_t num_classes, const uint8_t *rgb, classify_sums *sums,
                             insitu_error *error) {
  clear(network, num_classes, sums);
  float weight = 1.0f / (float)input->num_views; /* 1, 1/2 or 1/4: exact */
  for (uint32_t view = 0; view < input->num_views; ++view) {
    classify_input_fill(&network->table, rgb, input, view, runtime_input(network->runtime, 0));
    insitu_status status = runtime_run(network->runtime, error);
    if (status) return status;
    classify_output_read(network->output, runtime_output(network->runtime, 0), num_classes,
                         network->of_logits, sums->scratch);
    for (uint32_t i = 0; i < num_classes; ++i) sums->scores[i] += sums->scratch[i];
    classify_sum *sum = sums->sums;
    for (uint32_t i = 0; i < network->num_taps; ++i) {
      const classify_tap *tap = &network->taps[i];
      add_places(tap, runtime_output(network->runtime, tap->output_index), sum);
      sum += tap->tensor->dims[3];
    }
    if (sums->feature_map != NULL) {
      add_map(&network->features, runtime_output(network->runtime, network->features.output_index),
              view, weight, sums->feature_map);
    }
  }
  for (uint32_t i = 0; i < num_classes; ++i) sums->scores[i] /= input->num_views;
  finish_pooled(network, input->num_views, sums);
  return INSITU_STATUS_OK;
}
