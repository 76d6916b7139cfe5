/* What AVERAGE_POOL_2D and MAX_POOL_2D share: Pool2DOptions and their window. */
#ifndef INSITU_XNN_OPS_POOL_H_
#define INSITU_XNN_OPS_POOL_H_

#include "xnn/builder.h"

enum {
  POOL_PADDING,
  POOL_STRIDE_W,
  POOL_STRIDE_H,
  POOL_FILTER_W,
  POOL_FILTER_H,
  POOL_FUSED_ACTIVATION
};

typedef struct pool_window {
  op_window height, width;
  uint32_t filter_h, filter_w, stride_h, stride_w;
} pool_window;

bool pool_window_of(const graph_node *node, const graph_value *input, pool_window *window);
insitu_status pool_check(op_site *site);

#endif
