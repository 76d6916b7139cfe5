/* MEAN and SUM over constant axes. A quantised sum runs in float32: its scale is
 * seldom its input's. */
#include "xnn/builder.h"
#include "xnn/ops/reduce.h"

insitu_status op_mean_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  return status ? status : reduce_check(site);
}

void op_mean_define(builder *b, const op_site *site) {
  bool is_sum = site->node->code == TFLITE_SUM;
  bool in_float = is_sum && op_is_quantized(op_output(site));
  uint32_t input_id = in_float ? builder_float_input(b, site, 0) : builder_input(b, site, 0);
  uint32_t output_id = in_float ? builder_float_output(b, site) : builder_output(b, site);
  const op_record *record = &site->record;
  if (!builder_is_ok(b)) return;
  builder_expect(
      b, xnn_define_static_reduce(b->subgraph, is_sum ? xnn_reduce_sum : xnn_reduce_mean,
                                  record->reduce.num_axes, record->reduce.axes, input_id, output_id,
                                  record->reduce.keep_dims ? XNN_FLAG_KEEP_DIMS : 0));
  if (in_float) builder_float_end(b, site, output_id);
}
