/* A network as values and nodes, free of any file format and any backend. The
 * graph is what a reader found and graph_check proved: indices in range, one
 * producer a value, producers before consumers, sizes that fit their data and
 * the limits below. What an operator means is not known here. */
#ifndef INSITU_GRAPH_GRAPH_H_
#define INSITU_GRAPH_GRAPH_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

/* Limits for hostile files; each is several times what the largest networks
 * for pictures need (EfficientNet-Lite4: 310 values, 150 nodes). */
#define GRAPH_MAX_VALUES 16384u
#define GRAPH_MAX_NODES 8192u
#define GRAPH_MAX_NODE_INPUTS 64u
#define GRAPH_MAX_NODE_OUTPUTS 64u
#define GRAPH_MAX_INTERFACE 16u /* inputs or outputs of the graph */
#define GRAPH_MAX_DIM (1u << 24)
#define GRAPH_MAX_VALUE_BYTES (256u << 20)
#define GRAPH_MAX_ARENA_BYTES (96u << 20) /* live activations at any node */
#define GRAPH_MAX_OPTIONS 16u
#define GRAPH_MAX_SIGNATURES 16u /* that are named; a file may have more */
#define GRAPH_NONE UINT32_MAX    /* an optional input that is left out */

typedef enum graph_dtype {
  GRAPH_F32,
  GRAPH_F16,
  GRAPH_I8,
  GRAPH_U8,
  GRAPH_I16,
  GRAPH_I32,
  GRAPH_I64,
  GRAPH_BOOL,
  GRAPH_I4,   /* two to a byte: described only */
  GRAPH_OTHER /* known to the file, not to us: it may only be described */
} graph_dtype;

/* real = scale * (q - zero_point). num_scales 0: not quantised; 1: per tensor;
 * else one for each index of dims[axis], with one zero_point for all. */
typedef struct graph_quantization {
  uint32_t num_scales, axis;
  const float *scales; /* [num_scales], owned by the graph */
  int32_t zero_point;
} graph_quantization;

typedef struct graph_value {
  char *name; /* owned, "" where the file has none */
  graph_dtype dtype;
  uint32_t rank, dims[INSITU_MAX_RANK]; /* rank 0: a scalar */
  uint32_t open_dims; /* bit i: the file leaves dims[i] open, and what is there stands in for it */
  size_t num_elements, size_bytes; /* products, checked */
  const uint8_t *data;             /* constant, in the file; any alignment; NULL: none */
  uint8_t *owned_data;             /* data where it was computed, else NULL */
  graph_quantization quantization;
  const char *unread; /* "sparse", …: why its content is no tensor to us; NULL where it is one */
  uint32_t producer;  /* node, GRAPH_NONE for constants and graph inputs */
  uint32_t last_consumer; /* node, GRAPH_NONE where nothing reads it */
  bool is_input, is_output;
  bool is_postprocessed; /* by whoever plans it: computed behind the backend (xnn/postprocess.h) */
} graph_value;

/* An operator's parameters by field number, as raw little-endian bits: only
 * the operator knows their types. */
typedef struct graph_options {
  uint8_t width_bytes[GRAPH_MAX_OPTIONS]; /* 0: absent, so the default holds */
  uint32_t bits[GRAPH_MAX_OPTIONS];
  /* The first field of RESHAPE and SQUEEZE, which is a list; 0 long: absent. */
  uint32_t list_length;
  int32_t list[INSITU_MAX_RANK];
} graph_options;

typedef struct graph_node {
  uint32_t code;           /* the operator, numbered as TFLite's builtins */
  const char *custom_name; /* owned by the graph; NULL unless code is custom */
  uint32_t num_inputs, num_outputs;
  uint32_t *inputs;  /* [num_inputs] value indices or GRAPH_NONE, owned */
  uint32_t *outputs; /* [num_outputs] value indices, owned */
  graph_options options;
  uint32_t
      padding[4]; /* above, below, left, right: of a PAD that a pool took over (xnn/passes.c) */
} graph_node;

typedef struct graph {
  uint32_t num_values, num_nodes, num_inputs, num_outputs;
  uint32_t num_subgraphs, read_subgraph; /* in the file; which one this is */
  /* The file's signatures, each a subgraph with a name; none in many files. */
  uint32_t num_signatures;
  char *signatures[GRAPH_MAX_SIGNATURES]; /* owned */
  uint32_t read_signature;                /* whose subgraph this is, GRAPH_NONE: none's */
  graph_value *values;
  graph_node *nodes; /* in execution order */
  uint32_t inputs[GRAPH_MAX_INTERFACE], outputs[GRAPH_MAX_INTERFACE];
  uint64_t folded_bytes; /* of owned_data so far */
  size_t arena_bytes;    /* by whoever plans it (xnn/plan.h): most bytes of live activations */
} graph;

/* An empty graph, NULL when out of memory. Destroying NULL is legal, and so is
 * destroying a half-filled graph. */
graph *graph_create(void);
void graph_destroy(graph *net);

/* Fills num_elements and size_bytes. TOO_LARGE above the limits, INVALID_MODEL
 * for a dimension of 0. what: for the message. */
insitu_status graph_value_measure(graph_value *value, const char *what, insitu_error *error);

/* Proves what the header promises and fills producer, last_consumer, is_input
 * and is_output. */
insitu_status graph_check(graph *net, insitu_error *error);

/* Sets the height and width of inputs of pictures whose file leaves them open, and
 * marks all that operators make as open, so that their shapes follow. A size that
 * stays open is refused: what stands in for it is no size. 0: not given. */
insitu_status graph_require_size(graph *net, uint32_t width_px, uint32_t height_px,
                                 insitu_error *error);

/* Of an input of several pictures, as networks are exported that were trained so, makes one
 * of one; the shapes of all that operators make follow. */
insitu_status graph_take_one_picture(graph *net, insitu_error *error);

const char *graph_dtype_name(graph_dtype dtype);
size_t graph_dtype_bytes(graph_dtype dtype); /* 0 for GRAPH_OTHER */

/* "[1,224,224,3]"; -1 for a dimension but the batch that the file leaves open. */
typedef struct graph_shape_text {
  char text[80];
} graph_shape_text;
graph_shape_text graph_shape(const graph_value *value);
long long graph_shown_dim(const graph_value *value, uint32_t i);
/* A picture's channels before its rows, [1,C,H,W] of 1 or 3, as PyTorch exports. */
bool graph_is_planar(const graph_value *value);

/* Where the field is absent, or too narrow for the type, the default. */
int32_t graph_option_i32(const graph_node *node, uint32_t field, int32_t fallback);
uint8_t graph_option_u8(const graph_node *node, uint32_t field, uint8_t fallback);
float graph_option_f32(const graph_node *node, uint32_t field, float fallback);

#endif
