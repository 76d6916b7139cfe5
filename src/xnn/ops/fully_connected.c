/* FULLY_CONNECTED: input of any rank whose elements make rows of I, filter
 * [O,I], bias [O], output [rows,O], or, with keep_num_dims, the input's shape
 * with O as its last dimension. */
#include <string.h>

#include "xnn/builder.h"

enum { FUSED_ACTIVATION, WEIGHTS_FORMAT };

insitu_status op_fully_connected_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  const graph_value *output = op_output(site);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_weights(site, filter, op_input(site, 2), 0);
  if (!status) status = op_require_rank(site, filter, 2, "filter");
  if (!status) status = op_require_fused(site, FUSED_ACTIVATION);
  if (status) return status;
  if (graph_option_u8(site->node, WEIGHTS_FORMAT, 0) != 0) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "weights_format is shuffled");
  }
  uint32_t depth = filter->dims[1], num_units = filter->dims[0];
  if (input->num_elements % depth != 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "input %s does not make whole rows of filter %s", graph_shape(input).text,
                   graph_shape(filter).text);
  }
  uint32_t rows = (uint32_t)(input->num_elements / depth);
  if (output->rank == 2) {
    status = op_require_output_shape(site, 2, (const uint32_t[]){rows, num_units});
  } else {
    uint32_t dims[INSITU_MAX_RANK];
    memcpy(dims, input->dims, sizeof dims);
    dims[input->rank - 1] = num_units;
    status = op_require_output_shape(site, input->rank, dims);
    if (!status && input->dims[input->rank - 1] != depth) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "input %s does not end in rows of %u",
                     graph_shape(input).text, depth);
    }
  }
  if (status) return status;
  uint64_t filter_elements = (uint64_t)((depth + 7u) / 8 * 8) * ((num_units + 15u) / 16 * 16);
  site->cost.macs = (uint64_t)rows * filter->num_elements;
  site->cost.work = rows * filter_elements;
  site->cost.memory_bytes = filter_elements * graph_dtype_bytes(filter->dtype);
  return INSITU_STATUS_OK;
}

void op_fully_connected_define(builder *b, const graph_node *node) {
  op_range range = op_fused_range(node, FUSED_ACTIVATION);
  bool is_matrix = builder_value(b, node->outputs[0])->rank == 2;
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t filter_id = builder_filter(b, node->inputs[1]);
  uint32_t bias_id = builder_bias(b, node);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  if (b->status != xnn_status_success) return;
  builder_expect(
      b, xnn_define_fully_connected(b->subgraph, range.min, range.max, input_id, filter_id, bias_id,
                                    output_id, is_matrix ? XNN_FLAG_TENSORFLOW_RESHAPE_2D : 0));
}
