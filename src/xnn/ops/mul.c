/* MUL: a * b, broadcast, as in MobileNetV3's [1,1,1,C] gates. The quantised
 * kernel holds products of scales from 2^-16 of the output's to 2^8 of it. */
#include "xnn/ops/elementwise.h"

insitu_status op_mul_check(op_site *site) { return elementwise_binary_check(site); }

void op_mul_define(builder *b, const graph_node *node) {
  bool fits = true;
  if (op_is_quantized(builder_value(b, node->outputs[0]))) {
    double product = elementwise_scale(b, node->inputs[0]) * elementwise_scale(b, node->inputs[1]);
    fits = elementwise_scale_fits(product / elementwise_scale(b, node->outputs[0]), 0x1p-16);
  }
  elementwise_binary_define(b, node, xnn_binary_multiply, fits);
}
