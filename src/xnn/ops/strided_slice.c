/* STRIDED_SLICE as in numpy, by constant begins, ends and steps, with masks for
 * ends that are left out and for axes that are dropped. A new axis and an
 * ellipsis, which converters write out, are refused. */
#include "xnn/ops/slice.h"
#include "xnn/ops/steps.h"

typedef struct masks {
  uint32_t begin, end, dropped;
} masks;

static insitu_status parse_axis(op_site *site, const masks *mask, uint32_t i) {
  int64_t begin = 0, end = 0, step = 1, dim = op_input(site, 0)->dims[i];
  bool is_given = i < op_input(site, 1)->num_elements;
  if (is_given && (!op_constant_int(op_input(site, 1), i, &begin) ||
                   !op_constant_int(op_input(site, 2), i, &end) ||
                   !op_constant_int(op_input(site, 3), i, &step) || step == 0 ||
                   step > GRAPH_MAX_DIM || step < -(int64_t)GRAPH_MAX_DIM)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its begin, end or step along dimension %u is not constant, or the step is 0",
                   i);
  }
  int64_t low = step > 0 ? 0 : -1, high = step > 0 ? dim : dim - 1;
  if (begin < 0) begin += dim;
  if (end < 0) end += dim;
  if (!is_given || mask->begin >> i & 1) begin = step > 0 ? low : high;
  if (!is_given || mask->end >> i & 1) end = step > 0 ? high : low;
  if (mask->dropped >> i & 1) {
    if (begin < 0 || begin >= dim) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL, "index %lld is outside of dimension %u",
                     (long long)begin, i);
    }
    end = begin + 1;
    step = 1;
  }
  begin = begin < low ? low : begin > high ? high : begin;
  end = end < low ? low : end > high ? high : end;
  int64_t size = step > 0 ? (end - begin + step - 1) / step : (begin - end - step - 1) / -step;
  if (size < 1) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "nothing is left of dimension %u", i);
  }
  site->record.slice.begin[i] = (size_t)begin;
  site->record.slice.size[i] = (size_t)size;
  site->record.slice.stride[i] = (int32_t)step;
  return INSITU_STATUS_OK;
}

insitu_status op_strided_slice_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  const graph_node *node = site->node;
  masks mask = {
      .begin = (uint32_t)graph_option_i32(node, TFLITE_STRIDED_SLICE_OPTIONS_BEGIN_MASK, 0),
      .end = (uint32_t)graph_option_i32(node, TFLITE_STRIDED_SLICE_OPTIONS_END_MASK, 0),
      .dropped =
          (uint32_t)graph_option_i32(node, TFLITE_STRIDED_SLICE_OPTIONS_SHRINK_AXIS_MASK, 0)};
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  if (graph_option_i32(node, TFLITE_STRIDED_SLICE_OPTIONS_ELLIPSIS_MASK, 0) != 0 ||
      graph_option_i32(node, TFLITE_STRIDED_SLICE_OPTIONS_NEW_AXIS_MASK, 0) != 0 ||
      graph_option_u8(node, TFLITE_STRIDED_SLICE_OPTIONS_OFFSET, 0) != 0 ||
      op_input(site, 1) == NULL || op_input(site, 2) == NULL || op_input(site, 3) == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "an ellipsis, a new axis or an offset in it cannot be run");
  }
  uint32_t rank = 0, dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    status = parse_axis(site, &mask, i);
    if (status) return status;
    if ((mask.dropped >> i & 1) == 0) dims[rank++] = (uint32_t)site->record.slice.size[i];
  }
  status = op_require_output_shape(site, rank, dims);
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return status ? status : steps_check(site);
}

void op_strided_slice_define(builder *b, const op_site *site) {
  bool is_box = true;
  for (uint32_t i = 0; i < op_input(site, 0)->rank; i++) {
    is_box &= site->record.slice.stride[i] == 1 || site->record.slice.size[i] == 1;
  }
  if (is_box) slice_define(b, site, 0, site->record.slice.begin, site->record.slice.size);
  else steps_define(b, site);
}
