/* UNPACK: each index of an axis as an output without it. */
#include <string.h>

#include "xnn/ops/slice.h"

insitu_status op_unpack_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  int32_t given = graph_option_i32(site->node, TFLITE_UNPACK_OPTIONS_AXIS, 0);
  uint32_t axis, dims[INSITU_MAX_RANK];
  insitu_status status = op_require_activation(site, input, "input");
  if (!status) status = op_require_axis(site, given, input->rank, &axis);
  if (status) return status;
  if (input->dims[axis] != site->node->num_outputs || (!site->is_folding && input->rank < 2)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "it makes %u outputs of axis %u of %s",
                   site->node->num_outputs, axis, graph_shape(input).text);
  }
  memcpy(dims, input->dims, axis * sizeof *dims);
  memcpy(dims + axis, input->dims + axis + 1, (input->rank - 1 - axis) * sizeof *dims);
  for (uint32_t i = 0; !status && i < site->node->num_outputs; i++) {
    const graph_value *output = op_output_at(site, i);
    status = op_require_activation(site, output, "output");
    if (!status) status = op_require_same_quantization(site, input, output);
    if (!status && output->dtype != input->dtype) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "output %u is of another type", i);
    }
    if (!status) status = op_require_output_shape_at(site, i, input->rank - 1, dims);
  }
  site->record.join.axis = axis;
  site->cost.work = 16 * (uint64_t)input->num_elements;
  return status;
}

void op_unpack_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0);
  size_t begin[INSITU_MAX_RANK] = {0}, size[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) size[i] = input->dims[i];
  size[site->record.join.axis] = 1;
  for (uint32_t i = 0; i < site->node->num_outputs; i++) {
    begin[site->record.join.axis] = i;
    slice_define(b, site, i, begin, size);
  }
}

insitu_status op_unpack_fold(op_site *site) {
  const graph_value *input = op_input(site, 0);
  uint32_t axis = site->record.join.axis;
  int64_t steps[INSITU_MAX_RANK] = {0}, along = op_step_of(input, axis);
  insitu_status status = INSITU_STATUS_OK;
  for (uint32_t i = 0; i + 1 < input->rank; i++) steps[i] = op_step_of(input, i < axis ? i : i + 1);
  for (uint32_t i = 0; !status && i < site->node->num_outputs; i++) {
    uint8_t *data = NULL;
    status = op_fold_output(site, i, &data);
    if (!status) op_fold_strided(op_output_at(site, i), input->data, along * i, steps, data);
  }
  return status;
}
