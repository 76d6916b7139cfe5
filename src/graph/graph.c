/* The graph's memory, sizes and texts. */
#include "graph/graph.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/error.h"

graph *graph_create(void) {
  graph *net = alloc_zeroed(sizeof(graph));
  if (net != NULL) net->read_signature = GRAPH_NONE;
  return net;
}

void graph_destroy(graph *net) {
  if (net == NULL) return;
  for (uint32_t i = 0; net->values != NULL && i < net->num_values; i++) {
    alloc_free(net->values[i].name);
    alloc_free((void *)net->values[i].quantization.scales);
    alloc_free(net->values[i].owned_data);
  }
  for (uint32_t i = 0; net->nodes != NULL && i < net->num_nodes; i++) {
    alloc_free((void *)net->nodes[i].custom_name);
    alloc_free(net->nodes[i].inputs);
    alloc_free(net->nodes[i].outputs);
  }
  for (uint32_t i = 0; i < net->num_signatures; i++) alloc_free(net->signatures[i]);
  alloc_free(net->values);
  alloc_free(net->nodes);
  alloc_free(net);
}

static const struct {
  const char *name;
  uint8_t size_bytes;
} dtypes[] = {
    [GRAPH_F32] = {"float32", 4}, [GRAPH_F16] = {"float16", 2}, [GRAPH_I8] = {"int8", 1},
    [GRAPH_U8] = {"uint8", 1},    [GRAPH_I16] = {"int16", 2},   [GRAPH_I32] = {"int32", 4},
    [GRAPH_I64] = {"int64", 8},   [GRAPH_BOOL] = {"bool", 1},   [GRAPH_I4] = {"int4", 0},
    [GRAPH_OTHER] = {"other", 0},
};

const char *graph_dtype_name(graph_dtype dtype) { return dtypes[dtype].name; }
size_t graph_dtype_bytes(graph_dtype dtype) { return dtypes[dtype].size_bytes; }

long long graph_shown_dim(const graph_value *value, uint32_t i) {
  bool is_open = i > 0 && value->dims[i] == 1 && (value->open_dims >> i & 1) != 0;
  return is_open && value->is_input ? -1 : (long long)value->dims[i];
}

bool graph_is_planar(const graph_value *value) {
  return value->rank == 4 && (value->dims[1] == 3 || value->dims[1] == 1) && value->dims[3] != 3 &&
         (value->dims[3] != 1 || (value->open_dims & 8) != 0);
}

graph_shape_text graph_shape(const graph_value *value) {
  graph_shape_text shape = {"["};
  size_t length = 1;
  for (uint32_t i = 0; i < value->rank; i++) {
    length += (size_t)snprintf(shape.text + length, sizeof shape.text - length, "%s%lld",
                               i > 0 ? "," : "", graph_shown_dim(value, i));
  }
  snprintf(shape.text + length, sizeof shape.text - length, "]");
  return shape;
}

insitu_status graph_value_measure(graph_value *value, const char *what, insitu_error *error) {
  size_t elements = 1, size_bytes;
  for (uint32_t i = 0; i < value->rank; i++) {
    if (value->dims[i] == 0) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "%s: dimension %u is 0 and must be at least 1", what, i);
    }
    if (value->dims[i] > GRAPH_MAX_DIM || !checked_mul(elements, value->dims[i], &elements)) {
      return error_set(error, INSITU_STATUS_TOO_LARGE, "%s: dimension %u is %u, the limit is %u",
                       what, i, value->dims[i], GRAPH_MAX_DIM);
    }
  }
  if (!checked_mul(elements, graph_dtype_bytes(value->dtype), &size_bytes) ||
      size_bytes > GRAPH_MAX_VALUE_BYTES) {
    return error_set(
        error, INSITU_STATUS_TOO_LARGE, "%s: shape %s of %s is above the limit of %u bytes", what,
        graph_shape(value).text, graph_dtype_name(value->dtype), GRAPH_MAX_VALUE_BYTES);
  }
  value->num_elements = elements;
  value->size_bytes = size_bytes;
  return INSITU_STATUS_OK;
}

static uint32_t option_bits(const graph_node *node, uint32_t field, uint32_t width_bytes,
                            uint32_t fallback) {
  if (field >= GRAPH_MAX_OPTIONS || node->options.width_bytes[field] < width_bytes) return fallback;
  return node->options.bits[field];
}

int32_t graph_option_i32(const graph_node *node, uint32_t field, int32_t fallback) {
  return (int32_t)option_bits(node, field, 4, (uint32_t)fallback);
}

uint8_t graph_option_u8(const graph_node *node, uint32_t field, uint8_t fallback) {
  return (uint8_t)option_bits(node, field, 1, fallback);
}

float graph_option_f32(const graph_node *node, uint32_t field, float fallback) {
  uint32_t bits;
  memcpy(&bits, &fallback, sizeof bits);
  bits = option_bits(node, field, 4, bits);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
