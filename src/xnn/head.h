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

/* The weights as floats, [classes, channels], the caller's to free with
 * alloc_free. NULL when out of memory. */
float *head_weights(const graph *net, const head *found);

/* The value of this name that an operator makes, GRAPH_NONE where there is none. */
uint32_t head_find_interior(const graph *net, const char *name);

/* Makes an interior value an output of the graph too, behind those that it has;
 * *output_index: which one, also where it was one already. */
insitu_status head_expose(graph *net, uint32_t value, uint32_t *output_index, insitu_error *error);

#endif
