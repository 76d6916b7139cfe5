/* DEPTHWISE_CONV_2D: input [N,H,W,C], filter [1,KH,KW,C*M], bias [C*M], output
 * [N,H',W',C*M], with the depth multiplier M. */
#include "xnn/ops/convolution.h"

static const convolution_fields FIELDS = {
    .padding = TFLITE_DEPTHWISE_CONV_2D_OPTIONS_PADDING,
    .stride_w = TFLITE_DEPTHWISE_CONV_2D_OPTIONS_STRIDE_W,
    .stride_h = TFLITE_DEPTHWISE_CONV_2D_OPTIONS_STRIDE_H,
    .fused_activation = TFLITE_DEPTHWISE_CONV_2D_OPTIONS_FUSED_ACTIVATION_FUNCTION,
    .dilation_w = TFLITE_DEPTHWISE_CONV_2D_OPTIONS_DILATION_W_FACTOR,
    .dilation_h = TFLITE_DEPTHWISE_CONV_2D_OPTIONS_DILATION_H_FACTOR};

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
  if (!status) status = require_no_overflow(site, filter);
  if (status) return status;
  int32_t declared =
      graph_option_i32(site->node, TFLITE_DEPTHWISE_CONV_2D_OPTIONS_DEPTH_MULTIPLIER, 0);
  uint32_t multiplier = filter->dims[3] / input->dims[3];
  if (filter->dims[0] != 1 || multiplier == 0 || filter->dims[3] % input->dims[3] != 0 ||
      (declared != 0 && (uint32_t)declared != multiplier)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "filter %s does not fit input %s with depth_multiplier %d",
                   graph_shape(filter).text, graph_shape(input).text, declared);
  }
  status = convolution_check(site, &FIELDS);
  if (status) return status;
  const op_windows *w = &site->record.windows;
  uint32_t dims[4] = {input->dims[0], w->height.output, w->width.output, filter->dims[3]};
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
  site->cost.work = pixels * taps * lanes;
  site->cost.memory_bytes =
      taps * lanes * graph_dtype_bytes(filter->dtype) + pixels * taps * sizeof(void *);
  return INSITU_STATUS_OK;
}

void op_depthwise_conv_2d_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  const op_windows *w = &site->record.windows;
  uint32_t input_id = builder_input(b, site, 0), filter_id = builder_filter(b, site, false);
  uint32_t bias_id = builder_bias(b, site, 2), output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_depthwise_convolution_2d(
                        b->subgraph, w->height.pad_before, w->width.pad_after, w->height.pad_after,
                        w->width.pad_before, w->filter_h, w->filter_w, w->stride_h, w->stride_w,
                        w->dilation_h, w->dilation_w, filter->dims[3] / input->dims[3],
                        input->dims[3], site->record.range.min, site->record.range.max, input_id,
                        filter_id, bias_id, output_id, 0));
}
