/* What an operator is here: a row in ops.inc and functions in a file of ops/,
 *
 *   insitu_status op_NAME_check(op_site *site);
 *       Parses the node's parameters into site->record, works the shapes of its
 *       outputs out anew, proves that tensors and parameters fit each other and
 *       XNNPACK's limits, and adds up its cost. The numbers of inputs and
 *       outputs are within the row's bounds; any input may be GRAPH_NONE.
 *
 *   void op_NAME_define(builder *b, const op_site *site);
 *       Adds it to the subgraph; called only on nodes that passed the check.
 *
 *   insitu_status op_NAME_fold(op_site *site);
 *       Computes its outputs as constants; called where the check has passed
 *       and all its inputs are constant (SHAPE: have a known shape). Behind
 *       XNNPACK it is called at each run, on what that run gave.
 *
 * and the helpers that they share. */
#ifndef INSITU_XNN_OP_H_
#define INSITU_XNN_OP_H_

#include <string.h>

#include "graph/graph.h"
#include "graph/tflite/schema.h"
#include "xnn/record.h"

typedef struct builder builder; /* xnn/builder.h */

/* Limits on what a hostile file can make us compute and keep. Work is
 * multiply-adds with channels rounded up to what the kernels compute; 10e9
 * are 0.75 s at MobileNetV2's rate in plain WASM (derived: 3e8 in 22 ms) and 6 s
 * at an eighth of it, which odd shapes reach. Xception of 299 pixels has 8.4e9. */
#define OP_MAX_WORK 10000000000ull
/* Packed weights and tables of pointers, beside the activations. */
#define OP_MAX_MEMORY_BYTES (384ull << 20)
/* Constants that folding makes. */
#define OP_MAX_FOLDED_BYTES (2ull * INSITU_MAX_MODEL_BYTES)

typedef struct op_cost {
  uint64_t macs;            /* true multiply-adds, as published for networks */
  uint64_t work;            /* what the kernels do, for OP_MAX_WORK */
  uint64_t memory_bytes;    /* packed weights and tables, for OP_MAX_MEMORY_BYTES */
  uint64_t unchecked_bytes; /* of them, what XNNPACK does not look whether it got */
  uint32_t num_parts;       /* that it slices and joins one by one (ops/parts.h) */
} op_cost;

typedef struct op_site {
  graph *net; /* a check assigns shapes that the file leaves open */
  const graph_node *node;
  uint32_t index;
  bool is_folding;        /* its inputs are constant: any dtype will do */
  bool is_postprocessing; /* it is computed at each run, by its folding: is_folding, too */
  op_record record;
  op_cost cost; /* of this node */
  insitu_error *error;
} op_site;

typedef struct op {
  uint32_t code;
  const char *name;
  uint32_t min_inputs, max_inputs, max_outputs;
  insitu_status (*check)(op_site *site);
  void (*define)(builder *b, const op_site *site); /* NULL: XNNPACK cannot run it */
  insitu_status (*fold)(op_site *site);            /* NULL: it cannot */
} op;

#define OP(NAME, name, min_inputs, max_inputs, max_outputs, define, fold) \
  insitu_status op_##name##_check(op_site *site);                         \
  void op_##name##_define(builder *b, const op_site *site);               \
  insitu_status op_##name##_fold(op_site *site);
#include "xnn/ops.inc"
#undef OP

/* NULL where the operator is not built in. */
const op *op_find(uint32_t code);
/* A site for a node, before its check. */
op_site op_site_of(graph *net, uint32_t node_index, insitu_error *error);
/* Finds the operator, checks the number of tensors, then the operator's own
 * check. UNSUPPORTED_MODEL or INVALID_MODEL with a message; record and cost are
 * filled. */
insitu_status op_check(op_site *site);
/* Multiply-adds by the shapes alone, also of an operator that cannot be run. */
uint64_t op_macs(const graph *net, const graph_node *node);

/* ---- For the checks. Failures name the operator. ------------------------- */

insitu_status op_fail(const op_site *site, insitu_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* NULL where left out. */
const graph_value *op_input(const op_site *site, uint32_t index);
const graph_value *op_output(const op_site *site);
const graph_value *op_output_at(const op_site *site, uint32_t index);

/* An activation that the kernels take: present, rank at least 1 (of some operators a
 * scalar, too), f32, or i8 or u8 quantised per tensor. Any dtype and rank where the site
 * folds. */
insitu_status op_require_activation(const op_site *site, const graph_value *value,
                                    const char *what);
/* The same, but a constant may be a scalar. */
insitu_status op_require_operand(const op_site *site, const graph_value *value, const char *what);
/* op_require_activation for input 0 and the output, of the same dtype. The
 * output's rank is op_require_output_shape's to see to. */
insitu_status op_require_in_out(const op_site *site);
insitu_status op_require_rank(const op_site *site, const graph_value *value, uint32_t rank,
                              const char *what);
/* The shape that the inputs give: the file's must be it, or open. */
insitu_status op_require_output_shape(op_site *site, uint32_t rank, const uint32_t *dims);
insitu_status op_require_output_shape_at(op_site *site, uint32_t index, uint32_t rank,
                                         const uint32_t *dims);
/* Same scale and zero point (or both float). */
insitu_status op_require_same_quantization(const op_site *site, const graph_value *a,
                                           const graph_value *b);
/* numpy's broadcasting of a and b to `rank` dimensions, the longer of theirs; false where
 * they do not fit. */
bool op_broadcast(const graph_value *a, const graph_value *b, uint32_t rank, uint32_t *dims);
bool op_is_quantized(const graph_value *value);
bool op_same_quantization(const graph_value *a, const graph_value *b);
float op_scale(const graph_value *value); /* 0 where not quantised */
/* An axis that may count from the end, of `rank` dimensions. */
insitu_status op_require_axis(const op_site *site, int64_t axis, uint32_t rank, uint32_t *found);
/* One 8-bit quantisation to another of the same type: XNNPACK's conversion
 * holds the ratio of their scales in 16 bits, up to 128. */
insitu_status op_require_rescale(const op_site *site);

/* ---- Options ---------------------------------------------------------------- */

/* A fused activation into record.range. */
insitu_status op_parse_fused(op_site *site, uint32_t field);
/* True where every value that the quantised tensor can hold is within. */
bool op_range_holds(op_range range, const graph_value *value);
/* False where no output fits, or a parameter is below 1 or above 2^15, or the
 * padding is. */
bool op_window_of(uint32_t input, int64_t kernel, int64_t stride, int64_t dilation, uint8_t padding,
                  op_window *window);

/* ---- Constants --------------------------------------------------------------- */

/* The i-th element of a constant of integers; false where it is none. */
bool op_constant_int(const graph_value *value, size_t i, int64_t *element);
/* The i-th element of a constant of any numeric type, dequantised; false where
 * it is none. Integers of more than 53 bits are rounded. */
bool op_constant_real(const graph_value *value, size_t i, double *element);
/* The same of an element that there is, for loops over many: float32, which most are, without a
 * call. */
static inline double op_element(const graph_value *value, size_t i) {
  float real;
  double element = 0;
  if (value->dtype != GRAPH_F32) return op_constant_real(value, i, &element) ? element : 0;
  memcpy(&real, value->data + i * sizeof real, sizeof real);
  return (double)real;
}
/* All of its elements, as op_constant_real gives them, rounded. floats: [num_elements] */
void op_constant_floats(const graph_value *value, float *floats);
/* Makes an output a constant, of the size that it has by now, zeroed; *data is
 * owned by the graph. The same bytes again where it is one already. */
insitu_status op_fold_output(op_site *site, uint32_t index, uint8_t **data);
/* Arithmetic folds to float32, int32, int64 and bool; moves fold to any dtype. */
insitu_status op_require_foldable(const op_site *site);
/* Writes an element of a folded output in its dtype, one of the above, int8 or uint8. */
void op_fold_put(const graph_value *value, uint8_t *data, size_t i, double element);
/* The input's elements, in the output's dtype. */
insitu_status op_fold_convert(op_site *site);
/* The same elements, under the output's shape. */
insitu_status op_fold_same(op_site *site);
/* Copies elements to `to`, [output's shape], from from[base + sum of index * step]. */
void op_fold_strided(const graph_value *output, const uint8_t *from, int64_t base,
                     const int64_t *steps, uint8_t *to);
/* Elements from one index of dimension i to the next. */
int64_t op_step_of(const graph_value *value, uint32_t i);

/* ---- Weights ------------------------------------------------------------------ */

/* Filter and bias of convolutions and FULLY_CONNECTED: constant, of types that
 * go with input and output, channels along channel_axis, and a requantisation
 * within XNNPACK's limit. bias may be NULL. Sets record.weights. */
insitu_status op_require_weights(op_site *site, const graph_value *filter, const graph_value *bias,
                                 uint32_t channel_axis);
/* Requantisations below this are a dead channel: no sum of 32 bits times it
 * rounds to anything but 0. */
#define OP_MIN_MULTIPLIER 0x1p-32

#endif
