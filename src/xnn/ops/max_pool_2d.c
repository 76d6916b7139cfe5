/* MAX_POOL_2D: input [N,H,W,C], output [N,H',W',C]. */
#include <math.h>

#include "xnn/ops/pool.h"

insitu_status op_max_pool_2d_check(op_site *site) { return pool_check(site); }

void op_max_pool_2d_define(builder *b, const op_site *site) {
  const op_windows *w = &site->record.windows;
  op_range range = site->record.range;
  bool skips = pool_skips(site), is_pixel = w->filter_h * w->filter_w == 1;
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  uint32_t pooled_id = output_id, stride_h = w->stride_h, stride_w = w->stride_w;
  if (skips) {
    graph_value pooled = pool_unskipped(site);
    pooled_id = is_pixel ? input_id : builder_same_as(b, &pooled);
    range = (op_range){-INFINITY, INFINITY};
    stride_h = stride_w = 1;
  }
  if (!builder_is_ok(b)) return;
  if (!is_pixel) {
    builder_expect(b, xnn_define_max_pooling_2d(
                          b->subgraph, w->height.pad_before, w->width.pad_after,
                          w->height.pad_after, w->width.pad_before, w->filter_h, w->filter_w,
                          stride_h, stride_w, 1, 1, range.min, range.max, input_id, pooled_id, 0));
  }
  if (skips) pool_pick(b, site, pooled_id, output_id);
}
