/* The rules of decide.h, each a function. Computes no probability. */
#include "classify/decide.h"

#include <math.h>
#include <string.h>

#include "classify/scores.h"

/* For packs without limits of their own. Derived: with p at least one half and
 * no other above half of it, the top class outweighs all others together and is
 * at least twice as likely as any of them. */
#define CLEAR_P 0.5
#define CLEAR_RATIO 2.0
/* Without sets, a class from here on has a say in what to do: one in twenty. */
#define NOTEWORTHY_P 0.05
/* A finding counts as found from here on, where the pack says nothing else. */
#define FOUND_P 0.5

typedef struct judge {
  const insitu_pack *pack;
  const pack_decision *decision; /* NULL: the variant has none */
  const pack_limits *limits;     /* of it, for this picture; NULL likewise */
  const decide_evidence *evidence;
  decide_room *room;
  insitu_answer *answer;
} judge;

static void give_reason(judge *j, insitu_reason_id id, double value, double limit,
                        insitu_decision decision) {
  insitu_answer *answer = j->answer;
  if (decision > answer->decision) answer->decision = decision;
  for (uint32_t i = 0; i < answer->num_reasons; ++i) {
    if (j->room->reasons[i].id == id) return; /* two measures may say the same */
  }
  j->room->reasons[answer->num_reasons++] = (insitu_reason){id, value, limit};
}

static void check_quality(judge *j) {
  const insitu_picture *picture = j->evidence->picture;
  if (!picture || !j->decision) return;
  for (uint32_t i = 0; i < j->decision->num_quality_rules; ++i) {
    const pack_quality_rule *rule = &j->decision->quality_rules[i];
    double value;
    memcpy(&value, (const char *)&picture->quality + rule->measure_offset, sizeof value);
    /* Both false for NAN: what was not measured breaks no rule. */
    bool is_broken = rule->is_minimum ? value < rule->limit : value > rule->limit;
    if (is_broken) give_reason(j, rule->reason, value, rule->limit, rule->decision);
  }
}

static bool has_learnt(const insitu_pack *pack, const char *word) {
  for (uint32_t i = 0; i < pack->num_domains; ++i) {
    if (strcmp(pack->domains[i], word) == 0) return true;
  }
  return pack->num_domains == 0;
}

/* False comparisons where it is NAN. */
static void check_kind(judge *j) {
  const decide_evidence *e = j->evidence;
  if (e->typicality < e->typicality_limit) {
    give_reason(j, INSITU_REASON_NOT_THIS_KIND, e->typicality, e->typicality_limit,
                INSITU_DECISION_REJECT);
  }
  if (e->taken_with && !has_learnt(j->pack, e->taken_with)) {
    give_reason(j, INSITU_REASON_TAKEN_WITH, e->taken_with_p, 0.5, INSITU_DECISION_REJECT);
  }
}

static void add_up_groups(judge *j) {
  const insitu_pack *pack = j->pack;
  for (uint32_t g = 0; g < pack->num_groups; ++g) {
    const pack_group *group = &pack->groups[g];
    double p = 0;
    for (uint32_t i = 0; i < pack->num_classes; ++i) {
      if (group->members[i]) p += j->evidence->set_probabilities[i];
    }
    double limit = j->limits && j->limits->group_limits ? j->limits->group_limits[g] : NAN;
    j->room->groups[g] = (insitu_group_answer){.id = group->id,
                                               .label = group->label,
                                               .p = fmin(p, 1),
                                               .limit = limit,
                                               .is_reached = p >= limit};
  }
  j->answer->num_groups = pack->num_groups;
}

/* In the order of the set's own probabilities. The class that leads is always in
 * it, also where it leads only under the prior that was asked for. */
static void collect_set(judge *j) {
  const insitu_pack *pack = j->pack;
  const double *p = j->evidence->set_probabilities;
  const double *thresholds = j->limits ? j->limits->set_thresholds : NULL;
  uint32_t *order = j->room->set, size = 0;
  bool is_multilabel = pack->task == PACK_MULTILABEL;
  classify_rank(p, pack->num_classes, order);
  uint32_t leader = j->room->ranking[0];
  bool is_alone = !is_multilabel && thresholds && p[leader] >= j->limits->set_alone_p;
  for (uint32_t rank = 0; rank < pack->num_classes; ++rank) {
    uint32_t i = order[rank];
    double threshold = is_alone ? INFINITY : thresholds ? thresholds[i] : FOUND_P;
    bool leads = i == leader || (rank == 0 && !is_alone);
    if (p[i] >= threshold || (leads && !is_multilabel)) order[size++] = i;
  }
  j->answer->has_set = is_multilabel || thresholds != NULL;
  j->answer->set_size = j->answer->has_set ? size : 0;
}

static insitu_action most_urgent(insitu_action a, insitu_action b) { return a > b ? a : b; }

/* The most urgent action of what the answer names; *differ: not all call for
 * the same. */
static insitu_action find_action(const judge *j, bool *differ) {
  const insitu_pack *pack = j->pack;
  const insitu_answer *answer = j->answer;
  uint32_t top = j->room->ranking[0];
  bool names_top = pack->task == PACK_MULTICLASS;
  insitu_action action = names_top ? pack->classes[top].action : INSITU_ACTION_NONE;
  *differ = false;
  for (uint32_t i = 0; i < answer->set_size; ++i) {
    insitu_action of_class = pack->classes[j->room->set[i]].action;
    if (names_top && of_class != pack->classes[top].action) *differ = true;
    action = most_urgent(action, of_class);
  }
  for (uint32_t i = 0; i < pack->num_classes && !answer->has_set; ++i) {
    if (j->evidence->probabilities[i] < NOTEWORTHY_P) continue;
    action = most_urgent(action, pack->classes[i].action);
  }
  for (uint32_t g = 0; g < answer->num_groups; ++g) {
    if (j->room->groups[g].is_reached) action = most_urgent(action, pack->groups[g].action);
  }
  return action;
}

static void check_doubt(judge *j, bool actions_differ) {
  const double *p = j->evidence->probabilities;
  const uint32_t *ranking = j->room->ranking;
  if (j->pack->task == PACK_MULTILABEL || j->pack->num_classes < 2) return;
  if (actions_differ) {
    give_reason(j, INSITU_REASON_SEVERAL_CLASSES, j->answer->set_size, 1, INSITU_DECISION_UNSURE);
  }
  if (j->limits) {
    double top = j->evidence->set_probabilities[ranking[0]];
    if (top < j->limits->answer_p) {
      give_reason(j, INSITU_REASON_NOT_SURE, top, j->limits->answer_p, INSITU_DECISION_UNSURE);
    }
  } else if (p[ranking[0]] < CLEAR_P) {
    give_reason(j, INSITU_REASON_NOT_SURE, p[ranking[0]], CLEAR_P, INSITU_DECISION_UNSURE);
  } else if (p[ranking[0]] < CLEAR_RATIO * p[ranking[1]]) {
    give_reason(j, INSITU_REASON_NOT_SURE, p[ranking[0]], CLEAR_RATIO * p[ranking[1]],
                INSITU_DECISION_UNSURE);
  }
}

/* Nothing of a rejected picture may look like an answer. */
static void take_back(judge *j) {
  insitu_answer *answer = j->answer;
  for (uint32_t i = 0; i < j->pack->num_classes; ++i) j->room->ranking[i] = i;
  answer->action = INSITU_ACTION_NONE;
  answer->has_set = false;
  answer->set_size = answer->num_groups = 0;
}

void decide(const insitu_pack *pack, const pack_variant *variant, const decide_evidence *evidence,
            decide_room *room, insitu_answer *answer) {
  judge j = {.pack = pack,
             .decision = variant ? variant->decision : NULL,
             .limits = pack_limits_of(variant, evidence->taken_with),
             .evidence = evidence,
             .room = room,
             .answer = answer};
  answer->decision = INSITU_DECISION_ANSWER;
  answer->num_reasons = 0;
  answer->reasons = room->reasons;
  answer->ranking = room->ranking;
  answer->set = room->set;
  answer->groups = room->groups;
  classify_rank(evidence->probabilities, pack->num_classes, room->ranking);
  check_kind(&j);
  check_quality(&j);
  add_up_groups(&j);
  collect_set(&j);
  bool differ;
  answer->action = find_action(&j, &differ);
  if (answer->decision == INSITU_DECISION_REJECT) {
    take_back(&j);
  } else {
    check_doubt(&j, differ);
  }
}
