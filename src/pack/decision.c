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

/* Limits that limit nothing. */
static void begin_limits(pack_reader *reader, const insitu_pack *pack, pack_limits *made) {
  made->set_alone_p = INFINITY;
  if (pack->num_groups == 0) return;
  made->group_limits = alloc_array(pack->num_groups, sizeof *made->group_limits);
  if (!made->group_limits) pack_fail_memory(reader);
  for (uint32_t i = 0; i < pack->num_groups && made->group_limits; ++i) {
    made->group_limits[i] = NAN;
  }
}

static void begin_thresholds(pack_reader *reader, const insitu_pack *pack, pack_limits *made) {
  if (made->set_thresholds) return;
  made->set_thresholds = alloc_array(pack->num_classes, sizeof *made->set_thresholds);
  if (!made->set_thresholds) pack_fail_memory(reader);
}

static void read_sets(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                      pack_limits *made) {
  if (reader->status || !pack_has(node, "set")) return;
  pack_node set = pack_object(reader, node, "set");
  pack_number(reader, &set, "coverage", 0, 1);
  if (!reader->status) begin_thresholds(reader, pack, made);
  pack_numbers(reader, &set, "thresholds", pack->num_classes, 0, 1, made->set_thresholds);
  if (reader->status) return;
  made->set_alone_p = pack_has(&set, "alone") ? pack_number(reader, &set, "alone", 0, 1) : INFINITY;
}

static void read_group_limits(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                              pack_limits *made) {
  if (reader->status || !pack_has(node, "groups")) return;
  pack_node limits = pack_object(reader, node, "groups");
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

static insitu_prior read_prior(pack_reader *reader, const pack_node *node,
                               const insitu_pack *pack) {
  static const char *const names[] = {"training", "uniform"};
  static const insitu_prior values[] = {INSITU_PRIOR_TRAINING, INSITU_PRIOR_UNIFORM};
  if (pack->task == PACK_MULTILABEL) return INSITU_PRIOR_DEFAULT;
  return values[pack_choice(reader, node, "prior", names, 2)];
}

/* All but the prior, each in the place of what made has of it. */
static void read_limits(pack_reader *reader, const pack_node *node, const insitu_pack *pack,
                        pack_limits *made) {
  if (!reader->status && pack_has(node, "answer_p")) {
    made->answer_p = pack_number(reader, node, "answer_p", 0, 1);
  }
  read_sets(reader, node, pack, made);
  read_group_limits(reader, node, pack, made);
}

static void copy_limits(pack_reader *reader, const insitu_pack *pack, const pack_limits *from,
                        pack_limits *made) {
  if (reader->status) return;
  made->answer_p = from->answer_p;
  made->set_alone_p = from->set_alone_p;
  for (uint32_t g = 0; g < pack->num_groups; ++g) made->group_limits[g] = from->group_limits[g];
  if (!from->set_thresholds) return;
  begin_thresholds(reader, pack, made);
  for (uint32_t i = 0; i < pack->num_classes && !reader->status; ++i) {
    made->set_thresholds[i] = from->set_thresholds[i];
  }
}

/* A limit holds under its own prior alone: an entry of another prior takes none
 * over, and has to have all that the decision has. */
static void check_whole(pack_reader *reader, const pack_node *decision, const pack_node *entry,
                        const insitu_pack *pack, const pack_limits *base, const pack_limits *made) {
  static const char why[] =
      "an entry with another prior than the decision needs its own of all that the decision has";
  if (reader->status) return;
  if (base->set_thresholds && !made->set_thresholds)
    pack_fail(reader, entry, "set", "is missing: %s", why);
  if (pack_has(decision, "answer_p") && !pack_has(entry, "answer_p")) {
    pack_fail(reader, entry, "answer_p", "is missing: %s", why);
  }
  for (uint32_t g = 0; g < pack->num_groups; ++g) {
    if (isnan(base->group_limits[g]) || !isnan(made->group_limits[g])) continue;
    pack_fail(reader, entry, "groups", "leave out \"%.48s\": %s", pack->groups[g].id, why);
  }
}

static void read_device(pack_reader *reader, const pack_node *decision, const pack_node *node,
                        const insitu_pack *pack, pack_decision *made) {
  uint32_t domain = 0;
  while (domain < pack->num_domains && strcmp(pack->domains[domain], node->name) != 0) ++domain;
  if (domain == pack->num_domains) {
    pack_fail(reader, node->parent, node->name, "is none of the words of domain");
    return;
  }
  pack_node entry = pack_object(reader, node->parent, node->name);
  if (reader->status) return;
  const pack_limits *base = &made->limits;
  /* No word stands twice in an object, so there are at most as many as domains. */
  uint32_t index = made->num_devices++;
  pack_limits *limits = &made->device_limits[index];
  made->devices[index] = pack->domains[domain];
  bool has_prior = pack_has(&entry, "prior");
  begin_limits(reader, pack, limits);
  limits->prior = has_prior ? read_prior(reader, &entry, pack) : base->prior;
  if (limits->prior == base->prior) copy_limits(reader, pack, base, limits);
  read_limits(reader, &entry, pack, limits);
  if (limits->prior != base->prior) check_whole(reader, decision, &entry, pack, base, limits);
}

static void read_devices(pack_reader *reader, const pack_node *decision, const insitu_pack *pack,
                         pack_decision *made) {
  if (reader->status || !pack_has(decision, "taken_with")) return;
  pack_node devices = pack_object(reader, decision, "taken_with");
  PACK_EACH(node, &devices) {
    read_device(reader, decision, &node, pack, made);
    if (reader->status) return;
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
  begin_limits(reader, pack, &made->limits);
  made->limits.prior = read_prior(reader, &decision, pack);
  read_limits(reader, &decision, pack, &made->limits);
  read_devices(reader, &decision, pack, made);
  read_quality(reader, &decision, made);
  if (!reader->status && pack_has(&decision, "typicality")) {
    pack_read_typicality(reader, &decision, &made->typicality);
  }
}
