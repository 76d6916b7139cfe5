/* The classifier's insides, shared by the files of api/ alone. */
#ifndef INSITU_API_CLASSIFIER_H_
#define INSITU_API_CLASSIFIER_H_

#include "classify/scores.h"
#include "classify/tensors.h"
#include "insitu.h"
#include "pack/pack.h"

/* insitu.h's opaque handle. */
struct insitu_classifier {
  const insitu_pack *pack;     /* borrowed */
  const pack_variant *variant; /* within the pack; NULL: a bare pack */
  insitu_model *model;
  classify_input_table input_table;
  double *scores, *probabilities; /* [num_classes] */
  double infer_ms;
  bool has_answer; /* probabilities are of the last classify */
};

#endif
