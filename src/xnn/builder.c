/* Values as XNNPACK's tensors. Owns the choice of XNNPACK's datatype, the
 * copies of constants, and the conversions round operators that exist in float
 * only. Filters and biases: see builder_weights.c. */
#include "xnn/builder.h"

#include <string.h>

#include "base/alloc.h"
#include "xnn/builder_internal.h"

void builder_expect(builder *b, enum xnn_status status) {
  if (b->status == xnn_status_success) b->status = status;
}

void *builder_own_bytes(builder *b, size_t size_bytes) {
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

const void *builder_own_copy(builder *b, const graph_value *value) {
  void *copy = builder_own_bytes(b, value->size_bytes);
  if (copy != NULL) memcpy(copy, value->data, value->size_bytes);
  return copy;
}

uint32_t builder_define(builder *b, const graph_value *value, enum xnn_datatype datatype,
                        const void *data, uint32_t external_id, uint32_t flags) {
  uint32_t id = XNN_INVALID_VALUE_ID;
  if (!builder_is_ok(b)) return id;
  size_t dims[XNN_MAX_TENSOR_DIMS] = {1};
  for (uint32_t i = 0; i < value->rank; i++) dims[i] = value->dims[i];
  size_t rank = value->rank > 0 ? value->rank : 1; /* a scalar broadcasts as [1] does */
  const graph_quantization *quantization = &value->quantization;
  switch (datatype) {
    case xnn_datatype_fp32:
      b->status =
          xnn_define_tensor_value(b->subgraph, datatype, rank, dims, data, external_id, flags, &id);
      break;
    case xnn_datatype_qcint8:
    case xnn_datatype_qcint32:
      b->status = xnn_define_channelwise_quantized_tensor_value(
          b->subgraph, datatype, quantization->scales, rank, quantization->axis, dims, data,
          external_id, flags, &id);
      break;
    case xnn_datatype_invalid: b->status = xnn_status_unsupported_parameter; break;
    default:
      b->status = xnn_define_quantized_tensor_value(b->subgraph, datatype, quantization->zero_point,
                                                    quantization->scales[0], rank, dims, data,
                                                    external_id, flags, &id);
      break;
  }
  return id;
}

enum xnn_datatype builder_datatype(const graph_value *value) {
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
  if (!builder_is_ok(b)) return XNN_INVALID_VALUE_ID;
  const graph_value *value = &b->net->values[index];
  if (b->ids[index] == XNN_INVALID_VALUE_ID) {
    const void *data = value->data != NULL ? builder_own_copy(b, value) : NULL;
    b->ids[index] =
        builder_define(b, value, builder_datatype(value), data, XNN_INVALID_VALUE_ID, 0);
  }
  return b->ids[index];
}

uint32_t builder_input(builder *b, const op_site *site, uint32_t index) {
  return builder_tensor(b, site->node->inputs[index]);
}

uint32_t builder_output(builder *b, const op_site *site) {
  return builder_tensor(b, site->node->outputs[0]);
}

void builder_external(builder *b, uint32_t index, uint32_t external_id, uint32_t flags) {
  const graph_value *value = &b->net->values[index];
  b->ids[index] = builder_define(b, value, builder_datatype(value), NULL, external_id, flags);
}

uint32_t builder_float_like(builder *b, const graph_value *like) {
  return builder_define(b, like, xnn_datatype_fp32, NULL, XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_same_as(builder *b, const graph_value *like) {
  return builder_define(b, like, builder_datatype(like), NULL, XNN_INVALID_VALUE_ID, 0);
}

uint32_t builder_shaped(builder *b, const graph_value *like, uint32_t rank, const uint32_t *dims) {
  graph_value shaped = *like;
  shaped.rank = rank;
  memcpy(shaped.dims, dims, rank * sizeof *dims);
  return builder_same_as(b, &shaped);
}

uint32_t builder_dynamic(builder *b, const graph_value *like, uint32_t float_id,
                         uint32_t num_dims) {
  uint32_t id = XNN_INVALID_VALUE_ID;
  if (!builder_is_ok(b)) return id;
  size_t dims[XNN_MAX_TENSOR_DIMS];
  for (uint32_t i = 0; i < like->rank; i++) dims[i] = like->dims[i];
  b->status = xnn_define_dynamically_quantized_tensor_value(
      b->subgraph, xnn_datatype_qdint8, like->rank, num_dims, dims, XNN_INVALID_VALUE_ID, 0, &id);
  builder_convert(b, float_id, id);
  return id;
}

void builder_unary(builder *b, enum xnn_unary_operator operation,
                   const union xnn_unary_params *params, uint32_t input_id, uint32_t output_id) {
  if (!builder_is_ok(b)) return;
  b->status = xnn_define_unary(b->subgraph, operation, params, input_id, output_id, 0);
}

void builder_binary(builder *b, enum xnn_binary_operator operation, uint32_t a_id, uint32_t b_id,
                    uint32_t output_id) {
  if (!builder_is_ok(b)) return;
  b->status = xnn_define_binary(b->subgraph, operation, NULL, a_id, b_id, output_id, 0);
}

void builder_convert(builder *b, uint32_t input_id, uint32_t output_id) {
  builder_unary(b, xnn_unary_convert, NULL, input_id, output_id);
}

void builder_widen(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  uint32_t input_id = builder_input(b, site, 0), output_id = builder_output(b, site);
  if (op_is_quantized(op_input(site, 0))) builder_convert(b, input_id, output_id);
  else builder_reshape(b, output->rank, output->dims, input_id, output_id);
}

void builder_clamp(builder *b, op_range range, uint32_t input_id, uint32_t output_id) {
  union xnn_unary_params params = {.clamp = {.min = range.min, .max = range.max}};
  builder_unary(b, xnn_unary_clamp, &params, input_id, output_id);
}

void builder_reshape(builder *b, uint32_t rank, const uint32_t *dims, uint32_t input_id,
                     uint32_t output_id) {
  size_t shape[XNN_MAX_TENSOR_DIMS] = {1}; /* of a scalar, as in builder_define */
  if (!builder_is_ok(b)) return;
  for (uint32_t i = 0; i < rank; i++) shape[i] = dims[i];
  b->status =
      xnn_define_static_reshape(b->subgraph, rank > 0 ? rank : 1, shape, input_id, output_id, 0);
}

uint32_t builder_float_input(builder *b, const op_site *site, uint32_t index) {
  uint32_t id = builder_input(b, site, index);
  const graph_value *value = op_input(site, index);
  if (!op_is_quantized(value)) return id;
  uint32_t converted = builder_float_like(b, value);
  builder_convert(b, id, converted);
  return converted;
}

uint32_t builder_float_output(builder *b, const op_site *site) {
  const graph_value *output = op_output(site);
  return op_is_quantized(output) ? builder_float_like(b, output) : builder_output(b, site);
}

void builder_float_end(builder *b, const op_site *site, uint32_t float_id) {
  if (op_is_quantized(op_output(site))) builder_convert(b, float_id, builder_output(b, site));
}

uint32_t builder_requantized(builder *b, const op_site *site, uint32_t index,
                             const graph_value *like) {
  uint32_t id = builder_input(b, site, index);
  const graph_value *value = op_input(site, index);
  if (op_same_quantization(value, like)) return id;
  graph_value converted = *value;
  converted.quantization = like->quantization;
  uint32_t converted_id = builder_same_as(b, &converted);
  builder_convert(b, id, converted_id);
  return converted_id;
}
