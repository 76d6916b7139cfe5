/* SPLIT_V: parts of constant lengths (input 1), one of which may be -1 for what
 * is left, along a constant axis (input 2). */
#include "xnn/ops/split.h"

insitu_status op_split_v_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *sizes = op_input(site, 1);
  uint32_t num_outputs = site->node->num_outputs, lengths[GRAPH_MAX_NODE_OUTPUTS], axis;
  int64_t given, left = 0;
  insitu_status status = op_require_activation(site, input, "input");
  if (status) return status;
  if (!op_constant_int(op_input(site, 2), 0, &given) || sizes == NULL ||
      sizes->num_elements != num_outputs) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its axis or its lengths are not constant, or not one an output");
  }
  status = op_require_axis(site, given, input->rank, &axis);
  if (status) return status;
  uint32_t left_over = num_outputs;
  left = input->dims[axis];
  for (uint32_t i = 0; i < num_outputs; i++) {
    int64_t length;
    if (!op_constant_int(sizes, i, &length) || length > input->dims[axis] ||
        (length < 1 && (length != -1 || left_over != num_outputs))) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "the length of part %u does not fit", i);
    }
    if (length == -1) left_over = i;
    else left -= length;
    lengths[i] = (uint32_t)length;
  }
  if (left_over < num_outputs) {
    if (left < 1) return op_fail(site, INSITU_STATUS_INVALID_MODEL, "nothing is left for a part");
    lengths[left_over] = (uint32_t)left;
  }
  return split_check(site, 0, 2, lengths);
}
