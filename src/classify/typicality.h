/* How alike a picture is to what the network learnt, and what it was taken
 * with: from the means of a few of its feature maps. */
#ifndef INSITU_CLASSIFY_TYPICALITY_H_
#define INSITU_CLASSIFY_TYPICALITY_H_

#include "pack/typicality.h"

typedef struct classify_typicality {
  double typicality;      /* 0..1, the share of the pictures learnt from that are less typical */
  const char *taken_with; /* owned by the pack; NULL: cannot be told */
  double taken_with_p;
} classify_typicality;

/* pooled: [num_features], means over places and views. */
classify_typicality classify_typicality_of(const pack_typicality *statistics, const float *pooled);

#endif
