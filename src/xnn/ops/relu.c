/* RELU: max(x, 0). */
#include <math.h>

#include "xnn/ops/elementwise.h"

insitu_status op_relu_check(op_site *site) { return elementwise_clamp_check(site); }

void op_relu_define(builder *b, const graph_node *node) {
  elementwise_clamp_define(b, node, (op_range){0, INFINITY});
}
