/* Typicality of features that can be worked out by hand. */
#include "classify/typicality.h"

#include <math.h>
#include <string.h>

#include "check.h"

/* Two features; two rows of distance, along each at half and at full scale, and
 * logits of two kinds: the second feature against it. */
static float mean[] = {1, 2}, gain[] = {2, 1};
static int8_t rows[] = {100, 0, 0, 100, 0, -100, 0, 100};
static float row_scales[] = {0.005f, 0.01f, 0.01f, 0.01f}, row_biases[] = {0, 0, 0, 0};
static double knot_scores[] = {-4, -2, 0}, knot_values[] = {0, 0.2, 1};

static pack_typicality statistics(void) {
  return (pack_typicality){.num_tensors = 1,
                           .num_features = 2,
                           .num_rows = 4,
                           .num_distance_rows = 2,
                           .mean = mean,
                           .gain = gain,
                           .rows = rows,
                           .row_scales = row_scales,
                           .row_biases = row_biases,
                           .num_kinds = 2,
                           .kinds = {"near", NULL},
                           .num_learnt_kinds = 1,
                           .num_knots = 3,
                           .knot_scores = knot_scores,
                           .knot_values = knot_values};
}

static void the_mean_is_most_typical(void) {
  pack_typicality s = statistics();
  static const float features[] = {1, 2};
  CHECK_NEAR(classify_typicality_of(&s, features).typicality, 1, 0);
}

static void distance_lowers_it_along_the_table(void) {
  pack_typicality s = statistics();
  static const float one_away[] = {2, 2}, five_away[] = {1, 7}, far_away[] = {-99, 2};
  /* (2 - 1) * 2 * 100 * 0.005 = 1: half way between the knots at -2 and 0 */
  CHECK_NEAR(classify_typicality_of(&s, one_away).typicality, 0.6, 1e-6);
  CHECK_NEAR(classify_typicality_of(&s, five_away).typicality, 0, 0); /* below the first knot */
  CHECK_NEAR(classify_typicality_of(&s, far_away).typicality, 0, 0);
}

static void kinds_are_told_apart_and_weigh_in(void) {
  pack_typicality s = statistics();
  static const float near[] = {1, 1}, other[] = {1, 3};
  classify_typicality found = classify_typicality_of(&s, near);
  CHECK_STR(found.taken_with, "near");
  CHECK_NEAR(found.taken_with_p, 1 / (1 + exp(-2)), 1e-6);
  double alone = found.typicality;
  CHECK(classify_typicality_of(&s, other).taken_with == NULL);
  s.kind_weight = 1; /* distance 1, and the log of the share */
  CHECK_NEAR(classify_typicality_of(&s, near).typicality, alone + 0.4 * -log(1 + exp(-2)), 1e-6);
  double score = -1 - log(1 + exp(2));
  CHECK_NEAR(classify_typicality_of(&s, other).typicality, 0.2 + (score + 2) * 0.1, 1e-6);
}

static void what_is_no_number_is_not_typical(void) {
  pack_typicality s = statistics();
  static const float features[] = {NAN, 2};
  CHECK_NEAR(classify_typicality_of(&s, features).typicality, 0, 0);
}

int main(void) {
  RUN(the_mean_is_most_typical);
  RUN(distance_lowers_it_along_the_table);
  RUN(kinds_are_told_apart_and_weigh_in);
  RUN(what_is_no_number_is_not_typical);
  return check_summary();
}
