/* What may be said of a picture, rule by rule. */
#include "classify/decide.h"

#include <math.h>
#include <stddef.h>

#include "check.h"

enum { NUM = 4 };
static pack_class names[NUM] = {{"a", "A", INSITU_ACTION_SOON},
                                {"b", "B", INSITU_ACTION_SHOW},
                                {"c", "C", INSITU_ACTION_WATCH},
                                {"d", "D", INSITU_ACTION_WATCH}};
static bool members[NUM] = {true, true, false, false};
static pack_group groups[] = {{"bad", "Bad", INSITU_ACTION_SOON, members}};
static char *domains[] = {"dermatoscope"};
static double thresholds[NUM] = {0.05, 0.2, 0.3, 0.3}, group_limits[] = {0.4};

static uint32_t ranking[NUM], set[NUM];
static insitu_group_answer group_answers[1];

typedef struct setting {
  insitu_pack pack;
  pack_decision decision;
  pack_variant variant;
  decide_evidence evidence;
  decide_room room;
  insitu_picture picture;
  insitu_answer answer;
} setting;

static setting begin(void) {
  return (setting){.pack = {.id = "test",
                            .task = PACK_MULTICLASS,
                            .num_classes = NUM,
                            .classes = names,
                            .num_groups = 1,
                            .groups = groups,
                            .num_domains = 1,
                            .domains = domains},
                   .decision = {.limits = {.set_thresholds = thresholds,
                                           .set_alone_p = INFINITY,
                                           .group_limits = group_limits,
                                           .answer_p = 0.5}},
                   .evidence = {.typicality = NAN},
                   .room = {.ranking = ranking, .set = set, .groups = group_answers}};
}

static const insitu_answer *judged(setting *s, const double *p) {
  s->variant.decision = &s->decision;
  s->evidence.probabilities = s->evidence.set_probabilities = p;
  decide(&s->pack, &s->variant, &s->evidence, &s->room, &s->answer);
  return &s->answer;
}

static bool has_reason(const insitu_answer *answer, insitu_reason_id id) {
  for (uint32_t i = 0; i < answer->num_reasons; ++i) {
    if (answer->reasons[i].id == id) return true;
  }
  return false;
}

static void one_class_is_an_answer(void) {
  static const double p[] = {0.02, 0.02, 0.06, 0.9};
  setting s = begin();
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_ANSWER);
  CHECK_INT(answer->num_reasons, 0);
  CHECK_INT(answer->ranking[0], 3);
  CHECK(answer->has_set);
  CHECK_INT(answer->set_size, 1);
  CHECK_INT(answer->set[0], 3);
  CHECK_INT(answer->action, INSITU_ACTION_WATCH);
  CHECK_NEAR(answer->groups[0].p, 0.04, 1e-12);
  CHECK(!answer->groups[0].is_reached);
}

static void a_set_of_the_same_action_is_an_answer(void) {
  static const double p[] = {0.01, 0.01, 0.38, 0.6};
  setting s = begin();
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_ANSWER);
  CHECK_INT(answer->set_size, 2);
  CHECK_INT(answer->set[0], 3);
  CHECK_INT(answer->set[1], 2);
}

static void actions_that_differ_are_unsure(void) {
  static const double p[] = {0.06, 0.01, 0.03, 0.9}; /* a is rare and in the set from 0.05 on */
  setting s = begin();
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_UNSURE);
  CHECK(has_reason(answer, INSITU_REASON_SEVERAL_CLASSES));
  CHECK_INT(answer->set_size, 2);
  CHECK_INT(answer->set[1], 0);
  CHECK_INT(answer->action, INSITU_ACTION_SOON); /* of the set's most urgent class */
}

static void a_reached_group_sets_the_action_whatever_leads(void) {
  static const double p[] = {0.04, 0.19, 0.17, 0.6};
  setting s = begin();
  s.decision.limits.group_limits = (double[]){0.23};
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->set_size, 1); /* neither a nor b is likely enough by itself */
  CHECK(answer->groups[0].is_reached);
  CHECK_INT(answer->action, INSITU_ACTION_SOON);
  CHECK_INT(answer->ranking[0], 3);
}

static void a_weak_top_is_unsure(void) {
  static const double p[] = {0.01, 0.01, 0.49, 0.49};
  setting s = begin();
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_UNSURE);
  CHECK(has_reason(answer, INSITU_REASON_NOT_SURE));
  CHECK_NEAR(answer->reasons[0].value, 0.49, 1e-12);
  CHECK_NEAR(answer->reasons[0].limit, 0.5, 1e-12);
  CHECK_INT(answer->ranking[0], 2); /* equal ones in the pack's order */
}

static void a_likely_top_is_the_set_by_itself(void) {
  static const double p[] = {0.06, 0.01, 0.03, 0.9};
  setting s = begin();
  s.decision.limits.set_alone_p = 0.9;
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_ANSWER);
  CHECK_INT(answer->set_size, 1);
  s.decision.limits.set_alone_p = 0.91;
  CHECK_INT(judged(&s, p)->set_size, 2);
}

/* Another prior than that of the limits is asked for, under which another class leads. */
static void a_top_of_another_prior_is_in_the_set_and_no_answer(void) {
  static const double asked[] = {0.01, 0.01, 0.9, 0.08}, own[] = {0.01, 0.01, 0.1, 0.88};
  setting s = begin();
  s.variant.decision = &s.decision;
  s.evidence.probabilities = asked;
  s.evidence.set_probabilities = own;
  decide(&s.pack, &s.variant, &s.evidence, &s.room, &s.answer);
  CHECK_INT(s.answer.ranking[0], 2);
  CHECK_INT(s.answer.set_size, 2);
  CHECK_INT(s.answer.set[0], 3);
  CHECK_INT(s.answer.set[1], 2);
  CHECK_INT(s.answer.decision, INSITU_DECISION_UNSURE);
  CHECK(has_reason(&s.answer, INSITU_REASON_NOT_SURE));
  CHECK_NEAR(s.answer.reasons[0].value, 0.1, 1e-12);
}

/* One device has limits of its own; all others go by the decision's. */
static void a_device_is_judged_by_its_own_limits(void) {
  static const double p[] = {0.04, 0.19, 0.17, 0.6};
  static double own_thresholds[] = {0.04, 0.5, 0.5, 0.5}, own_groups[] = {0.2};
  setting s = begin();
  s.pack.num_domains = 2;
  s.pack.domains = (char *[]){"dermatoscope", "phone"};
  s.decision.num_devices = 1;
  s.decision.devices[0] = "phone";
  s.decision.device_limits[0] = (pack_limits){.set_thresholds = own_thresholds,
                                              .set_alone_p = INFINITY,
                                              .group_limits = own_groups,
                                              .answer_p = 0.7};
  const char *others[] = {NULL, "dermatoscope"};
  for (int i = 0; i < 2; ++i) {
    s.evidence.taken_with = others[i];
    const insitu_answer *answer = judged(&s, p);
    CHECK_INT(answer->decision, INSITU_DECISION_ANSWER);
    CHECK_INT(answer->set_size, 1);
    CHECK_NEAR(answer->groups[0].limit, 0.4, 0);
    CHECK(!answer->groups[0].is_reached);
  }
  s.evidence.taken_with = "phone";
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_UNSURE);
  CHECK_INT(answer->set_size, 2);
  CHECK_INT(answer->set[1], 0);
  CHECK_NEAR(answer->groups[0].limit, 0.2, 0);
  CHECK(answer->groups[0].is_reached);
  CHECK_INT(answer->num_reasons, 2);
  CHECK(has_reason(answer, INSITU_REASON_SEVERAL_CLASSES));
  CHECK_INT(answer->reasons[1].id, INSITU_REASON_NOT_SURE);
  CHECK_NEAR(answer->reasons[1].limit, 0.7, 0);
  s.decision.device_limits[0].set_alone_p = 0.6;
  CHECK_INT(judged(&s, p)->set_size, 1);
}

/* The top class is always in the set, also below its own threshold. */
static void a_set_is_never_empty(void) {
  static const double p[] = {0.01, 0.01, 0.49, 0.49};
  setting s = begin();
  s.decision.limits.set_thresholds = (double[]){0.9, 0.9, 0.9, 0.9};
  CHECK_INT(judged(&s, p)->set_size, 1);
}

static void another_kind_is_rejected_and_names_nothing(void) {
  static const double p[] = {0.9, 0.03, 0.03, 0.04};
  setting s = begin();
  s.evidence.typicality = 0.01;
  s.evidence.typicality_limit = 0.04;
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_REJECT);
  CHECK(has_reason(answer, INSITU_REASON_NOT_THIS_KIND));
  CHECK_INT(answer->action, INSITU_ACTION_NONE);
  CHECK(!answer->has_set);
  CHECK_INT(answer->set_size, 0);
  CHECK_INT(answer->num_groups, 0);
  for (uint32_t i = 0; i < NUM; ++i) CHECK_INT(answer->ranking[i], i); /* the pack's order */
}

static void a_device_that_was_not_learnt_is_rejected(void) {
  static const double p[] = {0.02, 0.02, 0.06, 0.9};
  setting s = begin();
  s.evidence.taken_with = "phone";
  s.evidence.taken_with_p = 0.97;
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_REJECT);
  CHECK(has_reason(answer, INSITU_REASON_TAKEN_WITH));
  s.evidence.taken_with = "dermatoscope";
  CHECK_INT(judged(&s, p)->decision, INSITU_DECISION_ANSWER);
  s.evidence.taken_with = "phone"; /* a pack that names no domain has no opinion */
  s.pack.num_domains = 0;
  CHECK_INT(judged(&s, p)->decision, INSITU_DECISION_ANSWER);
}

static void quality_rules_reject_or_doubt(void) {
  static const double p[] = {0.02, 0.02, 0.06, 0.9};
  setting s = begin();
  s.decision.num_quality_rules = 2;
  s.decision.quality_rules[0] =
      (pack_quality_rule){offsetof(insitu_quality, sharpness), true, 3, INSITU_REASON_TOO_BLURRED,
                          INSITU_DECISION_UNSURE};
  s.decision.quality_rules[1] = (pack_quality_rule){offsetof(insitu_quality, dark), false, 0.5,
                                                    INSITU_REASON_TOO_DARK, INSITU_DECISION_REJECT};
  CHECK_INT(judged(&s, p)->decision, INSITU_DECISION_ANSWER); /* no picture: nothing is known */
  s.evidence.picture = &s.picture;
  s.picture.quality = (insitu_quality){.sharpness = 3, .dark = 0.5};
  CHECK_INT(judged(&s, p)->decision, INSITU_DECISION_ANSWER); /* a limit that is just met */
  s.picture.quality.sharpness = 2.9;
  const insitu_answer *answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_UNSURE);
  CHECK_INT(answer->reasons[0].id, INSITU_REASON_TOO_BLURRED);
  CHECK_NEAR(answer->reasons[0].value, 2.9, 1e-12);
  s.picture.quality.dark = 0.9;
  answer = judged(&s, p);
  CHECK_INT(answer->decision, INSITU_DECISION_REJECT);
  CHECK_INT(answer->num_reasons, 2);
  s.picture.quality = (insitu_quality){.sharpness = NAN, .dark = NAN}; /* not measured */
  CHECK_INT(judged(&s, p)->decision, INSITU_DECISION_ANSWER);
}

/* Without limits of its own a pack needs a clear lead. */
static void packs_without_limits_need_a_clear_lead(void) {
  static const double clear[] = {0.1, 0.1, 0.2, 0.6}, half[] = {0.1, 0.1, 0.31, 0.49};
  static const double close[] = {0.02, 0.02, 0.44, 0.52};
  setting s = begin();
  s.pack.num_groups = 0;
  s.evidence.probabilities = s.evidence.set_probabilities = clear;
  decide(&s.pack, NULL, &s.evidence, &s.room, &s.answer);
  CHECK_INT(s.answer.decision, INSITU_DECISION_ANSWER);
  CHECK(!s.answer.has_set);
  CHECK_INT(s.answer.action, INSITU_ACTION_SOON); /* a has one in ten */
  s.evidence.probabilities = s.evidence.set_probabilities = half;
  decide(&s.pack, NULL, &s.evidence, &s.room, &s.answer);
  CHECK_INT(s.answer.decision, INSITU_DECISION_UNSURE);
  s.evidence.probabilities = s.evidence.set_probabilities = close;
  decide(&s.pack, NULL, &s.evidence, &s.room, &s.answer);
  CHECK_INT(s.answer.decision, INSITU_DECISION_UNSURE);
  CHECK_INT(s.answer.action, INSITU_ACTION_WATCH);
}

static void findings_are_each_by_itself(void) {
  static const double none[] = {0.01, 0.02, 0.03, 0.04}, two[] = {0.9, 0.02, 0.6, 0.04};
  setting s = begin();
  s.pack.task = PACK_MULTILABEL;
  s.decision.limits.set_thresholds = NULL;
  const insitu_answer *answer = judged(&s, none);
  CHECK_INT(answer->decision, INSITU_DECISION_ANSWER);
  CHECK(answer->has_set);
  CHECK_INT(answer->set_size, 0);
  CHECK_INT(answer->action, INSITU_ACTION_NONE);
  answer = judged(&s, two);
  CHECK_INT(answer->set_size, 2);
  CHECK_INT(answer->set[0], 0);
  CHECK_INT(answer->action, INSITU_ACTION_SOON);
  CHECK_INT(answer->decision, INSITU_DECISION_ANSWER);
}

int main(void) {
  RUN(one_class_is_an_answer);
  RUN(a_set_of_the_same_action_is_an_answer);
  RUN(actions_that_differ_are_unsure);
  RUN(a_reached_group_sets_the_action_whatever_leads);
  RUN(a_weak_top_is_unsure);
  RUN(a_likely_top_is_the_set_by_itself);
  RUN(a_top_of_another_prior_is_in_the_set_and_no_answer);
  RUN(a_device_is_judged_by_its_own_limits);
  RUN(a_set_is_never_empty);
  RUN(another_kind_is_rejected_and_names_nothing);
  RUN(a_device_that_was_not_learnt_is_rejected);
  RUN(quality_rules_reject_or_doubt);
  RUN(packs_without_limits_need_a_clear_lead);
  RUN(findings_are_each_by_itself);
  return check_summary();
}
