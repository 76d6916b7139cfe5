/* CONV_2D: input [N,H,W,I], filter [O,KH,KW,I/groups], bias [O], output
 * [N,H',W',O]. SAME padding is worked out here and given as numbers, so that
 * XNNPACK can fold a PAD before it into it. */
#include "xnn/ops/convolution.h"

static const convolution_fields FIELDS = {.padding = 0,
                                          .stride_w = 1,
                                          .stride_h = 2,
                                          .fused_activation = 3,
                                          .dilation_w = 4,
                                          .dilation_h = 5};

insitu_status op_conv_2d_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status) status = op_require_weights(site, filter, op_input(site, 2), 0);
  if (!status) status = op_require_rank(site, filter, 4, "filter");
  if (!status) status = op_require_fused(site, FIELDS.fused_activation);
  if (status) return status;
  uint32_t groups = input->dims[3] / filter->dims[3];
  if (input->dims[3] % filter->dims[3] != 0 || filter->dims[0] % groups != 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "input channels in %s and filter %s do not make whole groups",
                   graph_shape(input).text, graph_shape(filter).text);
  }
  convolution_window window;
  status = convolution_check(site, &FIELDS, &window);
  if (status) return status;
  uint32_t dims[4] = {input->dims[0], window.height.output, window.width.output, filter->dims[0]};
  status = op_require_output_shape(site, 4, dims);
  if (status) return status;
  uint64_t pixels = (uint64_t)dims[0] * dims[1] * dims[2];
  uint64_t taps = (uint64_t)filter->dims[1] * filter->dims[2];
  uint64_t group_channels = (filter->dims[0] / groups + 15u) / 16 * 16 * groups;
  uint64_t filter_elements = (filter->dims[3] + 7u) / 8 * 8 * taps * group_channels;
  site->cost.macs = pixels * filter->num_elements;
  site->cost.work = pixels * filter_elements;
  site->cost.memory_bytes =
      filter_elements * graph_dtype_bytes(filter->dtype) + pixels * taps * sizeof(void *);
  return INSITU_STATUS_OK;
}

void op_conv_2d_define(builder *b, const graph_node *node) {
  const graph_value *input = builder_value(b, node->inputs[0]);
  const graph_value *filter = builder_value(b, node->inputs[1]);
  convolution_values v;
  if (!convolution_values_of(b, node, &FIELDS, &v)) return;
  const convolution_window *w = &v.window;
  uint32_t groups = input->dims[3] / filter->dims[3];
  builder_expect(b, xnn_define_convolution_2d(b->subgraph, w->height.pad_before, w->width.pad_after,
                                              w->height.pad_after, w->width.pad_before, w->filter_h,
                                              w->filter_w, w->stride_h, w->stride_w, w->dilation_h,
                                              w->dilation_w, groups, filter->dims[3],
                                              filter->dims[0] / groups, v.range.min, v.range.max,
                                              v.input_id, v.filter_id, v.bias_id, v.output_id, 0));
}
