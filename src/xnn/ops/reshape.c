/* RESHAPE: the output's shape in the file, which a constant second input, where
 * there is one, must agree with. A shape known only while running is refused. */
#include "xnn/ops/reshape.h"

insitu_status reshape_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, output);
  if (!status && input->num_elements != output->num_elements) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "it makes %zu elements of %zu: %s to %s",
                   output->num_elements, input->num_elements, graph_shape(input).text,
                   graph_shape(output).text);
  }
  site->cost.work = 8 * (uint64_t)output->num_elements;
  return status;
}

insitu_status op_reshape_check(op_site *site) {
  const graph_value *shape = op_input(site, 1), *output = op_output(site);
  insitu_status status = reshape_check(site);
  if (status || shape == NULL) return status;
  if (shape->data == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its new shape is not constant");
  }
  bool fits = shape->num_elements == output->rank;
  for (uint32_t i = 0; fits && i < output->rank; i++) {
    int64_t dim;
    /* -1: whatever is left over; the count of elements settles it. */
    fits = op_constant_int(shape, i, &dim) && (dim == -1 || dim == output->dims[i]);
  }
  if (!fits) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its new shape (tensor %u) is not the output's shape %s", site->node->inputs[1],
                   graph_shape(output).text);
  }
  return INSITU_STATUS_OK;
}

void op_reshape_define(builder *b, const graph_node *node) {
  const graph_value *output = builder_value(b, node->outputs[0]);
  size_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < output->rank; i++) dims[i] = output->dims[i];
  uint32_t input_id = builder_tensor(b, node->inputs[0]);
  uint32_t output_id = builder_tensor(b, node->outputs[0]);
  if (b->status != xnn_status_success) return;
  builder_expect(
      b, xnn_define_static_reshape(b->subgraph, output->rank, dims, input_id, output_id, 0));
}
