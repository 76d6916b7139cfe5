/* FULLY_CONNECTED: input of any rank whose elements make rows of I, filter
 * [O,I], bias [O], output [rows,O], or, with keep_num_dims, the input's shape
 * with O as its last dimension. */
#include <string.h>

#include "xnn/builder.h"

insitu_status op_fully_connected_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *filter = op_input(site, 1);
  const graph_value *output = op_output(site);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_weights(site, filter, op_input(site, 2), 0);
  if (!status) status = op_require_rank(site, filter, 2, "filter");
  if (!status) {
    status = op_parse_fused(site, TFLITE_FULLY_CONNECTED_OPTIONS_FUSED_ACTIVATION_FUNCTION);
  }
  if (status) return status;
  if (graph_option_u8(site->node, TFLITE_FULLY_CONNECTED_OPTIONS_WEIGHTS_FORMAT, 0) != 0) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "weights_format is shuffled");
  }
  uint32_t depth = filter->dims[1], num_units = filter->dims[0];
  if (input->num_elements % depth != 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "input %s does not make whole rows of filter %s", graph_shape(input).text,
                   graph_shape(filter).text);
  }
  uint32_t rows = (uint32_t)(input->num_elements / depth);
  bool keeps_rank =
      graph_option_u8(site->node, TFLITE_FULLY_CONNECTED_OPTIONS_KEEP_NUM_DIMS, 0) != 0;
  if (output->rank == 2 || (output->rank == 0 && !keeps_rank)) {
    status = op_require_output_shape(site, 2, (const uint32_t[]){rows, num_units});
  } else {
    uint32_t dims[INSITU_MAX_RANK];
    memcpy(dims, input->dims, sizeof dims);
    dims[input->rank - 1] = num_units;
    status = op_require_output_shape(site, input->rank, dims);
    if (!status && input->dims[input->rank - 1] != depth) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "input %s does not end in rows of %u",
                     graph_shape(input).text, depth);
    }
  }
  if (status) return status;
  uint64_t filter_elements = (uint64_t)((depth + 7u) / 8 * 8) * ((num_units + 15u) / 16 * 16);
  site->cost.work = rows * filter_elements;
  if (site->record.weights == OP_WEIGHTS_DYNAMIC)
    site->cost.work += 8 * (uint64_t)input->num_elements;
  site->cost.memory_bytes = filter_elements * graph_dtype_bytes(filter->dtype);
  return INSITU_STATUS_OK;
}

/* XNNPACK quantises along the last dimension, which must be whole rows. */
static uint32_t dynamic_input(builder *b, const op_site *site, uint32_t input_id) {
  const graph_value *input = op_input(site, 0);
  uint32_t depth = op_input(site, 1)->dims[1];
  graph_value rows = *input;
  if (op_output(site)->rank == 2 && (input->rank != 2 || input->dims[1] != depth)) {
    rows.rank = 2;
    rows.dims[0] = (uint32_t)(input->num_elements / depth);
    rows.dims[1] = depth;
    uint32_t rows_id = builder_same_as(b, &rows);
    builder_reshape(b, 2, rows.dims, input_id, rows_id);
    input_id = rows_id;
  }
  return builder_dynamic(b, &rows, input_id, 1);
}

void op_fully_connected_define(builder *b, const op_site *site) {
  bool is_dynamic = site->record.weights == OP_WEIGHTS_DYNAMIC;
  bool is_matrix = op_output(site)->rank == 2 && !is_dynamic;
  uint32_t input_id = builder_input(b, site, 0);
  if (is_dynamic) input_id = dynamic_input(b, site, input_id);
  uint32_t filter_id = builder_filter(b, site, false), bias_id = builder_bias(b, site, 2);
  uint32_t output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(
      b, xnn_define_fully_connected(b->subgraph, site->record.range.min, site->record.range.max,
                                    input_id, filter_id, bias_id, output_id,
                                    is_matrix ? XNN_FLAG_TENSORFLOW_RESHAPE_2D : 0));
}
