/* TRANSPOSE by a constant permutation: output dimension i is input dimension
 * permutation[i], counted from the end where negative. Networks that came from NCHW have one before
 * their mean. */
#include "xnn/builder.h"

static bool read_permutation(const graph_value *input, const graph_value *list,
                             size_t permutation[INSITU_MAX_RANK]) {
  if (list == NULL || list->num_elements != input->rank) return false;
  bool seen[INSITU_MAX_RANK] = {false};
  for (uint32_t i = 0; i < input->rank; i++) {
    int64_t axis;
    if (!op_constant_int(list, i, &axis)) return false;
    if (axis < 0) axis += input->rank;
    if (axis < 0 || axis >= input->rank || seen[axis]) return false;
    seen[axis] = true;
    permutation[i] = (size_t)axis;
  }
  return true;
}

insitu_status op_transpose_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  size_t permutation[INSITU_MAX_RANK];
  if (!read_permutation(input, op_input(site, 1), permutation)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "tensor %u is not a constant permutation of %u dimensions",
                   site->node->inputs[1], input->rank);
  }
  uint32_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) dims[i] = input->dims[permutation[i]];
  site->cost.work = 8 * (uint64_t)input->num_elements;
  return op_require_output_shape(site, input->rank, dims);
}

void op_transpose_define(builder *b, const graph_node *node) {
  const graph_value *input = builder_value(b, node->inputs[0]);
  size_t permutation[INSITU_MAX_RANK];
  if (!read_permutation(input, builder_value(b, node->inputs[1]), permutation)) {
    builder_expect(b, xnn_status_invalid_parameter);
  }
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  if (b->status != xnn_status_success) return;
  builder_expect(b, xnn_define_static_transpose(b->subgraph, input->rank, permutation, input_id,
                                                output_id, 0));
}
