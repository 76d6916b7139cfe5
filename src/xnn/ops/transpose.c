/* TRANSPOSE by a constant permutation: output dimension i is input dimension
 * permutation[i], counted from the end where negative. Networks that came from
 * NCHW have one before their mean. */
#include "xnn/builder.h"

static bool read_permutation(op_site *site, const graph_value *list) {
  const graph_value *input = op_input(site, 0);
  if (list == NULL || list->num_elements != input->rank) return false;
  bool seen[INSITU_MAX_RANK] = {false};
  for (uint32_t i = 0; i < input->rank; i++) {
    int64_t axis;
    if (!op_constant_int(list, i, &axis)) return false;
    if (axis < 0) axis += input->rank;
    if (axis < 0 || axis >= input->rank || seen[axis]) return false;
    seen[axis] = true;
    site->record.transpose.axes[i] = (size_t)axis;
  }
  return true;
}

insitu_status op_transpose_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  if (!read_permutation(site, op_input(site, 1))) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "tensor %u is not a constant permutation of %u dimensions",
                   site->node->inputs[1], input->rank);
  }
  uint32_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    dims[i] = input->dims[site->record.transpose.axes[i]];
  }
  site->cost.work = 8 * (uint64_t)input->num_elements;
  return op_require_output_shape(site, input->rank, dims);
}

void op_transpose_define(builder *b, const op_site *site) {
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b,
                 xnn_define_static_transpose(b->subgraph, op_input(site, 0)->rank,
                                             site->record.transpose.axes, input_id, output_id, 0));
}

insitu_status op_transpose_fold(op_site *site) {
  const graph_value *input = op_input(site, 0);
  int64_t steps[INSITU_MAX_RANK];
  uint8_t *data = NULL;
  for (uint32_t i = 0; i < input->rank; i++) {
    steps[i] = op_step_of(input, (uint32_t)site->record.transpose.axes[i]);
  }
  insitu_status status = op_fold_output(site, 0, &data);
  if (!status) op_fold_strided(op_output(site), input->data, 0, steps, data);
  return status;
}
