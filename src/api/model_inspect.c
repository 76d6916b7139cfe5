/* insitu_model_inspect_json: what a .tflite file holds, and what keeps it from
 * running. Runs nothing; a damaged file is an error, an unsupported one is
 * described. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "graph/tflite/read.h"
#include "insitu.h"
#include "xnn/runtime.h"

#define MAX_OPERATOR_KINDS 256u
/* For shapes and work where the file leaves the size of pictures open. */
#define ASSUMED_SIDE_PX 224u

/* open_dims: of each, as the file has them; NULL: none is shown. */
static void write_tensors(json_writer *json, const graph *net, const uint32_t *indices,
                          uint32_t count, const uint32_t *open_dims) {
  json_array_begin(json);
  for (uint32_t i = 0; i < count; i++) {
    const graph_value *value = &net->values[indices[i]];
    json_object_begin(json);
    json_key(json, "name");
    json_string(json, value->name);
    json_key(json, "dtype");
    json_string(json, graph_dtype_name(value->dtype));
    json_key(json, "shape");
    json_array_begin(json);
    for (uint32_t j = 0; j < value->rank; j++) {
      bool is_open = open_dims != NULL && (open_dims[i] & ~value->open_dims) >> j & 1;
      json_integer(json, is_open ? -1 : graph_shown_dim(value, j));
    }
    json_array_end(json);
    if (value->quantization.num_scales == 1) {
      json_key(json, "scale");
      json_number(json, (double)value->quantization.scales[0]);
      json_key(json, "zero_point");
      json_integer(json, value->quantization.zero_point);
    }
    json_object_end(json);
  }
  json_array_end(json);
}

static const char *name_of(const graph_node *node) {
  return node->custom_name != NULL ? node->custom_name : tflite_operator_name(node->code);
}

static bool same_operator(const graph_node *a, const graph_node *b) {
  return a->code == b->code &&
         (a->custom_name == NULL || strcmp(a->custom_name, b->custom_name) == 0);
}

/* Names with their counts, in the order of their first use. counts: scratch
 * [num_nodes], zeroed. */
static void write_operators(json_writer *json, const graph *net, uint32_t *counts) {
  uint32_t firsts[MAX_OPERATOR_KINDS], num_firsts = 0;
  for (uint32_t i = 0; i < net->num_nodes; i++) {
    uint32_t k = 0;
    while (k < num_firsts && !same_operator(&net->nodes[firsts[k]], &net->nodes[i])) k++;
    if (k == num_firsts && num_firsts < MAX_OPERATOR_KINDS) firsts[num_firsts++] = i;
    if (k < num_firsts) counts[firsts[k]]++;
  }
  json_array_begin(json);
  for (uint32_t k = 0; k < num_firsts; k++) {
    const graph_node *node = &net->nodes[firsts[k]];
    json_object_begin(json);
    json_key(json, "name");
    json_string(json, name_of(node));
    json_key(json, "count");
    json_unsigned(json, counts[firsts[k]]);
    json_key(json, "built_in");
    json_bool(json, op_find(node->code) != NULL);
    json_object_end(json);
  }
  json_array_end(json);
}

/* Weights and biases: constants but for the integers that are parameters of
 * operators (shapes, axes, paddings). */
static bool is_parameter(const graph_value *value) {
  if (value->data == NULL || value->owned_data != NULL) return false;
  return value->dtype != GRAPH_I64 && (value->dtype != GRAPH_I32 || value->quantization.num_scales);
}

/* The dtype of the multiplied weights: "float32", "int8", … or "mixed". */
static const char *precision_of(const graph *net) {
  bool seen[GRAPH_OTHER + 1] = {false};
  uint32_t num_seen = 0;
  const char *name = "none";
  for (uint32_t i = 0; i < net->num_values; i++) {
    const graph_value *value = &net->values[i];
    if (!is_parameter(value) || value->rank < 2 || seen[value->dtype]) continue;
    seen[value->dtype] = true;
    num_seen++;
    name = graph_dtype_name(value->dtype);
  }
  return num_seen > 1 ? "mixed" : name;
}

static void write_unsupported(json_writer *json, const char *name, const char *why) {
  json_object_begin(json);
  json_key(json, "operator");
  if (name != NULL) json_string(json, name);
  else json_null(json);
  json_key(json, "why");
  json_string(json, why);
  json_object_end(json);
}

/* Every operator that cannot be run, and why. */
static void write_support(json_writer *json, const plan *planned) {
  const graph *net = planned->net;
  insitu_error error;
  bool is_supported = planned->num_refused == 0;
  json_key(json, "unsupported");
  json_array_begin(json);
  for (uint32_t i = 0; i < net->num_nodes; i++) {
    if (planned->nodes[i].state != PLAN_REFUSED) continue;
    plan_why(planned, i, &error);
    write_unsupported(json, name_of(&net->nodes[i]), error.message);
  }
  if (is_supported && runtime_require(planned, &error)) {
    write_unsupported(json, NULL, error.message);
    is_supported = false;
  }
  json_array_end(json);
  json_key(json, "supported");
  json_bool(json, is_supported);
  json_key(json, "macs");
  json_unsigned(json, planned->macs);
}

/* Sets a size where the file leaves it open. True where it did; open_dims: what
 * was open of each input before. */
static bool assume_size(graph *net, uint32_t *open_dims) {
  for (uint32_t i = 0; i < net->num_inputs; i++) {
    open_dims[i] = net->values[net->inputs[i]].open_dims;
  }
  if (graph_require_size(net, 0, 0, NULL) == INSITU_STATUS_OK) return false;
  insitu_status status = graph_require_size(net, ASSUMED_SIDE_PX, ASSUMED_SIDE_PX, NULL);
  return status == INSITU_STATUS_OK;
}

/* Where a choice is to be made. */
static void write_signatures(json_writer *json, const graph *net) {
  if (net->num_signatures < 2) return;
  json_key(json, "signatures");
  json_array_begin(json);
  for (uint32_t i = 0; i < net->num_signatures; i++) json_string(json, net->signatures[i]);
  json_array_end(json);
  json_key(json, "signature");
  json_string(json, net->signatures[net->read_signature]);
}

static void write_model(json_writer *json, const plan *planned, size_t file_size,
                        const uint32_t *open_dims, uint32_t *counts) {
  const graph *net = planned->net;
  uint64_t num_parameters = 0;
  for (uint32_t i = 0; i < net->num_values; i++) {
    if (is_parameter(&net->values[i])) num_parameters += net->values[i].num_elements;
  }
  json_object_begin(json);
  json_key(json, "format");
  json_string(json, "tflite");
  json_key(json, "bytes");
  json_unsigned(json, file_size);
  json_key(json, "precision");
  json_string(json, precision_of(net));
  json_key(json, "parameters");
  json_unsigned(json, num_parameters);
  json_key(json, "activation_bytes");
  json_unsigned(json, net->arena_bytes);
  json_key(json, "inputs");
  write_tensors(json, net, net->inputs, net->num_inputs, open_dims);
  json_key(json, "outputs");
  write_tensors(json, net, net->outputs, net->num_outputs, NULL);
  if (open_dims != NULL) { /* shapes, work and support are at this size */
    json_key(json, "size_assumed");
    json_array_begin(json);
    json_unsigned(json, ASSUMED_SIDE_PX);
    json_unsigned(json, ASSUMED_SIDE_PX);
    json_array_end(json);
  }
  write_signatures(json, net);
  json_key(json, "operators");
  write_operators(json, net, counts);
  write_support(json, planned);
  json_object_end(json);
}

insitu_status insitu_model_inspect_json(const uint8_t *file, size_t file_size,
                                        const char *signature, char **json, insitu_error *error) {
  if (file == NULL || json == NULL) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "file or json is NULL");
  }
  graph *net;
  insitu_status status = tflite_read((span){file, file_size}, signature, &net, error);
  if (status) return status;
  plan *planned = NULL;
  uint32_t open_dims[GRAPH_MAX_INTERFACE];
  bool is_open = assume_size(net, open_dims);
  status = plan_create(net, &planned, error);
  uint32_t *counts = alloc_array(net->num_nodes, sizeof *counts);
  if (!status && counts == NULL) status = error_out_of_memory(error, "the description", 4);
  if (!status) {
    json_writer writer;
    json_writer_init(&writer);
    write_model(&writer, planned, file_size, is_open ? open_dims : NULL, counts);
    status = json_writer_finish(&writer, json, error);
    json_writer_deinit(&writer);
  }
  alloc_free(counts);
  plan_destroy(planned);
  graph_destroy(net);
  return status;
}
