/* SPLIT: equal parts along a constant axis (input 0), of input 1. */
#include <string.h>

#include "xnn/ops/split.h"

/* Parts along an axis that counts from the end where negative; lengths[i] each. */
insitu_status split_check(op_site *site, uint32_t data_index, uint32_t axis_index,
                          const uint32_t *lengths) {
  const graph_value *input = op_input(site, data_index);
  int64_t given;
  uint32_t axis, dims[INSITU_MAX_RANK];
  if (!op_constant_int(op_input(site, axis_index), 0, &given)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its axis is not constant");
  }
  insitu_status status = op_require_activation(site, input, "input");
  if (!status) status = op_require_axis(site, given, input->rank, &axis);
  if (status) return status;
  uint64_t sum = 0;
  uint32_t num_outputs = site->node->num_outputs;
  memcpy(dims, input->dims, sizeof dims);
  for (uint32_t i = 0; !status && i < num_outputs; i++) {
    const graph_value *output = op_output_at(site, i);
    dims[axis] = lengths != NULL ? lengths[i] : input->dims[axis] / num_outputs;
    sum += dims[axis];
    status = op_require_activation(site, output, "output");
    if (!status) status = op_require_same_quantization(site, input, output);
    if (!status && output->dtype != input->dtype) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "output %u is of another type", i);
    }
    if (!status) status = op_require_output_shape_at(site, i, input->rank, dims);
  }
  if (!status && sum != input->dims[axis]) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its %u parts are %llu long along axis %u of %s", num_outputs,
                   (unsigned long long)sum, axis, graph_shape(input).text);
  }
  site->record.split.axis = axis;
  site->record.split.data_index = data_index;
  site->cost.work = 8 * (uint64_t)input->num_elements;
  return status;
}

insitu_status op_split_check(op_site *site) { return split_check(site, 1, 0, NULL); }

void op_split_define(builder *b, const op_site *site) {
  uint32_t axis = site->record.split.axis;
  const graph_value *input = op_input(site, site->record.split.data_index);
  uint32_t input_id = builder_input(b, site, site->record.split.data_index);
  size_t begin[INSITU_MAX_RANK] = {0}, size[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) size[i] = input->dims[i];
  for (uint32_t i = 0; i < site->node->num_outputs; i++) {
    uint32_t output_id = builder_tensor(b, site->node->outputs[i]);
    size[axis] = op_output_at(site, i)->dims[axis];
    if (!builder_is_ok(b)) return;
    builder_expect(
        b, xnn_define_static_slice(b->subgraph, input->rank, begin, size, input_id, output_id, 0));
    begin[axis] += size[axis];
  }
}

insitu_status op_split_fold(op_site *site) {
  const graph_value *input = op_input(site, site->record.split.data_index);
  int64_t steps[INSITU_MAX_RANK], base = 0, along = op_step_of(input, site->record.split.axis);
  insitu_status status = INSITU_STATUS_OK;
  for (uint32_t i = 0; i < input->rank; i++) steps[i] = op_step_of(input, i);
  for (uint32_t i = 0; !status && i < site->node->num_outputs; i++) {
    const graph_value *output = op_output_at(site, i);
    uint8_t *data = NULL;
    status = op_fold_output(site, i, &data);
    if (!status) op_fold_strided(output, input->data, base, steps, data);
    base += along * output->dims[site->record.split.axis];
  }
  return status;
}
