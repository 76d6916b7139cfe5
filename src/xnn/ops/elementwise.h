/* What ADD, SUB and MUL share: two inputs broadcast as in numpy, a fused
 * activation; and what the operators of one input share. */
#ifndef INSITU_XNN_OPS_ELEMENTWISE_H_
#define INSITU_XNN_OPS_ELEMENTWISE_H_

#include "xnn/builder.h"

insitu_status elementwise_binary_check(op_site *site);
/* quantized_fits: the scales are within what the quantised kernel's fixed
 * point can hold; where not, it runs in float between conversions. */
void elementwise_binary_define(builder *b, const graph_node *node,
                               enum xnn_binary_operator operation, bool quantized_fits);
/* a scale over the output's scale within [low, 2^8). */
bool elementwise_scale_fits(double ratio, double low);
double elementwise_scale(const builder *b, uint32_t value_index);

/* One input and an output of the same shape and dtype. work_per_element: what
 * an element costs, in multiply-adds. */
insitu_status elementwise_unary_check(op_site *site, uint32_t work_per_element);
insitu_status elementwise_clamp_check(op_site *site);
/* A clamp to range, with a change of quantisation where the two differ. */
void elementwise_clamp_define(builder *b, const graph_node *node, op_range range);

#endif
