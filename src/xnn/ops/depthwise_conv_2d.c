/* DEPTHWISE_CONV_2D: input [N,H,W,C], filter [1,KH,KW,C*M], bias [C*M], output
 * [N,H',W',C*M], with the depth multiplier M. */
#include "xnn/ops/convolution.h"

enum { DEPTH_MULTIPLIER = 3 };
static const convolution_fields FIELDS = {.padding = 0,
                                          .stride_w = 1,
                                          .stride_h = 2,
                                          .fused_activation = 4,
                                          .dilation_w = 5,
                                          .dilation_h = 6};

/* Kernels add two int8 products in 16 bits, which two of -128 * -128 overflow.
 * TFLite's quantisation keeps weights at -127 or above. */
static insitu_status require_no_overflow(const op_site *site, const graph_value *filter) {
  if (filter->dtype != GRAPH_I8) return INSITU_STATUS_OK;
  uint32_t num_channels = filter->dims[3];
  for (uint32_t c = 0; c < num_channels; c++) {
    uint32_t num_lowest = 0;
    for (size_t i = c; i < filter->num_elements; i += num_channels) {
      num_lowest += ((const int8_t *)filter->data)[i] == INT8_MIN;
    }
    if (num_lowest < 2) continue;
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its filter has %u weights of -128 in channel %u; the limit is one a channel",
                   num_lowest, c);
  }
  return INSITU_STATUS_OK;
}

insitu_status op_depthwise_conv_2d_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status && filter != NULL) status = op_require_rank(site, filter, 4, "filter");
  if (!status) status = op_require_weights(site, filter, op_input(site, 2), 3);
  if (!status) status = op_require_fused(site, FIELDS.fused_activation);
  if (!status) status = require_no_overflow(site, filter);
  if (status) return status;
  int32_t declared = graph_option_i32(site->node, DEPTH_MULTIPLIER, 0);
  uint32_t multiplier = filter->dims[3] / input->dims[3];
  if (filter->dims[0] != 1 || multiplier == 0 || filter->dims[3] % input->dims[3] != 0 ||
      (declared != 0 && (uint32_t)declared != multiplier)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "filter %s does not fit input %s with depth_multiplier %d",
                   graph_shape(filter).text, graph_shape(input).text, declared);
  }
  convolution_window window;
  status = convolution_check(site, &FIELDS, &window);
  if (status) return status;
  uint32_t dims[4] = {input->dims[0], window.height.output, window.width.output, filter->dims[3]};
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
  convolution_values v;
  if (!convolution_values_of(b, node, &FIELDS, &v)) return;
  const convolution_window *w = &v.window;
  builder_expect(
      b, xnn_define_depthwise_convolution_2d(
             b->subgraph, w->height.pad_before, w->width.pad_after, w->height.pad_after,
             w->width.pad_before, w->filter_h, w->filter_w, w->stride_h, w->stride_w, w->dilation_h,
             w->dilation_w, filter->dims[3] / input->dims[3], input->dims[3], v.range.min,
             v.range.max, v.input_id, v.filter_id, v.bias_id, v.output_id, 0));
}
