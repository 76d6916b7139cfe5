/* Scores to probabilities, in double and in log space throughout: Guo et al.,
 * "On Calibration of Modern Neural Networks" (2017) for the temperature, Menon
 * et al., "Long-tail learning via logit adjustment" (2021) for the prior. */
#include "classify/scores.h"

#include <math.h>
#include <stdbool.h>

#include "base/error.h"

/* Where probabilities become logits, smaller ones are raised to this (FORMAT.md). */
#define MIN_PROBABILITY 1e-7
/* float32 softmax over 1,024 classes sums to 1 within 1e-4; the rest is margin. */
#define PROBABILITY_TOLERANCE 1e-3

static insitu_status check_finite(const insitu_pack *pack, const double *scores,
                                  insitu_error *error) {
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    if (!isfinite(scores[i])) {
      return error_set(error, INSITU_STATUS_NOT_FINITE,
                       "the model gave %s for class %u (%.64s), so there is no answer",
                       isnan(scores[i]) ? "NaN" : "infinity", i, pack->classes[i].id);
    }
  }
  return INSITU_STATUS_OK;
}

/* Scores that claim to be probabilities must look like it: a network that was
 * exported without its softmax would otherwise give a wrong, sure answer. */
static insitu_status check_probabilities(const insitu_pack *pack, const double *scores,
                                         double tolerance, insitu_error *error) {
  double sum = 0;
  tolerance += PROBABILITY_TOLERANCE;
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    if (scores[i] < -tolerance || scores[i] > 1 + tolerance) {
      return error_set(error, INSITU_STATUS_INVALID_MODEL,
                       "the model gave %.9g for class %u (%.64s), but its output is said to be "
                       "probabilities, which lie in 0..1",
                       scores[i], i, pack->classes[i].id);
    }
    sum += scores[i];
  }
  /* Each of the summands may be off by the tolerance. */
  double sum_tolerance = PROBABILITY_TOLERANCE + tolerance * pack->num_classes;
  if (pack->task == PACK_MULTICLASS && fabs(sum - 1) > sum_tolerance) {
    return error_set(error, INSITU_STATUS_INVALID_MODEL,
                     "the model's probabilities sum to %.9g, but must sum to 1 within %.3g", sum,
                     sum_tolerance);
  }
  return INSITU_STATUS_OK;
}

static double logit_of(const insitu_pack *pack, double score) {
  if (pack->output == PACK_LOGITS) return score;
  if (pack->task == PACK_MULTICLASS) return log(fmax(score, MIN_PROBABILITY));
  double p = fmin(fmax(score, MIN_PROBABILITY), 1 - MIN_PROBABILITY);
  return log(p / (1 - p));
}

/* logit/temperature + bias + log(prior) − log(score_prior) of one class. A
 * uniform prior is the same for all classes and cancels in the softmax: 0. */
static double calibrated_logit(const insitu_pack *pack, const pack_calibration *calibration,
                               insitu_prior prior, const double *scores, uint32_t class_index) {
  double logit = logit_of(pack, scores[class_index]) / calibration->temperature;
  if (calibration->bias) logit += calibration->bias[class_index];
  if (!pack->training_prior || prior == pack->score_prior) return logit;
  double log_training = log(pack->training_prior[class_index]);
  return prior == INSITU_PRIOR_TRAINING ? logit + log_training : logit - log_training;
}

static insitu_status resolve_prior(const insitu_pack *pack, insitu_prior *prior,
                                   insitu_error *error) {
  if (*prior != INSITU_PRIOR_DEFAULT && *prior != INSITU_PRIOR_TRAINING &&
      *prior != INSITU_PRIOR_UNIFORM) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "prior is %d, but must be 0, 1 or 2",
                     (int)*prior);
  }
  if (pack->training_prior) {
    if (*prior == INSITU_PRIOR_DEFAULT) *prior = pack->default_prior;
  } else if (*prior != INSITU_PRIOR_DEFAULT) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "the model \"%.64s\" states no class prior, so none can be chosen", pack->id);
  }
  return INSITU_STATUS_OK;
}

/* In place, of finite values. Subtracting the largest keeps exp within 0..1
 * and the sum at 1 or more. */
static void softmax(double *values, uint32_t count) {
  double largest = values[0], sum = 0;
  for (uint32_t i = 1; i < count; ++i) largest = fmax(largest, values[i]);
  for (uint32_t i = 0; i < count; ++i) sum += values[i] = exp(values[i] - largest);
  for (uint32_t i = 0; i < count; ++i) values[i] /= sum;
}

/* exp of a negative number only, so that nothing overflows. */
static double sigmoid(double x) {
  double e = exp(-fabs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

insitu_status classify_scores(const insitu_pack *pack, const pack_variant *variant,
                              const double *scores, double score_tolerance, insitu_prior prior,
                              double *probabilities, insitu_error *error) {
  insitu_status status = resolve_prior(pack, &prior, error);
  if (!status) status = check_finite(pack, scores, error);
  if (!status && pack->output != PACK_LOGITS) {
    status = check_probabilities(pack, scores, score_tolerance, error);
  }
  if (status) return status;

  uint32_t count = pack->num_classes;
  if (pack->output == PACK_SCORES_AS_GIVEN) {
    for (uint32_t i = 0; i < count; ++i) probabilities[i] = fmin(fmax(scores[i], 0), 1);
    return error_clear(error);
  }
  const pack_calibration *calibration = pack_calibration_of(pack, variant);
  for (uint32_t i = 0; i < count; ++i) {
    if (!isfinite(calibrated_logit(pack, calibration, prior, scores, i))) {
      return error_set(error, INSITU_STATUS_NOT_FINITE,
                       "the calibrated score of class %u (%.64s) overflows: score %.9g, "
                       "temperature %.9g",
                       i, pack->classes[i].id, scores[i], calibration->temperature);
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    double logit = calibrated_logit(pack, calibration, prior, scores, i);
    probabilities[i] = pack->task == PACK_MULTILABEL ? sigmoid(logit) : logit;
  }
  if (pack->task == PACK_MULTICLASS) softmax(probabilities, count);
  return error_clear(error);
}

static bool comes_before(const double *values, uint32_t a, uint32_t b) {
  return values[a] > values[b] || (values[a] == values[b] && a < b);
}

/* Shell's sort: no room is needed, and equal values stay in their order, as theirs is
 * compared too. */
void classify_rank(const double *values, uint32_t count, uint32_t *order) {
  for (uint32_t i = 0; i < count; ++i) order[i] = i;
  for (uint32_t gap = count / 2; gap > 0; gap /= 2) {
    for (uint32_t i = gap; i < count; ++i) {
      uint32_t moved = order[i], j = i;
      for (; j >= gap && comes_before(values, moved, order[j - gap]); j -= gap) {
        order[j] = order[j - gap];
      }
      order[j] = moved;
    }
  }
}
