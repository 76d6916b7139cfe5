/* ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, SQUARED_DIFFERENCE and PRELU: two inputs
 * broadcast as in numpy, scalars too, and for four of them a fused activation.
 * XNNPACK has quantised kernels for add, subtract and multiply, whose
 * multipliers are fixed-point numbers of 21 bits; outside of their range, and
 * for the others, an operator runs in float32 between conversions. A fused
 * activation that the output's own range does not imply is a clamp, a node of
 * its own. */
#include <math.h>

#include "xnn/builder.h"

#define NOT_FUSED UINT32_MAX

typedef struct binary_kind {
  uint32_t code;
  enum xnn_binary_operator operation;
  uint32_t fused_field;
  bool has_quantized;
} binary_kind;

static const binary_kind kinds[] = {
    {TFLITE_ADD, xnn_binary_add, TFLITE_ADD_OPTIONS_FUSED_ACTIVATION_FUNCTION, true},
    {TFLITE_SUB, xnn_binary_subtract, TFLITE_SUB_OPTIONS_FUSED_ACTIVATION_FUNCTION, true},
    {TFLITE_MUL, xnn_binary_multiply, TFLITE_MUL_OPTIONS_FUSED_ACTIVATION_FUNCTION, true},
    {TFLITE_DIV, xnn_binary_divide, TFLITE_DIV_OPTIONS_FUSED_ACTIVATION_FUNCTION, false},
    {TFLITE_MAXIMUM, xnn_binary_maximum, NOT_FUSED, false},
    {TFLITE_MINIMUM, xnn_binary_minimum, NOT_FUSED, false},
    {TFLITE_SQUARED_DIFFERENCE, xnn_binary_squared_difference, NOT_FUSED, false},
    {TFLITE_PRELU, xnn_binary_prelu, NOT_FUSED, false},
    /* Of constants alone: see ops.inc. */
    {TFLITE_FLOOR_DIV, xnn_binary_invalid, NOT_FUSED, false},
    {TFLITE_FLOOR_MOD, xnn_binary_invalid, NOT_FUSED, false},
};

static const binary_kind *kind_of(const op_site *site) {
  const binary_kind *kind = kinds;
  while (kind->code != site->node->code) kind++; /* ops.inc sends no other here */
  return kind;
}

insitu_status op_binary_check(op_site *site) {
  const graph_value *a = op_input(site, 0), *b = op_input(site, 1);
  const binary_kind *kind = kind_of(site);
  insitu_status status = op_require_operand(site, a, "input");
  if (!status) status = op_require_operand(site, b, "second input");
  if (!status && op_output(site)->dtype != a->dtype) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its input is %s but its output is %s",
                   graph_dtype_name(a->dtype), graph_dtype_name(op_output(site)->dtype));
  }
  if (!status && op_output(site)->rank > 0) {
    status = op_require_activation(site, op_output(site), "output");
  }
  site->record.range = (op_range){-INFINITY, INFINITY};
  if (!status && kind->fused_field != NOT_FUSED) status = op_parse_fused(site, kind->fused_field);
  if (status) return status;
  if (a->dtype != b->dtype) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its inputs are %s and %s",
                   graph_dtype_name(a->dtype), graph_dtype_name(b->dtype));
  }
  uint32_t rank = a->rank > b->rank ? a->rank : b->rank, dims[INSITU_MAX_RANK];
  if (!op_broadcast(a, b, rank, dims)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its inputs %s and %s do not broadcast",
                   graph_shape(a).text, graph_shape(b).text);
  }
  status = op_require_output_shape(site, rank, dims);
  site->cost.work = (kind->has_quantized ? 4 : 16) * (uint64_t)op_output(site)->num_elements;
  return status;
}

/* The fixed point of XNNPACK's quantised kernels: add and subtract hold scales
 * from 2^-10 of the output's to 2^8 of it, multiply products from 2^-16. */
static bool quantized_fits(const op_site *site, const binary_kind *kind) {
  if (!kind->has_quantized) return false;
  double output = (double)op_scale(op_output(site));
  double a = (double)op_scale(op_input(site, 0)), b = (double)op_scale(op_input(site, 1));
  if (kind->code == TFLITE_MUL) return a * b / output >= 0x1p-16 && a * b / output < 256;
  return a / output >= 0x1p-10 && a / output < 256 && b / output >= 0x1p-10 && b / output < 256;
}

void op_binary_define(builder *b, const op_site *site) {
  const binary_kind *kind = kind_of(site);
  const graph_value *output = op_output(site);
  bool is_clamped = !op_range_holds(site->record.range, output);
  bool in_float = op_is_quantized(output) && !quantized_fits(site, kind);
  if (kind->fused_field == NOT_FUSED) is_clamped = false;
  uint32_t a_id = in_float ? builder_float_input(b, site, 0) : builder_input(b, site, 0);
  uint32_t b_id = in_float ? builder_float_input(b, site, 1) : builder_input(b, site, 1);
  uint32_t output_id = builder_output(b, site), sum_id = output_id;
  if (is_clamped) sum_id = builder_same_as(b, output);
  uint32_t result_id = in_float ? builder_float_like(b, output) : sum_id;
  builder_binary(b, kind->operation, a_id, b_id, result_id);
  if (in_float) builder_convert(b, result_id, sum_id);
  if (is_clamped) builder_clamp(b, site->record.range, sum_id, output_id);
}

/* Rounded once to the dtype: of float32 exactly what float32 arithmetic gives. */
static double apply(uint32_t code, double a, double b, bool is_integer) {
  switch (code) {
    case TFLITE_ADD: return a + b;
    case TFLITE_SUB: return a - b;
    case TFLITE_MUL: return a * b;
    case TFLITE_DIV: return is_integer && b == 0 ? 0 : a / b;
    case TFLITE_MAXIMUM: return a > b ? a : b;
    case TFLITE_MINIMUM: return a < b ? a : b;
    case TFLITE_FLOOR_DIV: return is_integer && b == 0 ? 0 : floor(a / b);
    case TFLITE_FLOOR_MOD: return is_integer && b == 0 ? 0 : a - b * floor(a / b);
    case TFLITE_POW: return powf((float)a, (float)b); /* the table of pow is 4 KB */
    case TFLITE_GREATER: return a > b;
    case TFLITE_GREATER_EQUAL: return a >= b;
    case TFLITE_LESS: return a < b;
    case TFLITE_LESS_EQUAL: return a <= b;
    case TFLITE_EQUAL: return a == b;
    case TFLITE_NOT_EQUAL: return a != b;
    case TFLITE_LOGICAL_AND: return a != 0 && b != 0;
    case TFLITE_LOGICAL_OR: return a != 0 || b != 0;
    default: return (a - b) * (a - b);
  }
}

insitu_status op_binary_fold(op_site *site) {
  const graph_value *a = op_input(site, 0), *b = op_input(site, 1), *output = op_output(site);
  uint8_t *data = NULL;
  insitu_status status = op_require_foldable(site);
  if (!status) status = op_fold_output(site, 0, &data);
  if (status) return status;
  uint32_t at[INSITU_MAX_RANK] = {0};
  for (size_t i = 0; i < output->num_elements; i++) {
    size_t a_index = 0, b_index = 0;
    for (uint32_t d = 0; d < output->rank; d++) {
      uint32_t from_end = output->rank - d;
      if (from_end <= a->rank) {
        uint32_t dim = a->dims[a->rank - from_end];
        a_index = a_index * dim + (dim > 1 ? at[d] : 0);
      }
      if (from_end <= b->rank) {
        uint32_t dim = b->dims[b->rank - from_end];
        b_index = b_index * dim + (dim > 1 ? at[d] : 0);
      }
    }
    double x = 0, y = 0;
    op_constant_real(a, a_index, &x);
    op_constant_real(b, b_index, &y);
    double z = apply(site->node->code, x, y, output->dtype != GRAPH_F32);
    z = fmin(fmax(z, (double)site->record.range.min), (double)site->record.range.max);
    op_fold_put(output, data, i, z);
    for (uint32_t d = output->rank; d-- > 0;) {
      if (++at[d] < output->dims[d]) break;
      at[d] = 0;
    }
  }
  return INSITU_STATUS_OK;
}
