/* SLICE: constant begins and sizes, -1 for all that is left. */
#include "xnn/ops/slice.h"

insitu_status op_slice_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  uint32_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    int64_t begin, size;
    bool is_known = op_constant_int(op_input(site, 1), i, &begin) &&
                    op_constant_int(op_input(site, 2), i, &size);
    if (is_known && size == -1) size = (int64_t)input->dims[i] - begin;
    if (!is_known || begin < 0 || size < 1 || size > input->dims[i] ||
        begin > input->dims[i] - size) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                     "its begin and size along dimension %u are not constant or outside of %s", i,
                     graph_shape(input).text);
    }
    site->record.slice.begin[i] = (size_t)begin;
    site->record.slice.size[i] = (size_t)size;
    site->record.slice.stride[i] = 1;
    dims[i] = (uint32_t)size;
  }
  status = op_require_output_shape(site, input->rank, dims);
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return status;
}

void slice_define(builder *b, const op_site *site, uint32_t index, const size_t *begin,
                  const size_t *size) {
  const graph_value *input = op_input(site, 0), *output = op_output_at(site, index);
  uint32_t input_id = builder_input(b, site, 0);
  uint32_t output_id = builder_tensor(b, site->node->outputs[index]), box_id = output_id;
  uint32_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) dims[i] = (uint32_t)size[i];
  bool is_reshaped = output->rank != input->rank;
  if (is_reshaped) box_id = builder_shaped(b, output, input->rank, dims);
  if (!builder_is_ok(b)) return;
  builder_expect(
      b, xnn_define_static_slice(b->subgraph, input->rank, begin, size, input_id, box_id, 0));
  if (is_reshaped) builder_reshape(b, output->rank, output->dims, box_id, output_id);
}

void op_slice_define(builder *b, const op_site *site) {
  slice_define(b, site, 0, site->record.slice.begin, site->record.slice.size);
}

/* The box as an array of the input's rank; dropped dimensions hold one element. */
insitu_status op_slice_fold(op_site *site) {
  const graph_value *input = op_input(site, 0);
  graph_value box = *op_output(site);
  int64_t steps[INSITU_MAX_RANK], base = 0;
  uint8_t *data = NULL;
  box.rank = input->rank;
  for (uint32_t i = 0; i < input->rank; i++) {
    int64_t step = op_step_of(input, i);
    base += step * (int64_t)site->record.slice.begin[i];
    steps[i] = step * site->record.slice.stride[i];
    box.dims[i] = (uint32_t)site->record.slice.size[i];
  }
  insitu_status status = op_fold_output(site, 0, &data);
  if (!status) op_fold_strided(&box, input->data, base, steps, data);
  return status;
}
