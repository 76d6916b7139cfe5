/* Finds the buffer named TFLITE_METADATA, a flatbuffer inside the flatbuffer,
 * and in it, for one subgraph, the first input's NormalizationOptions and the first
 * output's labels, a file in the ZIP behind the flatbuffer. Reads nothing else. */
#include "graph/tflite/metadata.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/tflite/buffer.h"
#include "graph/tflite/flatbuffer.h"
#include "graph/tflite/schema.h"
#include "graph/tflite/zip.h"

/* The bytes of the buffer with that name, empty where there is none. */
static span find_buffer(flat_file *file, const char *name) {
  span none = {0};
  flat_table model = flat_root(file, "TFL3");
  flat_vector list = flat_vector_of(file, model, TFLITE_MODEL_METADATA, 4, "Model.metadata");
  flat_vector buffers = flat_vector_of(file, model, TFLITE_MODEL_BUFFERS, 4, "Model.buffers");
  for (uint32_t i = 0; i < list.count && !file->status; i++) {
    flat_table entry = flat_vector_table(file, list, i, "Model.metadata");
    span text = flat_string(file, entry, TFLITE_METADATA_NAME, "Metadata.name");
    if (text.size_bytes != strlen(name) || memcmp(text.data, name, text.size_bytes) != 0) continue;
    uint32_t index = (uint32_t)flat_i32(file, entry, TFLITE_METADATA_BUFFER, 0, "Metadata.buffer");
    return buffer_read(file, buffers, index, "Metadata.buffer");
  }
  return none;
}

/* values [3]; one value in the file holds for all channels. */
static void read_channels(flat_file *file, flat_table options, uint32_t field, const char *what,
                          float *values) {
  flat_vector vector = flat_vector_of(file, options, field, 4, what);
  if (file->status) return;
  if (vector.count != 1 && vector.count != 3) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s has %u values and must have 1 or 3", what,
              vector.count);
    return;
  }
  for (uint32_t i = 0; i < 3; i++) {
    values[i] = flat_vector_f32(file, vector, vector.count == 3 ? i : 0);
    if (!isfinite(values[i]) || (field == TFLITE_NORMALIZATION_OPTIONS_STD && values[i] <= 0)) {
      flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s: value %u is %g and must be %s", what, i,
                (double)values[i],
                field == TFLITE_NORMALIZATION_OPTIONS_STD ? "above 0" : "finite");
      return;
    }
  }
}

/* The table of the subgraph's first input's or output's metadata; false where there is
 * none. */
static bool tensor_metadata(flat_file *file, uint32_t subgraph_index, uint32_t field,
                            const char *what, flat_table *found) {
  flat_table root = flat_root(file, "M001");
  flat_vector subgraphs = flat_vector_of(file, root, TFLITE_MODEL_METADATA_SUBGRAPH_METADATA, 4,
                                         "ModelMetadata.subgraph_metadata");
  if (file->status || subgraph_index >= subgraphs.count) return false;
  flat_table subgraph =
      flat_vector_table(file, subgraphs, subgraph_index, "ModelMetadata.subgraph_metadata");
  flat_vector tensors = flat_vector_of(file, subgraph, field, 4, what);
  if (file->status || tensors.count == 0) return false;
  *found = flat_vector_table(file, tensors, 0, what);
  return !file->status;
}

static void read_normalization(flat_file *file, uint32_t subgraph, tflite_metadata *metadata) {
  flat_table input;
  if (!tensor_metadata(file, subgraph, TFLITE_SUB_GRAPH_METADATA_INPUT_TENSOR_METADATA,
                       "SubGraphMetadata.input_tensor_metadata", &input)) {
    return;
  }
  flat_vector units = flat_vector_of(file, input, TFLITE_TENSOR_METADATA_PROCESS_UNITS, 4,
                                     "TensorMetadata.process_units");
  for (uint32_t i = 0; i < units.count && !file->status; i++) {
    flat_table unit = flat_vector_table(file, units, i, "TensorMetadata.process_units");
    uint8_t type =
        flat_u8(file, unit, TFLITE_PROCESS_UNIT_OPTIONS_TYPE, "ProcessUnit.options_type");
    if (type != TFLITE_PROCESS_UNIT_OPTIONS_NORMALIZATION_OPTIONS) continue;
    flat_table options =
        flat_sub_table(file, unit, TFLITE_PROCESS_UNIT_OPTIONS, "ProcessUnit.options");
    read_channels(file, options, TFLITE_NORMALIZATION_OPTIONS_MEAN, "NormalizationOptions.mean",
                  metadata->mean);
    read_channels(file, options, TFLITE_NORMALIZATION_OPTIONS_STD, "NormalizationOptions.std",
                  metadata->std);
    metadata->has_normalization = !file->status;
    return;
  }
}

/* The name of the file of labels of the first output; empty where it has none. Of
 * several those of the axis before those of values, then those of no locale. */
static span find_labels(flat_file *file, uint32_t subgraph) {
  span best = {file->bytes.data, 0};
  uint32_t best_rank = 0;
  flat_table output;
  if (!tensor_metadata(file, subgraph, TFLITE_SUB_GRAPH_METADATA_OUTPUT_TENSOR_METADATA,
                       "SubGraphMetadata.output_tensor_metadata", &output)) {
    return best;
  }
  flat_vector files = flat_vector_of(file, output, TFLITE_TENSOR_METADATA_ASSOCIATED_FILES, 4,
                                     "TensorMetadata.associated_files");
  for (uint32_t i = 0; i < files.count && !file->status; i++) {
    flat_table entry = flat_vector_table(file, files, i, "TensorMetadata.associated_files");
    uint8_t type = flat_u8(file, entry, TFLITE_ASSOCIATED_FILE_TYPE, "AssociatedFile.type");
    bool is_of_axis = type == TFLITE_ASSOCIATED_FILE_TYPE_TENSOR_AXIS_LABELS;
    if (!is_of_axis && type != TFLITE_ASSOCIATED_FILE_TYPE_TENSOR_VALUE_LABELS) continue;
    span locale = flat_string(file, entry, TFLITE_ASSOCIATED_FILE_LOCALE, "AssociatedFile.locale");
    uint32_t rank = 1 + 2 * is_of_axis + (locale.size_bytes == 0);
    if (rank <= best_rank) continue;
    best_rank = rank;
    best = flat_string(file, entry, TFLITE_ASSOCIATED_FILE_NAME, "AssociatedFile.name");
  }
  return best;
}

static insitu_status read_labels(span file, span name, tflite_inflate inflate,
                                 tflite_metadata *metadata, insitu_error *error) {
  zip_entry entry;
  insitu_status status = zip_find(file, name, &entry, error);
  metadata->labels = entry.content;
  if (status || !entry.is_deflated) return status;
  if (entry.size_bytes > TFLITE_MAX_LABELS_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE,
                     "the labels in the file's archive are %zu bytes, the limit is %u",
                     entry.size_bytes, TFLITE_MAX_LABELS_BYTES);
  }
  uint8_t *text = alloc_bytes(entry.size_bytes);
  if (text == NULL) return error_out_of_memory(error, "the labels", entry.size_bytes);
  status = inflate(entry.content, text, entry.size_bytes);
  if (status != INSITU_STATUS_OK) alloc_free(text);
  if (status == INSITU_STATUS_OUT_OF_MEMORY) {
    return error_out_of_memory(error, "the labels, inflated", entry.size_bytes);
  }
  if (status != INSITU_STATUS_OK) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the labels in the file's archive are damaged: they do not inflate to %zu "
                     "bytes",
                     entry.size_bytes);
  }
  metadata->owned_labels = text;
  metadata->labels = (span){text, entry.size_bytes};
  return INSITU_STATUS_OK;
}

void tflite_metadata_deinit(tflite_metadata *metadata) {
  alloc_free(metadata->owned_labels);
  metadata->owned_labels = NULL;
}

insitu_status tflite_metadata_read(span file, uint32_t subgraph, tflite_inflate inflate,
                                   tflite_metadata *metadata, insitu_error *error) {
  if (file.size_bytes > INSITU_MAX_MODEL_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE, "the model has %zu bytes, the limit is %u",
                     file.size_bytes, INSITU_MAX_MODEL_BYTES);
  }
  flat_file model = {.bytes = file, .error = error};
  tflite_metadata found = {0};
  span bytes = find_buffer(&model, "TFLITE_METADATA");
  if (model.status) return model.status;
  if (bytes.size_bytes > 0) {
    flat_file inner = {.bytes = bytes, .error = &found.normalization_fault};
    read_normalization(&inner, subgraph, &found);
    inner = (flat_file){.bytes = bytes, .error = error};
    span name = find_labels(&inner, subgraph);
    if (inner.status) return inner.status;
    insitu_status status = INSITU_STATUS_OK;
    if (name.size_bytes > 0) status = read_labels(file, name, inflate, &found, error);
    if (status) return status;
  }
  *metadata = found;
  return error_clear(error);
}
