/* DEQUANTIZE: int8 or uint8 to float32; float16 activations are float32 by then.
 * Of float16 or int8 constants, which a file keeps to be smaller, it makes float32
 * constants when the model is made. */
#include "xnn/builder.h"

insitu_status op_dequantize_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_activation(site, input, "input");
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  bool is_known = op_is_quantized(input) || input->dtype == GRAPH_F32 ||
                  (site->is_folding && input->dtype == GRAPH_F16);
  if (!status && (!is_known || output->dtype != GRAPH_F32)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "it goes from %s to %s; from int8 or uint8 to float32 can be run",
                   graph_dtype_name(input->dtype), graph_dtype_name(output->dtype));
  }
  site->cost.work = 4 * (uint64_t)output->num_elements;
  return status;
}

void op_dequantize_define(builder *b, const op_site *site) { builder_widen(b, site); }

insitu_status op_dequantize_fold(op_site *site) {
  uint8_t *data = NULL;
  insitu_status status = op_fold_output(site, 0, &data);
  if (!status) op_constant_floats(op_input(site, 0), (float *)data);
  return status;
}
