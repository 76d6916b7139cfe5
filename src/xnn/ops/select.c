/* SELECT and SELECT_V2: elements of the second input where the first, a truth, holds, of
 * the third where it does not; broadcast as in numpy. While running a truth is a float of 0
 * or 1 (compare.c), and the sum of both inputs times it and what is left of 1 is the same;
 * infinite ones, which are often on the side that is not taken, count as the largest. What
 * is no number on that side makes the sum none, which TFLite would not see: it is told. */
#include <float.h>
#include <string.h>

#include "xnn/builder_internal.h"

/* SELECT takes a truth for each row, too, where SELECT_V2 broadcasts it. */
static bool is_of_rows(const op_site *site) {
  const graph_value *truth = op_input(site, 0), *a = op_input(site, 1);
  return site->node->code == TFLITE_SELECT && truth->rank == 1 && a->rank > 1 &&
         truth->num_elements > 1;
}

insitu_status op_select_check(op_site *site) {
  const graph_value *truth = op_input(site, 0), *a = op_input(site, 1), *c = op_input(site, 2);
  const graph_value *output = op_output(site);
  insitu_status status = INSITU_STATUS_OK;
  bool is_known = truth->data != NULL && truth->dtype == GRAPH_BOOL;
  if (!is_known) status = op_require_operand(site, truth, "truth");
  if (!status) status = op_require_operand(site, a, "second input");
  if (!status) status = op_require_operand(site, c, "third input");
  if (!status) status = op_require_same_quantization(site, a, output);
  if (!status) status = op_require_same_quantization(site, c, output);
  if (status) return status;
  if (a->dtype != c->dtype || output->dtype != a->dtype || is_of_rows(site) ||
      (!is_known && truth->dtype != GRAPH_F32)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "%s and %s by a truth %s of %s to %s cannot be run", graph_dtype_name(a->dtype),
                   graph_dtype_name(c->dtype), graph_shape(truth).text,
                   graph_dtype_name(truth->dtype), graph_dtype_name(output->dtype));
  }
  graph_value both = {.rank = a->rank > c->rank ? a->rank : c->rank};
  uint32_t rank = both.rank > truth->rank ? both.rank : truth->rank, dims[INSITU_MAX_RANK];
  if (!op_broadcast(a, c, both.rank, both.dims) || !op_broadcast(&both, truth, rank, dims)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its inputs %s, %s and %s do not broadcast",
                   graph_shape(truth).text, graph_shape(a).text, graph_shape(c).text);
  }
  status = op_require_output_shape(site, rank, dims);
  site->cost.work = 32 * (uint64_t)op_output(site)->num_elements;
  return status;
}

/* The truth as floats, a constant's worked out here. */
static uint32_t define_truth(builder *b, const op_site *site) {
  const graph_value *truth = op_input(site, 0);
  if (truth->data == NULL || truth->dtype == GRAPH_F32) return builder_input(b, site, 0);
  graph_value real = *truth;
  real.dtype = GRAPH_F32;
  float *floats = builder_own_bytes(b, truth->num_elements * sizeof *floats);
  if (floats == NULL) return XNN_INVALID_VALUE_ID;
  for (size_t i = 0; i < truth->num_elements; i++) floats[i] = truth->data[i] != 0;
  return builder_define(b, &real, xnn_datatype_fp32, floats, XNN_INVALID_VALUE_ID, 0);
}

void op_select_define(builder *b, const op_site *site) {
  const op_range finite = {-FLT_MAX, FLT_MAX};
  const graph_value *truth = op_input(site, 0), *output = op_output(site);
  uint32_t truth_id = define_truth(b, site), left_id = builder_float_like(b, truth);
  uint32_t parts[2], output_id = builder_float_output(b, site);
  builder_binary(b, xnn_binary_subtract, builder_scalar(b, 1), truth_id, left_id);
  for (uint32_t i = 0; i < 2; i++) {
    uint32_t finite_id = builder_float_like(b, op_input(site, 1 + i));
    parts[i] = builder_float_like(b, output);
    builder_clamp(b, finite, builder_float_input(b, site, 1 + i), finite_id);
    builder_binary(b, xnn_binary_multiply, finite_id, i == 0 ? truth_id : left_id, parts[i]);
  }
  builder_binary(b, xnn_binary_add, parts[0], parts[1], output_id);
  builder_float_end(b, site, output_id);
}

/* Steps of a value along the output's dimensions; 0 where it is broadcast. */
static void steps_of(const graph_value *value, const graph_value *output, int64_t *steps) {
  uint32_t missing = output->rank - value->rank;
  for (uint32_t i = 0; i < output->rank; i++) {
    bool is_repeated = i < missing || value->dims[i - missing] == 1;
    steps[i] = is_repeated ? 0 : op_step_of(value, i - missing);
  }
}

insitu_status op_select_fold(op_site *site) {
  const graph_value *output = op_output(site);
  size_t element_bytes = graph_dtype_bytes(output->dtype);
  int64_t steps[3][INSITU_MAX_RANK], from[3] = {0};
  uint32_t at[INSITU_MAX_RANK] = {0};
  uint8_t *data = NULL;
  for (uint32_t i = 0; i < 3; i++) steps_of(op_input(site, i), output, steps[i]);
  insitu_status status = op_fold_output(site, 0, &data);
  for (size_t i = 0; !status && i < output->num_elements; i++) {
    double holds = 0;
    op_constant_real(op_input(site, 0), (size_t)from[0], &holds);
    uint32_t taken = holds != 0 ? 1 : 2;
    memcpy(data + i * element_bytes,
           op_input(site, taken)->data + (size_t)from[taken] * element_bytes, element_bytes);
    for (uint32_t d = output->rank; d-- > 0;) {
      bool is_next = ++at[d] < output->dims[d];
      for (int k = 0; k < 3; k++) from[k] += is_next ? steps[k][d] : -steps[k][d] * (at[d] - 1);
      if (is_next) break;
      at[d] = 0;
    }
  }
  return status;
}
