/* DEPTHWISE_CONV_2D: input [N,H,W,C], filter [1,KH,KW,C*M], bias [C*M], output
 * [N,H',W',C*M], with the depth multiplier M. */
#include "xnn/builder.h"

enum { PADDING, STRIDE_W, STRIDE_H, DEPTH_MULTIPLIER, FUSED_ACTIVATION, DILATION_W, DILATION_H };

static bool window_of(const graph_node *node, const graph_value *input, const graph_value *filter,
                      op_window *height, op_window *width) {
  uint8_t padding = graph_option_u8(node, PADDING, OP_PADDING_SAME);
  return op_window_of(input->dims[1], filter->dims[1], graph_option_i32(node, STRIDE_H, 0),
                      graph_option_i32(node, DILATION_H, 1), padding, height) &&
         op_window_of(input->dims[2], filter->dims[2], graph_option_i32(node, STRIDE_W, 0),
                      graph_option_i32(node, DILATION_W, 1), padding, width);
}

insitu_status op_depthwise_conv_2d_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status && filter != NULL) status = op_require_rank(site, filter, 4, "filter");
  if (!status) status = op_require_weights(site, filter, op_input(site, 2), 3);
  if (!status) status = op_require_fused(site, FUSED_ACTIVATION);
  if (status) return status;
  int32_t declared = graph_option_i32(site->node, DEPTH_MULTIPLIER, 0);
  uint32_t multiplier = filter->dims[3] / input->dims[3];
  if (filter->dims[0] != 1 || multiplier == 0 || filter->dims[3] % input->dims[3] != 0 ||
      (declared != 0 && (uint32_t)declared != multiplier)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "filter %s does not fit input %s with depth_multiplier %d",
                   graph_shape(filter).text, graph_shape(input).text, declared);
  }
  op_window height, width;
  if (!window_of(site->node, input, filter, &height, &width)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "filter %s with its strides, dilations and padding does not fit input %s",
                   graph_shape(filter).text, graph_shape(input).text);
  }
  uint32_t dims[4] = {input->dims[0], height.output, width.output, filter->dims[3]};
  status = op_require_output_shape(site, 4, dims);
  if (status) return status;
  uint64_t pixels = (uint64_t)dims[0] * dims[1] * dims[2];
  uint64_t taps = (uint64_t)filter->dims[1] * filter->dims[2];
  /* A depth multiplier above 1, and a window of more taps than the depthwise
   * kernels have, run as a convolution with C groups. */
  uint64_t lanes = (filter->dims[3] + 15u) / 16 * 16;
  if (multiplier > 1 || taps > 25) {
    lanes = (uint64_t)input->dims[3] * ((multiplier + 15) / 16 * 16) * 8;
  }
  site->cost.macs = pixels * filter->num_elements;
  site->cost.work = pixels * taps * lanes;
  site->cost.memory_bytes =
      taps * lanes * graph_dtype_bytes(filter->dtype) + pixels * taps * sizeof(void *);
  return INSITU_STATUS_OK;
}

void op_depthwise_conv_2d_define(builder *b, const graph_node *node) {
  const graph_value *input = builder_value(b, node->inputs[0]);
  const graph_value *filter = builder_value(b, node->inputs[1]);
  op_window height, width;
  if (!window_of(node, input, filter, &height, &width)) {
    builder_expect(b, xnn_status_invalid_parameter);
    return;
  }
  op_range range = op_fused_range(node, FUSED_ACTIVATION);
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t filter_id = builder_filter(b, node->inputs[1]);
  uint32_t bias_id = builder_bias(b, node);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  if (b->status != xnn_status_success) return;
  builder_expect(b, xnn_define_depthwise_convolution_2d(
      b->subgraph, height.pad_before, width.pad_after, height.pad_after, width.pad_before,
      filter->dims[1], filter->dims[2], (uint32_t)graph_option_i32(node, STRIDE_H, 1),
      (uint32_t)graph_option_i32(node, STRIDE_W, 1),
      (uint32_t)graph_option_i32(node, DILATION_H, 1),
      (uint32_t)graph_option_i32(node, DILATION_W, 1), filter->dims[3] / input->dims[3],
      input->dims[3], range.min, range.max, input_id, filter_id, bias_id, output_id, 0));
}
