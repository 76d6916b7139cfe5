/* RANGE of a constant start, limit and step, as in the arithmetic of shapes. */
#include <math.h>

#include "xnn/op.h"

insitu_status op_range_check(op_site *site) {
  double start = 0, limit = 0, step = 0;
  insitu_status status = op_require_foldable(site);
  if (status) return status;
  bool is_known = op_constant_real(op_input(site, 0), 0, &start) &&
                  op_constant_real(op_input(site, 1), 0, &limit) &&
                  op_constant_real(op_input(site, 2), 0, &step);
  double count = is_known && step != 0 ? ceil((limit - start) / step) : 0;
  if (!(count >= 1 && count <= GRAPH_MAX_DIM)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its start, limit and step are not constants that give 1 to %u elements",
                   GRAPH_MAX_DIM);
  }
  return op_require_output_shape(site, 1, (const uint32_t[]){(uint32_t)count});
}

insitu_status op_range_fold(op_site *site) {
  const graph_value *output = op_output(site);
  double start = 0, step = 0;
  uint8_t *data = NULL;
  op_constant_real(op_input(site, 0), 0, &start);
  op_constant_real(op_input(site, 2), 0, &step);
  insitu_status status = op_fold_output(site, 0, &data);
  for (size_t i = 0; !status && i < output->num_elements; i++) {
    op_fold_put(output, data, i, start + (double)i * step);
  }
  return status;
}
