/* What MIRROR_PAD, STRIDED_SLICE and GATHER share: parts of a tensor along an
 * axis, joined in another order. */
#ifndef INSITU_XNN_OPS_PARTS_H_
#define INSITU_XNN_OPS_PARTS_H_

#include "xnn/builder.h"

/* As many as can be joined along an axis. */
#define PARTS_MAX GRAPH_MAX_NODE_INPUTS

typedef struct part {
  uint32_t begin, length;
} part;

/* The parts of input_id, whose type and shape are *shape's, one behind the other
 * in output_id; their lengths' sum becomes shape->dims[axis]. output_id
 * XNN_INVALID_VALUE_ID: into a new value. Returns the value's id. */
uint32_t parts_define(builder *b, graph_value *shape, uint32_t axis, uint32_t count,
                      const part *parts, uint32_t input_id, uint32_t output_id);

#endif
