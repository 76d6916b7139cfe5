/* A graph on its way into an XNNPACK subgraph: which value has which id there,
 * and what memory must live as long as the runtime. The first failure sticks:
 * later calls do nothing, and runtime_create looks at `status` once. */
#ifndef INSITU_XNN_BUILDER_H_
#define INSITU_XNN_BUILDER_H_

#include <xnnpack.h>

#include "graph/graph.h"
#include "xnn/op.h"

/* Constants that are read while running, copied with XNN_EXTRA_BYTES behind. */
typedef struct owned_block {
  struct owned_block *next;
} owned_block;

struct builder {
  const graph *net;
  xnn_subgraph_t subgraph;
  uint32_t *ids;      /* [num_values] XNNPACK's ids, XNN_INVALID_VALUE_ID: not yet */
  owned_block *owned; /* the runtime takes them over */
  uint64_t owned_bytes;
  enum xnn_status status;
};

const graph_value *builder_value(const builder *b, uint32_t index);

/* The value as something that is read or written while running: an activation,
 * or a constant, which is copied. */
uint32_t builder_tensor(builder *b, uint32_t index);
/* Defines an input or output of the whole graph; before any builder_tensor. */
void builder_external(builder *b, uint32_t index, uint32_t external_id, uint32_t flags);
/* A filter or bias, packed at creation and then not read again: in place where
 * it is aligned. bias: input_scale * filter's scales. */
uint32_t builder_filter(builder *b, uint32_t index);
uint32_t builder_bias(builder *b, const graph_node *node);
/* A new f32 value with the shape of `like`, for what has no quantised kernel. */
uint32_t builder_float_like(builder *b, const graph_value *like);
/* A new value with the dtype, quantisation and shape of `like`. */
uint32_t builder_same_as(builder *b, const graph_value *like);

/* Takes over a definition's status. */
void builder_expect(builder *b, enum xnn_status status);
void builder_unary(builder *b, enum xnn_unary_operator operation, uint32_t input_id,
                   uint32_t output_id);
void builder_clamp(builder *b, op_range range, uint32_t input_id, uint32_t output_id);
/* The node's input and output for an f32 kernel: where they are quantised, the
 * input is converted before, and builder_float_end converts after. */
typedef struct builder_float {
  uint32_t input_id, output_id;
} builder_float;
builder_float builder_float_begin(builder *b, const graph_node *node);
void builder_float_end(builder *b, const graph_node *node, builder_float ids);

void builder_free_owned(owned_block *owned);

#endif
