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
  /* [2 * num_nodes] filters and biases that were worked out, in the order of their
   * last readers, which pack them: see xnn/packing.h */
  uint32_t *packed_last;
  size_t num_packed_last;
  enum xnn_status status;
};

static inline bool builder_is_ok(const builder *b) { return b->status == xnn_status_success; }
/* Takes over a definition's status. */
void builder_expect(builder *b, enum xnn_status status);

/* The value as something that is read or written while running: an activation,
 * or a constant, which is copied. */
uint32_t builder_tensor(builder *b, uint32_t index);
uint32_t builder_input(builder *b, const op_site *site, uint32_t index);
uint32_t builder_output(builder *b, const op_site *site);
/* Defines an input or output of the whole graph; before any builder_tensor. */
void builder_external(builder *b, uint32_t index, uint32_t external_id, uint32_t flags);

/* A filter (input 1) or bias, packed at creation and then not read again: in
 * place where it is aligned. is_matrix: as [O, the rest]. bias: input_scale *
 * filter's scales. */
uint32_t builder_filter(builder *b, const op_site *site, bool is_matrix);
uint32_t builder_bias(builder *b, const op_site *site, uint32_t index);
/* A filter of `num_channels` ones, [1,1,1,num_channels], for inputs like `like`:
 * a depthwise convolution with it picks pixels. */
uint32_t builder_ones(builder *b, const graph_value *like, uint32_t num_channels);
/* Constants: one float; and zeros in the dtype and quantisation of `like`. */
uint32_t builder_scalar(builder *b, float value);
uint32_t builder_zeros(builder *b, const graph_value *like, uint32_t rank, const uint32_t *dims);

/* New values: f32 with the shape of `like`; with its dtype and quantisation too;
 * and under another shape. */
uint32_t builder_float_like(builder *b, const graph_value *like);
uint32_t builder_same_as(builder *b, const graph_value *like);
uint32_t builder_shaped(builder *b, const graph_value *like, uint32_t rank, const uint32_t *dims);
/* The f32 input quantised anew for each run, over its last num_dims dimensions. */
uint32_t builder_dynamic(builder *b, const graph_value *like, uint32_t float_id, uint32_t num_dims);

void builder_unary(builder *b, enum xnn_unary_operator operation,
                   const union xnn_unary_params *params, uint32_t input_id, uint32_t output_id);
void builder_binary(builder *b, enum xnn_binary_operator operation, uint32_t a_id, uint32_t b_id,
                    uint32_t output_id);
void builder_convert(builder *b, uint32_t input_id, uint32_t output_id);
/* Input 0 as the float32 output: converted, or copied where it is float32. */
void builder_widen(builder *b, const op_site *site);
void builder_clamp(builder *b, op_range range, uint32_t input_id, uint32_t output_id);
void builder_reshape(builder *b, uint32_t rank, const uint32_t *dims, uint32_t input_id,
                     uint32_t output_id);

/* For kernels that are in f32 only: an input, converted where it is quantised;
 * and an output, which builder_float_end converts where it is. */
uint32_t builder_float_input(builder *b, const op_site *site, uint32_t index);
uint32_t builder_float_output(builder *b, const op_site *site);
void builder_float_end(builder *b, const op_site *site, uint32_t float_id);
/* Input `index` in the quantisation of `like`. */
uint32_t builder_requantized(builder *b, const op_site *site, uint32_t index,
                             const graph_value *like);

void builder_free_owned(owned_block *owned);

#endif
