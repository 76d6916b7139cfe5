/* MAX_POOL_2D: input [N,H,W,C], output [N,H',W',C]; and the window of both
 * poolings. XNNPACK refuses strides above the window and a window of one. */
#include "xnn/ops/pool.h"

bool pool_window_of(const graph_node *node, const graph_value *input, pool_window *window) {
  int32_t filter_h = graph_option_i32(node, POOL_FILTER_H, 0);
  int32_t filter_w = graph_option_i32(node, POOL_FILTER_W, 0);
  int32_t stride_h = graph_option_i32(node, POOL_STRIDE_H, 0);
  int32_t stride_w = graph_option_i32(node, POOL_STRIDE_W, 0);
  uint8_t padding = graph_option_u8(node, POOL_PADDING, OP_PADDING_SAME);
  *window = (pool_window){.filter_h = (uint32_t)filter_h,
                          .filter_w = (uint32_t)filter_w,
                          .stride_h = (uint32_t)stride_h,
                          .stride_w = (uint32_t)stride_w};
  return op_window_of(input->dims[1], filter_h, stride_h, 1, padding, &window->height) &&
         op_window_of(input->dims[2], filter_w, stride_w, 1, padding, &window->width);
}

insitu_status pool_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (!status) status = op_require_fused(site, POOL_FUSED_ACTIVATION);
  if (status) return status;
  pool_window window;
  if (!pool_window_of(site->node, input, &window)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "a window of %ux%u with strides %ux%u does not fit input %s", window.filter_h,
                   window.filter_w, window.stride_h, window.stride_w, graph_shape(input).text);
  }
  if (window.stride_h > window.filter_h || window.stride_w > window.filter_w ||
      window.filter_h * window.filter_w == 1) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "a window of %ux%u with strides %ux%u cannot be run: it must be above 1x1 and "
                   "not below the strides",
                   window.filter_h, window.filter_w, window.stride_h, window.stride_w);
  }
  uint32_t dims[4] = {input->dims[0], window.height.output, window.width.output, input->dims[3]};
  uint64_t pixels = (uint64_t)dims[0] * dims[1] * dims[2];
  uint64_t taps = (uint64_t)window.filter_h * window.filter_w;
  site->cost.work = pixels * taps * ((input->dims[3] + 7u) / 8 * 8);
  site->cost.memory_bytes = pixels * taps * sizeof(void *);
  return op_require_output_shape(site, 4, dims);
}

insitu_status op_max_pool_2d_check(op_site *site) { return pool_check(site); }

void op_max_pool_2d_define(builder *b, const graph_node *node) {
  pool_window window;
  if (!pool_window_of(node, builder_value(b, node->inputs[0]), &window)) {
    builder_expect(b, xnn_status_invalid_parameter);
  }
  op_range range = op_fused_range(node, POOL_FUSED_ACTIVATION);
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  if (b->status != xnn_status_success) return;
  builder_expect(b, xnn_define_max_pooling_2d(b->subgraph, window.height.pad_before,
                                              window.width.pad_after, window.height.pad_after,
                                              window.width.pad_before, window.filter_h,
                                              window.filter_w, window.stride_h, window.stride_w, 1,
                                              1, range.min, range.max, input_id, output_id, 0));
}
