/* Operators whose result is known before running. */
#ifndef INSITU_XNN_FOLD_H_
#define INSITU_XNN_FOLD_H_

#include "graph/graph.h"

/* Turns each DEQUANTIZE of a float16 constant into a float32 constant, owned
 * by the graph. Costs that file's float16 weights twice their size until the
 * graph is destroyed. */
insitu_status fold_constants(graph *net, insitu_error *error);
/* True where a node's output has become a constant: nothing is left to run. */
bool fold_is_folded(const graph *net, uint32_t node_index);

#endif
