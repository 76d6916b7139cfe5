/* PAD with zeros: paddings [rank,2], constant, before and after each dimension.
 * Before a convolution XNNPACK folds it into that. */
#include "xnn/builder.h"

static bool read_paddings(const graph_value *input, const graph_value *paddings,
                          size_t before[INSITU_MAX_RANK], size_t after[INSITU_MAX_RANK]) {
  if (paddings == NULL || paddings->num_elements != 2 * (size_t)input->rank) return false;
  for (uint32_t i = 0; i < input->rank; i++) {
    int64_t first, last;
    if (!op_constant_int(paddings, 2 * i, &first) || !op_constant_int(paddings, 2 * i + 1, &last) ||
        first < 0 || last < 0 || first > GRAPH_MAX_DIM || last > GRAPH_MAX_DIM) {
      return false;
    }
    before[i] = (size_t)first;
    after[i] = (size_t)last;
  }
  return true;
}

insitu_status op_pad_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  size_t before[INSITU_MAX_RANK], after[INSITU_MAX_RANK];
  if (!read_paddings(input, op_input(site, 1), before, after)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its paddings (tensor %u) are not a constant of %u pairs from 0 to %u",
                   site->node->inputs[1], input->rank, GRAPH_MAX_DIM);
  }
  uint32_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    dims[i] = (uint32_t)(before[i] + input->dims[i] + after[i]);
  }
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return op_require_output_shape(site, input->rank, dims);
}

void op_pad_define(builder *b, const graph_node *node) {
  size_t before[INSITU_MAX_RANK], after[INSITU_MAX_RANK];
  if (!read_paddings(builder_value(b, node->inputs[0]), builder_value(b, node->inputs[1]), before,
                     after)) {
    builder_expect(b, xnn_status_invalid_parameter);
  }
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  if (b->status != xnn_status_success) return;
  builder_expect(
      b, xnn_define_static_constant_pad(b->subgraph, before, after, 0.0f, input_id, output_id, 0));
}
