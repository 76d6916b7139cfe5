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

insitu_status op_depthwise_conv_2d_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status && filter != NULL) status = op_require_rank(site, filter, 4, "filter");
  if (!status) status = op_require_weights(site, filter, op_input(site, 2), 3);
  if (!status) status = convolution_require_no_overflow(site, 3);
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
  convolution_cost_depthwise(site, multiplier);
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
