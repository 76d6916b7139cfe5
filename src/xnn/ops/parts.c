/* See parts.h. */
#include "xnn/ops/parts.h"

#include "xnn/ops/join.h"

uint32_t parts_define(builder *b, graph_value *shape, uint32_t axis, uint32_t count,
                      const part *parts, uint32_t input_id, uint32_t output_id) {
  uint32_t ids[PARTS_MAX], lengths[PARTS_MAX], sum = 0;
  size_t begin[INSITU_MAX_RANK] = {0}, size[INSITU_MAX_RANK];
  for (uint32_t d = 0; d < shape->rank; d++) size[d] = shape->dims[d];
  graph_value piece = *shape;
  for (uint32_t i = 0; i < count; i++) {
    sum += lengths[i] = piece.dims[axis] = parts[i].length;
    ids[i] = input_id;
    if (parts[i].length == shape->dims[axis]) continue; /* the whole */
    ids[i] = builder_same_as(b, &piece);
    begin[axis] = parts[i].begin;
    size[axis] = parts[i].length;
    if (!builder_is_ok(b)) break;
    builder_expect(
        b, xnn_define_static_slice(b->subgraph, shape->rank, begin, size, input_id, ids[i], 0));
  }
  shape->dims[axis] = sum;
  if (output_id == XNN_INVALID_VALUE_ID) output_id = builder_same_as(b, shape);
  if (builder_is_ok(b)) join_define(b, shape, axis, count, ids, lengths, output_id);
  return output_id;
}
