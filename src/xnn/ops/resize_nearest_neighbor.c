/* RESIZE_NEAREST_NEIGHBOR of [N,H,W,C]. XNNPACK has none. To a whole multiple of height
 * and width, where all of TFLite's rules but align_corners agree, each pixel becomes a
 * block: zeros of [1,1,kh,1,kw,1] added to the picture as [N,H,1,W,1,C] are the same. To
 * any other size rows and then columns are sliced and joined one by one, so there is a
 * limit to their number. */
#include <math.h>
#include <string.h>

#include "xnn/ops/parts.h"

static bool is_blocks(const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  return !site->record.resize.align_corners && input->dims[0] == 1 &&
         output->dims[1] % input->dims[1] == 0 && output->dims[2] % input->dims[2] == 0;
}

insitu_status op_resize_nearest_neighbor_check(op_site *site) {
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
  site->record.resize.align_corners =
      graph_option_u8(node, TFLITE_RESIZE_NEAREST_NEIGHBOR_OPTIONS_ALIGN_CORNERS, 0) != 0;
  site->record.resize.half_pixel_centers =
      graph_option_u8(node, TFLITE_RESIZE_NEAREST_NEIGHBOR_OPTIONS_HALF_PIXEL_CENTERS, 0) != 0;
  uint32_t dims[4] = {input->dims[0], (uint32_t)height, (uint32_t)width, input->dims[3]};
  status = op_require_output_shape(site, 4, dims);
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  if (status || is_blocks(site)) return status;
  if (height > PARTS_MAX || width > PARTS_MAX) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "to %lldx%lld, no whole multiple of %s: up to %ux%u can be run",
                   (long long)height, (long long)width, graph_shape(input).text, PARTS_MAX,
                   PARTS_MAX);
  }
  site->cost.num_parts = (uint32_t)(height + width);
  site->cost.work += 16 * ((uint64_t)input->num_elements + (uint64_t)op_output(site)->num_elements);
  return INSITU_STATUS_OK;
}

/* Which of `from` rows (or columns) the i-th of `to` is, in TFLite's arithmetic. */
static uint32_t nearest(const op_site *site, uint32_t i, uint32_t from, uint32_t to) {
  bool is_aligned = site->record.resize.align_corners;
  float scale =
      is_aligned && to > 1 ? (float)(from - 1) / (float)(to - 1) : (float)from / (float)to;
  float at = ((float)i + (site->record.resize.half_pixel_centers ? 0.5f : 0)) * scale;
  float whole = is_aligned ? roundf(at) : floorf(at);
  return whole < (float)(from - 1) ? (uint32_t)whole : from - 1;
}

static uint32_t define_axis(builder *b, const op_site *site, graph_value *shape, uint32_t axis,
                            uint32_t to, uint32_t id) {
  part parts[PARTS_MAX];
  uint32_t from = shape->dims[axis];
  for (uint32_t i = 0; i < to; i++) parts[i] = (part){nearest(site, i, from, to), 1};
  return parts_define(b, shape, axis, to, parts, id, XNN_INVALID_VALUE_ID);
}

void op_resize_nearest_neighbor_define(builder *b, const op_site *site) {
  const graph_value *input = op_input(site, 0), *output = op_output(site);
  uint32_t h = input->dims[1], w = input->dims[2], c = input->dims[3];
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  if (!is_blocks(site)) {
    graph_value shape = *input;
    /* Rows first where they become fewer, else last: between, there is no more than at one end. */
    uint32_t first = output->dims[1] > h ? 2 : 1, last = 3 - first;
    uint32_t id = define_axis(b, site, &shape, first, output->dims[first], input_id);
    id = define_axis(b, site, &shape, last, output->dims[last], id);
    builder_reshape(b, 4, output->dims, id, output_id);
    return;
  }
  uint32_t kh = output->dims[1] / h, kw = output->dims[2] / w;
  const uint32_t thin[5] = {h, 1, w, 1, c}, wide[5] = {h, kh, w, kw, c},
                 block[5] = {1, kh, 1, kw, 1};
  uint32_t thin_id = builder_shaped(b, input, 5, thin), wide_id = builder_shaped(b, input, 5, wide);
  builder_reshape(b, 5, thin, input_id, thin_id);
  builder_binary(b, xnn_binary_add, thin_id, builder_zeros(b, input, 5, block), wide_id);
  builder_reshape(b, 4, output->dims, wide_id, output_id);
}
