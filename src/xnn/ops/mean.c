/* MEAN over constant axes, which may count from the end. */
#include "xnn/builder.h"

enum { KEEP_DIMS };

/* axes[i]: true where dimension i is averaged. */
static bool read_axes(const graph_value *input, const graph_value *list,
                      bool axes[INSITU_MAX_RANK]) {
  for (uint32_t i = 0; i < INSITU_MAX_RANK; i++) axes[i] = false;
  if (list == NULL || list->num_elements > INSITU_MAX_RANK) return false;
  for (uint32_t i = 0; i < list->num_elements; i++) {
    int64_t axis;
    if (!op_constant_int(list, i, &axis)) return false;
    if (axis < 0) axis += input->rank;
    if (axis < 0 || axis >= input->rank) return false;
    axes[axis] = true;
  }
  return true;
}

insitu_status op_mean_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (status) return status;
  bool axes[INSITU_MAX_RANK];
  if (!read_axes(input, op_input(site, 1), axes)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its axes (tensor %u) are not constant or not within rank %u",
                   site->node->inputs[1], input->rank);
  }
  bool keep_dims = graph_option_u8(site->node, KEEP_DIMS, 0) != 0;
  uint32_t rank = 0, dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    if (!axes[i]) dims[rank++] = input->dims[i];
    else if (keep_dims) dims[rank++] = 1;
  }
  site->cost.work = 8 * (uint64_t)input->num_elements;
  return op_require_output_shape(site, rank, dims);
}

void op_mean_define(builder *b, const graph_node *node) {
  const graph_value *input = builder_value(b, node->inputs[0]);
  bool axes[INSITU_MAX_RANK];
  size_t reduced[INSITU_MAX_RANK], num_reduced = 0;
  if (!read_axes(input, builder_value(b, node->inputs[1]), axes)) {
    builder_expect(b, xnn_status_invalid_parameter);
  }
  for (uint32_t i = 0; i < input->rank; i++) {
    if (axes[i]) reduced[num_reduced++] = i;
  }
  bool keep_dims = graph_option_u8(node, KEEP_DIMS, 0) != 0;
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  if (b->status != xnn_status_success) return;
  builder_expect(
      b, xnn_define_static_reduce(b->subgraph, xnn_reduce_mean, num_reduced, reduced, input_id,
                                  output_id, keep_dims ? XNN_FLAG_KEEP_DIMS : 0));
}
