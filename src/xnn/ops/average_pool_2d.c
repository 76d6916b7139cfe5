/* AVERAGE_POOL_2D: input [N,H,W,C], output [N,H',W',C], padding left out of the
 * averages. XNNPACK's subgraph has it in float only: quantised, a window over
 * the whole picture runs as a mean, any other between two conversions. */
#include "xnn/ops/pool.h"

insitu_status op_average_pool_2d_check(op_site *site) { return pool_check(site); }

void op_average_pool_2d_define(builder *b, const graph_node *node) {
  const graph_value *input = builder_value(b, node->inputs[0]);
  const graph_value *output = builder_value(b, node->outputs[0]);
  pool_window window;
  if (!pool_window_of(node, input, &window)) {
    builder_expect(b, xnn_status_invalid_parameter);
    return;
  }
  op_range range = op_fused_range(node, POOL_FUSED_ACTIVATION);
  bool is_global = window.filter_h == input->dims[1] && window.filter_w == input->dims[2] &&
                   output->dims[1] == 1 && output->dims[2] == 1;
  if (is_global && op_range_holds(range, output)) {
    uint32_t input_id = builder_tensor(b, node->inputs[0]);
    uint32_t output_id = builder_tensor(b, node->outputs[0]);
    if (b->status != xnn_status_success) return;
    builder_expect(b,
                   xnn_define_static_reduce(b->subgraph, xnn_reduce_mean, 2, (const size_t[]){1, 2},
                                            input_id, output_id, XNN_FLAG_KEEP_DIMS));
    return;
  }
  builder_float ids = builder_float_begin(b, node);
  if (b->status != xnn_status_success) return;
  builder_expect(
      b, xnn_define_average_pooling_2d(
             b->subgraph, window.height.pad_before, window.width.pad_after, window.height.pad_after,
             window.width.pad_before, window.filter_h, window.filter_w, window.stride_h,
             window.stride_w, range.min, range.max, ids.input_id, ids.output_id, 0));
  builder_float_end(b, node, ids);
}
