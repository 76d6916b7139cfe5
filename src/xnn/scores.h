/* What a network's output means, followed through its operators from the last
 * softmax or sigmoid on. */
#ifndef INSITU_XNN_SCORES_H_
#define INSITU_XNN_SCORES_H_

#include "xnn/plan.h"

typedef enum scores_kind {
  SCORES_LOGITS,        /* no operator makes them probabilities */
  SCORES_PROBABILITIES, /* one distribution over the classes */
  SCORES_FINDINGS       /* probabilities, each by itself */
} scores_kind;

typedef struct scores {
  scores_kind kind;
  uint32_t source; /* the softmax or sigmoid, GRAPH_NONE for logits */
  uint32_t last;   /* the node that gives the output */
} scores;

/* Of the first output. Fails only without memory. */
insitu_status scores_of(const plan *planned, scores *found, insitu_error *error);

/* True where the network's first operators say what its pixels are: they bring bytes,
 * 0..255, to its own range (a scale of 1/100 or less, or a mean of 2 or more taken
 * off), or quantise 0..255, 0..1 or -1..1. *node: which operator says so. */
bool scores_pixel_range(const plan *planned, uint32_t *node, int *low, int *high);

#endif
