/* A small graph of its own, whose inputs are what XNNPACK hands out. */
#include "xnn/postprocess.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

struct postprocess {
  graph *net;
  op_record *records; /* [net->num_nodes] */
  uint32_t *sources;  /* [net->num_values] each one's index in the plan's graph */
};

/* The copy of a value, made at its first mention. */
static uint32_t copy_of(postprocess *made, uint32_t source) {
  uint32_t i = 0;
  if (source == GRAPH_NONE) return GRAPH_NONE;
  while (i < made->net->num_values && made->sources[i] != source) i++;
  if (i == made->net->num_values) made->sources[made->net->num_values++] = source;
  return i;
}

static insitu_status copy_node(postprocess *made, const graph_node *from, insitu_error *error) {
  graph_node *node = &made->net->nodes[made->net->num_nodes++];
  node->code = from->code;
  node->options = from->options;
  node->inputs = alloc_array(from->num_inputs, sizeof *node->inputs);
  node->outputs = alloc_array(from->num_outputs, sizeof *node->outputs);
  if (node->inputs == NULL || node->outputs == NULL) {
    return error_out_of_memory(error, "what follows the network", sizeof *node);
  }
  node->num_inputs = from->num_inputs;
  node->num_outputs = from->num_outputs;
  for (uint32_t i = 0; i < from->num_inputs; i++) node->inputs[i] = copy_of(made, from->inputs[i]);
  for (uint32_t i = 0; i < from->num_outputs; i++)
    node->outputs[i] = copy_of(made, from->outputs[i]);
  return INSITU_STATUS_OK;
}

/* A constant with its bytes; of what is computed here, room for them. */
static insitu_status copy_value(graph_value *value, const graph_value *from, insitu_error *error) {
  uint32_t num_scales = from->quantization.num_scales;
  *value = *from;
  value->name = NULL;
  value->data = value->owned_data = NULL;
  value->quantization.scales = NULL;
  if (num_scales > 0) {
    float *scales = alloc_array(num_scales, sizeof *scales);
    if (scales == NULL) return error_out_of_memory(error, "the scales", num_scales * 4);
    memcpy(scales, from->quantization.scales, num_scales * sizeof *scales);
    value->quantization.scales = scales;
  }
  if (from->data == NULL && !from->is_postprocessed) return INSITU_STATUS_OK;
  value->data = value->owned_data = alloc_zeroed(from->size_bytes);
  if (value->data == NULL) return error_out_of_memory(error, "a tensor", from->size_bytes);
  if (from->data != NULL) memcpy(value->owned_data, from->data, from->size_bytes);
  return INSITU_STATUS_OK;
}

static insitu_status copy_all(postprocess *made, const plan *planned, size_t num_nodes,
                              size_t num_values, insitu_error *error) {
  graph *net = made->net;
  insitu_status status = INSITU_STATUS_OK;
  made->records = alloc_array(num_nodes, sizeof *made->records);
  made->sources = alloc_array(num_values, sizeof *made->sources);
  net->nodes = alloc_array(num_nodes, sizeof *net->nodes);
  net->values = alloc_array(num_values, sizeof *net->values);
  if (!made->records || !made->sources || !net->nodes || !net->values) {
    return error_out_of_memory(error, "what follows the network", num_values * sizeof(graph_value));
  }
  for (uint32_t n = 0; !status && n < planned->net->num_nodes; n++) {
    if (planned->nodes[n].state != PLAN_POSTPROCESS) continue;
    made->records[net->num_nodes] = planned->nodes[n].record;
    status = copy_node(made, &planned->net->nodes[n], error);
  }
  for (uint32_t i = 0; !status && i < net->num_values; i++) {
    status = copy_value(&net->values[i], &planned->net->values[made->sources[i]], error);
  }
  return status;
}

insitu_status postprocess_create(const plan *planned, postprocess **out, insitu_error *error) {
  size_t num_nodes = 0, num_values = 0;
  for (uint32_t n = 0; n < planned->net->num_nodes; n++) {
    if (planned->nodes[n].state != PLAN_POSTPROCESS) continue;
    num_nodes++;
    num_values += planned->net->nodes[n].num_inputs + planned->net->nodes[n].num_outputs;
  }
  *out = NULL;
  if (num_nodes == 0) return INSITU_STATUS_OK;
  postprocess *made = alloc_zeroed(sizeof *made);
  if (made == NULL) return error_out_of_memory(error, "what follows the network", sizeof *made);
  made->net = graph_create();
  insitu_status status = made->net == NULL ? error_out_of_memory(error, "a graph", sizeof(graph))
                                           : copy_all(made, planned, num_nodes, num_values, error);
  if (status) postprocess_destroy(made);
  else *out = made;
  return status;
}

void postprocess_destroy(postprocess *made) {
  if (made == NULL) return;
  graph_destroy(made->net);
  alloc_free(made->records);
  alloc_free(made->sources);
  alloc_free(made);
}

/* The index-th value that is neither a constant nor computed here, GRAPH_NONE past them. */
static uint32_t find_given(const postprocess *made, uint32_t index) {
  for (uint32_t i = 0; i < made->net->num_values; i++) {
    if (made->net->values[i].owned_data == NULL && index-- == 0) return i;
  }
  return GRAPH_NONE;
}

uint32_t postprocess_input(const postprocess *made, uint32_t index) {
  uint32_t found = made != NULL ? find_given(made, index) : GRAPH_NONE;
  return found != GRAPH_NONE ? made->sources[found] : GRAPH_NONE;
}

void postprocess_give(postprocess *made, uint32_t index, const void *data) {
  made->net->values[find_given(made, index)].data = data;
}

insitu_status postprocess_run(postprocess *made, insitu_error *error) {
  insitu_status status = INSITU_STATUS_OK;
  for (uint32_t n = 0; !status && n < made->net->num_nodes; n++) {
    op_site site = op_site_of(made->net, n, error);
    site.record = made->records[n];
    site.is_folding = true;
    status = op_find(site.node->code)->fold(&site);
  }
  return status;
}

const void *postprocess_output(const postprocess *made, uint32_t value) {
  for (uint32_t i = 0; made != NULL && i < made->net->num_values; i++) {
    const graph_value *found = &made->net->values[i];
    if (made->sources[i] == value && found->is_postprocessed) return found->data;
  }
  return NULL;
}
