/* See convolution.h. SAME padding is worked out and given as numbers, so that
 * XNNPACK can fold a PAD before a convolution into it. */
#include "xnn/ops/convolution.h"

insitu_status convolution_check(op_site *site, const convolution_fields *fields) {
  const graph_node *node = site->node;
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  uint8_t padding = graph_option_u8(node, fields->padding, TFLITE_PADDING_SAME);
  int32_t stride_h = graph_option_i32(node, fields->stride_h, 0);
  int32_t stride_w = graph_option_i32(node, fields->stride_w, 0);
  int32_t dilation_h =
      graph_option_i32(node, fields->dilation_h, TFLITE_CONV_2D_OPTIONS_DILATION_H_FACTOR_DEFAULT);
  int32_t dilation_w =
      graph_option_i32(node, fields->dilation_w, TFLITE_CONV_2D_OPTIONS_DILATION_W_FACTOR_DEFAULT);
  op_windows *windows = &site->record.windows;
  *windows = (op_windows){.filter_h = filter->dims[1],
                          .filter_w = filter->dims[2],
                          .stride_h = (uint32_t)stride_h,
                          .stride_w = (uint32_t)stride_w,
                          .dilation_h = (uint32_t)dilation_h,
                          .dilation_w = (uint32_t)dilation_w};
  if (op_window_of(input->dims[1], filter->dims[1], stride_h, dilation_h, padding,
                   &windows->height) &&
      op_window_of(input->dims[2], filter->dims[2], stride_w, dilation_w, padding,
                   &windows->width)) {
    return op_parse_fused(site, fields->fused_activation);
  }
  return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                 "filter %s with its strides, dilations and padding does not fit input %s",
                 graph_shape(filter).text, graph_shape(input).text);
}
