/* BATCH_MATMUL in float32: [.., M, K] by [.., K, N], or by [.., N, K] with adj_y,
 * of the same dimensions before. */
#include "xnn/builder.h"

insitu_status op_batch_matmul_check(op_site *site) {
  const graph_value *a = op_input(site, 0), *b = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_activation(site, b, "second input");
  if (status) return status;
  bool adj_x = graph_option_u8(site->node, TFLITE_BATCH_MAT_MUL_OPTIONS_ADJ_X, 0) != 0;
  bool adj_y = graph_option_u8(site->node, TFLITE_BATCH_MAT_MUL_OPTIONS_ADJ_Y, 0) != 0;
  if (adj_x || a->dtype != GRAPH_F32 || b->dtype != GRAPH_F32 || a->rank < 2 ||
      a->rank != b->rank) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "%s %s by %s %s%s cannot be run; float32 of one rank without adj_x can",
                   graph_dtype_name(a->dtype), graph_shape(a).text, graph_dtype_name(b->dtype),
                   graph_shape(b).text, adj_x ? " with adj_x" : "");
  }
  uint32_t rank = a->rank, dims[INSITU_MAX_RANK];
  uint32_t depth = a->dims[rank - 1];
  bool fits = b->dims[adj_y ? rank - 1 : rank - 2] == depth;
  for (uint32_t i = 0; i + 2 < rank; i++) {
    fits = fits && a->dims[i] == b->dims[i];
    dims[i] = a->dims[i];
  }
  if (!fits) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its inputs %s and %s do not fit",
                   graph_shape(a).text, graph_shape(b).text);
  }
  dims[rank - 2] = a->dims[rank - 2];
  dims[rank - 1] = b->dims[adj_y ? rank - 2 : rank - 1];
  site->record.matmul.is_transposed = adj_y;
  status = op_require_output_shape(site, rank, dims);
  uint64_t columns = (dims[rank - 1] + 15u) / 16 * 16;
  site->cost.work = op_output(site)->num_elements / dims[rank - 1] * columns * depth;
  site->cost.memory_bytes = b->num_elements / dims[rank - 1] * columns * sizeof(float);
  return status;
}

void op_batch_matmul_define(builder *b, const op_site *site) {
  uint32_t a_id = builder_input(b, site, 0), b_id = builder_input(b, site, 1);
  uint32_t output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_batch_matrix_multiply(
                        b->subgraph, a_id, b_id, output_id,
                        site->record.matmul.is_transposed ? XNN_FLAG_TRANSPOSE_B : 0));
}
