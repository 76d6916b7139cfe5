/* PACK: inputs of one shape along a new axis. */
#include <string.h>

#include "xnn/ops/join.h"

insitu_status op_pack_check(op_site *site) {
  const graph_value *first = op_input(site, 0);
  int32_t given = graph_option_i32(site->node, TFLITE_PACK_OPTIONS_AXIS, 0);
  uint32_t axis, dims[INSITU_MAX_RANK];
  insitu_status status = op_require_in_out(site);
  if (!status && first->rank == INSITU_MAX_RANK) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its inputs have rank %u already",
                   first->rank);
  }
  if (!status) status = op_require_axis(site, given, first->rank + 1, &axis);
  for (uint32_t i = 0; !status && i < site->node->num_inputs; i++) {
    const graph_value *input = op_input(site, i);
    status = op_require_activation(site, input, "input");
    if (!status) status = op_require_same_quantization(site, input, op_output(site));
    if (!status && (input->dtype != first->dtype || input->rank != first->rank ||
                    memcmp(input->dims, first->dims, first->rank * sizeof *first->dims) != 0)) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "input %u is %s, but input 0 is %s", i,
                     graph_shape(input).text, graph_shape(first).text);
    }
  }
  if (status) return status;
  site->record.join.axis = axis;
  memcpy(dims, first->dims, axis * sizeof *dims);
  dims[axis] = site->node->num_inputs;
  memcpy(dims + axis + 1, first->dims + axis, (first->rank - axis) * sizeof *dims);
  status = op_require_output_shape(site, first->rank + 1, dims);
  site->cost.work = 16 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_pack_define(builder *b, const op_site *site) {
  uint32_t ids[GRAPH_MAX_NODE_INPUTS], lengths[GRAPH_MAX_NODE_INPUTS];
  uint32_t axis = site->record.join.axis, output_id = builder_output(b, site);
  graph_value part = *op_output(site);
  part.dims[axis] = 1;
  for (uint32_t i = 0; i < site->node->num_inputs; i++) {
    uint32_t input_id = builder_input(b, site, i);
    ids[i] = builder_same_as(b, &part);
    lengths[i] = 1;
    builder_reshape(b, part.rank, part.dims, input_id, ids[i]);
  }
  join_define(b, &part, axis, site->node->num_inputs, ids, lengths, output_id);
}

insitu_status op_pack_fold(op_site *site) { return join_fold(site, site->record.join.axis); }
