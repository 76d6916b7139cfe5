/* The table of operators, and what every check begins with. */
#include "xnn/op.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "graph/tflite/read.h"

static const op table[] = {
#define OP(NAME, name, min_inputs, max_inputs, max_outputs, define, fold) \
  {TFLITE_##NAME, #NAME, min_inputs, max_inputs, max_outputs, op_##name##_check, define, fold},
#include "xnn/ops.inc"
#undef OP
};

const op *op_find(uint32_t code) {
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (table[i].code == code) return &table[i];
  }
  return NULL;
}

static const char *node_name(const graph_node *node) {
  return node->custom_name != NULL ? node->custom_name : tflite_operator_name(node->code);
}

insitu_status op_fail(const op_site *site, insitu_status status, const char *format, ...) {
  char message[192];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return error_set(site->error, status, "operator %u (%.40s): %s", site->index,
                   node_name(site->node), message);
}

op_site op_site_of(graph *net, uint32_t node_index, insitu_error *error) {
  return (op_site){
      .net = net, .node = &net->nodes[node_index], .index = node_index, .error = error};
}

/* Operators that XNNPACK lacks, and those that can follow them. */
static bool is_picker(uint32_t code) { return code == TFLITE_ARG_MAX || code == TFLITE_TOPK_V2; }
static bool follows_pickers(uint32_t code) {
  return is_picker(code) || code == TFLITE_CAST || code == TFLITE_RESHAPE ||
         code == TFLITE_SQUEEZE || code == TFLITE_EXPAND_DIMS;
}

/* The first input that is computed behind XNNPACK; NULL where none is. */
static const graph_value *postprocessed_input(const op_site *site) {
  for (uint32_t i = 0; i < site->node->num_inputs; i++) {
    const graph_value *input = op_input(site, i);
    if (input != NULL && input->is_postprocessed) return input;
  }
  return NULL;
}

static bool all_inputs_constant(const op_site *site) {
  for (uint32_t i = 0; i < site->node->num_inputs; i++) {
    const graph_value *input = op_input(site, i);
    if (input != NULL && input->data == NULL) return false;
  }
  return true;
}

/* What a person can do about an operator that its file brings by a name of its own. */
static const char *why_custom(const char *name) {
  static const struct {
    const char *begin, *why;
  } known[] = {
      {"edgetpu-custom-op",
       "compiled for an Edge TPU, which alone can run it; take the file it was compiled from"},
      {"ethos-u",
       "compiled for an Arm Ethos-U, which alone can run it; take the file it was compiled from"},
      {"Flex",
       "an operator of TensorFlow itself; convert the network with TFLITE_BUILTINS alone, without "
       "SELECT_TF_OPS"},
      {"TFLite_Detection_PostProcess", "the end of a detector, whose boxes are no classes"},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strncmp(name, known[i].begin, strlen(known[i].begin)) == 0) return known[i].why;
  }
  return "an operator of the file's own, which is not built in";
}

/* Every tensor must be one to us, whatever the operator makes of it. */
static insitu_status require_read(const op_site *site) {
  const graph_node *node = site->node;
  for (uint32_t i = 0; i < node->num_inputs + node->num_outputs; i++) {
    bool is_output = i >= node->num_inputs;
    uint32_t index = is_output ? i - node->num_inputs : i;
    const graph_value *value = is_output ? op_output_at(site, index) : op_input(site, index);
    if (value != NULL && is_output && value->num_elements == 0 && value->unread == NULL) {
      return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its output %u is without elements",
                     index);
    }
    if (value == NULL || value->unread == NULL) continue;
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "its %s %u (%.48s) is %s",
                   is_output ? "output" : "input", index, value->name, value->unread);
  }
  return INSITU_STATUS_OK;
}

insitu_status op_check(op_site *site) {
  const graph_node *node = site->node;
  const op *found = op_find(node->code);
  if (found == NULL && node->custom_name != NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "%s", why_custom(node->custom_name));
  }
  if (found == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL, "this operator is not built in");
  }
  if (node->num_inputs < found->min_inputs || node->num_inputs > found->max_inputs ||
      node->num_outputs < 1 || node->num_outputs > found->max_outputs) {
    return op_fail(site, INSITU_STATUS_INVALID_MODEL,
                   "it has %u inputs and %u outputs and must have %u to %u and 1 to %u",
                   node->num_inputs, node->num_outputs, found->min_inputs, found->max_inputs,
                   found->max_outputs);
  }
  insitu_status status = require_read(site);
  if (status) return status;
  for (uint32_t i = 0; i < found->min_inputs; i++) {
    if (op_input(site, i) != NULL) continue;
    return op_fail(site, INSITU_STATUS_INVALID_MODEL, "its input %u is left out", i);
  }
  site->is_folding =
      found->fold != NULL && (node->code == TFLITE_SHAPE || all_inputs_constant(site));
  /* What the model hands out is computed at each run, into the caller's buffer. */
  for (uint32_t i = 0; i < node->num_outputs; i++) {
    if (op_output_at(site, i)->is_output) site->is_folding = false;
  }
  const graph_value *picked = site->is_folding ? NULL : postprocessed_input(site);
  site->is_postprocessing = !site->is_folding && (is_picker(node->code) || picked != NULL);
  if (picked != NULL && !follows_pickers(node->code)) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "it reads what operator %u (%s) gives, which only the end of a network can",
                   picked->producer, node_name(&site->net->nodes[picked->producer]));
  }
  site->is_folding |= site->is_postprocessing;
  if (!site->is_folding && found->define == NULL) {
    return op_fail(site, INSITU_STATUS_UNSUPPORTED_MODEL,
                   "its inputs are known only while running; of constants it can be computed");
  }
  status = found->check(site);
  site->cost.macs = op_macs(site->net, node);
  return status;
}

uint64_t op_macs(const graph *net, const graph_node *node) {
  if (node->num_inputs < 2 || node->num_outputs < 1 || node->inputs[0] == GRAPH_NONE ||
      node->inputs[1] == GRAPH_NONE) {
    return 0;
  }
  const graph_value *filter = &net->values[node->inputs[1]];
  uint64_t num_outputs = net->values[node->outputs[0]].num_elements;
  switch (node->code) {
    case TFLITE_CONV_2D:
    case TFLITE_FULLY_CONNECTED:
      return filter->rank < 2 ? 0 : num_outputs * (filter->num_elements / filter->dims[0]);
    case TFLITE_DEPTHWISE_CONV_2D:
      return filter->rank != 4 ? 0 : num_outputs * filter->dims[1] * filter->dims[2];
    case TFLITE_BATCH_MATMUL: {
      const graph_value *a = &net->values[node->inputs[0]];
      bool adj_x = graph_option_u8(node, TFLITE_BATCH_MAT_MUL_OPTIONS_ADJ_X, 0) != 0;
      return a->rank < 2 ? 0 : num_outputs * a->dims[a->rank - (adj_x ? 2 : 1)];
    }
    case TFLITE_TRANSPOSE_CONV: { /* output shape, filter [O,KH,KW,I], input */
      if (node->num_inputs < 3 || node->inputs[2] == GRAPH_NONE || filter->rank != 4) return 0;
      uint64_t num_inputs = net->values[node->inputs[2]].num_elements;
      return num_inputs * (filter->num_elements / filter->dims[3]);
    }
    default: return 0;
  }
}
