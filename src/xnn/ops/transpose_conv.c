/* TRANSPOSE_CONV: output shape (a constant), filter [O,KH,KW,I], input
 * [N,H,W,I], perhaps a bias [O], output [N,H',W',O]. Run as a convolution by the
 * filter turned half round, of the input with zeros between its pixels: XNNPACK's
 * deconvolution would be 3 KB of code that hardly a classifier uses. */
#include <string.h>

#include "xnn/builder_internal.h"
#include "xnn/ops/convolution.h"

/* The same node with its inputs in CONV_2D's order, as the helpers want them. */
static op_site as_convolution(const op_site *site, graph_node *node, uint32_t *inputs) {
  op_site turned = *site;
  *node = *site->node;
  inputs[0] = site->node->inputs[2];
  inputs[1] = site->node->inputs[1];
  inputs[2] = site->node->num_inputs > 3 ? site->node->inputs[3] : GRAPH_NONE;
  node->inputs = inputs;
  node->num_inputs = 3;
  turned.node = node;
  return turned;
}

/* TFLite's padding, of the output; what is left of it surrounds the input with its
 * zeros. False where that does not fit. */
static bool parse_axis(uint32_t input, uint32_t output, uint32_t filter, uint32_t stride,
                       uint8_t padding, op_window *window) {
  int64_t spread = (int64_t)input * stride, total = 0;
  if (stride < 1 || stride > 1 << 15 || padding > TFLITE_PADDING_VALID) return false;
  if (padding == TFLITE_PADDING_SAME) total = spread - stride + filter - output;
  if (total < 0) total = 0;
  int64_t before = filter - 1 - total / 2;
  int64_t after = (int64_t)output + filter - 1 - spread - before;
  if (before < 0 || after < 0 || after > 1 << 15) return false;
  *window =
      (op_window){.output = output, .pad_before = (uint32_t)before, .pad_after = (uint32_t)after};
  return true;
}

/* What define_spread makes: with large strides more than the graph's values hold. */
static uint64_t spread_bytes(const graph_value *input, const op_windows *w) {
  if (w->stride_h == 1 && w->stride_w == 1) return 0;
  const uint64_t factors[] = {(uint64_t)input->dims[1] * w->stride_h,
                              (uint64_t)input->dims[2] * w->stride_w, input->dims[0],
                              input->dims[3], 2 * graph_dtype_bytes(input->dtype)};
  uint64_t bytes = 1;
  for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
    if (factors[i] > OP_MAX_MEMORY_BYTES / bytes) return OP_MAX_MEMORY_BYTES + 1;
    bytes *= factors[i];
  }
  return bytes;
}

insitu_status op_transpose_conv_check(op_site *site) {
  graph_node node;
  uint32_t inputs[3];
  op_site turned = as_convolution(site, &node, inputs);
  const graph_value *input = op_input(&turned, 0), *filter = op_input(&turned, 1);
  const graph_value *shape = op_input(site, 0);
  insitu_status status = op_require_in_out(&turned);
  if (!status) status = op_require_rank(&turned, input, 4, "input");
  if (!status) status = op_require_weights(&turned, filter, op_input(&turned, 2), 0);
  if (!status) status = op_require_rank(&turned, filter, 4, "filter");
  if (status) return status;
  site->record.weights = turned.record.weights;
  int32_t stride_h = graph_option_i32(&node, TFLITE_TRANSPOSE_CONV_OPTIONS_STRIDE_H, 0);
  int32_t stride_w = graph_option_i32(&node, TFLITE_TRANSPOSE_CONV_OPTIONS_STRIDE_W, 0);
  uint8_t padding =
      graph_option_u8(&node, TFLITE_TRANSPOSE_CONV_OPTIONS_PADDING, TFLITE_PADDING_SAME);
  uint32_t dims[4] = {input->dims[0], 0, 0, filter->dims[0]};
  for (uint32_t i = 0; i < 4; i++) {
    int64_t dim;
    if (!op_constant_int(shape, i, &dim) || dim < 1 || dim > GRAPH_MAX_DIM ||
        (i % 3 == 0 && dim != dims[i])) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "its output's shape is not a constant [%u,H,W,%u]", dims[0], dims[3]);
    }
    dims[i] = (uint32_t)dim;
  }
  op_windows *w = &site->record.windows;
  *w = (op_windows){.filter_h = filter->dims[1],
                    .filter_w = filter->dims[2],
                    .stride_h = (uint32_t)stride_h,
                    .stride_w = (uint32_t)stride_w,
                    .dilation_h = 1,
                    .dilation_w = 1};
  if (input->dims[3] != filter->dims[3] ||
      !parse_axis(input->dims[1], dims[1], w->filter_h, w->stride_h, padding, &w->height) ||
      !parse_axis(input->dims[2], dims[2], w->filter_w, w->stride_w, padding, &w->width)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "filter %s with strides %d and %d does not make %ux%u of input %s",
                   graph_shape(filter).text, stride_h, stride_w, dims[1], dims[2],
                   graph_shape(input).text);
  }
  status = op_parse_fused(site, TFLITE_TRANSPOSE_CONV_OPTIONS_FUSED_ACTIVATION_FUNCTION);
  if (!status) status = op_require_output_shape(site, 4, dims);
  if (status) return status;
  uint64_t pixels = (uint64_t)dims[0] * dims[1] * dims[2];
  uint64_t taps = (uint64_t)w->filter_h * w->filter_w;
  uint64_t filter_elements =
      (filter->dims[3] + 7u) / 8 * 8 * taps * ((filter->dims[0] + 15u) / 16 * 16);
  site->cost.work = pixels * filter_elements;
  site->cost.memory_bytes = filter_elements * graph_dtype_bytes(filter->dtype) +
                            filter->size_bytes + pixels * taps * sizeof(void *) +
                            spread_bytes(input, w);
  return INSITU_STATUS_OK;
}

/* The input with stride - 1 zeros behind each row and column. */
static uint32_t define_spread(builder *b, const graph_value *input, const op_windows *w,
                              uint32_t input_id) {
  if (w->stride_h * w->stride_w == 1) return input_id;
  const uint32_t *d = input->dims;
  const uint32_t thin[5] = {d[0] * d[1], 1, d[2], 1, d[3]};
  const uint32_t wide[5] = {d[0] * d[1], w->stride_h, d[2], w->stride_w, d[3]};
  const uint32_t spread[4] = {d[0], d[1] * w->stride_h, d[2] * w->stride_w, d[3]};
  const size_t before[5] = {0}, after[5] = {0, w->stride_h - 1, 0, w->stride_w - 1, 0};
  uint32_t thin_id = builder_shaped(b, input, 5, thin), wide_id = builder_shaped(b, input, 5, wide);
  uint32_t spread_id = builder_shaped(b, input, 4, spread);
  builder_reshape(b, 5, thin, input_id, thin_id);
  if (!builder_is_ok(b)) return spread_id;
  builder_expect(
      b, xnn_define_static_constant_pad(b->subgraph, before, after, 0, thin_id, wide_id, 0));
  builder_reshape(b, 4, spread, wide_id, spread_id);
  return spread_id;
}

/* The filter's pixels in the opposite order, in memory that the runtime owns. */
static const uint8_t *turn_filter(builder *b, const graph_value *filter) {
  uint8_t *turned = builder_own_bytes(b, filter->size_bytes);
  size_t taps = (size_t)filter->dims[1] * filter->dims[2];
  size_t pixel_bytes = filter->dims[3] * graph_dtype_bytes(filter->dtype);
  for (size_t i = 0; turned != NULL && i < filter->dims[0] * taps; i++) {
    size_t from = i / taps * taps + (taps - 1 - i % taps);
    memcpy(turned + i * pixel_bytes, filter->data + from * pixel_bytes, pixel_bytes);
  }
  return turned;
}

void op_transpose_conv_define(builder *b, const op_site *site) {
  graph_node node;
  uint32_t inputs[3];
  op_site turned = as_convolution(site, &node, inputs);
  const graph_value *input = op_input(&turned, 0);
  const op_windows *w = &site->record.windows;
  graph_value *filter = &site->net->values[inputs[1]];
  uint32_t spread_id = define_spread(b, input, w, builder_input(b, &turned, 0));
  const uint8_t *data = filter->data;
  filter->data = turn_filter(b, filter);
  uint32_t filter_id =
      filter->data != NULL ? builder_filter(b, &turned, false) : XNN_INVALID_VALUE_ID;
  filter->data = data;
  uint32_t bias_id = builder_bias(b, &turned, 2), output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_convolution_2d(
                        b->subgraph, w->height.pad_before, w->width.pad_after, w->height.pad_after,
                        w->width.pad_before, w->filter_h, w->filter_w, 1, 1, 1, 1, 1,
                        input->dims[3], filter->dims[0], site->record.range.min,
                        site->record.range.max, spread_id, filter_id, bias_id, output_id, 0));
}
