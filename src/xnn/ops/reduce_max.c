/* REDUCE_MAX over height and width of [N,H,W,C], as global max pooling is
 * written: a pool over the whole picture. */
#include <math.h>

#include "xnn/builder.h"
#include "xnn/ops/reduce.h"

insitu_status op_reduce_max_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (!status) status = reduce_check(site);
  if (status) return status;
  const op_record *record = &site->record;
  if (input->rank != 4 || record->reduce.num_axes != 2 || record->reduce.axes[0] != 1 ||
      record->reduce.axes[1] != 2) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "only the maximum over dimensions 1 and 2 of 4 can be run");
  }
  return INSITU_STATUS_OK;
}

void op_reduce_max_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  const uint32_t dims[4] = {input->dims[0], 1, 1, input->dims[3]};
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  if (input->dims[1] * input->dims[2] == 1) { /* XNNPACK refuses a window of one */
    builder_reshape(b, output->rank, output->dims, input_id, output_id);
    return;
  }
  uint32_t pooled_id =
      site->record.reduce.keep_dims ? output_id : builder_shaped(b, output, 4, dims);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_max_pooling_2d(b->subgraph, 0, 0, 0, 0, input->dims[1],
                                              input->dims[2], input->dims[1], input->dims[2], 1, 1,
                                              -INFINITY, INFINITY, input_id, pooled_id, 0));
  if (pooled_id != output_id) {
    builder_reshape(b, output->rank, output->dims, pooled_id, output_id);
  }
}
