/* SQUEEZE: drops the dimensions of 1 that its options list, or all of them. */
#include "xnn/ops/reshape.h"

insitu_status op_squeeze_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  const graph_options *options = &site->node->options;
  insitu_status status = op_require_in_out(site);
  if (status) return status;
  bool is_dropped[INSITU_MAX_RANK] = {false};
  for (uint32_t i = 0; i < options->list_length; i++) {
    uint32_t axis;
    status = op_require_axis(site, options->list[i], input->rank, &axis);
    if (status) return status;
    is_dropped[axis] = true;
  }
  bool fits = true;
  uint32_t rank = 0, dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    bool is_one = input->dims[i] == 1;
    if (options->list_length == 0) is_dropped[i] = is_one;
    fits = fits && (!is_dropped[i] || is_one);
    if (!is_dropped[i]) dims[rank++] = input->dims[i];
  }
  bool is_open = output->open_dims != 0;
  for (uint32_t i = 0; !is_open && i < rank; i++) fits = fits && output->dims[i] == dims[i];
  if (!fits || (!is_open && output->rank != rank)) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "%s is not %s without dimensions of 1",
                   graph_shape(output).text, graph_shape(input).text);
  }
  status = op_require_output_shape(site, rank, dims);
  return status ? status : reshape_check(site);
}
