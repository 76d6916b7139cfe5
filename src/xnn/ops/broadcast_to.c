/* BROADCAST_TO: an input under a constant shape, as in numpy: zeros of that shape are
 * added to it. */
#include <string.h>

#include "xnn/ops/tile.h"

insitu_status op_broadcast_to_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *shape = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  uint32_t rank = (uint32_t)shape->num_elements, dims[INSITU_MAX_RANK];
  bool fits = shape->data != NULL && shape->num_elements <= INSITU_MAX_RANK && rank >= input->rank;
  for (uint32_t i = 0; fits && i < rank; i++) {
    uint32_t missing = rank - input->rank, from = i < missing ? 1 : input->dims[i - missing];
    int64_t dim;
    fits = op_constant_int(shape, i, &dim) && dim >= 1 && dim <= GRAPH_MAX_DIM &&
           (dim == from || from == 1);
    if (fits) dims[i] = (uint32_t)dim;
  }
  if (!fits) {
    return op_fail(
        site, INSITU_STATUS_UNSUPPORTED_MODEL,
        "its new shape (tensor %u) is not constant, or one that %s does not broadcast to",
        site->node->inputs[1], graph_shape(input).text);
  }
  return tile_check(site, rank, dims);
}

void op_broadcast_to_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  uint32_t block[INSITU_MAX_RANK], missing = output->rank - input->rank;
  for (uint32_t i = 0; i < output->rank; i++) {
    bool is_there = i >= missing && input->dims[i - missing] == output->dims[i];
    block[i] = is_there ? 1 : output->dims[i];
  }
  uint32_t id = builder_input(b, site, 0);
  uint32_t zeros_id = builder_zeros(b, input, output->rank, block);
  builder_binary(b, xnn_binary_add, id, zeros_id, builder_output(b, site));
}
