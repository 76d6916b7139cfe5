/* SignatureDef of TFLite's schema.fbs. Its maps from names to tensors are not read: a
 * subgraph's own order of inputs and outputs counts. */
#include "graph/tflite/signatures.h"

#include <stdio.h>
#include <string.h>

#include "graph/tflite/schema.h"

/* The names that there are, for the message. */
static void fail(flat_file *file, const graph *net, const char *wanted) {
  char known[160] = "";
  size_t length = 0;
  for (uint32_t i = 0; i < net->num_signatures && length < sizeof known; i++) {
    length += (size_t)snprintf(known + length, sizeof known - length, "%s%.60s", i > 0 ? ", " : "",
                               net->signatures[i]);
  }
  flat_fail(file, INSITU_STATUS_INVALID_ARGUMENT,
            net->num_signatures > 0 ? "the model has no signature \"%.60s\", but has: %s"
                                    : "the model has no signature \"%.60s\": it has none%s",
            wanted, known);
}

uint32_t signatures_read(flat_file *file, flat_table model, const char *wanted, graph *net) {
  flat_vector list =
      flat_vector_of(file, model, TFLITE_MODEL_SIGNATURE_DEFS, 4, "Model.signature_defs");
  uint32_t subgraph = 0;
  for (uint32_t i = 0; i < list.count && i < GRAPH_MAX_SIGNATURES && !file->status; i++) {
    flat_table entry = flat_vector_table(file, list, i, "Model.signature_defs");
    char *name = flat_copy_string(file, flat_string(file, entry, TFLITE_SIGNATURE_DEF_SIGNATURE_KEY,
                                                    "SignatureDef.signature_key"));
    if (name == NULL) break;
    net->signatures[net->num_signatures++] = name;
    bool is_wanted = wanted == NULL || strcmp(wanted, name) == 0;
    if (!is_wanted || net->read_signature != GRAPH_NONE) continue;
    net->read_signature = i;
    subgraph = (uint32_t)flat_i32(file, entry, TFLITE_SIGNATURE_DEF_SUBGRAPH_INDEX, 0,
                                  "SignatureDef.subgraph_index");
  }
  if (!file->status && wanted != NULL && net->read_signature == GRAPH_NONE) {
    fail(file, net, wanted);
  }
  return subgraph;
}
