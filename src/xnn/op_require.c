/* Checks that many operators share: presence, types, shapes, quantisation. */
#include <string.h>

#include "xnn/op.h"

const graph_value *op_input(const op_site *site, uint32_t index) {
  if (index >= site->node->num_inputs || site->node->inputs[index] == GRAPH_NONE) return NULL;
  return &site->net->values[site->node->inputs[index]];
}

const graph_value *op_output_at(const op_site *site, uint32_t index) {
  return &site->net->values[site->node->outputs[index]];
}

const graph_value *op_output(const op_site *site) { return op_output_at(site, 0); }

bool op_is_quantized(const graph_value *value) {
  return value->dtype == GRAPH_I8 || value->dtype == GRAPH_U8;
}

float op_scale(const graph_value *value) {
  return value->quantization.num_scales > 0 ? value->quantization.scales[0] : 0;
}

/* f32, or i8 or u8 quantised per tensor. */
static insitu_status require_type(const op_site *site, const graph_value *value, const char *what) {
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

/* What takes one number or gives it: means and reshapes at the end of a network that says
 * yes or no, and what goes on with them. Others look at their dimensions. */
static bool may_be_scalar(const op_site *site) {
  switch (site->node->code) {
    case TFLITE_RESHAPE:
    case TFLITE_SQUEEZE:
    case TFLITE_EXPAND_DIMS:
    case TFLITE_MEAN:
    case TFLITE_SUM:
    case TFLITE_REDUCE_MAX:
    case TFLITE_REDUCE_MIN:
    case TFLITE_ADD:
    case TFLITE_SUB:
    case TFLITE_MUL:
    case TFLITE_DIV:
    case TFLITE_MAXIMUM:
    case TFLITE_MINIMUM:
    case TFLITE_SQRT:
    case TFLITE_RSQRT:
    case TFLITE_LOGISTIC:
    case TFLITE_QUANTIZE:
    case TFLITE_DEQUANTIZE: return true;
    default: return false;
  }
}

insitu_status op_require_activation(const op_site *site, const graph_value *value,
                                    const char *what) {
  if (value == NULL) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its %s is left out", what);
  }
  if (site->is_folding) {
    if (graph_dtype_bytes(value->dtype) > 0) return INSITU_STATUS_OK;
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its %s is of a type that is not supported", what);
  }
  if (value->rank == 0 && !may_be_scalar(site)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its %s is a scalar", what);
  }
  return require_type(site, value, what);
}

insitu_status op_require_operand(const op_site *site, const graph_value *value, const char *what) {
  bool is_scalar = value != NULL && value->rank == 0 && value->data != NULL;
  return is_scalar && !site->is_folding ? require_type(site, value, what)
                                        : op_require_activation(site, value, what);
}

insitu_status op_require_in_out(const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_activation(site, input, "input");
  /* An output of rank 0 is one whose shape the converter did not know. */
  if (!status && !site->is_folding) status = require_type(site, output, "output");
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

insitu_status op_require_output_shape_at(op_site *site, uint32_t index, uint32_t rank,
                                         const uint32_t *dims) {
  graph_value *output = &site->net->values[site->node->outputs[index]];
  if (rank == 0 && !site->is_folding && !may_be_scalar(site)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its output is a scalar");
  }
  if (output->rank == rank && memcmp(output->dims, dims, rank * sizeof *dims) == 0) {
    return INSITU_STATUS_OK;
  }
  /* Rank 0 where the shape was not known to the converter. */
  if (output->open_dims != 0 || output->rank == 0) {
    graph_value made = *output;
    made.rank = rank;
    memcpy(made.dims, dims, rank * sizeof *dims);
    made.open_dims |= 1;
    for (uint32_t i = 0; i < rank; i++) { /* not kept: operators behind it divide by dimensions */
      if (dims[i] > 0) continue;
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its output %s is without elements",
                     graph_shape(&made).text);
    }
    insitu_status status = graph_value_measure(&made, "an operator's output", site->error);
    if (!status) *output = made;
    return status;
  }
  graph_value expected = {.rank = rank};
  memcpy(expected.dims, dims, rank * sizeof *dims);
  return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                 "the file gives its output the shape %s, its inputs give %s",
                 graph_shape(output).text, graph_shape(&expected).text);
}

insitu_status op_require_output_shape(op_site *site, uint32_t rank, const uint32_t *dims) {
  return op_require_output_shape_at(site, 0, rank, dims);
}

bool op_broadcast(const graph_value *a, const graph_value *b, uint32_t rank, uint32_t *dims) {
  for (uint32_t i = 0; i < rank; i++) { /* from the last dimension */
    uint32_t x = i < a->rank ? a->dims[a->rank - 1 - i] : 1;
    uint32_t y = i < b->rank ? b->dims[b->rank - 1 - i] : 1;
    if ((x != y && x != 1 && y != 1) || x == 0 || y == 0) return false;
    dims[rank - 1 - i] = x > y ? x : y;
  }
  return true;
}

bool op_same_quantization(const graph_value *a, const graph_value *b) {
  return !op_is_quantized(a) ||
         (op_scale(a) == op_scale(b) && a->quantization.zero_point == b->quantization.zero_point);
}

insitu_status op_require_same_quantization(const op_site *site, const graph_value *a,
                                           const graph_value *b) {
  if (op_same_quantization(a, b)) return INSITU_STATUS_OK;
  return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                 "its scales %g and %g or zero points %d and %d differ", (double)op_scale(a),
                 (double)op_scale(b), a->quantization.zero_point, b->quantization.zero_point);
}

insitu_status op_require_axis(const op_site *site, int64_t axis, uint32_t rank, uint32_t *found) {
  int64_t counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted >= rank) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its axis is %lld, but there are %u",
                   (long long)axis, rank);
  }
  *found = (uint32_t)counted;
  return INSITU_STATUS_OK;
}

insitu_status op_require_rescale(const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  if (!op_is_quantized(output) || input->dtype != output->dtype) return INSITU_STATUS_OK;
  double ratio = (double)op_scale(input) / (double)op_scale(output);
  if (ratio <= 128) return INSITU_STATUS_OK;
  return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                 "input scale / output scale is %g; the limit is 128", ratio);
}
