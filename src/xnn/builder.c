/* Values as XNNPACK's tensors. Owns the choice of XNNPACK's datatype, the
 * copies of constants, and the conversions round operators that exist in float
 * only. */
#include "xnn/builder.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

const graph_value *builder_value(const builder *b, uint32_t index) {
  return &b->net->values[index];
}

void builder_expect(builder *b, enum xnn_status status) {
  if (b->status == xnn_status_success) b->status = status;
}

/* memory for the runtime to own, aligned for any kernel, zeroed behind the end */
static void *own_bytes(builder *b, size_t size_bytes) {
  const size_t header_bytes = 64;
  owned_block *block = alloc_aligned(64, header_bytes + size_bytes + XNN_EXTRA_BYTES);
  b->owned_bytes += size_bytes;
  if (block == NULL || b->owned_bytes > OP_MAX_MEMORY_BYTES) {
    alloc_free_aligned(block);
    b->status = xnn_status_out_of_memory;
    return NULL;
  }
  block->next = b->owned;
  b->owned = block;
  uint8_t *bytes = (uint8_t *)block + header_bytes;
  memset(bytes + size_bytes, 0, XNN_EXTRA_BYTES);
  return bytes;
}

void builder_free_owned(owned_block *owned) {
  while (owned != NULL) {
    owned_block *next = owned->next;
    alloc_free_aligned(owned);
    owned = next;
  }
}

static const void *own_copy(builder *b, const graph_value *value) {
  void *copy = own_bytes(b, value->size_bytes);
  if (copy != NULL) memcpy(copy, value->data, value->size_bytes);
  return copy;
}

static uint32_t define(builder *b, const graph_value *value, enum xnn_datatype datatype,
                       const void *data, uint32_t external_id, uint32_t flags) {
  uint32_t id = XNN_INVALID_VALUE_ID;
  if (b->status != xnn_status_success) return id;
  size_t dims[XNN_MAX_TENSOR_DIMS];
  for (uint32_t i = 0; i < value->rank; i++) dims[i] = value->dims[i];
  const graph_quantization *quantization = &value->quantization;
  switch (datatype) {
    case xnn_datatype_fp32:
      b->status = xnn_define_tensor_value(b->subgraph, datatype, value->rank, dims, data,
                                          external_id, flags, &id);
      break;
    case xnn_datatype_qcint8:
    case xnn_datatype_qcint32:
      b->status = xnn_define_channelwise_quantized_tensor_value(
          b->subgraph, datatype, quantization->scales, value->rank, quantization->axis, dims, data,
          external_id, flags, &id);
      break;
    case xnn_datatype_invalid: b->status = xnn_status_unsupported_parameter; break;
    default:
      b->status = xnn_define_quantized_tensor_value(b->subgraph, datatype, quantization->zero_point,
                                                    quantization->scales[0], value->rank, dims,
                                                    data, external_id, flags, &id);
      break;
  }
  return id;
}

/* xnn_datatype_invalid for what has no type of XNNPACK's: define refuses it. */
static enum xnn_datatype datatype_of(const graph_value *value) {
  if (op_is_quantized(value) && value->quantization.num_scales == 0) return xnn_datatype_invalid;
  switch (value->dtype) {
    case GRAPH_F32: return xnn_datatype_fp32;
    case GRAPH_I8:
      return value->quantization.num_scales > 1 ? xnn_datatype_qcint8 : xnn_datatype_qint8;
    case GRAPH_U8: return xnn_datatype_quint8;
    default: return xnn_datatype_invalid;
  }
}

uint32_t builder_tensor(builder *b, uint32_t index) {
  if (b->status != xnn_status_success) return XNN_INVALID_VALUE_ID;
  const graph_value *value = builder_value(b, index);
  if (b->ids[index] == XNN_INVALID_VALUE_ID) {
    const void *data = value->data != NULL ? own_copy(b, value) : NULL;
    b->ids[index] = define(b, value, datatype_of(value), data, XNN_INVALID_VALUE_ID, 0);
  }
  return b->ids[index];
}

void builder_external(builder *b, uint32_t index, uint32_t external_id, uint32_t flags) {
  const graph_value *value = builder_value(b, index);
  b->ids[index] = define(b, value, datatype_of(value), NULL, external_id, flags);
}

/* Weights may lie anywhere in the file; kernels that pack them read aligned. */
static const void *packable(builder *b, const graph_value *value) {
  bool is_aligned = (uintptr_t)value->data % graph_dtype_bytes(value->dtype) == 0;
  return is_aligned ? value->data : own_copy(b, value);
}

uint32_t builder_filter(builder *b, uint32_t index) {
  const graph_value *value = builder_value(b, index);
  return define(b, value, datatype_of(value), packable(b, value), XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_bias(builder *b, const graph_node *node) {
  if (node->num_inputs < 3 || node->inputs[2] == GRAPH_NONE) return XNN_INVALID_VALUE_ID;
  const graph_value *input = builder_value(b, node->inputs[0]);
  const graph_value *filter = builder_value(b, node->inputs[1]);
  graph_value bias = *builder_value(b, node->inputs[2]);
  /* Some files give a bias of C channels the shape [1,1,1,C]. */
  bias.rank = 1;
  bias.dims[0] = (uint32_t)bias.num_elements;
  const void *data = packable(b, &bias);
  if (bias.dtype == GRAPH_F32) {
    return define(b, &bias, xnn_datatype_fp32, data, XNN_INVALID_VALUE_ID, 0);
  }
  uint32_t num_scales = filter->quantization.num_scales;
  float *scales = own_bytes(b, num_scales * sizeof *scales);
  if (scales == NULL) return XNN_INVALID_VALUE_ID;
  for (uint32_t i = 0; i < num_scales; i++) {
    scales[i] = input->quantization.scales[0] * filter->quantization.scales[i];
  }
  bias.quantization = (graph_quantization){.num_scales = num_scales, .scales = scales};
  return define(b, &bias, num_scales > 1 ? xnn_datatype_qcint32 : xnn_datatype_qint32, data,
                XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_float_like(builder *b, const graph_value *like) {
  return define(b, like, xnn_datatype_fp32, NULL, XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_same_as(builder *b, const graph_value *like) {
  return define(b, like, datatype_of(like), NULL, XNN_INVALID_VALUE_ID, 0);
}

void builder_unary(builder *b, enum xnn_unary_operator operation, uint32_t input_id,
                   uint32_t output_id) {
  if (b->status != xnn_status_success) return;
  b->status = xnn_define_unary(b->subgraph, operation, NULL, input_id, output_id, 0);
}

void builder_clamp(builder *b, op_range range, uint32_t input_id, uint32_t output_id) {
  if (b->status != xnn_status_success) return;
  union xnn_unary_params params = {.clamp = {.min = range.min, .max = range.max}};
  b->status = xnn_define_unary(b->subgraph, xnn_unary_clamp, &params, input_id, output_id, 0);
}

builder_float builder_float_begin(builder *b, const graph_node *node) {
  builder_float ids = {builder_tensor(b, node->inputs[0]), builder_tensor(b, node->outputs[0])};
  const graph_value *input = builder_value(b, node->inputs[0]);
  const graph_value *output = builder_value(b, node->outputs[0]);
  if (op_is_quantized(input)) {
    uint32_t converted = builder_float_like(b, input);
    builder_unary(b, xnn_unary_convert, ids.input_id, converted);
    ids.input_id = converted;
  }
  if (op_is_quantized(output)) ids.output_id = builder_float_like(b, output);
  return ids;
}

void builder_float_end(builder *b, const graph_node *node, builder_float ids) {
  if (!op_is_quantized(builder_value(b, node->outputs[0]))) return;
  builder_unary(b, xnn_unary_convert, ids.output_id, builder_tensor(b, node->outputs[0]));
}
