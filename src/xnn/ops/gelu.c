/* GELU: x * Phi(x), or by its approximation x / 2 * (1 + tanh(sqrt(2 / pi) *
 * (x + 0.044715 x^3))) (Hendrycks and Gimpel 2016). */
#include "xnn/builder.h"

#define ROOT_2_OVER_PI 0.7978845608028654f

insitu_status op_gelu_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  site->record.gelu.is_approximate =
      graph_option_u8(site->node, TFLITE_GELU_OPTIONS_APPROXIMATE, 0) != 0;
  site->cost.work = 128 * (uint64_t)op_output(site)->num_elements;
  return status;
}

/* x, then 1 + 0.044715 x^2, times x and sqrt(2/pi), its tanh, 1 +, times x / 2. */
static void define_approximate(builder *b, const op_site *site, uint32_t x, uint32_t output_id) {
  uint32_t ids[7];
  for (int i = 0; i < 7; i++) ids[i] = builder_float_like(b, op_input(site, 0));
  builder_unary(b, xnn_unary_square, NULL, x, ids[0]);
  builder_binary(b, xnn_binary_multiply, ids[0], builder_scalar(b, 0.044715f * ROOT_2_OVER_PI),
                 ids[1]);
  builder_binary(b, xnn_binary_add, ids[1], builder_scalar(b, ROOT_2_OVER_PI), ids[2]);
  builder_binary(b, xnn_binary_multiply, ids[2], x, ids[3]);
  builder_unary(b, xnn_unary_tanh, NULL, ids[3], ids[4]);
  builder_binary(b, xnn_binary_add, ids[4], builder_scalar(b, 1), ids[5]);
  builder_binary(b, xnn_binary_multiply, x, builder_scalar(b, 0.5f), ids[6]);
  builder_binary(b, xnn_binary_multiply, ids[5], ids[6], output_id);
}

void op_gelu_define(builder *b, const op_site *site) {
  if (!site->record.gelu.is_approximate) {
    uint32_t input_id = builder_input(b, site, 0);
    builder_unary(b, xnn_unary_gelu, NULL, input_id, builder_output(b, site));
    return;
  }
  uint32_t input_id = builder_float_input(b, site, 0);
  uint32_t output_id = builder_float_output(b, site);
  define_approximate(b, site, input_id, output_id);
  builder_float_end(b, site, output_id);
}
