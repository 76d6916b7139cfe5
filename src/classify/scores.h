/* From a network's scores to calibrated probabilities. */
#ifndef INSITU_CLASSIFY_SCORES_H_
#define INSITU_CLASSIFY_SCORES_H_

#include "insitu.h"
#include "pack/pack.h"

/* Turns scores [num_classes], as the network gives them (logits or
 * probabilities, see pack->output), into probabilities [num_classes] under a
 * prior, with the calibration of `variant` (NULL: the pack's own):
 *   multiclass  p ∝ exp(logit/temperature + bias + log(prior) − log(score_prior))
 *   multilabel  p = sigmoid(logit/temperature + bias)
 * score_tolerance: how far a "probability" may lie outside 0..1, or their sum
 * from 1, through rounding of the output's quantisation.
 * INVALID_ARGUMENT for a prior that the pack does not have, NOT_FINITE for
 * NaN or infinity anywhere, INVALID_MODEL for "probabilities" that are none.
 * probabilities are only written on success. */
insitu_status classify_scores(const insitu_pack *pack, const pack_variant *variant,
                              const double *scores, double score_tolerance, insitu_prior prior,
                              double *probabilities, insitu_error *error);

/* order [count]: indices by falling value, equal ones in their own order. */
void classify_rank(const double *values, uint32_t count, uint32_t *order);

#endif
