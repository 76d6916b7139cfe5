/* MIRROR_PAD: what lies inside the edge again outside of it, the edge itself left
 * out (REFLECT) or repeated (SYMMETRIC). XNNPACK has none: the rows are sliced one
 * by one and joined, an axis at a time, so there is a limit to their number. */
#include "xnn/ops/pad.h"
#include "xnn/ops/parts.h"

insitu_status op_mirror_pad_check(op_site *site) {
  insitu_status status = pad_check(site);
  if (status) return status;
  const graph_value *input = op_input(site, 0);
  uint8_t mode =
      graph_option_u8(site->node, TFLITE_MIRROR_PAD_OPTIONS_MODE, TFLITE_MIRROR_PAD_MODE_REFLECT);
  site->record.pad.skipped = mode == TFLITE_MIRROR_PAD_MODE_REFLECT ? 1 : 0;
  for (uint32_t i = 0; i < input->rank; i++) {
    size_t before = site->record.pad.before[i], after = site->record.pad.after[i];
    size_t most = input->dims[i] - site->record.pad.skipped;
    if (mode > TFLITE_MIRROR_PAD_MODE_SYMMETRIC || before > most || after > most) {
      return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                     "%zu and %zu elements beside dimension %u of %s cannot be mirrored (mode %u)",
                     before, after, i, graph_shape(input).text, mode);
    }
    if (before + 1 + after > PARTS_MAX) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "it mirrors %zu and %zu elements of dimension %u; %u in all can be run",
                     before, after, i, PARTS_MAX - 1);
    }
    if (before + after > 0) site->cost.num_parts += (uint32_t)(before + 1 + after);
  }
  return INSITU_STATUS_OK;
}

/* The element at `distance` (from 1) outside of the edge, counted from inside. */
static uint32_t mirrored(const op_site *site, size_t distance) {
  return (uint32_t)(distance - 1 + site->record.pad.skipped);
}

void op_mirror_pad_define(builder *b, const op_site *site) {
  graph_value shape = *op_input(site, 0);
  uint32_t id = builder_input(b, site, 0), output_id = builder_output(b, site), last = 0;
  for (uint32_t i = 0; i < shape.rank; i++) {
    if (site->record.pad.before[i] + site->record.pad.after[i] > 0) last = i;
  }
  for (uint32_t i = 0; i <= last; i++) {
    part parts[PARTS_MAX];
    uint32_t count = 0, length = shape.dims[i];
    for (size_t far = site->record.pad.before[i]; far > 0; far--) {
      parts[count++] = (part){mirrored(site, far), 1};
    }
    parts[count++] = (part){0, length};
    for (size_t far = 1; far <= site->record.pad.after[i]; far++) {
      parts[count++] = (part){length - 1 - mirrored(site, far), 1};
    }
    if (count == 1 && i < last) continue;
    id = parts_define(b, &shape, i, count, parts, id, i == last ? output_id : XNN_INVALID_VALUE_ID);
  }
}
