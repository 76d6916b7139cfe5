/* What must hold of a graph before anything is computed from it. A file can
 * verify as a flatbuffer and still contradict itself (CVE-2020-15211,
 * CVE-2020-15212, CVE-2023-27579), so nothing here trusts the reader. Shapes
 * against operators are checked by each operator. */
#include "base/error.h"
#include "graph/graph.h"

static insitu_status invalid_index(insitu_error *error, const char *field, uint32_t node,
                                   uint32_t index, uint32_t num_values) {
  return error_set(error, INSITU_STATUS_INVALID_MODEL,
                   "%s of operator %u has tensor %u, but there are %u tensors", field, node, index,
                   num_values);
}

/* What goes in and out has elements. */
static insitu_status check_not_empty(const graph_value *value, const char *what, uint32_t i,
                                     insitu_error *error) {
  if (value->num_elements > 0) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_INVALID_MODEL, "model %s %u is %s", what, i,
                   value->unread != NULL ? value->unread : "without elements");
}

static insitu_status check_interface(graph *net, insitu_error *error) {
  if (net->num_inputs == 0 || net->num_outputs == 0) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model has %u inputs and %u outputs and needs at least one of each",
                     net->num_inputs, net->num_outputs);
  }
  for (uint32_t i = 0; i < net->num_inputs; i++) {
    uint32_t index = net->inputs[i];
    if (index >= net->num_values) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "model input %u is tensor %u, but there are %u tensors", i, index,
                       net->num_values);
    }
    graph_value *value = &net->values[index];
    if (value->is_input || value->data != NULL) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "model input %u is tensor %u, which is %s", i, index,
                       value->is_input ? "another input already" : "constant");
    }
    insitu_status status = check_not_empty(value, "input", i, error);
    if (status) return status;
    value->is_input = true;
  }
  for (uint32_t i = 0; i < net->num_outputs; i++) {
    uint32_t index = net->outputs[i];
    if (index >= net->num_values) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "model output %u is tensor %u, but there are %u tensors", i, index,
                       net->num_values);
    }
    if (net->values[index].is_output) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "model output %u is tensor %u, which is another output already", i, index);
    }
    net->values[index].is_output = true;
    insitu_status status = check_not_empty(&net->values[index], "output", i, error);
    if (status) return status;
  }
  return INSITU_STATUS_OK;
}

/* Reads before writes: a value that is neither input nor constant must have
 * been produced by an earlier node, but for those that are not read, and what
 * only an operator of the file's own, which nobody runs, makes of its tensors. */
static insitu_status check_node(graph *net, uint32_t n, insitu_error *error) {
  const graph_node *node = &net->nodes[n];
  for (uint32_t i = 0; i < node->num_inputs; i++) {
    uint32_t index = node->inputs[i];
    if (index == GRAPH_NONE) continue;
    if (index >= net->num_values) {
      return invalid_index(error, "an input", n, index, net->num_values);
    }
    graph_value *value = &net->values[index];
    bool is_empty_list = value->num_elements == 0 && value->unread == NULL;
    if (is_empty_list && value->producer == GRAPH_NONE) value->data = (const uint8_t *)"";
    if (value->data == NULL && !value->is_input && value->producer == GRAPH_NONE &&
        value->unread == NULL && node->custom_name == NULL) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "operator %u reads tensor %u, which no earlier operator writes", n, index);
    }
    value->last_consumer = n;
  }
  for (uint32_t i = 0; i < node->num_outputs; i++) {
    uint32_t index = node->outputs[i];
    if (index >= net->num_values) {
      return invalid_index(error, "an output", n, index, net->num_values);
    }
    graph_value *value = &net->values[index];
    if (value->data != NULL || value->is_input || value->producer != GRAPH_NONE) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "operator %u writes tensor %u, which is %s", n, index,
                       value->data != NULL ? "constant"
                       : value->is_input   ? "an input of the model"
                                           : "written by another operator already");
    }
    value->producer = n;
  }
  return INSITU_STATUS_OK;
}

insitu_status graph_check(graph *net, insitu_error *error) {
  for (uint32_t i = 0; i < net->num_values; i++) {
    graph_value *value = &net->values[i];
    value->producer = value->last_consumer = GRAPH_NONE;
    value->is_input = value->is_output = false;
  }
  insitu_status status = check_interface(net, error);
  for (uint32_t n = 0; !status && n < net->num_nodes; n++) status = check_node(net, n, error);
  for (uint32_t i = 0; !status && i < net->num_outputs; i++) {
    const graph_value *value = &net->values[net->outputs[i]];
    if (value->producer == GRAPH_NONE) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "model output %u is tensor %u, which no operator writes", i,
                       net->outputs[i]);
    }
  }
  return status;
}
