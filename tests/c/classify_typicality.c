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

/* Three kinds, of which the first two were learnt. */
static void several_kinds_may_be_learnt(void) {
  static int8_t three[] = {100, 0, 0, 100, 0, -100, 0, 100, 100, 0};
  static float scales[] = {0.005f, 0.01f, 0.01f, 0.01f, 0.01f}, biases[5];
  pack_typicality s = statistics();
  s.num_rows = 5;
  s.rows = three;
  s.row_scales = scales;
  s.row_biases = biases;
  s.num_kinds = 3;
  s.kinds[0] = "near";
  s.kinds[1] = "far";
  s.kinds[2] = NULL;
  s.num_learnt_kinds = 2;
  s.kind_weight = 1;
  /* distance 1; logits 1, -1, 0 and -1, 1, 0: either kind is as learnt as the other */
  static const float near[] = {1, 1}, far[] = {1, 3}, neither[] = {2, 2};
  double of_two = exp(1) + exp(-1), sum = of_two + 1;
  classify_typicality found = classify_typicality_of(&s, near);
  CHECK_STR(found.taken_with, "near");
  CHECK_NEAR(found.taken_with_p, exp(1) / sum, 1e-6);
  CHECK_NEAR(found.typicality, 0.2 + 0.4 * (-1 + log(of_two / sum) + 2), 1e-6);
  double of_near = found.typicality;
  found = classify_typicality_of(&s, far);
  CHECK_STR(found.taken_with, "far");
  CHECK_NEAR(found.typicality, of_near, 1e-6);
  found = classify_typicality_of(&s, neither); /* logits 0, 0, 2: what has no name leads */
  CHECK(found.taken_with == NULL);
  CHECK_NEAR(found.typicality, 0.2 + 0.1 * (-1 + log(2 / (2 + exp(2))) + 2), 1e-6);
  s.num_learnt_kinds = 1; /* the same picture is less typical where its kind was not learnt */
  CHECK(classify_typicality_of(&s, far).typicality < of_near - 0.1);
  CHECK_STR(classify_typicality_of(&s, far).taken_with, "far");
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
  RUN(several_kinds_may_be_learnt);
  RUN(what_is_no_number_is_not_typical);
  return check_summary();
}
