/* The size of pictures, where a file leaves it open, and their number. */
#include "base/error.h"
#include "graph/graph.h"

/* What is given for an axis of an input: height, width, or nothing. */
static uint32_t given_for(const graph_value *value, uint32_t axis, uint32_t width_px,
                          uint32_t height_px) {
  uint32_t height_axis = graph_is_planar(value) ? 2 : 1;
  return axis == height_axis ? height_px : axis == height_axis + 1 ? width_px : 0;
}

/* All that operators make follows the inputs' shapes. */
static void open_made(graph *net) {
  for (uint32_t i = 0; i < net->num_values; i++) {
    if (net->values[i].producer != GRAPH_NONE) net->values[i].open_dims |= 1;
  }
}

insitu_status graph_take_one_picture(graph *net, insitu_error *error) {
  graph_value *value = &net->values[net->inputs[0]];
  if (net->num_inputs != 1 || value->rank != 4 || value->dims[0] == 1) return INSITU_STATUS_OK;
  for (uint32_t i = 0; i < net->num_outputs; i++) { /* an answer for each, not one for all */
    const graph_value *output = &net->values[net->outputs[i]];
    if (output->rank == 0 || output->dims[0] != value->dims[0]) return INSITU_STATUS_OK;
  }
  value->dims[0] = 1;
  open_made(net);
  return graph_value_measure(value, "the model's input", error);
}

insitu_status graph_require_size(graph *net, uint32_t width_px, uint32_t height_px,
                                 insitu_error *error) {
  bool is_changed = false;
  if (width_px > INSITU_MAX_INPUT_SIDE_PX || height_px > INSITU_MAX_INPUT_SIDE_PX) {
    return error_set(error, INSITU_STATUS_TOO_LARGE, "the size is %u,%u, but sides are at most %u",
                     width_px, height_px, INSITU_MAX_INPUT_SIDE_PX);
  }
  for (uint32_t i = 0; i < net->num_inputs; i++) {
    graph_value *value = &net->values[net->inputs[i]];
    uint32_t open_dims = value->open_dims;
    for (uint32_t axis = 1; axis < value->rank; axis++) {
      uint32_t given = given_for(value, axis, width_px, height_px);
      if ((open_dims >> axis & 1) == 0 || given == 0) continue;
      is_changed |= value->dims[axis] != given;
      value->dims[axis] = given;
      open_dims &= ~(1u << axis);
    }
    value->open_dims = open_dims;
    for (uint32_t axis = 1; axis < value->rank; axis++) {
      if (graph_shown_dim(value, axis) >= 0) continue;
      return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                       "the model's input is %s: its file leaves the size open (-1), so it must be "
                       "given (--size W,H)",
                       graph_shape(value).text);
    }
    insitu_status status = graph_value_measure(value, "the model's input", error);
    if (status) return status;
  }
  if (is_changed) open_made(net);
  return INSITU_STATUS_OK;
}
