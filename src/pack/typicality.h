/* What a pack knows of the pictures that its network learnt from: the numbers
 * behind "typicality" and "taken_with" (classify/typicality.h says how they are
 * used). Arrays are owned. */
#ifndef INSITU_PACK_TYPICALITY_H_
#define INSITU_PACK_TYPICALITY_H_

#include <stdint.h>

#define PACK_MAX_TAPS 4u
#define PACK_MAX_FEATURES 4096u
#define PACK_MAX_ROWS 256u
#define PACK_MAX_KINDS 8u
#define PACK_MAX_KNOTS 64u

typedef struct pack_typicality {
  uint32_t num_tensors;           /* 0: the pack has no statistics */
  char *tensors[PACK_MAX_TAPS];   /* names of interior tensors, [1,H,W,C] */
  uint32_t num_features;          /* d: their channels together */
  uint32_t num_rows;              /* k */
  uint32_t num_distance_rows;     /* the first so many rows span the distance */
  float *mean, *gain;             /* [d] */
  int8_t *rows;                   /* [k, d] */
  float *row_scales, *row_biases; /* [k] */
  uint32_t num_kinds;             /* k - num_distance_rows logits, 0 or 2 and more */
  char *kinds[PACK_MAX_KINDS];    /* words of taken_with; NULL: of no name */
  uint32_t num_learnt_kinds;      /* the first so many are what the network learnt from */
  double kind_weight;             /* of the log of their share, beside the distance */
  uint32_t num_knots;
  double *knot_scores, *knot_values; /* [num_knots] rising scores, and typicality there */
  double limit;                      /* below it a picture is not of this kind */
} pack_typicality;

void pack_typicality_deinit(pack_typicality *typicality);

#endif
