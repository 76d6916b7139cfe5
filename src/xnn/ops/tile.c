/* TILE: an input repeated along each dimension, a constant number of times. While running
 * it is joined with itself, so there is a limit to that number; along a dimension of 1 it
 * is broadcast (broadcast_to.c). */
#include "xnn/ops/tile.h"

#include <string.h>

#include "xnn/ops/join.h"
#include "xnn/ops/parts.h"

insitu_status tile_check(op_site *site, uint32_t rank, const uint32_t *dims) {
  insitu_status status = op_require_output_shape(site, rank, dims);
  site->cost.work = 16 * (uint64_t)op_output(site)->num_elements;
  return status;
}

insitu_status op_tile_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *times = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  uint32_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    int64_t n;
    bool is_known = op_constant_int(times, i, &n) && n >= 1 && n <= GRAPH_MAX_DIM;
    if (!is_known || (uint64_t)n * input->dims[i] > GRAPH_MAX_DIM ||
        (!site->is_folding && n > PARTS_MAX && input->dims[i] > 1)) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "it repeats dimension %u of %s not a constant number of times from 1 to %u", i,
                     graph_shape(input).text, PARTS_MAX);
    }
    dims[i] = (uint32_t)n * input->dims[i];
    if (n > 1) site->cost.num_parts += (uint32_t)(input->dims[i] > 1 ? n : 1);
  }
  return tile_check(site, input->rank, dims);
}

void op_tile_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  graph_value shape = *op_input(site, 0);
  uint32_t id = builder_input(b, site, 0), block[INSITU_MAX_RANK];
  bool is_broadcast = false;
  for (uint32_t i = 0; i < shape.rank; i++) {
    bool is_one = shape.dims[i] == 1 && output->dims[i] > 1;
    block[i] = is_one ? output->dims[i] : 1;
    is_broadcast |= is_one;
  }
  if (is_broadcast) { /* zeros of the missing shape are added */
    uint32_t zeros_id = builder_zeros(b, &shape, shape.rank, block);
    for (uint32_t i = 0; i < shape.rank; i++) shape.dims[i] *= block[i];
    uint32_t wide_id = builder_same_as(b, &shape);
    builder_binary(b, xnn_binary_add, id, zeros_id, wide_id);
    id = wide_id;
  }
  for (uint32_t i = 0; i < shape.rank; i++) {
    uint32_t ids[PARTS_MAX], lengths[PARTS_MAX], n = output->dims[i] / shape.dims[i];
    if (n == 1) continue;
    for (uint32_t j = 0; j < n; j++) {
      ids[j] = id;
      lengths[j] = shape.dims[i];
    }
    shape.dims[i] = output->dims[i];
    uint32_t joined_id = builder_same_as(b, &shape);
    join_define(b, &shape, i, n, ids, lengths, joined_id);
    id = joined_id;
  }
  builder_reshape(b, output->rank, output->dims, id, builder_output(b, site));
}

insitu_status op_tile_fold(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  size_t element_bytes = graph_dtype_bytes(output->dtype);
  uint32_t at[INSITU_MAX_RANK] = {0}, missing = output->rank - input->rank;
  uint8_t *data = NULL;
  insitu_status status = op_fold_output(site, 0, &data);
  for (size_t i = 0; !status && i < output->num_elements; i++) {
    size_t from = 0;
    for (uint32_t d = 0; d < input->rank; d++) {
      from = from * input->dims[d] + at[missing + d] % input->dims[d];
    }
    memcpy(data + i * element_bytes, input->data + from * element_bytes, element_bytes);
    for (uint32_t d = output->rank; d-- > 0;) {
      if (++at[d] < output->dims[d]) break;
      at[d] = 0;
    }
  }
  return status;
}
