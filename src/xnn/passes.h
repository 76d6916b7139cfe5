/* Rewrites of a graph, and of single nodes, before they are checked. */
#ifndef INSITU_XNN_PASSES_H_
#define INSITU_XNN_PASSES_H_

#include "xnn/op.h"

/* Half floats that are computed with become float32: XNNPACK's kernels for them
 * are for few processors. Constants that a DEQUANTIZE widens stay as they are. */
insitu_status passes_widen_halves(graph *net, insitu_error *error);
/* Applies each pass of the table to the node. Out of memory or TOO_LARGE. */
insitu_status passes_apply(op_site *site);

#endif
