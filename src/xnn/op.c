/* The table of operators, and the checks that several of them share. */
#include "xnn/op.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "graph/tflite/read.h"

static const op table[] = {
#define OP(code, NAME, name, min_inputs, max_inputs) \
  {code, #NAME, min_inputs, max_inputs, op_##name##_check, op_##name##_define},
#include "xnn/ops.inc"
#undef OP
};

const op *op_find(uint32_t code) {
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (table[i].code == code) return &table[i];
  }
  return NULL;
}

static const char *node_name(const graph_node *node) {
  return node->custom_name != NULL ? node->custom_name : tflite_operator_name(node->code);
}

insitu_status op_fail(const op_site *site, insitu_status status, const char *format, ...) {
  char message[192];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return error_set(site->error, status, "operator %u (%.40s): %s", site->index,
                   node_name(site->node), message);
}

insitu_status op_check(const graph *net, uint32_t node_index, op_cost *cost, insitu_error *error) {
  const graph_node *node = &net->nodes[node_index];
  op_site site = {.net = net, .node = node, .index = node_index, .error = error};
  const op *found = op_find(node->code);
  if (found == NULL) {
    return op_fail(&site, INSITU_STATUS_UNSUPPORTED_MODEL, "this operator is not built in");
  }
  if (node->num_inputs < found->min_inputs || node->num_inputs > found->max_inputs ||
      node->num_outputs != 1) {
    return op_fail(&site, INSITU_STATUS_INVALID_MODEL,
                   "it has %u inputs and %u outputs and must have %u to %u and 1", node->num_inputs,
                   node->num_outputs, found->min_inputs, found->max_inputs);
  }
  insitu_status status = found->check(&site);
  if (!status) *cost = site.cost;
  return status;
}

const graph_value *op_input(const op_site *site, uint32_t index) {
  if (index >= site->node->num_inputs || site->node->inputs[index] == GRAPH_NONE) return NULL;
  return &site->net->values[site->node->inputs[index]];
}

const graph_value *op_output(const op_site *site) {
  return &site->net->values[site->node->outputs[0]];
}

bool op_is_quantized(const graph_value *value) {
  return value->dtype == GRAPH_I8 || value->dtype == GRAPH_U8;
}

insitu_status op_require_activation(const op_site *site, const graph_value *value,
                                    const char *what) {
  if (value == NULL) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its %s is left out", what);
  }
  if (value->rank == 0) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its %s is a scalar", what);
  }
  if (value->dtype == GRAPH_F32) return INSITU_STATUS_OK;
  if (!op_is_quantized(value)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its %s is %s; float32, int8 and uint8 can be run", what,
                   graph_dtype_name(value->dtype));
  }
  if (value->quantization.num_scales != 1) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its %s is %s with %u scales and must have 1", what,
                   graph_dtype_name(value->dtype), value->quantization.num_scales);
  }
  return INSITU_STATUS_OK;
}

insitu_status op_require_in_out(const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_activation(site, input, "input");
  if (!status) status = op_require_activation(site, output, "output");
  if (status) return status;
  if (input->dtype != output->dtype) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its input is %s but its output is %s",
                   graph_dtype_name(input->dtype), graph_dtype_name(output->dtype));
  }
  return INSITU_STATUS_OK;
}

insitu_status op_require_rank(const op_site *site, const graph_value *value, uint32_t rank,
                              const char *what) {
  if (value->rank == rank) return INSITU_STATUS_OK;
  return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its %s has rank %u and must have %u", what,
                 value->rank, rank);
}

insitu_status op_require_output_shape(const op_site *site, uint32_t rank, const uint32_t *dims) {
  const graph_value *output = op_output(site);
  if (output->rank == rank && memcmp(output->dims, dims, rank * sizeof *dims) == 0) {
    return INSITU_STATUS_OK;
  }
  graph_value expected = {.rank = rank};
  memcpy(expected.dims, dims, rank * sizeof *dims);
  return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                 "the file gives its output the shape %s, its inputs give %s",
                 graph_shape(output).text, graph_shape(&expected).text);
}

static float scale_of(const graph_value *value) {
  return value->quantization.num_scales > 0 ? value->quantization.scales[0] : 0;
}

insitu_status op_require_same_quantization(const op_site *site, const graph_value *a,
                                           const graph_value *b) {
  if (!op_is_quantized(a) ||
      (scale_of(a) == scale_of(b) && a->quantization.zero_point == b->quantization.zero_point)) {
    return INSITU_STATUS_OK;
  }
  return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                 "its scales %g and %g or zero points %d and %d differ", (double)scale_of(a),
                 (double)scale_of(b), a->quantization.zero_point, b->quantization.zero_point);
}

bool op_constant_int(const graph_value *value, size_t i, int64_t *element) {
  if (value == NULL || value->data == NULL || i >= value->num_elements) return false;
  if (value->dtype == GRAPH_I32) {
    int32_t narrow;
    memcpy(&narrow, value->data + 4 * i, sizeof narrow);
    *element = narrow;
    return true;
  }
  if (value->dtype != GRAPH_I64) return false;
  memcpy(element, value->data + 8 * i, sizeof *element);
  return true;
}

/* TFLite's ActivationFunctionType. */
enum { FUSED_NONE, FUSED_RELU, FUSED_RELU_N1_TO_1, FUSED_RELU6 };

insitu_status op_require_fused(const op_site *site, uint32_t field) {
  uint8_t activation = graph_option_u8(site->node, field, FUSED_NONE);
  if (activation <= FUSED_RELU6) return INSITU_STATUS_OK;
  return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                 "fused_activation_function is %u; none, RELU, RELU_N1_TO_1 and RELU6 can be run",
                 activation);
}

op_range op_fused_range(const graph_node *node, uint32_t field) {
  switch (graph_option_u8(node, field, FUSED_NONE)) {
    case FUSED_RELU: return (op_range){0, INFINITY};
    case FUSED_RELU_N1_TO_1: return (op_range){-1, 1};
    case FUSED_RELU6: return (op_range){0, 6};
    default: return (op_range){-INFINITY, INFINITY};
  }
}

bool op_range_holds(op_range range, const graph_value *value) {
  if (!op_is_quantized(value)) return range.min == -INFINITY && range.max == INFINITY;
  float scale = scale_of(value);
  int32_t zero_point = value->quantization.zero_point;
  int32_t low = value->dtype == GRAPH_I8 ? -128 : 0;
  /* A bound that rounds to the type's own end clamps nothing. */
  return scale * ((float)(low - zero_point) + 0.5f) >= range.min &&
         scale * ((float)(low + 255 - zero_point) - 0.5f) <= range.max;
}

bool op_window_of(uint32_t input, int64_t kernel, int64_t stride, int64_t dilation, uint8_t padding,
                  op_window *window) {
  const int64_t limit = 1 << 15;
  if (kernel < 1 || stride < 1 || dilation < 1 || kernel > limit || stride > limit ||
      dilation > limit || padding > OP_PADDING_VALID) {
    return false;
  }
  int64_t extent = (kernel - 1) * dilation + 1;
  if (padding == OP_PADDING_VALID) {
    if (extent > input) return false;
    *window = (op_window){.output = (uint32_t)((input - extent) / stride + 1)};
    return true;
  }
  int64_t output = (input + stride - 1) / stride;
  int64_t total = (output - 1) * stride + extent - input;
  if (total < 0) total = 0;
  if (total > limit) return false;
  *window = (op_window){.output = (uint32_t)output,
                        .pad_before = (uint32_t)(total / 2),
                        .pad_after = (uint32_t)(total - total / 2)};
  return true;
}

insitu_status op_require_rescale(const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  if (!op_is_quantized(output) || input->dtype != output->dtype) return INSITU_STATUS_OK;
  double ratio = (double)scale_of(input) / (double)scale_of(output);
  if (ratio <= 128) return INSITU_STATUS_OK;
  return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                 "input scale / output scale is %g; the limit is 128", ratio);
}

static insitu_status require_bias(const op_site *site, const graph_value *bias,
                                  uint32_t num_channels) {
  graph_dtype expected = op_is_quantized(op_output(site)) ? GRAPH_I32 : GRAPH_F32;
  if (bias->data == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its bias is not constant");
  }
  if (bias->dtype != expected) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its bias is %s and must be %s",
                   graph_dtype_name(bias->dtype), graph_dtype_name(expected));
  }
  if (bias->num_elements != num_channels) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its bias has %zu elements, but there are %u output channels",
                   bias->num_elements, num_channels);
  }
  return INSITU_STATUS_OK;
}

/* TFLite asks that a bias has the scale input * filter, to 0.02 of the output's
 * scale; what is further off is a damaged file. */
static insitu_status require_scales(const op_site *site, const graph_value *filter,
                                    const graph_value *bias) {
  float input_scale = scale_of(op_input(site, 0)), output_scale = scale_of(op_output(site));
  const graph_quantization *quantization = &filter->quantization;
  for (uint32_t i = 0; i < quantization->num_scales; i++) {
    double product = (double)input_scale * (double)quantization->scales[i];
    double multiplier = product / (double)output_scale;
    if (!(multiplier < 256) || !(multiplier > 0x1.0p-40)) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "input scale * filter scale %u / output scale is %g; the limits are 2^-40 "
                     "and 256",
                     i, multiplier);
    }
    if (bias == NULL || bias->quantization.num_scales != quantization->num_scales) continue;
    double bias_scale = (double)bias->quantization.scales[i];
    if (fabs(bias_scale - product) > 0.02 * (double)output_scale) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                     "bias scale %u is %g, but input scale * filter scale is %g", i, bias_scale,
                     product);
    }
  }
  return INSITU_STATUS_OK;
}

insitu_status op_require_weights(const op_site *site, const graph_value *filter,
                                 const graph_value *bias, uint32_t channel_axis) {
  const graph_value *input = op_input(site, 0);
  if (filter == NULL || filter->data == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its filter is not constant");
  }
  if (filter->dtype != input->dtype) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its input is %s but its filter is %s",
                   graph_dtype_name(input->dtype), graph_dtype_name(filter->dtype));
  }
  if (bias != NULL) {
    insitu_status status = require_bias(site, bias, filter->dims[channel_axis]);
    if (status) return status;
  }
  if (!op_is_quantized(input)) return INSITU_STATUS_OK;
  const graph_quantization *quantization = &filter->quantization;
  if (quantization->num_scales == 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its filter is %s without a scale",
                   graph_dtype_name(filter->dtype));
  }
  if (quantization->num_scales > 1 &&
      (filter->dtype != GRAPH_I8 || quantization->axis != channel_axis)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its %s filter has scales along axis %u; only int8 along axis %u can be run",
                   graph_dtype_name(filter->dtype), quantization->axis, channel_axis);
  }
  if (filter->dtype == GRAPH_I8 && quantization->zero_point != 0) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its int8 filter has the zero point %d and must have 0",
                   quantization->zero_point);
  }
  return require_scales(site, filter, bias);
}
