/* RELU, RELU6, RELU_N1_TO_1 and RELU_0_TO_1: clamps, with a change of
 * quantisation where input and output differ. */
#include <math.h>

#include "xnn/builder.h"

static op_range range_of(uint32_t code) {
  switch (code) {
    case TFLITE_RELU6: return (op_range){0, 6};
    case TFLITE_RELU_N1_TO_1: return (op_range){-1, 1};
    case TFLITE_RELU_0_TO_1: return (op_range){0, 1};
    default: return (op_range){0, INFINITY};
  }
}

insitu_status op_relu_check(op_site *site) {
  insitu_status status = op_require_in_out(site);
  const graph_value *input = op_input(site, 0);
  if (!status) status = op_require_output_shape(site, input->rank, input->dims);
  if (!status) status = op_require_rescale(site);
  site->record.range = range_of(site->node->code);
  site->cost.work = 4 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_relu_define(builder *b, const op_site *site) {
  uint32_t input_id = builder_requantized(b, site, 0, op_output(site));
  builder_clamp(b, site->record.range, input_id, builder_output(b, site));
}
