/* Filters and biases as XNNPACK wants them: scales one a channel where the
 * input is quantised while running, and none so small that a fixed-point
 * multiplier cannot hold it. */
#include <string.h>

#include "xnn/builder_internal.h"

/* Weights may lie anywhere in the file; kernels that pack them read aligned. What was
 * worked out is noted where input `index` has no later reader. */
static const void *packable(builder *b, const op_site *site, uint32_t index,
                            const graph_value *value) {
  bool is_aligned = (uintptr_t)value->data % graph_dtype_bytes(value->dtype) == 0;
  if (!is_aligned) return builder_own_copy(b, value);
  if (value->data == value->owned_data && value->last_consumer == site->index) {
    b->packed_last[b->num_packed_last++] = site->node->inputs[index];
  }
  return value->data;
}

/* The filter's scales, one each of `count`, where they are not what the file has. */
static bool own_scales(builder *b, graph_value *filter, uint32_t count, double smallest) {
  float *scales = builder_own_bytes(b, count * sizeof *scales);
  if (scales == NULL) return false;
  const graph_quantization *from = &filter->quantization;
  for (uint32_t i = 0; i < count; i++) {
    scales[i] = from->scales[from->num_scales > 1 ? i : 0];
    if ((double)scales[i] < smallest) scales[i] = (float)smallest;
  }
  filter->quantization.scales = scales;
  filter->quantization.num_scales = count;
  return true;
}

uint32_t builder_filter(builder *b, const op_site *site, bool is_matrix) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  graph_value filter = *op_input(site, 1);
  graph_quantization *quantization = &filter.quantization;
  enum xnn_datatype datatype = builder_datatype(&filter);
  if (site->record.weights == OP_WEIGHTS_DYNAMIC) {
    if (!own_scales(b, &filter, filter.dims[0], 0)) return XNN_INVALID_VALUE_ID;
    quantization->axis = 0;
    datatype = xnn_datatype_qcint8;
  } else if (op_is_quantized(&filter)) {
    /* Dead channels: raised to where every sum still becomes 0. */
    double smallest = OP_MIN_MULTIPLIER * (double)op_scale(output) / (double)op_scale(input);
    bool is_any_dead = false;
    for (uint32_t i = 0; i < quantization->num_scales; i++) {
      is_any_dead |= (double)quantization->scales[i] < smallest;
    }
    if (is_any_dead && !own_scales(b, &filter, quantization->num_scales, smallest)) {
      return XNN_INVALID_VALUE_ID;
    }
  }
  if (is_matrix) {
    filter.rank = 2;
    filter.dims[1] = (uint32_t)(filter.num_elements / filter.dims[0]);
  }
  return builder_define(b, &filter, datatype, packable(b, site, 1, &filter), XNN_INVALID_VALUE_ID,
                        0);
}

uint32_t builder_bias(builder *b, const op_site *site, uint32_t index) {
  const graph_value *given = op_input(site, index);
  if (given == NULL) return XNN_INVALID_VALUE_ID;
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  graph_value bias = *given;
  /* Some files give a bias of C channels the shape [1,1,1,C]. */
  bias.rank = 1;
  bias.dims[0] = (uint32_t)bias.num_elements;
  const void *data = packable(b, site, index, &bias);
  if (bias.dtype == GRAPH_F32) {
    return builder_define(b, &bias, xnn_datatype_fp32, data, XNN_INVALID_VALUE_ID, 0);
  }
  uint32_t num_scales = filter->quantization.num_scales;
  float *scales = builder_own_bytes(b, num_scales * sizeof *scales);
  if (scales == NULL) return XNN_INVALID_VALUE_ID;
  for (uint32_t i = 0; i < num_scales; i++) {
    scales[i] = input->quantization.scales[0] * filter->quantization.scales[i];
    if (!(scales[i] >= 0x1p-126f)) scales[i] = 0x1p-126f; /* a dead channel's: normal at least */
  }
  bias.quantization = (graph_quantization){.num_scales = num_scales, .scales = scales};
  return builder_define(b, &bias, num_scales > 1 ? xnn_datatype_qcint32 : xnn_datatype_qint32, data,
                        XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_ones(builder *b, const graph_value *like, uint32_t num_channels) {
  static const float one_scale = 1;
  graph_value ones = {.dtype = like->dtype, .rank = 4, .dims = {1, 1, 1, num_channels}};
  if (op_is_quantized(like)) {
    ones.quantization = (graph_quantization){.num_scales = 1, .scales = &one_scale};
  }
  size_t size_bytes = num_channels * graph_dtype_bytes(like->dtype);
  uint8_t *data = builder_own_bytes(b, size_bytes);
  if (data == NULL) return XNN_INVALID_VALUE_ID;
  for (uint32_t i = 0; i < num_channels; i++) {
    if (like->dtype == GRAPH_F32) memcpy(data + 4 * i, &(float){1}, 4);
    else data[i] = 1;
  }
  return builder_define(b, &ones, builder_datatype(&ones), data, XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_scalar(builder *b, float value) {
  graph_value scalar = {.dtype = GRAPH_F32, .rank = 1, .dims = {1}};
  float *data = builder_own_bytes(b, sizeof value);
  if (data == NULL) return XNN_INVALID_VALUE_ID;
  *data = value;
  return builder_define(b, &scalar, xnn_datatype_fp32, data, XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_zeros(builder *b, const graph_value *like, uint32_t rank, const uint32_t *dims) {
  graph_value zeros = *like;
  size_t num_elements = 1;
  zeros.rank = rank;
  memcpy(zeros.dims, dims, rank * sizeof *dims);
  for (uint32_t i = 0; i < rank; i++) num_elements *= dims[i];
  size_t size_bytes = num_elements * graph_dtype_bytes(like->dtype);
  uint8_t *data = builder_own_bytes(b, size_bytes);
  if (data == NULL) return XNN_INVALID_VALUE_ID;
  memset(data, like->quantization.zero_point, size_bytes); /* 0 of floats, which have none */
  return builder_define(b, &zeros, builder_datatype(&zeros), data, XNN_INVALID_VALUE_ID, 0);
}
