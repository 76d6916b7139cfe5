/* PAD with zeros, PADV2 with a constant: paddings [rank,2], constant, before and
 * after each dimension. Before a convolution XNNPACK folds zeros into that. */
#include <math.h>

#include "xnn/ops/pad.h"

static bool read_paddings(op_site *site, const graph_value *paddings) {
  const graph_value *input = op_input(site, 0);
  if (paddings == NULL || paddings->num_elements != 2 * (size_t)input->rank) return false;
  for (uint32_t i = 0; i < input->rank; i++) {
    int64_t first, last;
    if (!op_constant_int(paddings, 2 * i, &first) || !op_constant_int(paddings, 2 * i + 1, &last) ||
        first < 0 || last < 0 || first > GRAPH_MAX_DIM || last > GRAPH_MAX_DIM) {
      return false;
    }
    site->record.pad.before[i] = (size_t)first;
    site->record.pad.after[i] = (size_t)last;
  }
  return true;
}

insitu_status pad_check(op_site *site) {
  const graph_value *input = op_input(site, 0);
  insitu_status status = op_require_in_out(site);
  if (!status) status = op_require_same_quantization(site, input, op_output(site));
  if (status) return status;
  if (!read_paddings(site, op_input(site, 1))) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "its paddings (tensor %u) are not a constant of %u pairs from 0 to %u",
                   site->node->inputs[1], input->rank, GRAPH_MAX_DIM);
  }
  uint32_t dims[INSITU_MAX_RANK];
  for (uint32_t i = 0; i < input->rank; i++) {
    dims[i] = (uint32_t)(site->record.pad.before[i] + input->dims[i] + site->record.pad.after[i]);
  }
  status = op_require_output_shape(site, input->rank, dims);
  site->cost.work = 8 * (uint64_t)op_output(site)->num_elements;
  return status;
}

insitu_status op_pad_check(op_site *site) {
  const graph_value *fill = op_input(site, 2);
  double value = 0;
  if (fill != NULL && (!op_constant_real(fill, 0, &value) || isnan(value))) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "what it pads with (tensor %u) is not a constant number", site->node->inputs[2]);
  }
  site->record.pad.value = (float)value;
  return pad_check(site);
}

void op_pad_define(builder *b, const op_site *site) {
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  if (!builder_is_ok(b)) return;
  builder_expect(b, xnn_define_static_constant_pad(b->subgraph, site->record.pad.before,
                                                   site->record.pad.after, site->record.pad.value,
                                                   input_id, output_id, 0));
}
