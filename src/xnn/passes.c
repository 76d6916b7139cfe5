/* The table of passes. A node at a time and in order, since what one node
 * becomes decides the shapes and constants that the next one sees; constants
 * that operators compute from constants are their own affair (op_NAME_fold). */
#include "xnn/passes.h"

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
  for (size_t i = 0; i < value->num_elements; i++) {
    double element = 0;
    op_constant_real(value, i, &element);
    wide[i] = (float)element;
  }
  alloc_free(value->owned_data);
  value->data = value->owned_data = (uint8_t *)wide;
  value->dtype = GRAPH_F32;
  value->size_bytes = size_bytes;
  alloc_free((void *)value->quantization.scales);
  value->quantization = (graph_quantization){0};
  return INSITU_STATUS_OK;
}

/* Dynamic range where the kernels for it are missing: XNNPACK has them for
 * CONV_2D and FULLY_CONNECTED by int8. Other and uint8 filters become
 * float32, which is nearer to the network that was trained. */
static insitu_status widen_filter(op_site *site) {
  uint32_t code = site->node->code;
  if (code != TFLITE_CONV_2D && code != TFLITE_DEPTHWISE_CONV_2D &&
      code != TFLITE_FULLY_CONNECTED && code != TFLITE_TRANSPOSE_CONV) {
    return INSITU_STATUS_OK;
  }
  bool runs_in_int8 = code == TFLITE_CONV_2D || code == TFLITE_FULLY_CONNECTED;
  const graph_value *input = op_input(site, code == TFLITE_TRANSPOSE_CONV ? 2 : 0);
  const graph_value *filter = op_input(site, 1);
  if (input == NULL || input->dtype != GRAPH_F32 || filter == NULL || filter->data == NULL ||
      !op_is_quantized(filter) || filter->quantization.num_scales == 0 ||
      (filter->dtype == GRAPH_I8 && runs_in_int8)) {
    return INSITU_STATUS_OK;
  }
  return widen_constant(site->net, site->node->inputs[1], site->error);
}

static bool reads_halves(uint32_t code) { return code == TFLITE_DEQUANTIZE || code == TFLITE_CAST; }

insitu_status passes_widen_halves(graph *net, insitu_error *error) {
  insitu_status status = INSITU_STATUS_OK;
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

static const struct {
  const char *name;
  insitu_status (*apply)(op_site *site);
} passes[] = {
    {"widen filters", widen_filter},
    {"scale bytes", scale_bytes},
};

insitu_status passes_apply(op_site *site) {
  insitu_status status = INSITU_STATUS_OK;
  for (size_t i = 0; !status && i < sizeof passes / sizeof passes[0]; i++) {
    status = passes[i].apply(site);
  }
  return status;
}
