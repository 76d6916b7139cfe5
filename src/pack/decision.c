/* Reads groups and decisions. What the numbers do: classify/decide.h and
 * classify/typicality.h. */
#include "pack/decision.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "pack/typicality_read.h"

#define MAX_GROUPS 16
#define MAX_WORD_CHARS 64

insitu_action pack_action(pack_reader *reader, const pack_node *node) {
  static const char *const names[] = {"watch", "show", "soon"};
  if (reader->status || !pack_has(node, "action")) return INSITU_ACTION_NONE;
  return (insitu_action)(INSITU_ACTION_WATCH + pack_choice(reader, node, "action", names, 3));
}

static int class_index(const insitu_pack *pack, const char *id) {
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    if (strcmp(pack->classes[i].id, id) == 0) return (int)i;
  }
  return -1;
}

static void read_members(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                         pack_group *group) {
  pack_node array = pack_array(reader, node, "classes", 1, pack->num_classes);
  PACK_EACH(entry, &array) {
    const char *id = pack_entry_text(reader, &entry);
    if (reader->status) return;
    int found = class_index(pack, id);
    if (found < 0) {
      pack_fail_entry(reader, &entry, "is none of the classes");
    } else if (group->members[found]) {
      pack_fail(reader, node, "classes", "name \"%.64s\" twice", id);
    } else {
      group->members[found] = true;
    }
    if (reader->status) return;
  }
}

static void read_group(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                       pack_group *group) {
  const char *id = pack_word(reader, node, "id", pack_lower_alphabet, MAX_WORD_CHARS);
  group->id = pack_copy(reader, id);
  group->label = pack_copy(reader, id); /* until pack_add_texts */
  group->action = pack_action(reader, node);
  group->members = alloc_array(pack->num_classes, sizeof *group->members);
  if (!group->members) pack_fail_memory(reader);
  if (reader->status) return;
  for (const pack_group *other = pack->groups; other < group; ++other) {
    if (strcmp(other->id, id) == 0) pack_fail(reader, node, "id", "is \"%.64s\" a second time", id);
  }
  read_members(reader, node, pack, group);
}

void pack_read_groups(pack_reader *reader, const pack_node *root, insitu_pack *pack) {
  if (reader->status || !pack_has(root, "groups")) return;
  pack_node array = pack_array(reader, root, "groups", 0, MAX_GROUPS);
  if (reader->status) return;
  pack->groups = alloc_array(pack_count(&array), sizeof *pack->groups);
  if (!pack->groups) {
    pack_fail_memory(reader);
    return;
  }
  PACK_EACH(node, &array) {
    pack_check_object(reader, &node);
    if (reader->status) return;
    read_group(reader, &node, pack, &pack->groups[pack->num_groups++]);
    if (reader->status) return;
  }
}

static void read_sets(pack_reader *reader, const pack_node *decision, const insitu_pack *pack,
                      pack_decision *made) {
  if (reader->status || !pack_has(decision, "set")) return;
  pack_node set = pack_object(reader, decision, "set");
  pack_number(reader, &set, "coverage", 0, 1);
  made->set_thresholds = alloc_array(pack->num_classes, sizeof *made->set_thresholds);
  if (!made->set_thresholds) {
    pack_fail_memory(reader);
    return;
  }
  pack_numbers(reader, &set, "thresholds", pack->num_classes, 0, 1, made->set_thresholds);
  if (!reader->status && pack_has(&set, "alone")) {
    made->set_alone_p = pack_number(reader, &set, "alone", 0, 1);
  }
}

static void read_group_limits(pack_reader *reader, const pack_node *decision,
                              const insitu_pack *pack, pack_decision *made) {
  if (reader->status || pack->num_groups == 0) return;
  made->group_limits = alloc_array(pack->num_groups, sizeof *made->group_limits);
  if (!made->group_limits) {
    pack_fail_memory(reader);
    return;
  }
  for (uint32_t i = 0; i < pack->num_groups; ++i) made->group_limits[i] = NAN;
  if (!pack_has(decision, "groups")) return;
  pack_node limits = pack_object(reader, decision, "groups");
  PACK_EACH(member, &limits) {
    uint32_t group = 0;
    while (group < pack->num_groups && strcmp(pack->groups[group].id, member.name) != 0) ++group;
    if (group == pack->num_groups) {
      pack_fail(reader, &limits, member.name, "is none of the groups");
      return;
    }
    made->group_limits[group] = pack_number(reader, &limits, member.name, 0, 1);
  }
}

static const struct {
  const char *name;
  size_t offset;
} measures[] = {
#define MEASURE(name) {#name, offsetof(insitu_quality, name)},
    INSITU_QUALITY_LIST(MEASURE)
#undef MEASURE
};
enum { NUM_MEASURES = sizeof measures / sizeof *measures };

static void read_quality_rule(pack_reader *reader, const pack_node *node, pack_quality_rule *rule) {
  const char *measure = pack_word(reader, node, "measure", pack_lower_alphabet, MAX_WORD_CHARS);
  const char *reason = pack_word(reader, node, "reason", pack_lower_alphabet, MAX_WORD_CHARS);
  if (reader->status) return;
  uint32_t found = 0, id = 0;
  while (found < NUM_MEASURES && strcmp(measures[found].name, measure) != 0) ++found;
  while (id < INSITU_NUM_REASONS && strcmp(insitu_reason_name(id), reason) != 0) ++id;
  if (found == NUM_MEASURES) {
    pack_fail(reader, node, "measure", "is \"%.48s\", which is none that is taken", measure);
  } else if (id == INSITU_NUM_REASONS) {
    pack_fail(reader, node, "reason", "is \"%.48s\", which is none that there is", reason);
  } else if (pack_has(node, "below") == pack_has(node, "above")) {
    pack_fail(reader, node, "below", "or above must be there, and only one of them");
  }
  if (reader->status) return;
  static const char *const decisions[] = {"unsure", "reject"};
  static const insitu_decision values[] = {INSITU_DECISION_UNSURE, INSITU_DECISION_REJECT};
  rule->measure_offset = measures[found].offset;
  rule->reason = (insitu_reason_id)id;
  rule->is_minimum = pack_has(node, "below");
  rule->limit = pack_number(reader, node, rule->is_minimum ? "below" : "above", -DBL_MAX, DBL_MAX);
  rule->decision = values[pack_choice(reader, node, "decision", decisions, 2)];
}

static void read_quality(pack_reader *reader, const pack_node *decision, pack_decision *made) {
  if (reader->status || !pack_has(decision, "quality")) return;
  pack_node array = pack_array(reader, decision, "quality", 0, PACK_MAX_QUALITY_RULES);
  PACK_EACH(node, &array) {
    pack_check_object(reader, &node);
    if (reader->status) return;
    read_quality_rule(reader, &node, &made->quality_rules[made->num_quality_rules++]);
    if (reader->status) return;
  }
}

static insitu_prior read_prior(pack_reader *reader, const pack_node *decision,
                               const insitu_pack *pack) {
  static const char *const names[] = {"training", "uniform"};
  static const insitu_prior values[] = {INSITU_PRIOR_TRAINING, INSITU_PRIOR_UNIFORM};
  if (pack->task == PACK_MULTILABEL) return INSITU_PRIOR_DEFAULT;
  return values[pack_choice(reader, decision, "prior", names, 2)];
}

void pack_read_decision(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                        pack_variant *variant) {
  if (reader->status || !pack_has(node, "decision")) return;
  pack_node decision = pack_object(reader, node, "decision");
  if (reader->status) return;
  pack_decision *made = variant->decision = alloc_zeroed(sizeof *made);
  if (!made) {
    pack_fail_memory(reader);
    return;
  }
  made->set_alone_p = INFINITY;
  made->prior = read_prior(reader, &decision, pack);
  if (!reader->status && pack_has(&decision, "answer_p")) {
    made->answer_p = pack_number(reader, &decision, "answer_p", 0, 1);
  }
  read_sets(reader, &decision, pack, made);
  read_group_limits(reader, &decision, pack, made);
  read_quality(reader, &decision, made);
  if (!reader->status && pack_has(&decision, "typicality")) {
    pack_read_typicality(reader, &decision, &made->typicality);
  }
}
