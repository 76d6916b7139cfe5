/* Scores to probabilities: the formula of models/FORMAT.md against values
 * worked out here by other means, and its edges. */
#include "classify/scores.h"

#include <math.h>

#include "check.h"

static pack_class three_names[] = {{"a", "A", 0}, {"b", "B", 0}, {"c", "C", 0}};
static double three_priors[] = {0.7, 0.2, 0.1};

static insitu_pack three_classes(pack_output output, insitu_prior score_prior) {
  return (insitu_pack){.id = "test",
                       .task = PACK_MULTICLASS,
                       .output = output,
                       .num_classes = 3,
                       .classes = three_names,
                       .calibration = {.temperature = 1},
                       .training_prior = three_priors,
                       .score_prior = score_prior,
                       .default_prior = INSITU_PRIOR_TRAINING};
}

static insitu_pack three_labels(pack_output output) {
  insitu_pack pack = three_classes(output, INSITU_PRIOR_DEFAULT);
  pack.task = PACK_MULTILABEL;
  pack.training_prior = NULL;
  pack.default_prior = INSITU_PRIOR_DEFAULT;
  return pack;
}

/* Logits that are logs make softmax exact to see: 1:2:5 of 8. */
static const double one_two_five[] = {0, 0.69314718055994531, 1.6094379124341003};

static void softmax_of_logs_are_shares(void) {
  insitu_pack pack = three_classes(PACK_LOGITS, INSITU_PRIOR_UNIFORM);
  double p[3];
  CHECK_INT(classify_scores(&pack, NULL, one_two_five, 0, INSITU_PRIOR_UNIFORM, p, NULL), 0);
  CHECK_NEAR(p[0], 1 / 8.0, 1e-15);
  CHECK_NEAR(p[1], 2 / 8.0, 1e-15);
  CHECK_NEAR(p[2], 5 / 8.0, 1e-15);
}

static void training_prior_weighs_uniform_scores(void) {
  insitu_pack pack = three_classes(PACK_LOGITS, INSITU_PRIOR_UNIFORM);
  double p[3], sum = 1 * 0.7 + 2 * 0.2 + 5 * 0.1;
  CHECK_INT(classify_scores(&pack, NULL, one_two_five, 0, INSITU_PRIOR_DEFAULT, p, NULL), 0);
  CHECK_NEAR(p[0], 1 * 0.7 / sum, 1e-15);
  CHECK_NEAR(p[1], 2 * 0.2 / sum, 1e-15);
  CHECK_NEAR(p[2], 5 * 0.1 / sum, 1e-15);
}

static void uniform_prior_divides_training_scores(void) {
  insitu_pack pack = three_classes(PACK_LOGITS, INSITU_PRIOR_TRAINING);
  double p[3], sum = 1 / 0.7 + 2 / 0.2 + 5 / 0.1;
  CHECK_INT(classify_scores(&pack, NULL, one_two_five, 0, INSITU_PRIOR_UNIFORM, p, NULL), 0);
  CHECK_NEAR(p[0], 1 / 0.7 / sum, 1e-15);
  CHECK_NEAR(p[2], 5 / 0.1 / sum, 1e-15);
  CHECK_INT(classify_scores(&pack, NULL, one_two_five, 0, INSITU_PRIOR_TRAINING, p, NULL), 0);
  CHECK_NEAR(p[2], 5 / 8.0, 1e-15);
}

static void variant_replaces_temperature_and_bias(void) {
  insitu_pack pack = three_classes(PACK_LOGITS, INSITU_PRIOR_UNIFORM);
  double pack_bias[] = {9, 9, -9}, bias[] = {0, 0, 1.0986122886681098}; /* log 3 */
  pack.calibration = (pack_calibration){.temperature = 7, .bias = pack_bias};
  pack_variant variant = {.has_calibration = true,
                          .calibration = {.temperature = 0.5, .bias = bias}};
  double p[3], sum = 1 + 4 + 25 * 3; /* 1/0.5 squares the shares */
  CHECK_INT(classify_scores(&pack, &variant, one_two_five, 0, INSITU_PRIOR_UNIFORM, p, NULL), 0);
  CHECK_NEAR(p[0], 1 / sum, 1e-15);
  CHECK_NEAR(p[1], 4 / sum, 1e-15);
  CHECK_NEAR(p[2], 75 / sum, 1e-15);
  variant.has_calibration = false;
  CHECK_INT(classify_scores(&pack, &variant, one_two_five, 0, INSITU_PRIOR_UNIFORM, p, NULL), 0);
  CHECK_NEAR(p[2] / p[0], exp(log(5) / 7 - 18), 1e-15);
}

static void probabilities_become_logits_first(void) {
  insitu_pack pack = three_classes(PACK_PROBABILITIES, INSITU_PRIOR_UNIFORM);
  const double scores[] = {0, 0.4, 0.6};
  double p[3];
  CHECK_INT(classify_scores(&pack, NULL, scores, 0, INSITU_PRIOR_UNIFORM, p, NULL), 0);
  CHECK_NEAR(p[0], 1e-7 / (1 + 1e-7), 1e-15); /* raised to 1e-7, never to log(0) */
  CHECK_NEAR(p[2], 0.6 / (1 + 1e-7), 1e-15);
}

static void multilabel_is_a_sigmoid_each(void) {
  insitu_pack pack = three_labels(PACK_LOGITS);
  const double scores[] = {0, 800, -800};
  double p[3];
  pack.calibration.temperature = 2;
  CHECK_INT(classify_scores(&pack, NULL, scores, 0, INSITU_PRIOR_DEFAULT, p, NULL), 0);
  CHECK_NEAR(p[0], 0.5, 1e-15);
  CHECK_NEAR(p[1], 1, 1e-15);
  CHECK(p[2] > 0 && p[2] < 1e-170); /* no underflow to a sure zero */

  pack = three_labels(PACK_PROBABILITIES);
  const double given[] = {0.25, 1, 0};
  CHECK_INT(classify_scores(&pack, NULL, given, 0, INSITU_PRIOR_DEFAULT, p, NULL), 0);
  CHECK_NEAR(p[0], 0.25, 1e-15);
  CHECK_NEAR(p[1], 1 - 1e-7, 1e-15);
  CHECK_NEAR(p[2], 1e-7, 1e-15);
}

static void large_logits_do_not_overflow(void) {
  insitu_pack pack = three_classes(PACK_LOGITS, INSITU_PRIOR_UNIFORM);
  const double scores[] = {3e38, 3e38, -3e38};
  double p[3];
  CHECK_INT(classify_scores(&pack, NULL, scores, 0, INSITU_PRIOR_UNIFORM, p, NULL), 0);
  CHECK_NEAR(p[0], 0.5, 1e-15);
  CHECK_NEAR(p[2], 0, 0);
}

static void not_a_number_is_no_answer(void) {
  insitu_pack pack = three_classes(PACK_LOGITS, INSITU_PRIOR_UNIFORM);
  double p[] = {-1, -1, -1};
  insitu_error error;
  const double bad[][3] = {{0, NAN, 0}, {INFINITY, 0, 0}, {0, 0, -INFINITY}};
  for (int i = 0; i < 3; ++i) {
    CHECK_INT(classify_scores(&pack, NULL, bad[i], 0, INSITU_PRIOR_UNIFORM, p, &error),
              INSITU_STATUS_NOT_FINITE);
    CHECK(p[0] == -1 && p[1] == -1 && p[2] == -1);
  }
  CHECK_HAS(error.message, "class 2 (c)");
  pack.calibration.temperature = 1e-300;
  const double large[] = {1e30, 0, 0};
  CHECK_INT(classify_scores(&pack, NULL, large, 0, INSITU_PRIOR_UNIFORM, p, &error),
            INSITU_STATUS_NOT_FINITE);
  CHECK_HAS(error.message, "overflows");
  CHECK(p[0] == -1);
}

static void logits_are_not_taken_for_probabilities(void) {
  insitu_pack pack = three_classes(PACK_PROBABILITIES, INSITU_PRIOR_UNIFORM);
  double p[3];
  insitu_error error;
  const double logits[] = {-3, 1, 4}, small[] = {0.1, 0.1, 0.1};
  CHECK_INT(classify_scores(&pack, NULL, logits, 0, INSITU_PRIOR_UNIFORM, p, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "-3 for class 0 (a)");
  CHECK_INT(classify_scores(&pack, NULL, small, 0, INSITU_PRIOR_UNIFORM, p, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "sum to 0.3");
  /* An 8-bit output may be off by its step: 255/256 and two of 1/256. */
  const double coarse[] = {255 / 256.0, 1 / 256.0, 1 / 256.0};
  CHECK_INT(classify_scores(&pack, NULL, coarse, 1 / 256.0, INSITU_PRIOR_UNIFORM, p, &error), 0);
}

static void given_scores_pass_unchanged(void) {
  insitu_pack pack = three_labels(PACK_SCORES_AS_GIVEN);
  pack.calibration.temperature = 5; /* not used */
  const double scores[] = {0, 0.25, 1};
  double p[3];
  CHECK_INT(classify_scores(&pack, NULL, scores, 0, INSITU_PRIOR_DEFAULT, p, NULL), 0);
  CHECK(p[0] == 0 && p[1] == 0.25 && p[2] == 1);
}

static void priors_need_a_pack_that_has_them(void) {
  insitu_pack pack = three_labels(PACK_LOGITS);
  double p[3];
  insitu_error error;
  CHECK_INT(classify_scores(&pack, NULL, one_two_five, 0, INSITU_PRIOR_UNIFORM, p, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "no class prior");
  pack = three_classes(PACK_LOGITS, INSITU_PRIOR_UNIFORM);
  CHECK_INT(classify_scores(&pack, NULL, one_two_five, 0, (insitu_prior)7, p, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "prior is 7");
}

static void rank_is_stable(void) {
  const double values[] = {0.1, 0.3, 0.1, 0.5, 0.3, 0.1};
  const uint32_t expected[] = {3, 1, 4, 0, 2, 5};
  uint32_t order[6];
  classify_rank(values, 6, order);
  for (int i = 0; i < 6; ++i) CHECK_INT(order[i], expected[i]);
}

static void rank_of_a_thousand(void) {
  enum { COUNT = 1000 };
  double values[COUNT];
  uint32_t order[COUNT];
  for (uint32_t i = 0; i < COUNT; ++i) values[i] = i * 7919u % 61u; /* many of each */
  classify_rank(values, COUNT, order);
  for (int i = 1; i < COUNT; ++i) {
    double before = values[order[i - 1]], after = values[order[i]];
    CHECK(before > after || (before == after && order[i - 1] < order[i]));
  }
}

int main(void) {
  RUN(softmax_of_logs_are_shares);
  RUN(training_prior_weighs_uniform_scores);
  RUN(uniform_prior_divides_training_scores);
  RUN(variant_replaces_temperature_and_bias);
  RUN(probabilities_become_logits_first);
  RUN(multilabel_is_a_sigmoid_each);
  RUN(large_logits_do_not_overflow);
  RUN(not_a_number_is_no_answer);
  RUN(logits_are_not_taken_for_probabilities);
  RUN(given_scores_pass_unchanged);
  RUN(priors_need_a_pack_that_has_them);
  RUN(rank_is_stable);
  RUN(rank_of_a_thousand);
  return check_summary();
}
