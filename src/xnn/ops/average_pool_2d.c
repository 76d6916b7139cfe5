/* AVERAGE_POOL_2D: input [N,H,W,C], output [N,H',W',C], padding left out of the
 * averages. XNNPACK's subgraph has it in float only: quantised, a window over the
 * whole picture runs as a mean where no average lies between two numbers, and any
 * other between two conversions. */
#include <math.h>

#include "xnn/ops/pool.h"

/* Pointers of XNNPACK's table: a row for each stride of padding above and below, and one
 * for what lies between. */
static uint64_t table_elements(const op_site *site) {
  const op_windows *w = &site->record.windows;
  graph_value pooled = pool_unskipped(site);
  bool skips = pool_skips(site);
  uint32_t stride_h = skips ? 1 : w->stride_h, stride_w = skips ? 1 : w->stride_w;
  uint64_t step_w = stride_w < w->filter_w ? stride_w : w->filter_w;
  uint64_t columns = w->filter_w + (skips ? pooled.dims[2] : w->width.output) * step_w;
  uint64_t rows = 3 + (uint64_t)w->height.pad_before / stride_h + w->height.pad_after / stride_h;
  uint64_t row = w->filter_h * columns;
  return rows > OP_MAX_MEMORY_BYTES / row ? OP_MAX_MEMORY_BYTES : rows * row;
}

insitu_status op_average_pool_2d_check(op_site *site) {
  insitu_status status = pool_check(site);
  if (!status) site->cost.memory_bytes += table_elements(site) * sizeof(void *);
  return status;
}

static bool is_global(const op_site *site) {
  const op_windows *w = &site->record.windows;
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  bool is_between = op_is_quantized(output) && w->filter_h * w->filter_w % 2 == 0;
  return !is_between && w->filter_h == input->dims[1] && w->filter_w == input->dims[2] &&
         output->dims[1] == 1 && output->dims[2] == 1 && op_range_holds(site->record.range, output);
}

static void define_pool(builder *b, const op_windows *w, uint32_t stride_h, uint32_t stride_w,
                        op_range range, uint32_t input_id, uint32_t output_id) {
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_average_pooling_2d(
                        b->subgraph, w->height.pad_before, w->width.pad_after, w->height.pad_after,
                        w->width.pad_before, w->filter_h, w->filter_w, stride_h, stride_w,
                        range.min, range.max, input_id, output_id, 0));
}

/* TFLite divides the sum of the bytes themselves, and rounds what lies between two away
 * from their 0; conversion rounds to even, or as the last bit of a product falls. So what
 * is converted is moved away from that 0: of an average r of N bytes by r / 600 N, which is
 * less than the 1 / 2 N to the next one that would be rounded up. Of 64 pixels and more
 * far from that 0, some ties are lost in the last bits of a float all the same. */
static uint32_t move_from_zero(builder *b, const op_site *site, const graph_value *like,
                               uint32_t float_id) {
  const op_windows *w = &site->record.windows;
  const graph_value *output = op_output(site);
  if (!op_is_quantized(output)) return float_id;
  float part = 1 / (600.0f * (float)w->filter_h * (float)w->filter_w);
  float zero = op_scale(output) * (float)output->quantization.zero_point;
  uint32_t grown_id = builder_float_like(b, like), moved_id = builder_float_like(b, like);
  builder_binary(b, xnn_binary_multiply, float_id, builder_scalar(b, 1 + part), grown_id);
  builder_binary(b, xnn_binary_add, grown_id, builder_scalar(b, zero * part), moved_id);
  return moved_id;
}

void op_average_pool_2d_define(builder *b, const op_site *site) {
  const op_windows *w = &site->record.windows;
  if (is_global(site)) {
    uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
    if (!builder_is_ok(b)) return;
    builder_expect(b,
                   xnn_define_static_reduce(b->subgraph, xnn_reduce_mean, 2, (const size_t[]){1, 2},
                                            input_id, output_id, XNN_FLAG_KEEP_DIMS));
    return;
  }
  if (w->filter_h * w->filter_w == 1) {
    uint32_t input_id = builder_input(b, site, 0);
    pool_pick(b, site, input_id, builder_output(b, site));
    return;
  }
  if (!pool_skips(site)) {
    uint32_t input_id = builder_float_input(b, site, 0);
    uint32_t output_id = builder_float_output(b, site);
    define_pool(b, w, w->stride_h, w->stride_w, site->record.range, input_id, output_id);
    builder_float_end(b, site, move_from_zero(b, site, op_output(site), output_id));
    return;
  }
  graph_value pooled = pool_unskipped(site);
  uint32_t input_id = builder_float_input(b, site, 0), output_id = builder_output(b, site);
  uint32_t float_id = builder_float_like(b, &pooled), pooled_id = float_id;
  define_pool(b, w, 1, 1, (op_range){-INFINITY, INFINITY}, input_id, float_id);
  if (op_is_quantized(&pooled)) {
    pooled_id = builder_same_as(b, &pooled);
    builder_convert(b, move_from_zero(b, site, &pooled, float_id), pooled_id);
  }
  pool_pick(b, site, pooled_id, output_id);
}
