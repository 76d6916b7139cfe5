/* Files with float16 weights keep each weight as a float16 constant with a
 * DEQUANTIZE behind it. Owns IEEE 754 binary16 to binary32. */
#include "xnn/fold.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

static float float_of_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  uint32_t exponent = half >> 10 & 31u, fraction = half & 1023u, bits;
  float value;
  if (exponent == 0) { /* zero and subnormals: fraction * 2^-24, exact */
    value = (float)fraction * 0x1p-24f;
    memcpy(&bits, &value, sizeof bits);
    bits |= sign;
  } else {
    uint32_t wide = exponent == 31 ? 255u : exponent + 112u;
    bits = sign | wide << 23 | fraction << 13;
  }
  memcpy(&value, &bits, sizeof value);
  return value;
}

insitu_status fold_constants(graph *net, insitu_error *error) {
  uint64_t total_bytes = 0;
  for (uint32_t i = 0; i < net->num_nodes; i++) {
    if (!graph_widens_constant(net, &net->nodes[i]) || fold_is_folded(net, i)) continue;
    const graph_value *input = &net->values[net->nodes[i].inputs[0]];
    graph_value *output = &net->values[net->nodes[i].outputs[0]];
    total_bytes += output->size_bytes;
    if (total_bytes > 2ull * INSITU_MAX_MODEL_BYTES) {
      return error_set(error, INSITU_STATUS_TOO_LARGE,
                       "the float16 weights become %llu bytes, the limit is %u",
                       (unsigned long long)total_bytes, 2 * INSITU_MAX_MODEL_BYTES);
    }
    float *weights = alloc_bytes(output->size_bytes);
    if (weights == NULL) return error_out_of_memory(error, "float32 weights", output->size_bytes);
    for (size_t j = 0; j < input->num_elements; j++) {
      weights[j] = float_of_half((uint16_t)(input->data[2 * j] | input->data[2 * j + 1] << 8));
    }
    output->data = output->owned_data = (uint8_t *)weights;
  }
  return INSITU_STATUS_OK;
}

bool fold_is_folded(const graph *net, uint32_t node_index) {
  const graph_node *node = &net->nodes[node_index];
  return node->num_outputs == 1 && net->values[node->outputs[0]].owned_data != NULL;
}
