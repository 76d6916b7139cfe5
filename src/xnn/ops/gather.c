/* GATHER by constant indices along an axis. Of activations each index is sliced
 * and all are joined, so there is a limit to their number: enough for the channels
 * of a picture. */
#include <string.h>

#include "xnn/ops/parts.h"

insitu_status op_gather_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *indices = op_input(site, 1);
  int32_t given = graph_option_i32(site->node, TFLITE_GATHER_OPTIONS_AXIS, 0);
  uint32_t axis, rank, dims[INSITU_MAX_RANK];
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (!status) status = op_require_axis(site, given, input->rank, &axis);
  if (status) return status;
  if (indices == NULL || indices->data == NULL ||
      graph_option_i32(site->node, TFLITE_GATHER_OPTIONS_BATCH_DIMS, 0) != 0 ||
      (!site->is_folding && indices->num_elements > PARTS_MAX)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "of activations up to %u constant indices can be gathered", PARTS_MAX);
  }
  rank = input->rank - 1 + indices->rank;
  if (rank > INSITU_MAX_RANK) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its output has rank %u", rank);
  }
  for (size_t i = 0; i < indices->num_elements; i++) {
    int64_t index;
    if (!op_constant_int(indices, i, &index) || index < 0 || index >= input->dims[axis]) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "an index is outside of dimension %u of %s",
                     axis, graph_shape(input).text);
    }
  }
  memcpy(dims, input->dims, axis * sizeof *dims);
  memcpy(dims + axis, indices->dims, indices->rank * sizeof *dims);
  memcpy(dims + axis + indices->rank, input->dims + axis + 1,
         (input->rank - 1 - axis) * sizeof *dims);
  site->record.join.axis = axis;
  site->cost.num_parts = site->is_folding ? 0 : (uint32_t)indices->num_elements;
  status = op_require_output_shape(site, rank, dims);
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_gather_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  graph_value shape = *op_input(site, 0);
  uint32_t count = (uint32_t)op_input(site, 1)->num_elements;
  part parts[PARTS_MAX];
  for (uint32_t i = 0; i < count; i++) {
    int64_t index = 0;
    op_constant_int(op_input(site, 1), i, &index);
    parts[i] = (part){(uint32_t)index, 1};
  }
  uint32_t gathered_id = parts_define(b, &shape, site->record.join.axis, count, parts,
                                      builder_input(b, site, 0), XNN_INVALID_VALUE_ID);
  builder_reshape(b, output->rank, output->dims, gathered_id, builder_output(b, site));
}

insitu_status op_gather_fold(op_site *site) {
  const graph_value *input = op_input(site, 0), *indices = op_input(site, 1);
  uint32_t axis = site->record.join.axis;
  size_t outer = 1, inner_bytes = (size_t)op_step_of(input, axis) * graph_dtype_bytes(input->dtype);
  uint8_t *data = NULL;
  for (uint32_t d = 0; d < axis; d++) outer *= input->dims[d];
  insitu_status status = op_fold_output(site, 0, &data);
  for (size_t row = 0; !status && row < outer; row++) {
    for (size_t i = 0; i < indices->num_elements; i++) {
      int64_t index = 0;
      op_constant_int(indices, i, &index);
      memcpy(data, input->data + (row * input->dims[axis] + (size_t)index) * inner_bytes,
             inner_bytes);
      data += inner_bytes;
    }
  }
  return status;
}
