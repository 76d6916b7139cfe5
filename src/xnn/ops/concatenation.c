/* CONCATENATION of up to 64 inputs. Quantised inputs of another scale than the
 * output's are converted before. */
#include <string.h>

#include "xnn/ops/join.h"

static insitu_status check_input(op_site *site, uint32_t i, uint32_t axis, uint64_t *length) {
  const graph_value *first = op_input(site, 0), *input = op_input(site, i);
  insitu_status status = op_require_activation(site, input, "input");
  if (status) return status;
  bool fits = input->dtype == first->dtype && input->rank == first->rank;
  for (uint32_t d = 0; fits && d < first->rank; d++) {
    fits = d == axis || input->dims[d] == first->dims[d];
  }
  if (!fits) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "input %u is %s %s and does not fit behind %s %s along axis %u", i,
                   graph_dtype_name(input->dtype), graph_shape(input).text,
                   graph_dtype_name(first->dtype), graph_shape(first).text, axis);
  }
  double ratio = (double)op_scale(input) / (double)op_scale(op_output(site));
  if (!site->is_folding && op_is_quantized(input) && !(ratio <= 128)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "the scale of input %u is %g of the output's; the limit is 128", i, ratio);
  }
  *length += input->dims[axis];
  return INSITU_STATUS_OK;
}

insitu_status op_concatenation_check(op_site *site) {
  const graph_value *first = op_input(site, 0);
  int32_t given = graph_option_i32(site->node, TFLITE_CONCATENATION_OPTIONS_AXIS, 0);
  uint32_t axis, dims[INSITU_MAX_RANK];
  uint64_t length = 0;
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_axis(site, given, first->rank, &axis);
  if (!status) {
    status = op_parse_fused(site, TFLITE_CONCATENATION_OPTIONS_FUSED_ACTIVATION_FUNCTION);
  }
  for (uint32_t i = 0; !status && i < site->node->num_inputs; i++) {
    status = check_input(site, i, axis, &length);
  }
  if (status) return status;
  if (length > GRAPH_MAX_DIM) {
    return op_fail(site, INSITU_STATUS_TOO_LARGE, "its output is above %u along axis %u",
                   GRAPH_MAX_DIM, axis);
  }
  site->record.join.axis = axis;
  memcpy(dims, first->dims, sizeof dims);
  dims[axis] = (uint32_t)length;
  status = op_require_output_shape(site, first->rank, dims);
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_concatenation_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  uint32_t ids[GRAPH_MAX_NODE_INPUTS], lengths[GRAPH_MAX_NODE_INPUTS];
  uint32_t axis = site->record.join.axis, output_id = builder_output(b, site);
  for (uint32_t i = 0; i < site->node->num_inputs; i++) {
    ids[i] = builder_requantized(b, site, i, output);
    lengths[i] = op_input(site, i)->dims[axis];
  }
  bool is_clamped = !op_range_holds(site->record.range, output);
  uint32_t joined_id = is_clamped ? builder_same_as(b, output) : output_id;
  join_define(b, output, axis, site->node->num_inputs, ids, lengths, joined_id);
  if (is_clamped) builder_clamp(b, site->record.range, joined_id, output_id);
}

insitu_status op_concatenation_fold(op_site *site) {
  return join_fold(site, site->record.join.axis);
}
