/* MEAN and SUM over constant axes. A quantised sum runs in float32: its scale is
 * seldom its input's. */
#include "xnn/builder.h"
#include "xnn/ops/reduce.h"

insitu_status op_mean_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  return status ? status : reduce_check(site);
}

/* XNNPACK reduces to no scalar: dimensions of 1 stay, and go by a reshape. */
static void define_reduce(builder *b, const op_site *site, uint32_t input_id, uint32_t output_id) {
  const op_record *record = &site->record;
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  bool is_scalar = output->rank == 0, is_sum = site->node->code == TFLITE_SUM;
  uint32_t kept_id = output_id;
  if (is_scalar) {
    graph_value kept = *output;
    const uint32_t ones[INSITU_MAX_RANK] = {1, 1, 1, 1, 1, 1};
    if (is_sum) kept.dtype = GRAPH_F32;
    kept_id = builder_shaped(b, &kept, input->rank, ones);
  }
  if (!builder_is_ok(b)) return;
  builder_expect(
      b, xnn_define_static_reduce(b->subgraph, is_sum ? xnn_reduce_sum : xnn_reduce_mean,
                                  record->reduce.num_axes, record->reduce.axes, input_id, kept_id,
                                  record->reduce.keep_dims || is_scalar ? XNN_FLAG_KEEP_DIMS : 0));
  if (is_scalar) builder_reshape(b, 0, NULL, kept_id, output_id);
}

void op_mean_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  bool in_float = site->node->code == TFLITE_SUM && op_is_quantized(output);
  if (site->record.reduce.num_axes == 0) { /* of nothing, or of a scalar */
    uint32_t same_id = builder_requantized(b, site, 0, output);
    builder_reshape(b, output->rank, output->dims, same_id, builder_output(b, site));
    return;
  }
  uint32_t input_id = in_float ? builder_float_input(b, site, 0) : builder_input(b, site, 0);
  uint32_t output_id = in_float ? builder_float_output(b, site) : builder_output(b, site);
  define_reduce(b, site, input_id, output_id);
  if (in_float) builder_float_end(b, site, output_id);
}
