/* A pack for a .tflite file that comes without one. Owns the rules: ids are
 * output indices; pixels become what the file's metadata says, else the full
 * range of a quantised input, else 0..1; a network that ends in softmax or
 * sigmoid gives its scores as they are, any other gets a softmax (or, with a
 * single output, a sigmoid). Claims no prior, version or calibration. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/tflite/metadata.h"
#include "graph/tflite/read.h"
#include "pack/pack.h"

/* TFLite's builtin operator codes. */
enum { LOGISTIC = 14, RESHAPE = 22, SOFTMAX = 25, SQUEEZE = 43, DEQUANTIZE = 6, QUANTIZE = 114 };

/* The graph's only input, as [1,H,W,3]; NULL after an error. */
static const graph_value *picture_input(const graph *graph, insitu_error *error) {
  if (graph->num_inputs != 1 || graph->num_outputs != 1) {
    error_set(error, INSITU_STATUS_INVALID_MODEL,
              "the model has %u inputs and %u outputs, but a classifier has one of each",
              graph->num_inputs, graph->num_outputs);
    return NULL;
  }
  const graph_value *value = &graph->values[graph->inputs[0]];
  if (value->rank != 4 || value->dims[0] != 1 || value->dims[3] != 3 ||
      value->dims[1] > INSITU_MAX_INPUT_SIDE_PX || value->dims[2] > INSITU_MAX_INPUT_SIDE_PX) {
    error_set(error, INSITU_STATUS_INVALID_MODEL,
              "the model's input is %s, but a classifier of pictures takes [1,H,W,3] with sides of "
              "at most %u",
              graph_shape(value).text, INSITU_MAX_INPUT_SIDE_PX);
    return NULL;
  }
  return value;
}

/* Full range: mean and std that make a quantised input the pixel itself (less
 * 128 for int8): (v/255 − mean)/std = scale * (v − offset − zero_point). */
static insitu_status full_range(const graph_value *value, insitu_input *input,
                                insitu_error *error) {
  float mean = 0, std = 1;
  if (value->dtype == GRAPH_I8 || value->dtype == GRAPH_U8) {
    if (value->quantization.num_scales != 1 || !(value->quantization.scales[0] > 0)) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "the model's input is %s, but has no scale above 0",
                       graph_dtype_name(value->dtype));
    }
    double offset = value->dtype == GRAPH_I8 ? 128 : 0;
    mean = (float)((offset + value->quantization.zero_point) / 255);
    std = (float)(1 / (255 * (double)value->quantization.scales[0]));
  }
  for (int c = 0; c < 3; ++c) {
    input->mean[c] = mean;
    input->std[c] = std;
  }
  return INSITU_STATUS_OK;
}

static insitu_status read_input(const graph_value *value, span file,
                                const insitu_bare_options *options, insitu_input *input,
                                insitu_error *error) {
  input->height_px = value->dims[1];
  input->width_px = value->dims[2];
  input->crop_fraction = 1;
  input->num_views = 1;
  tflite_metadata metadata = {0};
  insitu_status status = tflite_metadata_read(file, &metadata, error);
  if (!status) status = full_range(value, input, error);
  for (int c = 0; c < 3 && !status; ++c) {
    if (metadata.has_normalization) { /* of pixels 0..255 there, 0..1 here */
      input->mean[c] = metadata.mean[c] / 255;
      input->std[c] = metadata.std[c] / 255;
    }
    if (options && options->has_mean) input->mean[c] = options->mean[c];
    if (options && options->has_std) input->std[c] = options->std[c];
    if (!isfinite(input->mean[c]) || !isnormal(input->std[c]) || input->std[c] < 0) {
      status = error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                         "channel %d: mean %g must be finite and std %g greater than 0", c,
                         (double)input->mean[c], (double)input->std[c]);
    }
  }
  return status;
}

/* The operator that gives the output, seen through those that keep values. */
static uint32_t last_operator(const graph *graph) {
  uint32_t node = graph->values[graph->outputs[0]].producer;
  while (node != GRAPH_NONE) {
    const graph_node *at = &graph->nodes[node];
    bool keeps = at->code == RESHAPE || at->code == SQUEEZE || at->code == DEQUANTIZE ||
                 at->code == QUANTIZE;
    if (!keeps || at->num_inputs == 0 || at->inputs[0] == GRAPH_NONE) return at->code;
    node = graph->values[at->inputs[0]].producer; /* producers come first: this ends */
  }
  return GRAPH_NONE;
}

static insitu_status name_classes(insitu_pack *pack, const insitu_bare_options *options,
                                  insitu_error *error) {
  const char *const *labels = options ? options->labels : NULL;
  if (labels && options->num_labels != pack->num_classes) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "there are %u labels, but the model has %u outputs", options->num_labels,
                     pack->num_classes);
  }
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    char index[16];
    snprintf(index, sizeof index, "%u", i);
    pack->classes[i].id = alloc_string(index);
    pack->classes[i].label = alloc_string(labels ? labels[i] : index);
    if (!pack->classes[i].id || !pack->classes[i].label) {
      return error_out_of_memory(error, "a class's label", sizeof index);
    }
  }
  return INSITU_STATUS_OK;
}

static insitu_status fill(insitu_pack *pack, const graph *graph, const insitu_bare_options *options,
                          insitu_error *error) {
  pack->id = alloc_string(options && options->id ? options->id : "model");
  if (!pack->id) return error_out_of_memory(error, "the model's id", sizeof "model");
  uint32_t last = last_operator(graph);
  pack->output = last == SOFTMAX || last == LOGISTIC ? PACK_SCORES_AS_GIVEN : PACK_LOGITS;
  pack->task = last == LOGISTIC || (last != SOFTMAX && pack->num_classes == 1) ? PACK_MULTILABEL
                                                                               : PACK_MULTICLASS;
  return name_classes(pack, options, error);
}

static insitu_status make(const graph *graph, span file, const insitu_bare_options *options,
                          insitu_pack **pack, insitu_error *error) {
  insitu_input input = {0};
  const graph_value *picture = picture_input(graph, error);
  if (!picture) return INSITU_STATUS_INVALID_MODEL;
  insitu_status status = read_input(picture, file, options, &input, error);
  if (status) return status;
  size_t num_classes = graph->values[graph->outputs[0]].num_elements;
  if (num_classes == 0 || num_classes > INSITU_MAX_CLASSES) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's output has %zu elements, but a classifier has 1 to %u",
                     num_classes, INSITU_MAX_CLASSES);
  }
  insitu_pack *made = pack_allocate((uint32_t)num_classes);
  if (!made) return error_out_of_memory(error, "the pack", sizeof *made);
  made->input = input;
  status = fill(made, graph, options, error);
  if (status) {
    pack_destroy(made);
    return status;
  }
  *pack = made;
  return error_clear(error);
}

insitu_status insitu_pack_create_bare(const uint8_t *file, size_t file_size,
                                      const insitu_bare_options *options, insitu_pack **pack,
                                      insitu_error *error) {
  graph *graph;
  span bytes = {file, file_size};
  insitu_status status = tflite_read(bytes, &graph, error);
  if (status) return status;
  status = make(graph, bytes, options, pack, error);
  graph_destroy(graph);
  return status;
}
