/* See join.h. */
#include "xnn/ops/join.h"

#include <string.h>

#define MAX_JOINED 5

static void join_once(builder *b, uint32_t axis, uint32_t count, const uint32_t *ids,
                      uint32_t output_id) {
  if (!builder_is_ok(b)) return;
  int32_t at = (int32_t)axis;
  xnn_subgraph_t subgraph = b->subgraph;
  enum xnn_status status;
  switch (count) {
    case 1: status = xnn_define_copy(subgraph, ids[0], output_id, 0); break;
    case 2: status = xnn_define_concatenate2(subgraph, at, ids[0], ids[1], output_id, 0); break;
    case 3:
      status = xnn_define_concatenate3(subgraph, at, ids[0], ids[1], ids[2], output_id, 0);
      break;
    case 4:
      status = xnn_define_concatenate4(subgraph, at, ids[0], ids[1], ids[2], ids[3], output_id, 0);
      break;
    default:
      status = xnn_define_concatenate5(subgraph, at, ids[0], ids[1], ids[2], ids[3], ids[4],
                                       output_id, 0);
      break;
  }
  builder_expect(b, status);
}

void join_define(builder *b, const graph_value *part, uint32_t axis, uint32_t count,
                 const uint32_t *ids, const uint32_t *lengths, uint32_t output_id) {
  uint32_t joined[GRAPH_MAX_NODE_INPUTS], joined_lengths[GRAPH_MAX_NODE_INPUTS], num_joined = 0;
  if (count <= MAX_JOINED) {
    join_once(b, axis, count, ids, output_id);
    return;
  }
  for (uint32_t i = 0; i < count; i += MAX_JOINED) {
    uint32_t group = count - i < MAX_JOINED ? count - i : MAX_JOINED;
    graph_value whole = *part;
    whole.dims[axis] = 0;
    for (uint32_t j = 0; j < group; j++) whole.dims[axis] += lengths[i + j];
    joined_lengths[num_joined] = whole.dims[axis];
    joined[num_joined] = group == 1 ? ids[i] : builder_same_as(b, &whole);
    if (group > 1) join_once(b, axis, group, ids + i, joined[num_joined]);
    num_joined++;
  }
  join_define(b, part, axis, num_joined, joined, joined_lengths, output_id);
}

insitu_status join_fold(op_site *site, uint32_t axis) {
  const graph_value *output = op_output(site);
  uint8_t *data = NULL;
  insitu_status status = op_fold_output(site, 0, &data);
  if (status) return status;
  size_t outer = 1, written = 0;
  for (uint32_t d = 0; d < axis; d++) outer *= output->dims[d];
  for (size_t row = 0; row < outer; row++) {
    for (uint32_t i = 0; i < site->node->num_inputs; i++) {
      const graph_value *input = op_input(site, i);
      size_t piece_bytes = input->size_bytes / outer;
      memcpy(data + written, input->data + row * piece_bytes, piece_bytes);
      written += piece_bytes;
    }
  }
  return INSITU_STATUS_OK;
}
