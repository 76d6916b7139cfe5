/* SUB: a - b, broadcast. The quantised kernel holds scales from 2^-10 of the
 * output's to 2^8 of it. */
#include "xnn/ops/elementwise.h"

insitu_status op_sub_check(op_site *site) { return elementwise_binary_check(site); }

void op_sub_define(builder *b, const graph_node *node) {
  bool fits = true;
  if (op_is_quantized(builder_value(b, node->outputs[0]))) {
    double output_scale = elementwise_scale(b, node->outputs[0]);
    fits = elementwise_scale_fits(elementwise_scale(b, node->inputs[0]) / output_scale, 0x1p-10) &&
           elementwise_scale_fits(elementwise_scale(b, node->inputs[1]) / output_scale, 0x1p-10);
  }
  elementwise_binary_define(b, node, xnn_binary_subtract, fits);
}
