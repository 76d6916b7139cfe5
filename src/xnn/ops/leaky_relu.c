/* LEAKY_RELU: x, or x * alpha where x is below 0. The quantised kernel holds
 * multipliers from 2^-8 to 2^7; outside of that it runs in float32. */
#include <math.h>

#include "xnn/builder.h"

insitu_status op_leaky_relu_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  float slope = graph_option_f32(site->node, TFLITE_LEAKY_RELU_OPTIONS_ALPHA, 0);
  if (!status && !isfinite(slope)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "alpha is %g and must be finite",
                   (double)slope);
  }
  site->record.unary.slope = slope;
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_leaky_relu_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  union xnn_unary_params params = {.leaky_relu = {.negative_slope = site->record.unary.slope}};
  bool in_float = false;
  if (op_is_quantized(output)) {
    double ratio = (double)op_scale(op_input(site, 0)) / (double)op_scale(output);
    double below = fabs(ratio * (double)site->record.unary.slope);
    in_float = ratio < 0x1p-7 || ratio > 64 || below < 0x1p-7 || below > 64;
  }
  uint32_t input_id = in_float ? builder_float_input(b, site, 0) : builder_input(b, site, 0);
  uint32_t output_id = in_float ? builder_float_output(b, site) : builder_output(b, site);
  builder_unary(b, xnn_unary_leaky_relu, &params, input_id, output_id);
  if (in_float) builder_float_end(b, site, output_id);
}
