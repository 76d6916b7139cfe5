/* How a classifier ends: a mean over the places of its last feature map, then
 * one dense layer. That end is what a class activation map needs (Zhou et al.
 * 2016, "Learning deep features for discriminative localization"). */
#ifndef INSITU_XNN_HEAD_H_
#define INSITU_XNN_HEAD_H_

#include "graph/graph.h"

typedef struct head {
  uint32_t features; /* value: [1, height, width, channels], an activation */
  uint32_t weights;  /* value: constant, [classes, channels] or [classes, 1, 1, channels] */
} head;

/* Finds the head of net's first output, looking through what keeps or only
 * squashes its values; after plan_create, which makes float16 weights constants.
 * False where it ends in another way. */
bool head_find(const graph *net, head *found);

/* A copy of the dense layer's weights as the graph has them: a map alone reads
 * them, as floats, and most answers are asked for without one. */
typedef struct head_weights {
  uint8_t *data; /* owned, [num_rows, num_channels] of dtype; NULL: none */
  float *scales; /* owned, [num_scales]; NULL for float32 */
  uint32_t num_scales, num_rows;
  size_t num_channels;
  int32_t zero_point;
  graph_dtype dtype;
} head_weights;

/* False when out of memory; *weights, zeroed before, is to be released either way. */
bool head_weights_copy(const graph *net, const head *found, head_weights *weights);

/* rows: [num_rows, num_channels]. */
void head_weights_read(const head_weights *weights, float *rows);

void head_weights_release(head_weights *weights);

/* The value of this name that an operator makes, GRAPH_NONE where there is none. */
uint32_t head_find_interior(const graph *net, const char *name);

/* Makes an interior value an output of the graph too, behind those that it has;
 * *output_index: which one, also where it was one already. */
insitu_status head_expose(graph *net, uint32_t value, uint32_t *output_index, insitu_error *error);

#endif
