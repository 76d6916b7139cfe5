/* The tables of TFLite's schema.fbs, by field number, into a graph. Owns the
 * checks that need the file: versions, buffers, codes, shapes with -1,
 * quantisation tables. What would change the meaning of a tensor and is not read
 * (sparse, variable and external ones) is left to whoever runs its operators to
 * refuse, so that the rest of the network is described all the same. */
#include "graph/tflite/read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/tflite/buffer.h"
#include "graph/tflite/flatbuffer.h"
#include "graph/tflite/signatures.h"

typedef struct reader {
  flat_file file;
  flat_vector buffers, codes;
  size_t num_scales_left; /* each takes 4 bytes of an honest file */
  graph *graph;
} reader;

static void out_of_memory(reader *r, const char *what, size_t size_bytes) {
  flat_fail(&r->file, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: %s needs %zu bytes", what,
            size_bytes);
}

static graph_dtype dtype_of(uint8_t type) {
  switch (type) {
    case TFLITE_TENSOR_TYPE_FLOAT32: return GRAPH_F32;
    case TFLITE_TENSOR_TYPE_FLOAT16: return GRAPH_F16;
    case TFLITE_TENSOR_TYPE_INT32: return GRAPH_I32;
    case TFLITE_TENSOR_TYPE_UINT8: return GRAPH_U8;
    case TFLITE_TENSOR_TYPE_INT64: return GRAPH_I64;
    case TFLITE_TENSOR_TYPE_BOOL: return GRAPH_BOOL;
    case TFLITE_TENSOR_TYPE_INT16: return GRAPH_I16;
    case TFLITE_TENSOR_TYPE_INT8: return GRAPH_I8;
    case TFLITE_TENSOR_TYPE_INT4: return GRAPH_I4;
    default: return GRAPH_OTHER;
  }
}

/* The file leaves a dimension open by -1 in the signature, with a stand-in in
 * the shape, or in older files by -1 in the shape. An open batch is one picture.
 * A list of no integers is the shape of a scalar; any other tensor without elements, and
 * one of too many dimensions, nobody need read. */
static void read_shape(reader *r, flat_table tensor, graph_value *value, const char *what) {
  flat_vector shape = flat_vector_of(&r->file, tensor, TFLITE_TENSOR_SHAPE, 4, "Tensor.shape");
  flat_vector signature =
      flat_vector_of(&r->file, tensor, TFLITE_TENSOR_SHAPE_SIGNATURE, 4, "Tensor.shape_signature");
  if (shape.count > INSITU_MAX_RANK) {
    value->unread = "of too many dimensions";
    return;
  }
  bool is_empty = false;
  for (uint32_t i = 0; i < shape.count; i++) {
    int32_t dim = flat_vector_i32(&r->file, shape, i);
    bool is_open = dim == -1 || (signature.count == shape.count &&
                                 flat_vector_i32(&r->file, signature, i) == -1);
    if (dim == -1) dim = 1;
    if (dim < 0) {
      flat_fail(&r->file, INSITU_STATUS_INVALID_MODEL,
                "%s: dimension %u is %d and must be at least 0 (or -1 where it is open)", what, i,
                dim);
      return;
    }
    is_empty |= dim == 0;
    value->dims[i] = (uint32_t)dim;
    if (is_open) value->open_dims |= 1u << i;
  }
  value->rank = shape.count;
  if (r->file.status) return;
  if (is_empty) {
    bool is_list = value->rank == 1 && (value->dtype == GRAPH_I32 || value->dtype == GRAPH_I64);
    if (is_list) return;
    value->unread = "without elements";
    value->rank = 0; /* nobody divides by a dimension of 0 */
    return;
  }
  r->file.status = graph_value_measure(value, what, r->file.error);
}

static void read_data(reader *r, flat_table tensor, graph_value *value, const char *what) {
  uint32_t index = (uint32_t)flat_i32(&r->file, tensor, TFLITE_TENSOR_BUFFER, 0, "Tensor.buffer");
  span data = buffer_read(&r->file, r->buffers, index, what);
  if (r->file.status || data.size_bytes == 0) return;
  if (graph_dtype_bytes(value->dtype) != 0 && data.size_bytes != value->size_bytes) {
    flat_fail(&r->file, INSITU_STATUS_INVALID_MODEL,
              "%s: its buffer has %zu bytes, its shape %s of %s needs %zu", what, data.size_bytes,
              graph_shape(value).text, graph_dtype_name(value->dtype), value->size_bytes);
    return;
  }
  value->data = data.data;
}

/* A filter's channel that is never used has a scale that rounds to 0, and its bias too:
 * the smallest of those that a product can have stands in for it. */
static float scale_of(float given, const graph_value *value) {
  bool is_dead = value->data != NULL && given >= 0 && given < 0x1p-126f;
  return is_dead ? 0x1p-126f : given;
}

static bool zero_point_fits(graph_dtype dtype, int64_t zero_point) {
  switch (dtype) {
    case GRAPH_I8: return zero_point >= -128 && zero_point <= 127;
    case GRAPH_U8: return zero_point >= 0 && zero_point <= 255;
    case GRAPH_I32: return true; /* a bias, whose zero is 0 whatever the file says */
    default: return zero_point == 0;
  }
}

static void read_quantization(reader *r, flat_table tensor, graph_value *value, const char *what) {
  flat_file *file = &r->file;
  /* What was left behind of a network that was quantised once. */
  if (value->dtype == GRAPH_F32 || value->dtype == GRAPH_F16 || value->dtype == GRAPH_BOOL) return;
  flat_table table =
      flat_sub_table(file, tensor, TFLITE_TENSOR_QUANTIZATION, "Tensor.quantization");
  flat_vector scales = flat_vector_of(file, table, TFLITE_QUANTIZATION_PARAMETERS_SCALE, 4,
                                      "QuantizationParameters.scale");
  flat_vector zero_points = flat_vector_of(file, table, TFLITE_QUANTIZATION_PARAMETERS_ZERO_POINT,
                                           8, "QuantizationParameters.zero_point");
  if (file->status || scales.count == 0) return;
  graph_quantization *quantization = &value->quantization;
  int32_t axis = flat_i32(file, table, TFLITE_QUANTIZATION_PARAMETERS_QUANTIZED_DIMENSION, 0,
                          "QuantizationParameters.quantized_dimension");
  if (flat_u8(file, table, TFLITE_QUANTIZATION_PARAMETERS_DETAILS_TYPE,
              "QuantizationParameters.details") != 0) {
    value->unread = "of a custom quantisation";
    return;
  } else if (scales.count > 1 &&
             (axis < 0 || (uint32_t)axis >= value->rank || value->dims[axis] != scales.count)) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL,
              "%s has %u scales along axis %d, which does not fit its shape %s", what, scales.count,
              axis, graph_shape(value).text);
  } else if (zero_points.count > 1 && zero_points.count != scales.count) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s has %u scales but %u zero points", what,
              scales.count, zero_points.count);
  } else if (scales.count > r->num_scales_left) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s: the scales overlap in the file", what);
  }
  if (file->status) return;
  r->num_scales_left -= scales.count;
  float *copy = alloc_array(scales.count, sizeof *copy);
  if (copy == NULL) {
    out_of_memory(r, "the scales", scales.count * sizeof *copy);
    return;
  }
  quantization->scales = copy;
  quantization->num_scales = scales.count;
  quantization->axis = scales.count > 1 ? (uint32_t)axis : 0;
  for (uint32_t i = 0; i < scales.count; i++) {
    copy[i] = scale_of(flat_vector_f32(file, scales, i), value);
    if (!isnormal(copy[i]) || copy[i] < 0) {
      flat_fail(file, INSITU_STATUS_INVALID_MODEL,
                "%s: scale %u is %g and must be finite and positive", what, i, (double)copy[i]);
      return;
    }
  }
  for (uint32_t i = 0; i < zero_points.count; i++) {
    int64_t zero_point = flat_vector_i64(file, zero_points, i);
    bool fits = zero_point_fits(value->dtype, zero_point);
    if (graph_dtype_bytes(value->dtype) != 0 && !fits) {
      flat_fail(file, INSITU_STATUS_INVALID_MODEL,
                "%s: zero point %u is %lld, which %s cannot have", what, i, (long long)zero_point,
                graph_dtype_name(value->dtype));
      return;
    }
    if (!fits || value->dtype == GRAPH_I32) continue;
    if (i > 0 && zero_point != quantization->zero_point) {
      value->unread = "quantised by zero points that differ between channels";
    }
    quantization->zero_point = (int32_t)zero_point;
  }
}

static void read_value(reader *r, flat_table tensor, uint32_t index) {
  graph_value *value = &r->graph->values[index];
  value->name =
      flat_copy_string(&r->file, flat_string(&r->file, tensor, TFLITE_TENSOR_NAME, "Tensor.name"));
  if (r->file.status) return;
  char what[96];
  snprintf(what, sizeof what, "tensor %u (%.64s)", index, value->name);
  value->dtype = dtype_of(flat_u8(&r->file, tensor, TFLITE_TENSOR_TYPE, "Tensor.type"));
  read_shape(r, tensor, value, what);
  if (flat_u8(&r->file, tensor, TFLITE_TENSOR_IS_VARIABLE, "Tensor.is_variable") != 0) {
    value->unread = "a variable, which one run leaves to the next";
  }
  if (flat_has(&r->file, tensor, TFLITE_TENSOR_SPARSITY)) value->unread = "sparse";
  if (flat_i32(&r->file, tensor, TFLITE_TENSOR_EXTERNAL_BUFFER, 0, "Tensor.external_buffer") != 0) {
    value->unread = "kept in another file";
  }
  if (!r->file.status && value->unread == NULL) read_data(r, tensor, value, what);
  if (!r->file.status) read_quantization(r, tensor, value, what);
}

static void read_code(reader *r, uint32_t index, graph_node *node) {
  if (index >= r->codes.count) {
    flat_fail(&r->file, INSITU_STATUS_INVALID_MODEL,
              "Operator.opcode_index is %u, but there are %u operator codes", index,
              r->codes.count);
    return;
  }
  flat_table code = flat_vector_table(&r->file, r->codes, index, "Model.operator_codes");
  /* Files before 2020 have the first field alone; later ones both, the first
   * one saturated at 127. */
  uint8_t deprecated =
      flat_u8(&r->file, code, TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN_CODE, "OperatorCode");
  int32_t builtin =
      flat_i32(&r->file, code, TFLITE_OPERATOR_CODE_BUILTIN_CODE, 0, "OperatorCode.builtin_code");
  node->code = builtin > deprecated ? (uint32_t)builtin : deprecated;
  if (node->code == TFLITE_CUSTOM) {
    node->custom_name = flat_copy_string(
        &r->file,
        flat_string(&r->file, code, TFLITE_OPERATOR_CODE_CUSTOM_CODE, "OperatorCode.custom_code"));
  }
}

static uint32_t *read_indices(reader *r, flat_table operator, uint32_t field, uint32_t limit,
                              uint32_t *count, const char *what) {
  flat_vector vector = flat_vector_of(&r->file, operator, field, 4, what);
  if (vector.count > limit) {
    flat_fail(&r->file, INSITU_STATUS_TOO_LARGE, "%s has %u tensors, the limit is %u", what,
              vector.count, limit);
  }
  if (r->file.status) return NULL;
  uint32_t *indices = alloc_array(vector.count, sizeof *indices);
  if (indices == NULL) {
    out_of_memory(r, what, vector.count * sizeof *indices);
    return NULL;
  }
  *count = vector.count;
  /* -1, an input left out, becomes GRAPH_NONE; other negatives are out of range. */
  for (uint32_t i = 0; i < vector.count; i++) {
    indices[i] = (uint32_t)flat_vector_i32(&r->file, vector, i);
  }
  return indices;
}

static void read_list(reader *r, flat_table options, graph_node *node) {
  flat_vector list = flat_vector_of(&r->file, options, 0, 4, "a list of Operator.builtin_options");
  if (r->file.status || list.count > INSITU_MAX_RANK) return;
  node->options.list_length = list.count;
  for (uint32_t i = 0; i < list.count; i++) {
    node->options.list[i] = flat_vector_i32(&r->file, list, i);
  }
}

static void read_node(reader *r, flat_table operator, graph_node * node) {
  uint32_t code_index = (uint32_t)flat_i32(&r->file, operator, TFLITE_OPERATOR_OPCODE_INDEX, 0,
                                           "Operator.opcode_index");
  read_code(r, code_index, node);
  node->inputs = read_indices(r, operator, TFLITE_OPERATOR_INPUTS, GRAPH_MAX_NODE_INPUTS,
                              &node->num_inputs, "Operator.inputs");
  node->outputs = read_indices(r, operator, TFLITE_OPERATOR_OUTPUTS, GRAPH_MAX_NODE_OUTPUTS,
                               &node->num_outputs, "Operator.outputs");
  if (flat_u8(&r->file, operator, TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE,
              "Operator.builtin_options_type") == 0) {
    return;
  }
  flat_table options = flat_sub_table(&r->file, operator, TFLITE_OPERATOR_BUILTIN_OPTIONS,
                                      "Operator.builtin_options");
  for (uint32_t i = 0; i < GRAPH_MAX_OPTIONS; i++) {
    node->options.width_bytes[i] = (uint8_t)flat_bits(&r->file, options, i, &node->options.bits[i],
                                                      "a field of Operator.builtin_options");
  }
  if (node->code == TFLITE_RESHAPE || node->code == TFLITE_SQUEEZE) read_list(r, options, node);
}

static void read_interface(reader *r, flat_table subgraph, uint32_t field, uint32_t *indices,
                           uint32_t *count, const char *what) {
  flat_vector vector = flat_vector_of(&r->file, subgraph, field, 4, what);
  if (vector.count > GRAPH_MAX_INTERFACE) {
    flat_fail(&r->file, INSITU_STATUS_UNSUPPORTED_MODEL, "%s has %u tensors, the limit is %u", what,
              vector.count, GRAPH_MAX_INTERFACE);
    return;
  }
  for (uint32_t i = 0; i < vector.count; i++) {
    indices[i] = (uint32_t)flat_vector_i32(&r->file, vector, i);
  }
  *count = vector.count;
}

/* A tensor that a file hands out under several names is one output. */
static void drop_repeated(uint32_t *indices, uint32_t *count) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < *count; i++) {
    bool is_new = true;
    for (uint32_t j = 0; j < kept; j++) is_new = is_new && indices[j] != indices[i];
    if (is_new) indices[kept++] = indices[i];
  }
  *count = kept;
}

static uint32_t count_within(reader *r, flat_vector vector, uint32_t limit, const char *what) {
  if (vector.count > limit) {
    flat_fail(&r->file, INSITU_STATUS_TOO_LARGE, "%s has %u entries, the limit is %u", what,
              vector.count, limit);
  }
  return r->file.status ? 0 : vector.count;
}

static void read_subgraph(reader *r, flat_table subgraph) {
  graph *net = r->graph;
  flat_vector tensors =
      flat_vector_of(&r->file, subgraph, TFLITE_SUB_GRAPH_TENSORS, 4, "SubGraph.tensors");
  flat_vector operators =
      flat_vector_of(&r->file, subgraph, TFLITE_SUB_GRAPH_OPERATORS, 4, "SubGraph.operators");
  read_interface(r, subgraph, TFLITE_SUB_GRAPH_INPUTS, net->inputs, &net->num_inputs,
                 "SubGraph.inputs");
  read_interface(r, subgraph, TFLITE_SUB_GRAPH_OUTPUTS, net->outputs, &net->num_outputs,
                 "SubGraph.outputs");
  drop_repeated(net->outputs, &net->num_outputs);
  uint32_t num_values = count_within(r, tensors, GRAPH_MAX_VALUES, "SubGraph.tensors");
  uint32_t num_nodes = count_within(r, operators, GRAPH_MAX_NODES, "SubGraph.operators");
  if (r->file.status) return;
  net->values = alloc_array(num_values, sizeof *net->values);
  net->nodes = alloc_array(num_nodes, sizeof *net->nodes);
  if (net->values == NULL || net->nodes == NULL) {
    out_of_memory(r, "the graph",
                  num_values * sizeof *net->values + num_nodes * sizeof *net->nodes);
    return;
  }
  net->num_values = num_values;
  net->num_nodes = num_nodes;
  for (uint32_t i = 0; i < num_values && !r->file.status; i++) {
    read_value(r, flat_vector_table(&r->file, tensors, i, "SubGraph.tensors"), i);
  }
  for (uint32_t i = 0; i < num_nodes && !r->file.status; i++) {
    read_node(r, flat_vector_table(&r->file, operators, i, "SubGraph.operators"), &net->nodes[i]);
  }
}

static void read_model(reader *r, const char *signature) {
  flat_table model = flat_root(&r->file, "TFL3");
  int32_t version = flat_i32(&r->file, model, TFLITE_MODEL_VERSION, 0, "Model.version");
  if (version != 3) {
    flat_fail(&r->file, INSITU_STATUS_UNSUPPORTED_MODEL,
              "Model.version is %d, but only schema version 3 can be read", version);
  }
  r->codes =
      flat_vector_of(&r->file, model, TFLITE_MODEL_OPERATOR_CODES, 4, "Model.operator_codes");
  r->buffers = flat_vector_of(&r->file, model, TFLITE_MODEL_BUFFERS, 4, "Model.buffers");
  flat_vector subgraphs =
      flat_vector_of(&r->file, model, TFLITE_MODEL_SUBGRAPHS, 4, "Model.subgraphs");
  if (subgraphs.count == 0) {
    flat_fail(&r->file, INSITU_STATUS_INVALID_MODEL, "Model.subgraphs is empty");
  }
  if (r->file.status) return;
  r->graph->num_subgraphs = subgraphs.count;
  uint32_t index = signatures_read(&r->file, model, signature, r->graph);
  if (r->file.status) return;
  if (index >= subgraphs.count) {
    flat_fail(&r->file, INSITU_STATUS_INVALID_MODEL,
              "SignatureDef.subgraph_index is %u, but there are %u subgraphs", index,
              subgraphs.count);
    return;
  }
  r->graph->read_subgraph = index;
  read_subgraph(r, flat_vector_table(&r->file, subgraphs, index, "Model.subgraphs"));
}

insitu_status tflite_read(span file, const char *signature, graph **out, insitu_error *error) {
  if (file.size_bytes > INSITU_MAX_MODEL_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE, "the model has %zu bytes, the limit is %u",
                     file.size_bytes, INSITU_MAX_MODEL_BYTES);
  }
  if (file.size_bytes < 8 || memcmp(file.data + 4, "TFL3", 4) != 0) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model of %zu bytes is not a .tflite file: it has no identifier \"TFL3\" "
                     "at offset 4",
                     file.size_bytes);
  }
  reader r = {.file = {.bytes = file, .error = error},
              .num_scales_left = file.size_bytes / sizeof(float),
              .graph = graph_create()};
  if (r.graph == NULL) return error_out_of_memory(error, "the graph", sizeof *r.graph);
  read_model(&r, signature);
  if (!r.file.status) r.file.status = graph_check(r.graph, error);
  if (r.file.status) {
    graph_destroy(r.graph);
    return r.file.status;
  }
  *out = r.graph;
  return error_clear(error);
}
