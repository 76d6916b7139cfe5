/* DEPTH_TO_SPACE of [N,H,W,C]: channels to blocks of size x size pixels. */
#include "xnn/builder.h"

insitu_status op_depth_to_space_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  int32_t size = graph_option_i32(site->node, TFLITE_DEPTH_TO_SPACE_OPTIONS_BLOCK_SIZE, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  if (size < 2 || size > 1024 || input->dims[1] > GRAPH_MAX_DIM / (uint32_t)size ||
      input->dims[2] > GRAPH_MAX_DIM / (uint32_t)size ||
      input->dims[3] % (uint32_t)(size * size) != 0) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "block_size %d does not fit %s", size,
                   graph_shape(input).text);
  }
  uint32_t block = (uint32_t)size;
  site->record.block.size = block;
  uint32_t dims[4] = {input->dims[0], input->dims[1] * block, input->dims[2] * block,
                      input->dims[3] / (block * block)};
  site->cost.work = 8 * (uint64_t)input->num_elements;
  return op_require_output_shape(site, 4, dims);
}

void op_depth_to_space_define(builder *b, const op_site *site) {
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_depth_to_space_2d(b->subgraph, site->record.block.size, input_id,
                                                 output_id, 0));
}
