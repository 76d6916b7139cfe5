/* SOFTMAX of beta * input over the last dimension. XNNPACK's subgraph has it in
 * float only: quantised, it runs between two conversions. */
#include <math.h>

#include "xnn/builder.h"

insitu_status op_softmax_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  float beta = graph_option_f32(site->node, TFLITE_SOFTMAX_OPTIONS_BETA, 0);
  if (!status && !isfinite(beta)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "beta is %g and must be finite",
                   (double)beta);
  }
  site->record.softmax.beta = beta;
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  site->cost.work = 64 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_softmax_define(builder *b, const op_site *site) {
  uint32_t input_id = builder_float_input(b, site, 0);
  uint32_t output_id = builder_float_output(b, site);
  if (site->record.softmax.beta != 1) {
    uint32_t scaled_id = builder_float_like(b, op_input(site, 0));
    builder_binary(b, xnn_binary_multiply, input_id, builder_scalar(b, site->record.softmax.beta),
                   scaled_id);
    input_id = scaled_id;
  }
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_softmax(b->subgraph, input_id, output_id, 0));
  builder_float_end(b, site, output_id);
}
