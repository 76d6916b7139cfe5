/* See convolution.h. SAME padding is worked out and given as numbers, so that
 * XNNPACK can fold a PAD before a convolution into it. */
#include "xnn/ops/convolution.h"

#include "xnn/kernels/dwconv_49.h"

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

void convolution_cost_depthwise(op_site *site, uint32_t multiplier) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  const op_windows *w = &site->record.windows;
  uint64_t pixels = (uint64_t)input->dims[0] * w->height.output * w->width.output;
  uint64_t taps = (uint64_t)w->filter_h * w->filter_w;
#ifdef HAS_QS8_DWCONV_49
  uint64_t max_taps = filter->dtype == GRAPH_U8 ? 25 : DWCONV_49_TAPS;
#else
  uint64_t max_taps = filter->dtype == GRAPH_F32 ? DWCONV_49_TAPS : 25;
#endif
  uint64_t lanes = (input->dims[3] + 15u) / 16 * 16;
  if (multiplier > 1 || taps > max_taps) {
    lanes = (uint64_t)input->dims[3] * ((multiplier + 15) / 16 * 16) * 8;
  }
  site->cost.work = pixels * taps * lanes;
  site->cost.memory_bytes =
      taps * lanes * graph_dtype_bytes(filter->dtype) + pixels * taps * sizeof(void *);
}

/* Kernels add two int8 products in 16 bits, which two of -128 * -128 overflow.
 * TFLite's quantisation keeps weights at -127 or above. */
insitu_status convolution_require_no_overflow(const op_site *site, uint32_t channel_axis) {
  const graph_value *filter = op_input(site, 1);
  if (filter->dtype != GRAPH_I8) return INSITU_STATUS_OK;
  uint8_t has_lowest = 0; /* no file has one as a rule, and this loop vectorises */
  for (size_t i = 0; i < filter->num_elements; i++) {
    has_lowest |= ((const int8_t *)filter->data)[i] == INT8_MIN;
  }
  if (!has_lowest) return INSITU_STATUS_OK;
  uint32_t num_channels = filter->dims[channel_axis];
  size_t step = (size_t)op_step_of(filter, channel_axis),
         taps = filter->num_elements / num_channels;
  for (uint32_t c = 0; c < num_channels; c++) {
    uint32_t num_lowest = 0;
    for (size_t i = 0; i < taps; i++) {
      size_t at = i / step * step * num_channels + c * step + i % step;
      num_lowest += ((const int8_t *)filter->data)[at] == INT8_MIN;
    }
    if (num_lowest < 2) continue;
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its filter has %u weights of -128 in channel %u; the limit is one a channel",
                   num_lowest, c);
  }
  return INSITU_STATUS_OK;
}
