/* Plans a graph, in the order of its nodes, then back from its outputs. */
#include "xnn/plan.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "xnn/passes.h"

static bool is_folded_already(const graph *net, const graph_node *node) {
  for (uint32_t i = 0; i < node->num_outputs; i++) {
    if (net->values[node->outputs[i]].owned_data == NULL) return false;
  }
  return node->num_outputs > 0;
}

/* Statuses that end planning: the rest only refuse a node. */
static bool is_fatal(insitu_status status) {
  return status == INSITU_STATUS_OUT_OF_MEMORY || status == INSITU_STATUS_TOO_LARGE;
}

static insitu_status plan_one(plan *made, uint32_t n, insitu_error *error) {
  graph *net = made->net;
  plan_node *planned = &made->nodes[n];
  op_site site = op_site_of(net, n, error);
  planned->state = PLAN_FOLDED;
  if (is_folded_already(net, site.node)) return INSITU_STATUS_OK;
  insitu_status status = passes_apply(&site);
  if (!status) status = op_check(&site);
  planned->record = site.record;
  planned->cost = site.cost;
  planned->state = site.is_postprocessing ? PLAN_POSTPROCESS : PLAN_RUN;
  for (uint32_t i = 0; i < site.node->num_outputs; i++) {
    net->values[site.node->outputs[i]].is_postprocessed = !status && site.is_postprocessing;
  }
  if (!status && site.is_folding && !site.is_postprocessing) {
    status = op_find(site.node->code)->fold(&site);
    planned->state = PLAN_FOLDED;
  }
  if (!status) return INSITU_STATUS_OK;
  planned->state = PLAN_REFUSED;
  planned->cost = (op_cost){.macs = op_macs(net, site.node)};
  return is_fatal(status) ? status : INSITU_STATUS_OK;
}

/* Leaves out what no output needs; last_consumer becomes that of what is left. */
static insitu_status find_unused(plan *made, insitu_error *error) {
  graph *net = made->net;
  bool *needed = alloc_array(net->num_values, sizeof *needed);
  if (needed == NULL) return error_out_of_memory(error, "the plan", net->num_values);
  for (uint32_t i = 0; i < net->num_values; i++) net->values[i].last_consumer = GRAPH_NONE;
  for (uint32_t i = 0; i < net->num_outputs; i++) needed[net->outputs[i]] = true;
  for (uint32_t n = net->num_nodes; n-- > 0;) {
    const graph_node *node = &net->nodes[n];
    if (made->nodes[n].state == PLAN_FOLDED) continue;
    bool is_needed = false;
    for (uint32_t i = 0; i < node->num_outputs; i++) is_needed |= needed[node->outputs[i]];
    if (!is_needed) {
      made->nodes[n].state = PLAN_UNUSED;
      continue;
    }
    for (uint32_t i = 0; i < node->num_inputs; i++) {
      if (node->inputs[i] == GRAPH_NONE) continue;
      graph_value *value = &net->values[node->inputs[i]];
      needed[node->inputs[i]] = true;
      if (value->last_consumer == GRAPH_NONE) value->last_consumer = n;
    }
  }
  alloc_free(needed);
  return INSITU_STATUS_OK;
}

/* Bytes of activations alive at the busiest node. 64 bits: up to 16384 values
 * of at most 2^28 bytes cannot wrap. */
static void measure_arena(plan *made) {
  graph *net = made->net;
  uint64_t live_bytes = 0, peak_bytes = 0;
  for (uint32_t i = 0; i < net->num_inputs; i++) {
    live_bytes += net->values[net->inputs[i]].size_bytes;
  }
  for (uint32_t n = 0; n < net->num_nodes; n++) {
    const graph_node *node = &net->nodes[n];
    plan_state state = made->nodes[n].state;
    if (state == PLAN_FOLDED || state == PLAN_UNUSED) continue;
    for (uint32_t i = 0; i < node->num_outputs; i++) {
      live_bytes += net->values[node->outputs[i]].size_bytes;
    }
    if (live_bytes > peak_bytes) peak_bytes = live_bytes;
    for (uint32_t i = 0; i < node->num_inputs; i++) {
      uint32_t index = node->inputs[i];
      if (index == GRAPH_NONE) continue;
      const graph_value *value = &net->values[index];
      bool is_first_mention = true;
      for (uint32_t j = 0; j < i; j++) is_first_mention &= node->inputs[j] != index;
      if (is_first_mention && value->last_consumer == n && value->data == NULL &&
          value->producer != GRAPH_NONE && !value->is_output) {
        live_bytes -= value->size_bytes;
      }
    }
  }
  net->arena_bytes = (size_t)peak_bytes;
  if (net->arena_bytes != peak_bytes) net->arena_bytes = SIZE_MAX; /* 32 bits: above any limit */
}

/* A node's cost is below 2^63 and the sum so far below the limit. */
static void add_costs(plan *made) {
  for (uint32_t n = 0; n < made->net->num_nodes; n++) {
    const plan_node *planned = &made->nodes[n];
    if (planned->state == PLAN_REFUSED) made->num_refused++;
    bool runs = planned->state == PLAN_RUN || planned->state == PLAN_POSTPROCESS;
    if (runs || planned->state == PLAN_REFUSED) made->macs += planned->cost.macs;
    if (!runs || made->total.work > OP_MAX_WORK || made->total.memory_bytes > OP_MAX_MEMORY_BYTES) {
      continue;
    }
    made->total.macs += planned->cost.macs;
    made->total.work += planned->cost.work;
    made->total.memory_bytes += planned->cost.memory_bytes;
    made->total.unchecked_bytes += planned->cost.unchecked_bytes;
    made->total.num_parts += planned->cost.num_parts;
  }
}

insitu_status plan_create(graph *net, plan **out, insitu_error *error) {
  plan *made = alloc_zeroed(sizeof *made);
  if (made == NULL) return error_out_of_memory(error, "the plan", sizeof *made);
  insitu_status status = INSITU_STATUS_OK;
  made->net = net;
  made->nodes = alloc_array(net->num_nodes, sizeof *made->nodes);
  if (made->nodes == NULL) {
    status = error_out_of_memory(error, "the plan", net->num_nodes * sizeof *made->nodes);
  }
  if (!status) status = passes_widen_halves(net, error);
  for (uint32_t n = 0; !status && n < net->num_nodes; n++) status = plan_one(made, n, error);
  if (!status) status = find_unused(made, error);
  if (status) {
    plan_destroy(made);
    return status;
  }
  add_costs(made);
  measure_arena(made);
  *out = made;
  return error_clear(error);
}

void plan_destroy(plan *made) {
  if (made == NULL) return;
  alloc_free(made->nodes);
  alloc_free(made);
}

op_site plan_site(const plan *made, uint32_t node_index) {
  op_site site = op_site_of(made->net, node_index, NULL);
  site.record = made->nodes[node_index].record;
  return site;
}

insitu_status plan_why(const plan *made, uint32_t node_index, insitu_error *error) {
  op_site site = op_site_of(made->net, node_index, error);
  insitu_status status = op_check(&site);
  if (!status && site.is_folding && !site.is_postprocessing) {
    status = op_find(site.node->code)->fold(&site);
  }
  return status;
}
