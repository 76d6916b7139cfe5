/* HARD_SWISH: x * min(max(x + 3, 0), 6) / 6. Quantised, XNNPACK makes a table
 * of 256 bytes, which is nearer to the formula than TFLite's fixed point. */
#include "xnn/ops/elementwise.h"

insitu_status op_hard_swish_check(op_site *site) { return elementwise_unary_check(site, 16); }

void op_hard_swish_define(builder *b, const graph_node *node) {
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  builder_unary(b, xnn_unary_hardswish, input_id, builder_tensor(b, node->outputs[0]));
}
