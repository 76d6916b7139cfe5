/* FILL of a constant shape with a constant scalar. */
#include "xnn/op.h"

insitu_status op_fill_check(op_site *site) {
  const graph_value *shape = op_input(site, 0), *value = op_input(site, 1);
  if (shape == NULL || value == NULL || value->num_elements != 1 ||
      value->dtype != op_output(site)->dtype || shape->num_elements > INSITU_MAX_RANK) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "it needs a shape and a scalar of its type");
  }
  uint32_t dims[INSITU_MAX_RANK], rank = (uint32_t)shape->num_elements;
  for (uint32_t i = 0; i < rank; i++) {
    int64_t dim;
    if (!op_constant_int(shape, i, &dim) || dim < 1 || dim > GRAPH_MAX_DIM) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "dimension %u of its shape is not 1 to %u",
                     i, GRAPH_MAX_DIM);
    }
    dims[i] = (uint32_t)dim;
  }
  return op_require_output_shape(site, rank, dims);
}

insitu_status op_fill_fold(op_site *site) {
  static const int64_t steps[INSITU_MAX_RANK] = {0};
  uint8_t *data = NULL;
  insitu_status status = op_require_foldable(site);
  if (!status) status = op_fold_output(site, 0, &data);
  if (!status) op_fold_strided(op_output(site), op_input(site, 1)->data, 0, steps, data);
  return status;
}
