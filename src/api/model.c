/* insitu_model_*: a .tflite file as a runtime. Owns the model's tensor
 * descriptions; the graph is needed only while the model is made. */
#include "api/model.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/tflite/read.h"
#include "xnn/picker.h"

static bool public_dtype(graph_dtype dtype, insitu_dtype *out) {
  switch (dtype) {
    case GRAPH_F32: *out = INSITU_F32; return true;
    case GRAPH_I8: *out = INSITU_I8; return true;
    case GRAPH_U8: *out = INSITU_U8; return true;
    case GRAPH_I32: *out = INSITU_I32; return true;
    case GRAPH_I64: *out = INSITU_I64; return true;
    default: return false;
  }
}

static insitu_status describe(const graph_value *value, const char *what, uint32_t index,
                              insitu_tensor_info *info, insitu_error *error) {
  bool is_quantised = value->dtype == GRAPH_I8 || value->dtype == GRAPH_U8;
  bool is_known = public_dtype(value->dtype, &info->dtype);
  /* Indices come from behind XNNPACK alone. */
  if (!is_known || (is_quantised && value->quantization.num_scales != 1) ||
      (!value->is_postprocessed && !is_quantised && value->dtype != GRAPH_F32)) {
    return error_set(error, INSITU_STATUS_UNSUPPORTED_MODEL,
                     "%s %u is %s with %u scales; float32, or int8 or uint8 with one scale, can be "
                     "run",
                     what, index, graph_dtype_name(value->dtype), value->quantization.num_scales);
  }
  info->name = alloc_string(value->name);
  if (info->name == NULL) return error_out_of_memory(error, "a tensor's name", strlen(value->name));
  info->rank = value->rank;
  memcpy(info->dims, value->dims, sizeof info->dims);
  info->size_bytes = value->size_bytes;
  if (is_quantised) {
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

/* Adds the interior tensors to the graph's outputs. */
static insitu_status expose_interior(graph *net, const insitu_model_options *options,
                                     insitu_error *error) {
  for (uint32_t i = 0; options != NULL && i < options->num_interior; i++) {
    uint32_t value = head_find_interior(net, options->interior[i]), wanted = net->num_outputs;
    if (value == GRAPH_NONE) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "the model has no interior tensor \"%.120s\"", options->interior[i]);
    }
    uint32_t output_index;
    insitu_status status = head_expose(net, value, &output_index, error);
    if (status) return status;
    if (output_index != wanted) {
      return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                       "the tensor \"%.120s\" is an output already", options->interior[i]);
    }
  }
  return INSITU_STATUS_OK;
}

/* Graph to runtime; with_head: as a classifier's, whose outputs are scores, with the
 * head's feature map as one more. */
static insitu_status build(graph *net, const insitu_model_options *options, bool with_head,
                           insitu_model *made, insitu_error *error) {
  head found;
  plan *planned = NULL;
  insitu_status status = graph_require_size(net, options != NULL ? options->width_px : 0,
                                            options != NULL ? options->height_px : 0, error);
  if (!status && with_head) status = graph_take_one_picture(net, error);
  if (!status && with_head) status = picker_remove(net, error);
  made->num_own_outputs = net->num_outputs;
  if (!status) status = expose_interior(net, options, error);
  if (!status) status = plan_create(net, &planned, error);
  if (!status) status = plan_require(planned, error);
  bool has_head =
      !status && with_head && net->num_outputs < GRAPH_MAX_INTERFACE && head_find(net, &found);
  if (has_head) status = head_expose(net, found.features, &made->head_output, error);
  if (!status) status = describe_all(net, made, error);
  if (!status && has_head && !head_weights_copy(net, &found, &made->head_weights)) {
    status = error_out_of_memory(error, "the last layer", 0);
  }
  if (!status) { /* last: constants that were worked out go with it */
    status =
        runtime_create(planned, options != NULL ? options->num_threads : 1, &made->runtime, error);
  }
  plan_destroy(planned);
  return status;
}

insitu_status model_create(const uint8_t *file, size_t file_size,
                           const insitu_model_options *options, bool with_head,
                           insitu_model **model, insitu_error *error) {
  if (file == NULL || model == NULL) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "file or model is NULL");
  }
  graph *net;
  insitu_status status = tflite_read((span){file, file_size},
                                     options != NULL ? options->signature : NULL, &net, error);
  if (status) return status;
  insitu_model *made = alloc_zeroed(sizeof *made);
  status = made == NULL ? error_out_of_memory(error, "the model", sizeof *made)
                        : build(net, options, with_head, made, error);
  graph_destroy(net);
  if (status) {
    insitu_model_destroy(made);
    return status;
  }
  *model = made;
  return error_clear(error);
}

insitu_status insitu_model_create(const uint8_t *file, size_t file_size,
                                  const insitu_model_options *options, insitu_model **model,
                                  insitu_error *error) {
  return model_create(file, file_size, options, false, model, error);
}

uint32_t insitu_max_threads(void) { return runtime_max_threads(); }

void insitu_model_destroy(insitu_model *model) {
  if (model == NULL) return;
  runtime_destroy(model->runtime);
  head_weights_release(&model->head_weights);
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
