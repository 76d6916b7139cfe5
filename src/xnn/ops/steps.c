/* See steps.h. XNNPACK slices boxes alone. Every step-th element is the first of
 * each group of `step`: the axis becomes [groups, step] and is sliced along its
 * second half. Backwards, the elements are sliced one by one and joined, so there
 * is a limit to their number: enough for the channels of a picture. */
#include "xnn/ops/steps.h"

#include "xnn/ops/parts.h"

static uint32_t abs_stride(const op_site *site, uint32_t i) {
  int32_t stride = site->record.slice.stride[i];
  return (uint32_t)(stride < 0 ? -stride : stride);
}

static bool is_backwards(const op_site *site, uint32_t i) {
  return site->record.slice.stride[i] < 0 && site->record.slice.size[i] > 1;
}

/* Which element of each group is taken, and the groups as they lie in the input. */
typedef struct groups {
  uint32_t begin, length, missing, taken;
} groups;

static groups groups_of(const op_site *site, uint32_t i) {
  uint32_t dim = op_input(site, 0)->dims[i], size = (uint32_t)site->record.slice.size[i];
  uint32_t step = size > 1 ? abs_stride(site, i) : 1, first = (uint32_t)site->record.slice.begin[i];
  if (is_backwards(site, i)) first -= (size - 1) * step;
  groups g = {.begin = first, .length = size * step};
  if (first + g.length > dim) { /* the last group is cut: begin earlier, and take a later element */
    g.taken = first < step - 1 ? first : step - 1;
    g.begin = first - g.taken;
    if (g.begin + g.length > dim) {
      g.missing = g.begin + g.length - dim;
      g.length = dim - g.begin;
    }
  }
  return g;
}

insitu_status steps_check(op_site *site) {
  for (uint32_t i = 0; !site->is_folding && i < op_input(site, 0)->rank; i++) {
    size_t size = site->record.slice.size[i];
    if (size == 1 || site->record.slice.stride[i] == 1) continue;
    if (is_backwards(site, i) && size > PARTS_MAX) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "it steps by %d over %zu elements of dimension %u; backwards %u can be run",
                     site->record.slice.stride[i], size, i, PARTS_MAX);
    }
    site->cost.num_parts += is_backwards(site, i) ? (uint32_t)size + 4 : 4;
    site->cost.work += 16 * (uint64_t)op_input(site, 0)->num_elements;
  }
  return INSITU_STATUS_OK;
}

static uint32_t define_box(builder *b, const op_site *site, graph_value *shape) {
  size_t begin[INSITU_MAX_RANK], size[INSITU_MAX_RANK], none[INSITU_MAX_RANK] = {0},
                                                        missing[INSITU_MAX_RANK];
  uint32_t id = builder_input(b, site, 0);
  bool is_cut = false, is_padded = false;
  for (uint32_t i = 0; i < shape->rank; i++) {
    groups g = groups_of(site, i);
    is_cut |= g.length != shape->dims[i];
    is_padded |= g.missing > 0;
    begin[i] = g.begin;
    size[i] = shape->dims[i] = g.length;
    missing[i] = g.missing;
  }
  if (is_cut) {
    uint32_t box_id = builder_same_as(b, shape);
    if (!builder_is_ok(b)) return box_id;
    builder_expect(b,
                   xnn_define_static_slice(b->subgraph, shape->rank, begin, size, id, box_id, 0));
    id = box_id;
  }
  if (is_padded) {
    for (uint32_t i = 0; i < shape->rank; i++) shape->dims[i] += (uint32_t)missing[i];
    uint32_t whole_id = builder_same_as(b, shape);
    if (!builder_is_ok(b)) return whole_id;
    builder_expect(b,
                   xnn_define_static_constant_pad(b->subgraph, none, missing, 0, id, whole_id, 0));
    id = whole_id;
  }
  return id;
}

/* Along one axis, the element `taken` of each group of `step`. */
static uint32_t define_step(builder *b, graph_value *shape, uint32_t axis, uint32_t step,
                            uint32_t taken, uint32_t id) {
  uint32_t outer = 1, inner = (uint32_t)op_step_of(shape, axis);
  for (uint32_t d = 0; d < axis; d++) outer *= shape->dims[d];
  uint32_t size = shape->dims[axis] / step;
  const uint32_t grouped[3] = {outer, size, step * inner}, picked[3] = {outer, size, inner};
  uint32_t grouped_id = builder_shaped(b, shape, 3, grouped);
  uint32_t picked_id = builder_shaped(b, shape, 3, picked);
  shape->dims[axis] = size;
  uint32_t shaped_id = builder_same_as(b, shape);
  builder_reshape(b, 3, grouped, id, grouped_id);
  if (!builder_is_ok(b)) return shaped_id;
  builder_expect(b,
                 xnn_define_static_slice(b->subgraph, 3, (size_t[]){0, 0, (size_t)taken * inner},
                                         (size_t[]){outer, size, inner}, grouped_id, picked_id, 0));
  builder_reshape(b, shape->rank, shape->dims, picked_id, shaped_id);
  return shaped_id;
}

void steps_define(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  graph_value shape = *op_input(site, 0);
  uint32_t id = define_box(b, site, &shape);
  for (uint32_t i = 0; i < shape.rank; i++) {
    if (site->record.slice.size[i] == 1 || site->record.slice.stride[i] == 1) continue;
    if (abs_stride(site, i) > 1) {
      id = define_step(b, &shape, i, abs_stride(site, i), groups_of(site, i).taken, id);
    }
    if (!is_backwards(site, i)) continue;
    part parts[PARTS_MAX];
    uint32_t size = shape.dims[i];
    for (uint32_t j = 0; j < size; j++) parts[j] = (part){size - 1 - j, 1};
    id = parts_define(b, &shape, i, size, parts, id, XNN_INVALID_VALUE_ID);
  }
  builder_reshape(b, output->rank, output->dims, id, builder_output(b, site));
}
