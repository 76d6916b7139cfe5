/* BATCH_MATMUL: [.., M, K] by [.., K, N]; with adj_x the first is [.., K, M], with adj_y
 * the second [.., N, K]. The dimensions before are broadcast as in numpy. XNNPACK has it
 * in float only: quantised, it runs between conversions. */
#include "xnn/builder.h"

/* Dimension i from the end, 1 before the first. */
static uint32_t from_end(const graph_value *value, uint32_t i) {
  return i < value->rank ? value->dims[value->rank - 1 - i] : 1;
}

static bool broadcast(const graph_value *a, const graph_value *b, uint32_t rank, uint32_t *dims) {
  for (uint32_t i = 2; i < rank; i++) {
    uint32_t x = from_end(a, i), y = from_end(b, i);
    if (x != y && x != 1 && y != 1) return false;
    dims[rank - 1 - i] = x > y ? x : y;
  }
  return true;
}

insitu_status op_batch_matmul_check(op_site *site) {
  const graph_value *a = op_input(site, 0), *b = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_activation(site, b, "second input");
  if (status) return status;
  bool adj_x = graph_option_u8(site->node, TFLITE_BATCH_MAT_MUL_OPTIONS_ADJ_X, 0) != 0;
  bool adj_y = graph_option_u8(site->node, TFLITE_BATCH_MAT_MUL_OPTIONS_ADJ_Y, 0) != 0;
  if (a->dtype != b->dtype) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its inputs are %s and %s",
                   graph_dtype_name(a->dtype), graph_dtype_name(b->dtype));
  }
  uint32_t rank = a->rank > b->rank ? a->rank : b->rank, dims[INSITU_MAX_RANK];
  uint32_t depth = from_end(a, adj_x ? 1 : 0);
  if (a->rank < 2 || b->rank < 2 || from_end(b, adj_y ? 0 : 1) != depth ||
      !broadcast(a, b, rank, dims)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its inputs %s and %s do not fit",
                   graph_shape(a).text, graph_shape(b).text);
  }
  dims[rank - 2] = from_end(a, adj_x ? 0 : 1);
  dims[rank - 1] = from_end(b, adj_y ? 1 : 0);
  site->record.matmul.is_first_transposed = adj_x;
  site->record.matmul.is_transposed = adj_y;
  status = op_require_output_shape(site, rank, dims);
  if (status) return status;
  uint64_t columns = (dims[rank - 1] + 15u) / 16 * 16;
  site->cost.work = op_output(site)->num_elements / dims[rank - 1] * columns * depth;
  site->cost.memory_bytes = b->num_elements / dims[rank - 1] * columns * sizeof(float);
  if (adj_x) site->cost.work += 8 * (uint64_t)a->num_elements;
  return INSITU_STATUS_OK;
}

/* The last two dimensions of the first input change places. */
static uint32_t turned(builder *b, const graph_value *a, uint32_t id) {
  graph_value shape = *a;
  size_t axes[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < a->rank; i++) axes[i] = i;
  axes[a->rank - 1] = a->rank - 2;
  axes[a->rank - 2] = a->rank - 1;
  shape.dims[a->rank - 1] = a->dims[a->rank - 2];
  shape.dims[a->rank - 2] = a->dims[a->rank - 1];
  uint32_t turned_id = builder_float_like(b, &shape);
  if (!builder_is_ok(b)) return turned_id;
  builder_expect(b, xnn_define_static_transpose(b->subgraph, a->rank, axes, id, turned_id, 0));
  return turned_id;
}

void op_batch_matmul_define(builder *b, const op_site *site) {
  uint32_t a_id = builder_float_input(b, site, 0), b_id = builder_float_input(b, site, 1);
  if (site->record.matmul.is_first_transposed) a_id = turned(b, op_input(site, 0), a_id);
  uint32_t output_id = builder_float_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_batch_matrix_multiply(
                        b->subgraph, a_id, b_id, output_id,
                        site->record.matmul.is_transposed ? XNN_FLAG_TRANSPOSE_B : 0));
  builder_float_end(b, site, output_id);
}
