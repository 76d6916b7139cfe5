/* What AVERAGE_POOL_2D and MAX_POOL_2D share: the window, parsed into
 * record.windows, and strides above it. */
#ifndef INSITU_XNN_OPS_POOL_H_
#define INSITU_XNN_OPS_POOL_H_

#include "xnn/builder.h"

insitu_status pool_check(op_site *site);
/* True where the window skips pixels or is one pixel, which XNNPACK's pools
 * refuse: they then step by 1, and pool_pick takes each stride-th of their
 * pixels (pooled_id of the shape `pooled`) with the fused activation. */
bool pool_skips(const op_site *site);
graph_value pool_unskipped(const op_site *site);
void pool_pick(builder *b, const op_site *site, uint32_t pooled_id, uint32_t output_id);

#endif
