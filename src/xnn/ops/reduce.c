/* See reduce.h. Axes may count from the end and come in any order. */
#include "xnn/ops/reduce.h"

insitu_status reduce_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *list = op_input(site, 1);
  bool is_reduced[INSITU_MAX_RANK] = {false};
  bool is_valid = list != NULL && list->num_elements <= INSITU_MAX_RANK;
  for (uint32_t i = 0; is_valid && i < list->num_elements; i++) {
    int64_t axis;
    is_valid = op_constant_int(list, i, &axis);
    if (is_valid && axis < 0) axis += input->rank;
    is_valid = is_valid && axis >= 0 && axis < input->rank;
    if (is_valid) is_reduced[axis] = true;
  }
  if (!is_valid) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its axes (tensor %u) are not constant or not within rank %u",
                   site->node->inputs[1], input->rank);
  }
  op_record *record = &site->record;
  record->reduce.keep_dims = graph_option_u8(site->node, TFLITE_REDUCER_OPTIONS_KEEP_DIMS, 0) != 0;
  record->reduce.num_axes = 0;
  uint32_t rank = 0, dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    record->reduce.is_reduced[i] = is_reduced[i];
    if (is_reduced[i]) record->reduce.axes[record->reduce.num_axes++] = i;
    if (!is_reduced[i]) dims[rank++] = input->dims[i];
    else if (record->reduce.keep_dims) dims[rank++] = 1;
  }
  site->cost.work = 8 * (uint64_t)input->num_elements;
  return op_require_output_shape(site, rank, dims);
}
