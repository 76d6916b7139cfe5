/* RESIZE_BILINEAR of [N,H,W,C] to a constant height and width. */
#include "xnn/builder.h"

insitu_status op_resize_bilinear_check(op_site *site) {
  const graph_value *input = op_input(site, 0), *size = op_input(site, 1);
  const graph_node *node = site->node;
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_rank(site, input, 4, "input");
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  int64_t height, width;
  if (!op_constant_int(size, 0, &height) || !op_constant_int(size, 1, &width) || height < 1 ||
      width < 1 || height > GRAPH_MAX_DIM || width > GRAPH_MAX_DIM) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its new size (tensor %u) is not a constant of two, each 1 to %u",
                   node->inputs[1], GRAPH_MAX_DIM);
  }
  bool align = graph_option_u8(node, TFLITE_RESIZE_BILINEAR_OPTIONS_ALIGN_CORNERS, 0) != 0;
  bool half = graph_option_u8(node, TFLITE_RESIZE_BILINEAR_OPTIONS_HALF_PIXEL_CENTERS, 0) != 0;
  if (align && half) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "align_corners and half_pixel_centers exclude each other");
  }
  site->record.resize.align_corners = align;
  site->record.resize.half_pixel_centers = half;
  uint32_t dims[4] = {input->dims[0], (uint32_t)height, (uint32_t)width, input->dims[3]};
  status = op_require_output_shape(site, 4, dims);
  site->cost.work = 16 * (uint64_t)op_output(site)->num_elements;
  site->cost.memory_bytes = (uint64_t)height * (uint64_t)width * 6 * sizeof(void *);
  return status;
}

void op_resize_bilinear_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  uint32_t flags = site->record.resize.align_corners        ? XNN_FLAG_ALIGN_CORNERS
                   : site->record.resize.half_pixel_centers ? 0
                                                            : XNN_FLAG_TENSORFLOW_LEGACY_MODE;
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_static_resize_bilinear_2d(
                        b->subgraph, output->dims[1], output->dims[2], input_id, output_id, flags));
}
