/* A picture through the network, once for each view that the pack asks for. */
#ifndef INSITU_CLASSIFY_VIEWS_H_
#define INSITU_CLASSIFY_VIEWS_H_

#include "classify/tensors.h"
#include "insitu.h"
#include "xnn/runtime.h"

/* A tensor that the runtime hands out, [1, height, width, channels]. */
typedef struct classify_tap {
  uint32_t output_index;
  const insitu_tensor_info *tensor;
} classify_tap;

#define CLASSIFY_MAX_TAPS 4

/* A model as it is run here. Everything is borrowed. */
typedef struct classify_network {
  runtime *runtime;
  const insitu_tensor_info *input, *output; /* the first of each */
  classify_input_table table;
  bool of_logits;    /* what the output holds; see classify_output_read */
  uint32_t num_taps; /* whose means over all places are wanted */
  classify_tap taps[CLASSIFY_MAX_TAPS];
  classify_tap features; /* the last feature map; tensor NULL: the network has none */
} classify_network;

/* Of one channel over places and views: 8-bit values as integers, which vectorise
 * and are exact, float32 as floats. */
typedef union classify_sum {
  int32_t integer;
  float real;
} classify_sum;

/* Means over the views; the arrays are the caller's. */
typedef struct classify_sums {
  double *scores;     /* [num_classes] */
  double *scratch;    /* [num_classes] */
  classify_sum *sums; /* [sum of the taps' channels], scratch */
  float *pooled;      /* likewise: the means */
  float *feature_map; /* [height, width, channels] as the picture lies; NULL: not wanted */
} classify_sums;

/* INVALID_MODEL where a tap is not [1,H,W,C] of float32, int8 or uint8. */
insitu_status classify_tap_check(const classify_tap *tap, insitu_error *error);

/* rgb: [H,W,3] of the input's size. On failure the sums are of no use. */
insitu_status classify_views(const classify_network *network, const insitu_input *input,
                             uint32_t num_classes, const uint8_t *rgb, classify_sums *sums,
                             insitu_error *error);

#endif
