/* RESIZE_NEAREST_NEIGHBOR of [N,H,W,C] to a whole multiple of its height and
 * width, where all of TFLite's rules but align_corners agree: each pixel becomes
 * a block. XNNPACK has none; adding zeros of [1,1,kh,1,kw,1] to the picture as
 * [N,H,1,W,1,C] is the same. */
#include <string.h>

#include "xnn/builder.h"

insitu_status op_resize_nearest_neighbor_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *size = op_input(site, 1);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  int64_t height, width;
  if (!op_constant_int(size, 0, &height) || !op_constant_int(size, 1, &width) || height < 1 ||
      width < 1 || height > GRAPH_MAX_DIM || width > GRAPH_MAX_DIM ||
      height % input->dims[1] != 0 || width % input->dims[2] != 0 || input->dims[0] != 1 ||
      graph_option_u8(site->node, TFLITE_RESIZE_NEAREST_NEIGHBOR_OPTIONS_ALIGN_CORNERS, 0) != 0) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "only to a constant whole multiple of %s without align_corners can be run",
                   graph_shape(input).text);
  }
  uint32_t dims[4] = {input->dims[0], (uint32_t)height, (uint32_t)width, input->dims[3]};
  status = op_require_output_shape(site, 4, dims);
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void op_resize_nearest_neighbor_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  uint32_t h = input->dims[1], w = input->dims[2], c = input->dims[3];
  uint32_t kh = output->dims[1] / h, kw = output->dims[2] / w;
  const uint32_t thin[5] = {h, 1, w, 1, c}, wide[5] = {h, kh, w, kw, c},
                 block[5] = {1, kh, 1, kw, 1};
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  uint32_t thin_id = builder_shaped(b, input, 5, thin), wide_id = builder_shaped(b, input, 5, wide);
  builder_reshape(b, 5, thin, input_id, thin_id);
  builder_binary(b, xnn_binary_add, thin_id, builder_zeros(b, input, 5, block), wide_id);
  builder_reshape(b, 4, output->dims, wide_id, output_id);
}
