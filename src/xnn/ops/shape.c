/* SHAPE: the dimensions of a value, which are known before running. */
#include "xnn/op.h"

insitu_status op_shape_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  if (input->rank == 0 || (output->dtype != GRAPH_I32 && output->dtype != GRAPH_I64)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "the shape of rank %u as %s cannot be had; int32 and int64 can", input->rank,
                   graph_dtype_name(output->dtype));
  }
  return op_require_output_shape(site, 1, &input->rank);
}

insitu_status op_shape_fold(op_site *site) {
  const graph_value *input = op_input(site, 0);
  uint8_t *data = NULL;
  insitu_status status = op_fold_output(site, 0, &data);
  for (uint32_t i = 0; !status && i < input->rank; i++) {
    op_fold_put(op_output(site), data, i, input->dims[i]);
  }
  return status;
}
