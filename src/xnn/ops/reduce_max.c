/* REDUCE_MAX and REDUCE_MIN over constant axes. XNNPACK reduces by sums alone: the
 * axes are moved to the front and a pool takes the largest along them, of what is
 * negated for the smallest. Over height and width of [N,H,W,C], as global max pooling
 * is written, nothing needs to be moved. */
#include <math.h>

#include "xnn/builder.h"
#include "xnn/ops/reduce.h"

/* The input's axes, those that are reduced first; how many elements those have, and
 * the rest. */
typedef struct order {
  size_t axes[INSITU_MAX_RANK];
  uint32_t dims[INSITU_MAX_RANK]; /* in that order */
  uint32_t num_reduced, num_kept; /* elements */
  bool is_moved;                  /* where the same elements lie in another order then */
} order;

static order order_of(const op_site *site) {
  const graph_value *input = op_input(site, 0);
  const op_record *record = &site->record;
  const bool *is_reduced = record->reduce.is_reduced;
  order found = {.num_reduced = 1, .num_kept = 1};
  uint32_t rank = 0;
  for (int wanted = 1; wanted >= 0; wanted--) {
    for (uint32_t i = 0; i < input->rank; i++) {
      if (is_reduced[i] != (wanted == 1)) continue;
      found.dims[rank] = input->dims[i];
      found.axes[rank++] = i;
    }
  }
  for (uint32_t i = 0; i < input->rank; i++) {
    if (!is_reduced[i]) {
      found.num_kept *= input->dims[i];
      continue;
    }
    found.num_reduced *= input->dims[i];
    found.is_moved |= input->dims[i] > 1 && found.num_kept > 1;
  }
  return found;
}

/* [N,H,W,C] over height and width. */
static bool is_of_pictures(const op_site *site) {
  const op_record *record = &site->record;
  return op_input(site, 0)->rank == 4 && record->reduce.num_axes == 2 &&
         record->reduce.axes[0] == 1 && record->reduce.axes[1] == 2;
}

insitu_status op_reduce_max_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, op_input(site, 0), op_output(site));
  if (!status) status = reduce_check(site);
  if (status) return status;
  order o = order_of(site);
  site->cost.work += (uint64_t)o.num_reduced * ((o.num_kept + 7u) / 8 * 8);
  site->cost.memory_bytes = 2 * (uint64_t)o.num_reduced * sizeof(void *); /* the pool's table */
  return INSITU_STATUS_OK;
}

static void define_pool(builder *b, uint32_t height, uint32_t width, uint32_t input_id,
                        uint32_t output_id) {
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_max_pooling_2d(b->subgraph, 0, 0, 0, 0, height, width, height, width,
                                              1, 1, -INFINITY, INFINITY, input_id, output_id, 0));
}

/* The largest of value `id`, which is like `like`, into output_id of the output's shape. */
static void define_max(builder *b, const op_site *site, const graph_value *like, uint32_t id,
                       uint32_t output_id) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  order o = order_of(site);
  if (o.num_reduced == 1) { /* XNNPACK refuses a window of one */
    builder_reshape(b, output->rank, output->dims, id, output_id);
    return;
  }
  if (is_of_pictures(site)) {
    const uint32_t dims[4] = {input->dims[0], 1, 1, input->dims[3]};
    uint32_t pooled_id = builder_shaped(b, like, 4, dims);
    define_pool(b, input->dims[1], input->dims[2], id, pooled_id);
    builder_reshape(b, output->rank, output->dims, pooled_id, output_id);
    return;
  }
  if (o.is_moved) {
    uint32_t moved_id = builder_shaped(b, like, input->rank, o.dims);
    if (!builder_is_ok(b)) return;
    builder_expect(b,
                   xnn_define_static_transpose(b->subgraph, input->rank, o.axes, id, moved_id, 0));
    id = moved_id;
  }
  const uint32_t tall[4] = {1, o.num_reduced, 1, o.num_kept}, flat[4] = {1, 1, 1, o.num_kept};
  uint32_t tall_id = builder_shaped(b, like, 4, tall), flat_id = builder_shaped(b, like, 4, flat);
  builder_reshape(b, 4, tall, id, tall_id);
  define_pool(b, o.num_reduced, 1, tall_id, flat_id);
  builder_reshape(b, output->rank, output->dims, flat_id, output_id);
}

void op_reduce_max_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  if (site->node->code == TFLITE_REDUCE_MAX) {
    uint32_t input_id = builder_input(b, site, 0);
    define_max(b, site, input, input_id, builder_output(b, site));
    return;
  }
  graph_value real = *input;
  real.dtype = GRAPH_F32;
  uint32_t input_id = builder_float_input(b, site, 0), negated_id = builder_float_like(b, input);
  uint32_t largest_id = builder_float_like(b, output), output_id = builder_float_output(b, site);
  builder_unary(b, xnn_unary_negate, NULL, input_id, negated_id);
  define_max(b, site, &real, negated_id, largest_id);
  builder_unary(b, xnn_unary_negate, NULL, largest_id, output_id);
  builder_float_end(b, site, output_id);
}
