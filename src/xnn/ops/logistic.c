/* LOGISTIC: 1 / (1 + exp(-x)). Quantised, XNNPACK makes a table of 256 bytes. */
#include "xnn/ops/elementwise.h"

insitu_status op_logistic_check(op_site *site) { return elementwise_unary_check(site, 64); }

void op_logistic_define(builder *b, const graph_node *node) {
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  builder_unary(b, xnn_unary_sigmoid, input_id, builder_tensor(b, node->outputs[0]));
}
