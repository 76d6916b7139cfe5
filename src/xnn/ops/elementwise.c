/* See elementwise.h. XNNPACK has quantised kernels for add and multiply, whose
 * multipliers are fixed-point numbers of 21 bits; outside of their range the
 * operator runs in float32 between conversions. A fused activation that the
 * output's own range does not imply is a clamp, a node of its own. */
#include "xnn/ops/elementwise.h"

insitu_status elementwise_binary_check(op_site *site) {
  const graph_value *a = op_input(site, 0), *b = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_activation(site, b, "second input");
  if (!status) status = op_require_fused(site, 0);
  if (status) return status;
  if (a->dtype != b->dtype) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its inputs are %s and %s",
                   graph_dtype_name(a->dtype), graph_dtype_name(b->dtype));
  }
  uint32_t rank = a->rank > b->rank ? a->rank : b->rank, dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < rank; i++) { /* from the last dimension */
    uint32_t x = i < a->rank ? a->dims[a->rank - 1 - i] : 1;
    uint32_t y = i < b->rank ? b->dims[b->rank - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its inputs %s and %s do not broadcast",
                     graph_shape(a).text, graph_shape(b).text);
    }
    dims[rank - 1 - i] = x > y ? x : y;
  }
  status = op_require_output_shape(site, rank, dims);
  site->cost.work = 4 * (uint64_t)op_output(site)->num_elements;
  return status;
}

bool elementwise_scale_fits(double ratio, double low) { return ratio >= low && ratio < 256; }

double elementwise_scale(const builder *b, uint32_t value_index) {
  return (double)builder_value(b, value_index)->quantization.scales[0];
}

static uint32_t as_float(builder *b, uint32_t index) {
  uint32_t converted = builder_float_like(b, builder_value(b, index));
  builder_unary(b, xnn_unary_convert, builder_tensor(b, index), converted);
  return converted;
}

void elementwise_binary_define(builder *b, const graph_node *node,
                               enum xnn_binary_operator operation, bool quantized_fits) {
  const graph_value *output = builder_value(b, node->outputs[0]);
  op_range range = op_fused_range(node, 0);
  bool is_clamped = !op_range_holds(range, output);
  bool in_float = op_is_quantized(output) && !quantized_fits;
  uint32_t a_id = in_float ? as_float(b, node->inputs[0]) : builder_tensor(b, node->inputs[0]);
  uint32_t b_id = in_float ? as_float(b, node->inputs[1]) : builder_tensor(b, node->inputs[1]);
  uint32_t output_id = builder_tensor(b, node->outputs[0]), sum_id = output_id;
  if (is_clamped) sum_id = builder_same_as(b, output);
  uint32_t result_id = in_float ? builder_float_like(b, output) : sum_id;
  if (b->status != xnn_status_success) return;
  builder_expect(b, xnn_define_binary(b->subgraph, operation, NULL, a_id, b_id, result_id, 0));
  if (in_float) builder_unary(b, xnn_unary_convert, result_id, sum_id);
  if (is_clamped) builder_clamp(b, range, sum_id, output_id);
}

insitu_status elementwise_unary_check(op_site *site, uint32_t work_per_element) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  site->cost.work = work_per_element * (uint64_t)op_output(site)->num_elements;
  return status;
}

insitu_status elementwise_clamp_check(op_site *site) {
  insitu_status status = elementwise_unary_check(site, 4);
  return status ? status : op_require_rescale(site);
}

void elementwise_clamp_define(builder *b, const graph_node *node, op_range range) {
  const graph_value *input = builder_value(b, node->inputs[0]);
  const graph_value *output = builder_value(b, node->outputs[0]);
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  bool is_same = !op_is_quantized(input) ||
                 (input->quantization.scales[0] == output->quantization.scales[0] &&
                  input->quantization.zero_point == output->quantization.zero_point);
  if (!is_same) {
    uint32_t converted = builder_same_as(b, output);
    builder_unary(b, xnn_unary_convert, input_id, converted);
    input_id = converted;
  }
  builder_clamp(b, range, input_id, output_id);
}
