/* See pool.h. Pixels are picked by a depthwise convolution with a filter of one
 * pixel whose weight is 1, which changes no value. */
#include "xnn/ops/pool.h"

insitu_status pool_check(op_site *site) {
  const graph_node *node = site->node;
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (!status) status = op_parse_fused(site, TFLITE_POOL_2D_OPTIONS_FUSED_ACTIVATION_FUNCTION);
  if (status) return status;
  int32_t filter_h = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_FILTER_HEIGHT, 0);
  int32_t filter_w = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_FILTER_WIDTH, 0);
  int32_t stride_h = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_STRIDE_H, 0);
  int32_t stride_w = graph_option_i32(node, TFLITE_POOL_2D_OPTIONS_STRIDE_W, 0);
  uint8_t padding = graph_option_u8(node, TFLITE_POOL_2D_OPTIONS_PADDING, TFLITE_PADDING_SAME);
  op_windows *w = &site->record.windows;
  *w = (op_windows){.filter_h = (uint32_t)filter_h,
                    .filter_w = (uint32_t)filter_w,
                    .stride_h = (uint32_t)stride_h,
                    .stride_w = (uint32_t)stride_w,
                    .dilation_h = 1,
                    .dilation_w = 1};
  const uint32_t *more = node->padding;
  if (!op_window_of(input->dims[1] + more[0] + more[1], filter_h, stride_h, 1, padding,
                    &w->height) ||
      !op_window_of(input->dims[2] + more[2] + more[3], filter_w, stride_w, 1, padding,
                    &w->width)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "a window of %ux%u with strides %ux%u does not fit input %s", w->filter_h,
                   w->filter_w, w->stride_h, w->stride_w, graph_shape(input).text);
  }
  w->height.pad_before += more[0], w->height.pad_after += more[1];
  w->width.pad_before += more[2], w->width.pad_after += more[3];
  uint32_t dims[4] = {input->dims[0], w->height.output, w->width.output, input->dims[3]};
  uint64_t pixels = (uint64_t)dims[0] * dims[1] * dims[2];
  if (pool_skips(site)) pixels = (uint64_t)dims[0] * input->dims[1] * input->dims[2];
  uint64_t taps = (uint64_t)w->filter_h * w->filter_w;
  site->cost.work = pixels * taps * ((input->dims[3] + 7u) / 8 * 8);
  site->cost.memory_bytes = pixels * (taps + 1) * sizeof(void *);
  return op_require_output_shape(site, 4, dims);
}

bool pool_skips(const op_site *site) {
  const op_windows *w = &site->record.windows;
  return w->stride_h > w->filter_h || w->stride_w > w->filter_w || w->filter_h * w->filter_w == 1;
}

graph_value pool_unskipped(const op_site *site) {
  const op_windows *w = &site->record.windows;
  graph_value pooled = *op_input(site, 0);
  pooled.dims[1] += w->height.pad_before + w->height.pad_after + 1 - w->filter_h;
  pooled.dims[2] += w->width.pad_before + w->width.pad_after + 1 - w->filter_w;
  return pooled;
}

void pool_pick(builder *b, const op_site *site, uint32_t pooled_id, uint32_t output_id) {
  const op_windows *w = &site->record.windows;
  const graph_value *input = op_input(site, 0);
  uint32_t channels = input->dims[3], ones_id = builder_ones(b, input, channels);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_depthwise_convolution_2d(
                        b->subgraph, 0, 0, 0, 0, 1, 1, w->stride_h, w->stride_w, 1, 1, 1, channels,
                        site->record.range.min, site->record.range.max, pooled_id, ones_id,
                        XNN_INVALID_VALUE_ID, output_id, 0));
}
