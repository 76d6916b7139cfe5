/* SOFTMAX over the last dimension. XNNPACK's subgraph has it in float only:
 * quantised, it runs between two conversions. */
#include "xnn/ops/elementwise.h"

enum { BETA };

insitu_status op_softmax_check(op_site *site) {
  float beta = graph_option_f32(site->node, BETA, 0);
  if (beta != 1.0f) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "beta is %g and must be 1", (double)beta);
  }
  return elementwise_unary_check(site, 64);
}

void op_softmax_define(builder *b, const graph_node *node) {
  builder_float ids = builder_float_begin(b, node);
  if (b->status != xnn_status_success) return;
  builder_expect(b, xnn_define_softmax(b->subgraph, ids.input_id, ids.output_id, 0));
  builder_float_end(b, node, ids);
}
