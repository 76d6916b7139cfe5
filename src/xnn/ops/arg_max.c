/* ARG_MAX: the index of the largest element along a constant axis, the first of equal
 * ones. XNNPACK has no such operator: it is computed behind it. */
#include "xnn/op.h"

insitu_status op_arg_max_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  int64_t given;
  uint32_t axis, rank = 0, dims[INSITU_MAX_RANK];
  insitu_status status = op_require_activation(site, input, "input");
  if (!status && !op_constant_int(op_input(site, 1), 0, &given)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its axis is not constant");
  }
  if (!status) status = op_require_axis(site, given, input->rank, &axis);
  if (!status && output->dtype != GRAPH_I32 && output->dtype != GRAPH_I64) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its output is %s; int32 and int64 can be had", graph_dtype_name(output->dtype));
  }
  if (status) return status;
  for (uint32_t i = 0; i < input->rank; i++) {
    if (i != axis) dims[rank++] = input->dims[i];
  }
  site->record.join.axis = axis;
  /* Each is read as a double: 17 ns in plain WASM, where OP_MAX_WORK are 0.75 s. */
  site->cost.work = 256 * (uint64_t)input->num_elements;
  return op_require_output_shape(site, rank, dims);
}

insitu_status op_arg_max_fold(op_site *site) {
  const graph_value *input = op_input(site, 0);
  uint32_t length = input->dims[site->record.join.axis];
  size_t step = (size_t)op_step_of(input, site->record.join.axis);
  uint8_t *data = NULL;
  insitu_status status = op_fold_output(site, 0, &data);
  for (size_t i = 0; !status && i < op_output(site)->num_elements; i++) {
    size_t first = i / step * step * length + i % step;
    double largest = op_element(input, first);
    uint32_t index = 0;
    for (uint32_t j = 1; j < length; j++) {
      double element = op_element(input, first + j * step);
      if (!(element > largest)) continue;
      largest = element;
      index = j;
    }
    op_fold_put(op_output(site), data, i, index);
  }
  return status;
}
