/* L2_NORMALIZATION over the last dimension: x / sqrt(max(sum of x^2, 1e-12)). */
#include <math.h>

#include "xnn/builder.h"

insitu_status op_l2_normalization_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_parse_fused(site, TFLITE_L2_NORM_OPTIONS_FUSED_ACTIVATION_FUNCTION);
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  site->cost.work = 32 * (uint64_t)op_output(site)->num_elements;
  if (!status && site->record.range.max != INFINITY) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "it has a fused activation");
  }
  return status;
}

void op_l2_normalization_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0);
  graph_value sums = *input;
  sums.dims[sums.rank - 1] = 1;
  uint32_t x = builder_float_input(b, site, 0), squares = builder_float_like(b, input);
  uint32_t sum = builder_float_like(b, &sums), floor = builder_float_like(b, &sums);
  uint32_t factor = builder_float_like(b, &sums), output_id = builder_float_output(b, site);
  builder_unary(b, xnn_unary_square, NULL, x, squares);
  if (!builder_is_ok(b)) return;
  builder_expect(
      b, xnn_define_static_reduce(b->subgraph, xnn_reduce_sum, 1, (const size_t[]){input->rank - 1},
                                  squares, sum, XNN_FLAG_KEEP_DIMS));
  builder_clamp(b, (op_range){1e-12f, INFINITY}, sum, floor);
  builder_unary(b, xnn_unary_reciprocal_square_root, NULL, floor, factor);
  builder_binary(b, xnn_binary_multiply, x, factor, output_id);
  builder_float_end(b, site, output_id);
}
