/* QUANTIZE: float32 to int8 or uint8, or one quantisation to another. Of constants,
 * as networks that were trained for quantisation and exported without it hold them,
 * also by a scale for each channel. */
#include "xnn/builder.h"

insitu_status op_quantize_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_activation(site, input, "input");
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  if (!status) status = op_require_activation(site, output, "output");
  if (!status) status = op_require_rescale(site);
  if (!status && !op_is_quantized(output)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its output is %s and must be int8 or uint8",
                   graph_dtype_name(output->dtype));
  }
  if (!status && op_scale(output) <= 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its output is %s without a scale",
                   graph_dtype_name(output->dtype));
  }
  site->cost.work = 4 * (uint64_t)output->num_elements;
  return status;
}

void op_quantize_define(builder *b, const op_site *site) {
  uint32_t input_id = builder_input(b, site, 0);
  builder_convert(b, input_id, builder_output(b, site));
}

insitu_status op_quantize_fold(op_site *site) { return op_fold_convert(site); }
