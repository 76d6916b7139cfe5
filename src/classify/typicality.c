/* A linear map of the features; then the distance from what was learnt in the
 * rows that whiten it (Lee et al. 2018, "A simple unified framework for detecting
 * out-of-distribution samples", with one class), and a softmax over kinds that
 * has seen outliers (Hendrycks, Mazeika & Dietterich 2019, "Deep anomaly detection
 * with outlier exposure"); a table turns the sum into 0..1. */
#include "classify/typicality.h"

#include <math.h>
#include <stddef.h>

/* Row r of the map, of the features less their mean and times their gain. */
static double row_value(const pack_typicality *s, uint32_t row, const float *pooled) {
  const int8_t *weights = s->rows + (size_t)row * s->num_features;
  double sum = 0;
  for (uint32_t i = 0; i < s->num_features; ++i) {
    sum += (double)(weights[i] * ((pooled[i] - s->mean[i]) * s->gain[i]));
  }
  return (double)s->row_scales[row] * sum + (double)s->row_biases[row];
}

/* Linear between the knots, which rise; flat outside. */
static double look_up(const pack_typicality *s, double score) {
  if (!(score > s->knot_scores[0])) return s->knot_values[0];
  for (uint32_t i = 1; i < s->num_knots; ++i) {
    if (score >= s->knot_scores[i]) continue;
    double share = (score - s->knot_scores[i - 1]) / (s->knot_scores[i] - s->knot_scores[i - 1]);
    return s->knot_values[i - 1] + share * (s->knot_values[i] - s->knot_values[i - 1]);
  }
  return s->knot_values[s->num_knots - 1];
}

static double distance(const pack_typicality *s, const float *pooled) {
  double squares = 0;
  for (uint32_t row = 0; row < s->num_distance_rows; ++row) {
    double value = row_value(s, row, pooled);
    squares += value * value;
  }
  return sqrt(squares);
}

/* Fills taken_with from the shares of the kinds; the log of the learnt ones'. */
static double judge_kinds(const pack_typicality *s, const float *pooled,
                          classify_typicality *found) {
  double logits[PACK_MAX_KINDS], largest = -INFINITY, sum = 0, learnt = 0;
  uint32_t likeliest = 0;
  for (uint32_t kind = 0; kind < s->num_kinds; ++kind) {
    logits[kind] = row_value(s, s->num_distance_rows + kind, pooled);
    if (logits[kind] > largest) {
      largest = logits[kind];
      likeliest = kind;
    }
  }
  for (uint32_t kind = 0; kind < s->num_kinds; ++kind) {
    double share = exp(logits[kind] - largest);
    sum += share;
    if (kind < s->num_learnt_kinds) learnt += share;
  }
  found->taken_with = s->kinds[likeliest];
  found->taken_with_p = 1 / sum;
  return log(fmax(learnt / sum, 1e-300)); /* a finite log of what underflows */
}

classify_typicality classify_typicality_of(const pack_typicality *s, const float *pooled) {
  classify_typicality found = {0};
  double score = -distance(s, pooled);
  if (s->num_kinds > 0) score += s->kind_weight * judge_kinds(s, pooled, &found);
  found.typicality = look_up(s, score);
  return found;
}
