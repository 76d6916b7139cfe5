/* RESHAPE: the output's shape in the file, which a constant second input, or
 * else the list in the options, must agree with; where the file leaves that
 * open, they give it. A shape known only while running is refused. */
#include "xnn/ops/reshape.h"

#include "xnn/builder.h"

insitu_status reshape_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_same_quantization(site, input, output);
  if (!status && input->num_elements != output->num_elements) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "it makes %zu elements of %zu: %s to %s",
                   output->num_elements, input->num_elements, graph_shape(input).text,
                   graph_shape(output).text);
  }
  site->cost.work = 8 * (uint64_t)output->num_elements;
  return status;
}

/* The i-th wanted dimension; false where it is not to be had. */
static bool wanted(const op_site *site, uint32_t i, int64_t *dim) {
  const graph_value *shape = op_input(site, 1);
  if (shape != NULL) return op_constant_int(shape, i, dim);
  if (i >= site->node->options.list_length) return false;
  *dim = site->node->options.list[i];
  return true;
}

/* The new shape, with -1 as whatever is left over. */
static bool read_shape(const op_site *site, uint32_t rank, uint32_t *dims) {
  uint64_t known = 1; /* below 2^52 */
  uint32_t left_over = rank;
  for (uint32_t i = 0; i < rank; i++) {
    int64_t dim;
    if (!wanted(site, i, &dim) || dim < -1 || dim == 0 || dim > GRAPH_MAX_DIM) return false;
    dims[i] = (uint32_t)dim;
    if (dim != -1) {
      if (known > GRAPH_MAX_VALUE_BYTES) return false;
      known *= (uint64_t)dim;
    } else if (left_over == rank) {
      left_over = i;
    } else {
      return false;
    }
  }
  size_t num_elements = op_input(site, 0)->num_elements;
  if (left_over == rank) return true;
  if (num_elements % known != 0) return false;
  dims[left_over] = (uint32_t)(num_elements / known);
  return true;
}

insitu_status op_reshape_check(op_site *site) {
  const graph_value *shape = op_input(site, 1), *output = op_output(site);
  insitu_status status = op_require_in_out(site);
  if (status) return status;
  if (shape != NULL && shape->data == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its new shape is not constant");
  }
  size_t rank = shape != NULL ? shape->num_elements : site->node->options.list_length;
  bool is_open = output->open_dims != 0 || output->rank == 0;
  if (shape == NULL && (rank == 0 || !is_open)) return reshape_check(site);
  uint32_t dims[INSITU_MAX_RANK];
  bool fits = rank <= INSITU_MAX_RANK && read_shape(site, (uint32_t)rank, dims);
  if (fits && is_open) {
    status = op_require_output_shape(site, (uint32_t)rank, dims);
    return status ? status : reshape_check(site);
  }
  status = reshape_check(site); /* first: it says more than the shapes do */
  fits = fits && rank == output->rank;
  for (uint32_t i = 0; fits && i < rank; i++) fits = dims[i] == output->dims[i];
  if (!status && !fits) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its new shape (tensor %u) is not the output's shape %s", site->node->inputs[1],
                   graph_shape(output).text);
  }
  return status;
}

void op_reshape_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  uint32_t input_id = builder_input(b, site, 0);
  builder_reshape(b, output->rank, output->dims, input_id, builder_output(b, site));
}

insitu_status op_reshape_fold(op_site *site) { return op_fold_same(site); }
