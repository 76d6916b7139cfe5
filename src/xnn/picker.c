/* Walks back from the outputs through what is computed behind XNNPACK. */
#include "xnn/picker.h"

#include "base/error.h"
#include "graph/tflite/read.h"
#include "xnn/plan.h"

static bool picks(const graph_node *node) {
  return node->code == TFLITE_ARG_MAX || node->code == TFLITE_TOPK_V2;
}

uint32_t picker_of(const graph *net, uint32_t value) {
  for (uint32_t n = 0; n < net->num_nodes; n++) {
    const graph_node *node = &net->nodes[n];
    if (picks(node) && node->num_inputs > 0 && node->inputs[0] == value) return n;
  }
  return GRAPH_NONE;
}

bool picker_is_in(const graph *net) {
  for (uint32_t n = 0; n < net->num_nodes; n++) {
    if (picks(&net->nodes[n])) return true;
  }
  return false;
}

/* One pick of all elements, not one at each place. */
static insitu_status require_whole(const plan *planned, uint32_t n, insitu_error *error) {
  op_site site = plan_site(planned, n);
  const graph_value *input = op_input(&site, 0);
  bool is_last = site.node->code == TFLITE_TOPK_V2;
  uint32_t length = input->dims[is_last ? input->rank - 1 : site.record.join.axis];
  if (length == input->num_elements) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_INVALID_MODEL,
                   "operator %u (%s) picks one of %u classes at each of %zu places, but a "
                   "classifier has one answer for a picture",
                   n, tflite_operator_name(site.node->code), length, input->num_elements / length);
}

/* What an output was picked from; itself where nothing was. */
static insitu_status find_scores(const plan *planned, uint32_t *value, insitu_error *error) {
  const graph *net = planned->net;
  insitu_status status = INSITU_STATUS_OK;
  while (!status && net->values[*value].is_postprocessed) {
    uint32_t n = net->values[*value].producer;
    if (picks(&net->nodes[n])) status = require_whole(planned, n, error);
    *value = net->nodes[n].inputs[0];
    if (!status && net->values[*value].producer == GRAPH_NONE) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "operator %u (%s) picks from no scores, but from an input or a constant", n,
                       tflite_operator_name(net->nodes[n].code));
    }
  }
  return status;
}

static insitu_status replace(const plan *planned, insitu_error *error) {
  graph *net = planned->net;
  uint32_t found[GRAPH_MAX_INTERFACE], num_found = 0;
  for (uint32_t i = 0; i < net->num_outputs; i++) {
    uint32_t value = net->outputs[i], j = 0;
    insitu_status status = find_scores(planned, &value, error);
    if (status) return status;
    while (j < num_found && found[j] != value) j++;
    if (j == num_found) found[num_found++] = value;
  }
  for (uint32_t i = 0; i < net->num_outputs; i++) net->values[net->outputs[i]].is_output = false;
  net->num_outputs = num_found;
  for (uint32_t i = 0; i < num_found; i++) {
    net->outputs[i] = found[i];
    net->values[found[i]].is_output = true;
  }
  return INSITU_STATUS_OK;
}

insitu_status picker_remove(graph *net, insitu_error *error) {
  plan *planned;
  if (!picker_is_in(net)) return INSITU_STATUS_OK;
  insitu_status status = plan_create(net, &planned, error);
  if (status) return status;
  if (planned->num_refused == 0) status = replace(planned, error);
  plan_destroy(planned);
  return status;
}
