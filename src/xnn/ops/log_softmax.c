/* LOG_SOFTMAX over the last dimension: x less its largest, less the logarithm of the sum
 * of the exponentials of that. Not the logarithm of a softmax, whose smallest are 0. */
#include <math.h>

#include "xnn/builder.h"

insitu_status op_log_softmax_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  if (status) return status;
  uint32_t length = input->dims[input->rank - 1];
  site->cost.work = 128 * (uint64_t)input->num_elements;
  site->cost.memory_bytes = 2 * (uint64_t)length * sizeof(void *);
  return INSITU_STATUS_OK;
}

void op_log_softmax_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0);
  graph_value single = *input, real = *input;
  uint32_t length = input->dims[input->rank - 1];
  uint32_t rows = (uint32_t)(input->num_elements / length);
  const uint32_t wide[4] = {rows, length, 1, 1}, narrow[4] = {rows, 1, 1, 1};
  single.dims[input->rank - 1] = 1;
  real.dtype = GRAPH_F32;
  uint32_t x = builder_float_input(b, site, 0), output_id = builder_float_output(b, site);
  uint32_t wide_id = builder_shaped(b, &real, 4, wide);
  uint32_t narrow_id = builder_shaped(b, &real, 4, narrow);
  uint32_t largest = builder_float_like(b, &single), less = builder_float_like(b, input);
  uint32_t exponentials = builder_float_like(b, input), sum = builder_float_like(b, &single);
  uint32_t log_sum = builder_float_like(b, &single);
  if (length == 1) { /* XNNPACK refuses a window of one; all of it is 0 */
    builder_binary(b, xnn_binary_subtract, x, x, output_id);
    builder_float_end(b, site, output_id);
    return;
  }
  builder_reshape(b, 4, wide, x, wide_id);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_max_pooling_2d(b->subgraph, 0, 0, 0, 0, length, 1, length, 1, 1, 1,
                                              -INFINITY, INFINITY, wide_id, narrow_id, 0));
  builder_reshape(b, single.rank, single.dims, narrow_id, largest);
  builder_binary(b, xnn_binary_subtract, x, largest, less);
  builder_unary(b, xnn_unary_exp, NULL, less, exponentials);
  if (!builder_is_ok(b)) return;
  builder_expect(
      b, xnn_define_static_reduce(b->subgraph, xnn_reduce_sum, 1, (const size_t[]){input->rank - 1},
                                  exponentials, sum, XNN_FLAG_KEEP_DIMS));
  builder_unary(b, xnn_unary_log, NULL, sum, log_sum);
  builder_binary(b, xnn_binary_subtract, less, log_sum, output_id);
  builder_float_end(b, site, output_id);
}
