/* DEQUANTIZE: int8 or uint8 to float32. Of float16 constants, which a file
 * keeps to be half as large, nothing is left to do here: runtime_create turns
 * them into float32 constants first. */
#include "xnn/builder.h"

insitu_status op_dequantize_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_activation(site, input, "input");
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  if (!status && (!op_is_quantized(input) || output->dtype != GRAPH_F32)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "it goes from %s to %s; from int8 or uint8 to float32 can be run",
                   graph_dtype_name(input->dtype), graph_dtype_name(output->dtype));
  }
  site->cost.work = 4 * (uint64_t)output->num_elements;
  return status;
}

void op_dequantize_define(builder *b, const graph_node *node) {
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  builder_unary(b, xnn_unary_convert, input_id, builder_tensor(b, node->outputs[0]));
}
