/* What an operator is here: a row in ops.inc and a file in ops/ with two
 * functions,
 *
 *   insitu_status op_NAME_check(op_site *site);
 *       Proves that the node's tensors and parameters fit each other and
 *       XNNPACK's limits, with the shapes worked out anew, and adds up its
 *       cost. The number of inputs is within the row's bounds, and there is
 *       one output; any input may be GRAPH_NONE.
 *
 *   void op_NAME_define(builder *b, const graph_node *node);
 *       Adds it to the subgraph; called only on nodes that passed the check.
 *
 * and the helpers that they share. */
#ifndef INSITU_XNN_OP_H_
#define INSITU_XNN_OP_H_

#include "graph/graph.h"

typedef struct builder builder; /* xnn/builder.h */

/* Limits on what a hostile file can make us compute and keep. Work is
 * multiply-adds with channels rounded up to what the kernels compute; 8e9 are
 * 0.6 s at MobileNetV2's rate in plain WASM (derived: 3e8 in 22 ms) and below
 * 5 s at an eighth of it, which odd shapes reach. */
#define OP_MAX_WORK 8000000000ull
/* Packed weights and tables of pointers, beside the activations. */
#define OP_MAX_MEMORY_BYTES (384ull << 20)

typedef struct op_cost {
  uint64_t macs;         /* true multiply-adds, as published for networks */
  uint64_t work;         /* what the kernels do, for OP_MAX_WORK */
  uint64_t memory_bytes; /* packed weights and tables, for OP_MAX_MEMORY_BYTES */
} op_cost;

typedef struct op_site {
  const graph *net;
  const graph_node *node;
  uint32_t index;
  op_cost cost; /* of this node */
  insitu_error *error;
} op_site;

typedef struct op {
  uint32_t code;
  const char *name;
  uint32_t min_inputs, max_inputs;
  insitu_status (*check)(op_site *site);
  void (*define)(builder *b, const graph_node *node);
} op;

#define OP(code, NAME, name, min_inputs, max_inputs) \
  insitu_status op_##name##_check(op_site *site);    \
  void op_##name##_define(builder *b, const graph_node *node);
#include "xnn/ops.inc"
#undef OP

/* NULL where the operator is not built in. */
const op *op_find(uint32_t code);
/* Finds the operator, checks the number of tensors, then the operator's own
 * check. UNSUPPORTED_MODEL or INVALID_MODEL with a message; *cost is filled. */
insitu_status op_check(const graph *net, uint32_t node_index, op_cost *cost, insitu_error *error);

/* ---- For the checks. Failures name the operator. ------------------------- */

insitu_status op_fail(const op_site *site, insitu_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* NULL where left out. */
const graph_value *op_input(const op_site *site, uint32_t index);
const graph_value *op_output(const op_site *site);

/* An activation that the kernels take: present, rank at least 1, f32, or i8 or
 * u8 quantised per tensor. */
insitu_status op_require_activation(const op_site *site, const graph_value *value,
                                    const char *what);
/* op_require_activation for input 0 and the output, of the same dtype. */
insitu_status op_require_in_out(const op_site *site);
insitu_status op_require_rank(const op_site *site, const graph_value *value, uint32_t rank,
                              const char *what);
insitu_status op_require_output_shape(const op_site *site, uint32_t rank, const uint32_t *dims);
/* Same scale and zero point (or both float). */
insitu_status op_require_same_quantization(const op_site *site, const graph_value *a,
                                           const graph_value *b);
bool op_is_quantized(const graph_value *value);
/* The i-th element of a constant of i32 or i64; false where it is none. */
bool op_constant_int(const graph_value *value, size_t i, int64_t *element);

/* A fused activation: the output is clamped to [min, max]. */
typedef struct op_range {
  float min, max;
} op_range;
insitu_status op_require_fused(const op_site *site, uint32_t field);
op_range op_fused_range(const graph_node *node, uint32_t field);
/* True where every value that the quantised tensor can hold is within. */
bool op_range_holds(op_range range, const graph_value *value);

/* One axis of a sliding window, in TFLite's arithmetic. */
typedef struct op_window {
  uint32_t output, pad_before, pad_after;
} op_window;
#define OP_PADDING_SAME 0
#define OP_PADDING_VALID 1
/* False where no output fits, or a parameter is below 1 or above 2^15, or the
 * padding is. */
bool op_window_of(uint32_t input, int64_t kernel, int64_t stride, int64_t dilation, uint8_t padding,
                  op_window *window);

/* One 8-bit quantisation to another of the same type: XNNPACK's conversion
 * holds the ratio of their scales in 16 bits, up to 128. */
insitu_status op_require_rescale(const op_site *site);

/* Filter and bias of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: constant,
 * of types that go with input and output, channels along channel_axis, and a
 * requantisation within XNNPACK's limit. bias may be NULL. */
insitu_status op_require_weights(const op_site *site, const graph_value *filter,
                                 const graph_value *bias, uint32_t channel_axis);

#endif
