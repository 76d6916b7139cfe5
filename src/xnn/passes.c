/* The table of passes. A node at a time and in order, since what one node
 * becomes decides the shapes and constants that the next one sees; constants
 * that operators compute from constants are their own affair (op_NAME_fold). */
#include "xnn/passes.h"

#include "base/alloc.h"
#include "base/error.h"

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
  graph_value *value = &site->net->values[site->node->inputs[1]];
  size_t size_bytes = value->num_elements * sizeof(float);
  site->net->folded_bytes += size_bytes;
  if (size_bytes > GRAPH_MAX_VALUE_BYTES || site->net->folded_bytes > OP_MAX_FOLDED_BYTES) {
    return op_fail(site, INSITU_STATUS_TOO_LARGE,
                   "its filter in float32 is above the limit of %llu", OP_MAX_FOLDED_BYTES);
  }
  float *wide = alloc_bytes(size_bytes);
  if (wide == NULL) return error_out_of_memory(site->error, "float32 weights", size_bytes);
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
