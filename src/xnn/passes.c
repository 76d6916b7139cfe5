/* The table of passes. A node at a time and in order, since what one node
 * becomes decides the shapes and constants that the next one sees; constants
 * that operators compute from constants are their own affair (op_NAME_fold). */
#include "xnn/passes.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"

/* A constant's elements as float32. */
static insitu_status widen_constant(graph *net, uint32_t index, insitu_error *error) {
  graph_value *value = &net->values[index];
  size_t size_bytes = value->num_elements * sizeof(float);
  net->folded_bytes += size_bytes;
  if (size_bytes > GRAPH_MAX_VALUE_BYTES || net->folded_bytes > OP_MAX_FOLDED_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "tensor %u: in float32 constants are above the limit of %llu bytes", index,
                     OP_MAX_FOLDED_BYTES);
  }
  float *wide = alloc_bytes(size_bytes);
  if (wide == NULL) return error_out_of_memory(error, "float32 weights", size_bytes);
  op_constant_floats(value, wide);
  alloc_free(value->owned_data);
  value->data = value->owned_data = (uint8_t *)wide;
  value->dtype = GRAPH_F32;
  value->size_bytes = size_bytes;
  alloc_free((void *)value->quantization.scales);
  value->quantization = (graph_quantization){0};
  return INSITU_STATUS_OK;
}

/* TensorFlow's first converters of dynamic range said uint8 of bytes that are
 * signed; their reader takes CONV_2D's and FULLY_CONNECTED's so, and no others. */
static insitu_status sign_filter(op_site *site) {
  uint32_t code = site->node->code;
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  if ((code == TFLITE_CONV_2D || code == TFLITE_FULLY_CONNECTED) && input != NULL &&
      filter != NULL && input->dtype == GRAPH_F32 && filter->dtype == GRAPH_U8) {
    site->net->values[site->node->inputs[1]].dtype = GRAPH_I8;
  }
  return INSITU_STATUS_OK;
}

/* Dynamic range where the kernels for it are missing: XNNPACK has them for
 * CONV_2D and FULLY_CONNECTED, but for a group for each channel, which would be
 * multiplied one by one. Other filters become float32, which is nearer to the
 * network that was trained, and so does what BATCH_MATMUL multiplies by. */
static insitu_status widen_filter(op_site *site) {
  uint32_t code = site->node->code;
  if (code != TFLITE_CONV_2D && code != TFLITE_DEPTHWISE_CONV_2D &&
      code != TFLITE_FULLY_CONNECTED && code != TFLITE_TRANSPOSE_CONV &&
      code != TFLITE_BATCH_MATMUL) {
    return INSITU_STATUS_OK;
  }
  const graph_value *input = op_input(site, code == TFLITE_TRANSPOSE_CONV ? 2 : 0);
  const graph_value *filter = op_input(site, 1);
  bool is_depthwise = code == TFLITE_CONV_2D && input != NULL && filter != NULL &&
                      input->rank == 4 && filter->rank == 4 && filter->dims[3] == 1 &&
                      input->dims[3] == filter->dims[0] && input->dims[3] > 1;
  bool runs_in_int8 = (code == TFLITE_CONV_2D && !is_depthwise) || code == TFLITE_FULLY_CONNECTED;
  if (input == NULL || input->dtype != GRAPH_F32 || filter == NULL || filter->data == NULL ||
      filter->dtype != GRAPH_I8 || filter->quantization.num_scales == 0 || runs_in_int8) {
    return INSITU_STATUS_OK;
  }
  return widen_constant(site->net, site->node->inputs[1], site->error);
}

static bool reads_halves(uint32_t code) { return code == TFLITE_DEQUANTIZE || code == TFLITE_CAST; }

/* Makes truths of numbers or of other truths, or reads them alone: ops/compare.c. */
static bool makes_truths(uint32_t code) {
  switch (code) {
    case TFLITE_GREATER:
    case TFLITE_GREATER_EQUAL:
    case TFLITE_LESS:
    case TFLITE_LESS_EQUAL:
    case TFLITE_EQUAL:
    case TFLITE_NOT_EQUAL:
    case TFLITE_LOGICAL_AND:
    case TFLITE_LOGICAL_OR: return true;
    default: return false;
  }
}

/* Truths that are worked out are floats of 0 and 1, as no kernel of XNNPACK has a bool. */
static insitu_status widen_truths(graph *net, insitu_error *error) {
  insitu_status status = INSITU_STATUS_OK;
  for (uint32_t n = 0; !status && n < net->num_nodes; n++) {
    const graph_node *node = &net->nodes[n];
    if (!makes_truths(node->code) || node->num_outputs != 1) continue;
    graph_value *value = &net->values[node->outputs[0]];
    if (value->dtype != GRAPH_BOOL || value->is_output) continue;
    value->dtype = GRAPH_F32;
    status = graph_value_measure(value, "a truth in float32", error);
  }
  return status;
}

insitu_status passes_widen_halves(graph *net, insitu_error *error) {
  insitu_status status = widen_truths(net, error);
  for (uint32_t i = 0; !status && i < net->num_values; i++) {
    graph_value *value = &net->values[i];
    if (value->dtype != GRAPH_F16 || value->data != NULL) continue;
    value->dtype = GRAPH_F32;
    status = graph_value_measure(value, "a tensor in float32", error);
  }
  for (uint32_t n = 0; n < net->num_nodes; n++) {
    const graph_node *node = &net->nodes[n];
    for (uint32_t i = 0; !status && !reads_halves(node->code) && i < node->num_inputs; i++) {
      if (node->inputs[i] == GRAPH_NONE || net->values[node->inputs[i]].dtype != GRAPH_F16)
        continue;
      status = widen_constant(net, node->inputs[i], error);
    }
  }
  return status;
}

/* Bytes of an input without a scale, which only a CAST can read: they are the
 * numbers that they hold. */
static insitu_status scale_bytes(op_site *site) {
  if (site->node->code != TFLITE_CAST || op_input(site, 0) == NULL) return INSITU_STATUS_OK;
  graph_value *value = &site->net->values[site->node->inputs[0]];
  if (!value->is_input || !op_is_quantized(value) || value->quantization.num_scales != 0) {
    return INSITU_STATUS_OK;
  }
  float *scale = alloc_bytes(sizeof *scale);
  if (scale == NULL) return error_out_of_memory(site->error, "a scale", sizeof *scale);
  *scale = 1;
  value->quantization = (graph_quantization){.num_scales = 1, .scales = scale};
  return INSITU_STATUS_OK;
}

/* Whether padding with `value` changes no maximum. */
static bool is_lowest(const graph_value *of, float value) {
  if (!op_is_quantized(of)) return value == -INFINITY;
  int32_t low = of->dtype == GRAPH_I8 ? -128 : 0;
  return value <= op_scale(of) * ((float)(low - of->quantization.zero_point) + 0.5f);
}

/* The PAD or PADV2 that makes a value, checked; false where none does. */
static bool find_pad(graph *net, uint32_t value, uint32_t before, op_site *pad) {
  insitu_error unused;
  for (uint32_t n = before; n-- > 0;) {
    const graph_node *node = &net->nodes[n];
    if (node->num_outputs != 1 || node->outputs[0] != value) continue;
    *pad = op_site_of(net, n, &unused);
    bool pads = node->code == TFLITE_PAD || node->code == TFLITE_PADV2;
    return pads && op_check(pad) == INSITU_STATUS_OK && !pad->is_folding;
  }
  return false;
}

/* A picture padded with the lowest number before its maxima are taken, as PyTorch's
 * exports are: the pool passes over the padding by itself, without the copy. Only
 * where each window holds a pixel of the picture. */
static insitu_status pad_in_pool(op_site *site) {
  graph_node *node = &site->net->nodes[site->index];
  op_site pad;
  const uint32_t *taken = node->padding; /* by a plan before this one */
  if (node->code != TFLITE_MAX_POOL_2D || node->num_inputs != 1 || op_input(site, 0) == NULL ||
      (taken[0] | taken[1] | taken[2] | taken[3]) != 0 ||
      graph_option_u8(node, TFLITE_POOL_2D_OPTIONS_PADDING, TFLITE_PADDING_SAME) !=
          TFLITE_PADDING_VALID ||
      !find_pad(site->net, node->inputs[0], site->index, &pad)) {
    return INSITU_STATUS_OK;
  }
  const graph_value *picture = op_input(&pad, 0);
  const size_t *before = pad.record.pad.before, *after = pad.record.pad.after;
  int32_t filter_h = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_FILTER_HEIGHT, 0);
  int32_t filter_w = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_FILTER_WIDTH, 0);
  int32_t stride_h = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_STRIDE_H, 0);
  int32_t stride_w = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_STRIDE_W, 0);
  bool is_held = (int64_t)before[1] < filter_h && (int64_t)after[1] < filter_h &&
                 (int64_t)before[2] < filter_w && (int64_t)after[2] < filter_w;
  if (picture->rank != 4 || before[0] + after[0] + before[3] + after[3] > 0 || !is_held ||
      stride_h > filter_h || stride_w > filter_w || !is_lowest(picture, pad.record.pad.value)) {
    return INSITU_STATUS_OK;
  }
  node->inputs[0] = pad.node->inputs[0];
  for (int i = 0; i < 2; i++) {
    node->padding[2 * i] = (uint32_t)before[1 + i];
    node->padding[2 * i + 1] = (uint32_t)after[1 + i];
  }
  return INSITU_STATUS_OK;
}

static const struct {
  const char *name;
  insitu_status (*apply)(op_site *site);
} passes[] = {
    {"sign filters", sign_filter},
    {"widen filters", widen_filter},
    {"scale bytes", scale_bytes},
    {"pad in pool", pad_in_pool},
};

insitu_status passes_apply(op_site *site) {
  insitu_status status = INSITU_STATUS_OK;
  for (size_t i = 0; !status && i < sizeof passes / sizeof passes[0]; i++) {
    status = passes[i].apply(site);
  }
  return status;
}
