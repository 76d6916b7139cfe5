/* REDUCE_PROD of constants, as in the arithmetic of shapes. */
#include "xnn/ops/reduce.h"

insitu_status op_reduce_prod_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  if (!status) status = reduce_check(site);
  if (!status && op_output(site)->num_elements != 1) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "it leaves more than one element");
  }
  return status;
}

insitu_status op_reduce_prod_fold(op_site *site) {
  const graph_value *input = op_input(site, 0);
  uint8_t *data = NULL;
  double product = 1, element = 0;
  insitu_status status = op_require_foldable(site);
  if (!status) status = op_fold_output(site, 0, &data);
  if (status) return status;
  for (size_t i = 0; i < input->num_elements; i++) {
    op_constant_real(input, i, &element);
    product *= element;
  }
  op_fold_put(op_output(site), data, 0, product);
  return INSITU_STATUS_OK;
}
