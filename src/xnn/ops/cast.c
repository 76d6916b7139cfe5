/* CAST of a constant from one numeric type to another; and while running of
 * bytes to float32, as networks begin that take pictures as they are, and between
 * float16 and float32, which are the same by then; and of what ARG_MAX gives. */
#include "xnn/builder.h"

insitu_status op_cast_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_activation(site, input, "input");
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  site->cost.work = 4 * (uint64_t)output->num_elements;
  if (!status && site->is_postprocessing && op_is_quantized(input)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "behind the network only float32 and integers can be cast, not %s",
                   graph_dtype_name(input->dtype));
  }
  if (!status && site->is_folding) status = op_require_foldable(site);
  if (status || site->is_folding) return status;
  if (input->dtype == GRAPH_F32 && output->dtype == GRAPH_F32) return INSITU_STATUS_OK;
  if (!op_is_quantized(input) || op_scale(input) != 1 || input->quantization.zero_point != 0 ||
      output->dtype != GRAPH_F32) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "it goes from %s to %s; from unscaled bytes to float32 can be run",
                   graph_dtype_name(input->dtype), graph_dtype_name(output->dtype));
  }
  return INSITU_STATUS_OK;
}

void op_cast_define(builder *b, const op_site *site) { builder_widen(b, site); }

insitu_status op_cast_fold(op_site *site) { return op_fold_convert(site); }
