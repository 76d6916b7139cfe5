/* REVERSE_V2: the elements along constant axes backwards. While running they are sliced
 * one by one and joined, so there is a limit to their number: enough for the channels of
 * a picture. */
#include "xnn/ops/parts.h"

insitu_status op_reverse_v2_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *list = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  for (uint32_t i = 0; i < INSITU_MAX_RANK; i++) site->record.reduce.is_reduced[i] = false;
  if (!status && (list->data == NULL || list->num_elements > INSITU_MAX_RANK)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its axes are not constant");
  }
  for (uint32_t i = 0; !status && i < list->num_elements; i++) {
    int64_t given = 0;
    uint32_t axis;
    op_constant_int(list, i, &given);
    status = op_require_axis(site, given, input->rank, &axis);
    if (status) return status;
    site->record.reduce.is_reduced[axis] = true;
    if (!site->is_folding && input->dims[axis] > PARTS_MAX) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "%u elements of dimension %u; backwards %u can be run", input->dims[axis],
                     axis, PARTS_MAX);
    }
    site->cost.num_parts += input->dims[axis];
    site->cost.work += 16 * (uint64_t)input->num_elements;
  }
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  site->cost.work += 16 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_reverse_v2_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  graph_value shape = *op_input(site, 0);
  uint32_t id = builder_input(b, site, 0);
  for (uint32_t i = 0; i < shape.rank; i++) {
    part parts[PARTS_MAX];
    uint32_t size = shape.dims[i];
    if (!site->record.reduce.is_reduced[i] || size == 1) continue;
    for (uint32_t j = 0; j < size; j++) parts[j] = (part){size - 1 - j, 1};
    id = parts_define(b, &shape, i, size, parts, id, XNN_INVALID_VALUE_ID);
  }
  builder_reshape(b, output->rank, output->dims, id, builder_output(b, site));
}

insitu_status op_reverse_v2_fold(op_site *site) {
  const graph_value *input = op_input(site, 0);
  int64_t steps[INSITU_MAX_RANK], base = 0;
  uint8_t *data = NULL;
  for (uint32_t i = 0; i < input->rank; i++) {
    steps[i] = op_step_of(input, i);
    if (!site->record.reduce.is_reduced[i]) continue;
    base += steps[i] * (input->dims[i] - 1);
    steps[i] = -steps[i];
  }
  insitu_status status = op_fold_output(site, 0, &data);
  if (!status) op_fold_strided(op_output(site), input->data, base, steps, data);
  return status;
}
