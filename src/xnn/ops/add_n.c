/* ADD_N: the sum of inputs of one shape, one after the other. */
#include <string.h>

#include "xnn/builder.h"

insitu_status op_add_n_check(op_site *site) {
  const graph_value *first = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  for (uint32_t i = 0; !status && i < site->node->num_inputs; i++) {
    const graph_value *input = op_input(site, i);
    status = op_require_activation(site, input, "input");
    if (status) return status;
    if (input->dtype != GRAPH_F32 || input->rank != first->rank ||
        memcmp(input->dims, first->dims, first->rank * sizeof *first->dims) != 0) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "input %u is %s %s; float32 of the shape %s can be run", i,
                     graph_dtype_name(input->dtype), graph_shape(input).text,
                     graph_shape(first).text);
    }
  }
  if (!status) status = op_require_output_shape(site, first->rank, first->dims);
  site->cost.num_parts = site->node->num_inputs; /* each a node and a value */
  site->cost.work = 4 * (uint64_t)site->node->num_inputs * op_output(site)->num_elements;
  return status;
}

void op_add_n_define(builder *b, const op_site *site) {
  uint32_t sum_id = builder_input(b, site, 0), num_inputs = site->node->num_inputs;
  for (uint32_t i = 1; i < num_inputs; i++) {
    bool is_last = i + 1 == num_inputs;
    uint32_t next_id = is_last ? builder_output(b, site) : builder_float_like(b, op_input(site, 0));
    builder_binary(b, xnn_binary_add, sum_id, builder_input(b, site, i), next_id);
    sum_id = next_id;
  }
}
