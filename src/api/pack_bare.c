/* A pack for a .tflite file that comes without one; how its ends are read is
 * bare_reading.c's. Claims no prior, version or calibration. */
#include "api/bare_reading.h"
#include "base/alloc.h"
#include "base/error.h"
#include "decode/deflate.h"
#include "graph/tflite/read.h"
#include "xnn/picker.h"

static insitu_status require_interface(const graph *net, insitu_error *error) {
  if (net->num_inputs == 1 && net->num_outputs == 1) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_INVALID_MODEL,
                   "the model has %u input%s and %u output%s, but a classifier has one of each",
                   net->num_inputs, net->num_inputs == 1 ? "" : "s", net->num_outputs,
                   net->num_outputs == 1 ? "" : "s");
}

/* One output is the second of two classes, no and yes, unless it has one name. */
static uint32_t num_classes_of(size_t num_elements, const tflite_metadata *metadata,
                               const insitu_bare_options *options) {
  bool has_one_name =
      options && options->labels ? options->num_labels == 1 : bare_count_labels(metadata) == 1;
  return num_elements == 1 && !has_one_name ? 2 : (uint32_t)num_elements;
}

/* A classifier gives one list, [1,N] or [1,1,1,N]. */
static insitu_status require_list(const graph_value *output, insitu_error *error) {
  uint32_t num_axes = 0;
  for (uint32_t i = 0; i < output->rank; i++) num_axes += output->dims[i] > 1;
  if (num_axes <= 1) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_INVALID_MODEL,
                   "the model's output is %s: numbers for each of many places or things, as of a "
                   "detector or segmenter, but a classifier gives one list of classes, [1,N]",
                   graph_shape(output).text);
}

static insitu_status make(const plan *planned, const tflite_metadata *metadata,
                          const insitu_bare_options *options, insitu_pack **pack,
                          insitu_error *error) {
  const graph_value *output = &planned->net->values[planned->net->outputs[0]];
  size_t num_elements = output->num_elements;
  insitu_status status = require_list(output, error);
  if (status) return status;
  if (num_elements == 0 || num_elements > INSITU_MAX_CLASSES) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's output has %zu elements, but a classifier has 1 to %u",
                     num_elements, INSITU_MAX_CLASSES);
  }
  insitu_pack *made = pack_allocate(num_classes_of(num_elements, metadata, options));
  if (!made) return error_out_of_memory(error, "the pack", sizeof *made);
  made->id = alloc_string(options && options->id ? options->id : "model");
  if (!made->id) status = error_out_of_memory(error, "the model's id", sizeof "model");
  if (!status && options && options->signature) {
    made->signature = alloc_string(options->signature);
    if (!made->signature) status = error_out_of_memory(error, "the signature", 1);
  }
  if (!status) {
    status = bare_read_input(planned, metadata, options, &made->input, &made->reading, error);
  }
  if (!status) status = bare_read_output(planned, options, made, error);
  if (!status) status = bare_read_labels(metadata, options, made, error);
  if (status) {
    pack_destroy(made);
    return status;
  }
  *pack = made;
  return error_clear(error);
}

/* The model as it will be run, with the size that is asked for. */
static insitu_status plan_model(graph *net, const insitu_bare_options *options, plan **planned,
                                insitu_error *error) {
  bool is_picked = net->num_inputs == 1 && picker_is_in(net); /* its outputs may become one */
  insitu_status status = is_picked ? INSITU_STATUS_OK : require_interface(net, error);
  if (!status) {
    status = graph_require_size(net, options ? options->width_px : 0,
                                options ? options->height_px : 0, error);
  }
  if (!status) status = graph_take_one_picture(net, error);
  if (!status) status = picker_remove(net, error);
  if (!status) status = require_interface(net, error);
  if (!status) status = plan_create(net, planned, error);
  return status ? status : plan_require(*planned, error);
}

insitu_status insitu_pack_create_bare(const uint8_t *file, size_t file_size,
                                      const insitu_bare_options *options, insitu_pack **pack,
                                      insitu_error *error) {
  graph *net;
  plan *planned = NULL;
  span bytes = {file, file_size};
  insitu_status status = tflite_read(bytes, options ? options->signature : NULL, &net, error);
  if (status) return status;
  status = plan_model(net, options, &planned, error);
  tflite_metadata metadata = {0};
  if (!status) {
    status = tflite_metadata_read(bytes, net->read_subgraph, deflate_inflate, &metadata, error);
  }
  if (!status) status = make(planned, &metadata, options, pack, error);
  tflite_metadata_deinit(&metadata);
  plan_destroy(planned);
  graph_destroy(net);
  return status;
}
