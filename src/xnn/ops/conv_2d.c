/* CONV_2D: input [N,H,W,I], filter [O,KH,KW,I/groups], bias [O], output
 * [N,H',W',O]. A group for each channel, as Keras writes a depthwise convolution by
 * Conv2D, runs as one. With dynamic range the input is quantised anew for each run. */
#include "xnn/ops/convolution.h"

static const convolution_fields FIELDS = {
    .padding = TFLITE_CONV_2D_OPTIONS_PADDING,
    .stride_w = TFLITE_CONV_2D_OPTIONS_STRIDE_W,
    .stride_h = TFLITE_CONV_2D_OPTIONS_STRIDE_H,
    .fused_activation = TFLITE_CONV_2D_OPTIONS_FUSED_ACTIVATION_FUNCTION,
    .dilation_w = TFLITE_CONV_2D_OPTIONS_DILATION_W_FACTOR,
    .dilation_h = TFLITE_CONV_2D_OPTIONS_DILATION_H_FACTOR};

/* With dynamic range each picture of a batch has its own zero, and so its own row of
 * them for the padding: a pointer, and a block of a kernel's channels with room behind. */
static uint64_t padding_bytes(uint32_t num_channels) {
  return sizeof(void *) + 256 + (num_channels + 63u) / 64 * 64;
}

insitu_status op_conv_2d_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status) status = op_require_weights(site, filter, op_input(site, 2), 0);
  if (!status) status = op_require_rank(site, filter, 4, "filter");
  if (status) return status;
  uint32_t groups = input->dims[3] / filter->dims[3];
  if (input->dims[3] % filter->dims[3] != 0 || filter->dims[0] % groups != 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "input channels in %s and filter %s do not make whole groups",
                   graph_shape(input).text, graph_shape(filter).text);
  }
  status = convolution_check(site, &FIELDS);
  if (status) return status;
  const op_windows *w = &site->record.windows;
  uint32_t dims[4] = {input->dims[0], w->height.output, w->width.output, filter->dims[0]};
  status = op_require_output_shape(site, 4, dims);
  if (status) return status;
  if (groups > 1 && filter->dims[3] == 1 && filter->dims[0] == groups) {
    convolution_cost_depthwise(site, 1);
    return convolution_require_no_overflow(site, 0);
  }
  uint64_t pixels = (uint64_t)dims[0] * dims[1] * dims[2];
  uint64_t taps = (uint64_t)filter->dims[1] * filter->dims[2];
  uint64_t group_channels = (filter->dims[0] / groups + 15u) / 16 * 16 * groups;
  uint64_t filter_elements = (filter->dims[3] + 7u) / 8 * 8 * taps * group_channels;
  site->cost.work = pixels * filter_elements;
  site->cost.memory_bytes =
      filter_elements * graph_dtype_bytes(filter->dtype) + pixels * taps * sizeof(void *);
  if (site->record.weights == OP_WEIGHTS_DYNAMIC) {
    site->cost.work += 8 * (uint64_t)input->num_elements;
    site->cost.unchecked_bytes = dims[0] * padding_bytes(filter->dims[3]);
    site->cost.memory_bytes += site->cost.unchecked_bytes;
  }
  return INSITU_STATUS_OK;
}

/* A pixel at a time is a dense layer, whose input is quantised pixel by pixel:
 * finer than the whole picture at once (0.06 off instead of 0.17, of 6, in
 * tests/golden/models/dynamic_conv_2d_pointwise_f32). */
static bool is_dense(const op_site *site) {
  const op_windows *w = &site->record.windows;
  return site->record.weights == OP_WEIGHTS_DYNAMIC && w->filter_h * w->filter_w == 1 &&
         w->stride_h * w->stride_w == 1 && op_input(site, 0)->dims[3] == op_input(site, 1)->dims[3];
}

static void define_dense(builder *b, const op_site *site) {
  uint32_t input_id = builder_input(b, site, 0);
  input_id = builder_dynamic(b, op_input(site, 0), input_id, 1);
  uint32_t filter_id = builder_filter(b, site, true), bias_id = builder_bias(b, site, 2);
  uint32_t output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(
      b, xnn_define_fully_connected(b->subgraph, site->record.range.min, site->record.range.max,
                                    input_id, filter_id, bias_id, output_id, 0));
}

void op_conv_2d_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  const op_windows *w = &site->record.windows;
  if (is_dense(site)) {
    define_dense(b, site);
    return;
  }
  uint32_t input_id = builder_input(b, site, 0);
  if (site->record.weights == OP_WEIGHTS_DYNAMIC) input_id = builder_dynamic(b, input, input_id, 3);
  uint32_t filter_id = builder_filter(b, site, false), bias_id = builder_bias(b, site, 2);
  uint32_t output_id = builder_output(b, site), groups = input->dims[3] / filter->dims[3];
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_convolution_2d(
                        b->subgraph, w->height.pad_before, w->width.pad_after, w->height.pad_after,
                        w->width.pad_before, w->filter_h, w->filter_w, w->stride_h, w->stride_w,
                        w->dilation_h, w->dilation_w, groups, filter->dims[3],
                        filter->dims[0] / groups, site->record.range.min, site->record.range.max,
                        input_id, filter_id, bias_id, output_id, 0));
}
