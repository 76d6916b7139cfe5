/* GREATER, LESS, EQUAL and their like, LOGICAL_AND and LOGICAL_OR. XNNPACK has none: a
 * truth that is worked out while running is a float of 0 or 1 (passes.c gives it that
 * type), made of differences. Where a and b are no numbers, or the same infinity, so is it. */
#include <math.h>

#include "xnn/builder.h"

insitu_status op_compare_check(op_site *site) {
  const graph_value *a = op_input(site, 0), *b = op_input(site, 1), *output = op_output(site);
  insitu_status status = op_require_operand(site, a, "input");
  if (!status) status = op_require_operand(site, b, "second input");
  if (status) return status;
  if (a->dtype != b->dtype) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its inputs are %s and %s",
                   graph_dtype_name(a->dtype), graph_dtype_name(b->dtype));
  }
  if (output->dtype != GRAPH_F32 && (!site->is_folding || output->dtype != GRAPH_BOOL)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its output is %s; a truth that only operators read can be run",
                   graph_dtype_name(output->dtype));
  }
  uint32_t rank = a->rank > b->rank ? a->rank : b->rank, dims[INSITU_MAX_RANK];
  if (!op_broadcast(a, b, rank, dims)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its inputs %s and %s do not broadcast",
                   graph_shape(a).text, graph_shape(b).text);
  }
  site->record.range = (op_range){-INFINITY, INFINITY};
  status = op_require_output_shape(site, rank, dims);
  site->cost.num_parts = 8; /* up to 34 values and nodes (runtime.c reserves for them) */
  site->cost.work = 64 * (uint64_t)op_output(site)->num_elements;
  return status;
}

/* 1 where a > b, else 0: the difference, which is 0 of equal numbers alone, grown until
 * the smallest is above 1. Twice, since the smallest is 2^-149. */
static uint32_t define_greater(builder *b, const graph_value *like, uint32_t a_id, uint32_t b_id) {
  uint32_t ids[5];
  for (int i = 0; i < 5; i++) ids[i] = builder_float_like(b, like);
  builder_binary(b, xnn_binary_subtract, a_id, b_id, ids[0]);
  builder_binary(b, xnn_binary_multiply, ids[0], builder_scalar(b, 0x1p100f), ids[1]);
  builder_clamp(b, (op_range){0, 1}, ids[1], ids[2]);
  builder_binary(b, xnn_binary_multiply, ids[2], builder_scalar(b, 0x1p100f), ids[3]);
  builder_clamp(b, (op_range){0, 1}, ids[3], ids[4]);
  return ids[4];
}

static uint32_t define_not(builder *b, const graph_value *like, uint32_t id) {
  uint32_t not_id = builder_float_like(b, like);
  builder_binary(b, xnn_binary_subtract, builder_scalar(b, 1), id, not_id);
  return not_id;
}

void op_compare_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  uint32_t x = builder_float_input(b, site, 0), y = builder_float_input(b, site, 1);
  uint32_t output_id = builder_output(b, site), one, other;
  switch (site->node->code) {
    case TFLITE_LOGICAL_AND: builder_binary(b, xnn_binary_multiply, x, y, output_id); return;
    case TFLITE_LOGICAL_OR: builder_binary(b, xnn_binary_maximum, x, y, output_id); return;
    case TFLITE_GREATER: one = define_greater(b, output, x, y); break;
    case TFLITE_LESS: one = define_greater(b, output, y, x); break;
    case TFLITE_GREATER_EQUAL: one = define_not(b, output, define_greater(b, output, y, x)); break;
    case TFLITE_LESS_EQUAL: one = define_not(b, output, define_greater(b, output, x, y)); break;
    default:
      one = define_greater(b, output, x, y);
      other = builder_float_like(b, output);
      builder_binary(b, xnn_binary_maximum, one, define_greater(b, output, y, x), other);
      one = site->node->code == TFLITE_EQUAL ? define_not(b, output, other) : other;
      break;
  }
  builder_reshape(b, output->rank, output->dims, one, output_id);
}
