/* Walks a graph back from its output. Knows only the operators of heads. */
#include "xnn/head.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "xnn/op.h"

static const graph_node *producer_of(const graph *net, uint32_t value) {
  if (value == GRAPH_NONE || net->values[value].producer == GRAPH_NONE) return NULL;
  return &net->nodes[net->values[value].producer];
}

static bool is_one_of(uint32_t code, const uint32_t *codes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (codes[i] == code) return true;
  }
  return false;
}

/* The first producer of `value` that is none of `passed`. Producers come before
 * their consumers, so this ends. */
static const graph_node *look_through(const graph *net, uint32_t value, const uint32_t *passed,
                                      size_t num_passed) {
  const graph_node *node = producer_of(net, value);
  while (node != NULL && is_one_of(node->code, passed, num_passed) && node->num_inputs > 0) {
    node = producer_of(net, node->inputs[0]);
  }
  return node;
}

/* The mean over height and width and nothing else: told by the sizes. */
static bool is_global_mean(const graph *net, const graph_node *node) {
  if (node == NULL || (node->code != TFLITE_MEAN && node->code != TFLITE_AVERAGE_POOL_2D))
    return false;
  if (node->num_inputs < 1 || node->num_outputs != 1 || node->inputs[0] == GRAPH_NONE) return false;
  const graph_value *input = &net->values[node->inputs[0]];
  const graph_value *output = &net->values[node->outputs[0]];
  return input->rank == 4 && input->dims[0] == 1 && input->producer != GRAPH_NONE &&
         output->rank >= 2 && output->num_elements == input->dims[3] &&
         output->dims[output->rank - 1] == input->dims[3];
}

bool head_find(const graph *net, head *found) {
  static const uint32_t behind[] = {TFLITE_SOFTMAX, TFLITE_LOGISTIC,   TFLITE_RESHAPE,
                                    TFLITE_SQUEEZE, TFLITE_DEQUANTIZE, TFLITE_QUANTIZE};
  static const uint32_t between[] = {TFLITE_RESHAPE, TFLITE_SQUEEZE, TFLITE_DEQUANTIZE,
                                     TFLITE_QUANTIZE};
  if (net->num_outputs < 1) return false;
  const graph_node *dense =
      look_through(net, net->outputs[0], behind, sizeof behind / sizeof *behind);
  if (dense == NULL || (dense->code != TFLITE_FULLY_CONNECTED && dense->code != TFLITE_CONV_2D) ||
      dense->num_inputs < 2 || dense->inputs[1] == GRAPH_NONE) {
    return false;
  }
  const graph_node *mean =
      look_through(net, dense->inputs[0], between, sizeof between / sizeof *between);
  if (!is_global_mean(net, mean)) return false;
  const graph_value *features = &net->values[mean->inputs[0]];
  const graph_value *weights = &net->values[dense->inputs[1]];
  size_t num_classes = net->values[net->outputs[0]].num_elements;
  bool is_flat =
      weights->rank == 2 || (weights->rank == 4 && weights->dims[1] == 1 && weights->dims[2] == 1);
  if (!is_flat || weights->data == NULL || weights->dims[0] != num_classes ||
      weights->dims[weights->rank - 1] != features->dims[3]) {
    return false;
  }
  *found = (head){.features = mean->inputs[0], .weights = dense->inputs[1]};
  return true;
}

bool head_weights_copy(const graph *net, const head *found, head_weights *weights) {
  const graph_value *from = &net->values[found->weights];
  const graph_quantization *q = &from->quantization;
  *weights = (head_weights){.data = alloc_bytes(from->size_bytes),
                            .num_rows = from->dims[0],
                            .num_channels = from->dims[from->rank - 1],
                            .dtype = from->dtype};
  if (weights->data == NULL) return false;
  memcpy(weights->data, from->data, from->size_bytes);
  if (from->dtype == GRAPH_F32) return true;
  weights->num_scales = q->num_scales;
  weights->zero_point = q->zero_point;
  weights->scales = alloc_array(q->num_scales, sizeof(float));
  if (weights->scales == NULL) return false;
  memcpy(weights->scales, q->scales, q->num_scales * sizeof(float));
  return true;
}

void head_weights_read(const head_weights *weights, float *rows) {
  size_t num_channels = weights->num_channels;
  if (weights->dtype == GRAPH_F32) {
    memcpy(rows, weights->data, weights->num_rows * num_channels * sizeof *rows);
    return;
  }
  /* i8 as u8 that are 128 more: one loop for both. */
  uint8_t sign = weights->dtype == GRAPH_I8 ? 0x80 : 0;
  int32_t zero_point = weights->zero_point + sign;
  for (size_t row = 0; row < weights->num_rows; row++) {
    const uint8_t *from = weights->data + row * num_channels;
    float *to = rows + row * num_channels,
          scale = weights->scales[weights->num_scales > 1 ? row : 0];
    for (size_t c = 0; c < num_channels; c++)
      to[c] = scale * (float)((from[c] ^ sign) - zero_point);
  }
}

void head_weights_release(head_weights *weights) {
  alloc_free(weights->data);
  alloc_free(weights->scales);
  *weights = (head_weights){0};
}

uint32_t head_find_interior(const graph *net, const char *name) {
  for (uint32_t i = 0; i < net->num_values; i++) {
    if (net->values[i].producer != GRAPH_NONE && strcmp(net->values[i].name, name) == 0) return i;
  }
  return GRAPH_NONE;
}

insitu_status head_expose(graph *net, uint32_t value, uint32_t *output_index, insitu_error *error) {
  for (uint32_t i = 0; i < net->num_outputs; i++) {
    if (net->outputs[i] != value) continue;
    *output_index = i;
    return INSITU_STATUS_OK;
  }
  if (net->num_outputs == GRAPH_MAX_INTERFACE) {
    return error_set(error, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "the model has %u outputs already, so no interior tensor can be handed out",
                     net->num_outputs);
  }
  *output_index = net->num_outputs;
  net->outputs[net->num_outputs++] = value;
  net->values[value].is_output = true;
  return INSITU_STATUS_OK;
}
