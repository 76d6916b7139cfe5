/* SQUEEZE: drops dimensions of 1; which ones, the output's shape says. */
#include "xnn/ops/reshape.h"

insitu_status op_squeeze_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = reshape_check(site);
  if (status) return status;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < input->rank; i++) {
    if (kept < output->rank && input->dims[i] == output->dims[kept]) {
      kept++;
    } else if (input->dims[i] != 1) {
      kept = INSITU_MAX_RANK + 1;
    }
  }
  if (kept != output->rank) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "%s is not %s without dimensions of 1",
                   graph_shape(output).text, graph_shape(input).text);
  }
  return INSITU_STATUS_OK;
}

void op_squeeze_define(builder *b, const graph_node *node) { op_reshape_define(b, node); }
