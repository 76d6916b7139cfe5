/* The classifier's insides, shared by the files of api/ alone. */
#ifndef INSITU_API_CLASSIFIER_H_
#define INSITU_API_CLASSIFIER_H_

#include "classify/decide.h"
#include "classify/views.h"
#include "insitu.h"
#include "pack/pack.h"

/* insitu.h's opaque handle. */
struct insitu_classifier {
  const insitu_pack *pack;     /* borrowed */
  const pack_variant *variant; /* within the pack; NULL: a bare pack */
  insitu_model *model;
  classify_network network;
  classify_sums sums;
  double *probabilities, *set_probabilities;     /* [num_classes] */
  float *feature_map, *map_values, *map_weights; /* made when a map is first asked for */
  decide_room room;
  insitu_picture picture; /* of the last classify; version 0: none was given */
  insitu_answer answer;
  bool has_answer; /* answer is of the last classify */
};

#endif
