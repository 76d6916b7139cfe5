/* The model's insides, shared by the files of api/ alone. */
#ifndef INSITU_API_MODEL_H_
#define INSITU_API_MODEL_H_

#include "graph/graph.h"
#include "insitu.h"
#include "xnn/head.h"
#include "xnn/runtime.h"

/* insitu.h's opaque handle. */
struct insitu_model {
  runtime *runtime;
  uint32_t num_inputs, num_outputs; /* outputs: the file's, then the interior ones */
  uint32_t num_own_outputs;         /* the file's, or the scores that those are picked from */
  insitu_tensor_info inputs[GRAPH_MAX_INTERFACE], outputs[GRAPH_MAX_INTERFACE];
  /* Where the network ends in a mean and a dense layer (xnn/head.h): which
   * output its last feature map is, and the weights of that layer. */
  head_weights head_weights; /* without data: it ends in another way, or a map took them over */
  uint32_t head_output;
};

/* As insitu_model_create; with_head: what picks classes (xnn/picker.h) is left out, and
 * the head looked for, whose feature map becomes one more output. */
insitu_status model_create(const uint8_t *file, size_t file_size,
                           const insitu_model_options *options, bool with_head,
                           insitu_model **model, insitu_error *error);

#endif
