/* CAST of a constant from one numeric type to another. */
#include "xnn/op.h"

insitu_status op_cast_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_activation(site, input, "input");
  return status ? status : op_require_output_shape(site, input->rank, input->dims);
}

insitu_status op_cast_fold(op_site *site) {
  const graph_value *output = op_output(site);
  uint8_t *data = NULL;
  insitu_status status = op_require_foldable(site);
  if (!status) status = op_fold_output(site, 0, &data);
  for (size_t i = 0; !status && i < output->num_elements; i++) {
    double element = 0;
    op_constant_real(op_input(site, 0), i, &element);
    op_fold_put(output, data, i, element);
  }
  return status;
}
