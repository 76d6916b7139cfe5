/* See convolution.h. The window is worked out twice, to check and to define:
 * nothing of a check outlives it. */
#include "xnn/ops/convolution.h"

static bool window_of(const graph_node *node, const graph_value *input, const graph_value *filter,
                      const convolution_fields *fields, convolution_window *window) {
  uint8_t padding = graph_option_u8(node, fields->padding, OP_PADDING_SAME);
  int32_t stride_h = graph_option_i32(node, fields->stride_h, 0);
  int32_t stride_w = graph_option_i32(node, fields->stride_w, 0);
  int32_t dilation_h = graph_option_i32(node, fields->dilation_h, 1);
  int32_t dilation_w = graph_option_i32(node, fields->dilation_w, 1);
  *window = (convolution_window){.filter_h = filter->dims[1],
                                 .filter_w = filter->dims[2],
                                 .stride_h = (uint32_t)stride_h,
                                 .stride_w = (uint32_t)stride_w,
                                 .dilation_h = (uint32_t)dilation_h,
                                 .dilation_w = (uint32_t)dilation_w};
  return op_window_of(input->dims[1], filter->dims[1], stride_h, dilation_h, padding,
                      &window->height) &&
         op_window_of(input->dims[2], filter->dims[2], stride_w, dilation_w, padding,
                      &window->width);
}

insitu_status convolution_check(op_site *site, const convolution_fields *fields,
                                convolution_window *window) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  if (window_of(site->node, input, filter, fields, window)) return INSITU_STATUS_OK;
  return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                 "filter %s with its strides, dilations and padding does not fit input %s",
                 graph_shape(filter).text, graph_shape(input).text);
}

bool convolution_values_of(builder *b, const graph_node *node, const convolution_fields *fields,
                           convolution_values *values) {
  const graph_value *input = builder_value(b, node->inputs[0]);
  const graph_value *filter = builder_value(b, node->inputs[1]);
  if (!window_of(node, input, filter, fields, &values->window)) {
    builder_expect(b, xnn_status_invalid_parameter);
    return false;
  }
  values->range = op_fused_range(node, fields->fused_activation);
  values->input_id = builder_tensor(b, node->inputs[0]);
  values->filter_id = builder_filter(b, node->inputs[1]);
  values->bias_id = builder_bias(b, node);
  values->output_id = builder_tensor(b, node->outputs[0]);
  return b->status == xnn_status_success;
}
