/* EXPAND_DIMS: one more dimension of 1 before a constant axis, which counts from
 * behind the last where negative. */
#include <string.h>

#include "xnn/ops/reshape.h"

insitu_status op_expand_dims_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  int64_t given;
  uint32_t axis, dims[INSITU_MAX_RANK];
  insitu_status status = op_require_in_out(site);
  if (!status &&
      (!op_constant_int(op_input(site, 1), 0, &given) || input->rank == INSITU_MAX_RANK)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its axis is not constant or its input has rank %u already", input->rank);
  }
  if (!status) status = op_require_axis(site, given, input->rank + 1, &axis);
  if (status) return status;
  memcpy(dims, input->dims, axis * sizeof *dims);
  dims[axis] = 1;
  memcpy(dims + axis + 1, input->dims + axis, (input->rank - axis) * sizeof *dims);
  status = op_require_output_shape(site, input->rank + 1, dims);
  return status ? status : reshape_check(site);
}
