/* A linear map of the features, a distance, a softmax over kinds, and a table. */
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

classify_typicality classify_typicality_of(const pack_typicality *s, const float *pooled) {
  classify_typicality found = {0};
  double squares = 0;
  for (uint32_t row = 0; row < s->num_distance_rows; ++row) {
    double value = row_value(s, row, pooled);
    squares += value * value;
  }
  found.typicality = look_up(s, -sqrt(squares));
  double logits[PACK_MAX_KINDS], largest = -INFINITY, sum = 0;
  uint32_t likeliest = 0;
  for (uint32_t kind = 0; kind < s->num_kinds; ++kind) {
    logits[kind] = row_value(s, s->num_distance_rows + kind, pooled);
    if (logits[kind] > largest) {
      largest = logits[kind];
      likeliest = kind;
    }
  }
  for (uint32_t kind = 0; kind < s->num_kinds; ++kind) sum += exp(logits[kind] - largest);
  if (s->num_kinds > 0) {
    found.taken_with = s->kinds[likeliest];
    found.taken_with_p = 1 / sum;
  }
  return found;
}
