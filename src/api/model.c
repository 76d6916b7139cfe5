/* insitu_model_*: a .tflite file as a runtime. Owns the model's tensor
 * descriptions; the graph is needed only while the model is made. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/tflite/read.h"
#include "insitu.h"
#include "xnn/runtime.h"

struct insitu_model {
  runtime *runtime;
  uint32_t num_inputs, num_outputs;
  insitu_tensor_info inputs[GRAPH_MAX_INTERFACE], outputs[GRAPH_MAX_INTERFACE];
};

static bool public_dtype(graph_dtype dtype, insitu_dtype *out) {
  switch (dtype) {
    case GRAPH_F32: *out = INSITU_F32; return true;
    case GRAPH_I8: *out = INSITU_I8; return true;
    case GRAPH_U8: *out = INSITU_U8; return true;
    default: return false;
  }
}

static insitu_status describe(const graph_value *value, const char *what, uint32_t index,
                              insitu_tensor_info *info, insitu_error *error) {
  if (!public_dtype(value->dtype, &info->dtype) ||
      (value->dtype != GRAPH_F32 && value->quantization.num_scales != 1) || value->rank == 0) {
    return error_set(error, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "%s %u is %s of rank %u with %u scales; float32, or int8 or uint8 with one "
                     "scale, of rank 1 or more can be run",
                     what, index, graph_dtype_name(value->dtype), value->rank,
                     value->quantization.num_scales);
  }
  info->name = alloc_string(value->name);
  if (info->name == NULL) return error_out_of_memory(error, "a tensor's name", strlen(value->name));
  info->rank = value->rank;
  memcpy(info->dims, value->dims, sizeof info->dims);
  info->size_bytes = value->size_bytes;
  if (value->dtype != GRAPH_F32) {
    info->scale = value->quantization.scales[0];
    info->zero_point = value->quantization.zero_point;
  }
  return INSITU_STATUS_OK;
}

static insitu_status describe_all(const graph *net, insitu_model *model, insitu_error *error) {
  insitu_status status = INSITU_STATUS_OK;
  for (uint32_t i = 0; !status && i < net->num_inputs; i++) {
    status = describe(&net->values[net->inputs[i]], "model input", i, &model->inputs[i], error);
  }
  for (uint32_t i = 0; !status && i < net->num_outputs; i++) {
    status = describe(&net->values[net->outputs[i]], "model output", i, &model->outputs[i], error);
  }
  model->num_inputs = net->num_inputs;
  model->num_outputs = net->num_outputs;
  return status;
}

insitu_status insitu_model_create(const uint8_t *file, size_t file_size,
                                  const insitu_model_options *options, insitu_model **model,
                                  insitu_error *error) {
  if (file == NULL || model == NULL) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "file or model is NULL");
  }
  graph *net;
  insitu_status status = tflite_read((span){file, file_size}, &net, error);
  if (status) return status;
  insitu_model *made = alloc_zeroed(sizeof *made);
  if (made == NULL) status = error_out_of_memory(error, "the model", sizeof *made);
  if (!status) status = describe_all(net, made, error);
  if (!status) {
    status = runtime_create(net, options != NULL ? options->num_threads : 1, &made->runtime, error);
  }
  graph_destroy(net);
  if (status) {
    insitu_model_destroy(made);
    return status;
  }
  *model = made;
  return error_clear(error);
}

uint32_t insitu_max_threads(void) { return runtime_max_threads(); }

void insitu_model_destroy(insitu_model *model) {
  if (model == NULL) return;
  runtime_destroy(model->runtime);
  for (uint32_t i = 0; i < GRAPH_MAX_INTERFACE; i++) {
    alloc_free((char *)model->inputs[i].name);
    alloc_free((char *)model->outputs[i].name);
  }
  alloc_free(model);
}

uint32_t insitu_model_num_inputs(const insitu_model *model) { return model->num_inputs; }
uint32_t insitu_model_num_outputs(const insitu_model *model) { return model->num_outputs; }

const insitu_tensor_info *insitu_model_input(const insitu_model *model, uint32_t index) {
  return index < model->num_inputs ? &model->inputs[index] : NULL;
}

const insitu_tensor_info *insitu_model_output(const insitu_model *model, uint32_t index) {
  return index < model->num_outputs ? &model->outputs[index] : NULL;
}

void *insitu_model_input_data(insitu_model *model, uint32_t index) {
  return index < model->num_inputs ? runtime_input(model->runtime, index) : NULL;
}

const void *insitu_model_output_data(const insitu_model *model, uint32_t index) {
  return index < model->num_outputs ? runtime_output(model->runtime, index) : NULL;
}

insitu_status insitu_model_run(insitu_model *model, insitu_error *error) {
  return runtime_run(model->runtime, error);
}
