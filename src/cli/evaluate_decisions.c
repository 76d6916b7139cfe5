/* Shares of nothing are null, or "-". */
#include "cli/evaluate_decisions.h"

#include <math.h>
#include <stdio.h>

const char *const evaluate_prior_names[] = {"none", "training", "uniform"};
static const char *const kind_names[] = {NULL, "answer", "unsure", "reject"};
static const double coverages[] = DECISIONS_COVERAGES;

static double share(double part, double whole) { return whole > 0 ? part / whole : NAN; }

/* Of the group's own pictures; not defined without a limit. */
static double sensitivity(const decisions_group *group) {
  return group->has_limit ? share((double)group->reached, (double)group->n) : NAN;
}

static double specificity(const decisions_group *group) {
  return group->has_limit
             ? share((double)(group->others - group->others_reached), (double)group->others)
             : NAN;
}

/* ---- JSON ---- */

static bool add_number(cJSON *object, const char *key, double value) {
  return isnan(value) ? cJSON_AddNullToObject(object, key) != NULL
                      : cJSON_AddNumberToObject(object, key, value) != NULL;
}

/* A new object at an array's end; NULL when out of memory. */
static cJSON *add_item(cJSON *array) {
  cJSON *item = cJSON_CreateObject();
  if (item && cJSON_AddItemToArray(array, item)) return item;
  cJSON_Delete(item);
  return NULL;
}

static bool add_count(cJSON *object, const decisions_count *count, size_t all) {
  return object && add_number(object, "n", (double)count->n) &&
         add_number(object, "share", share((double)count->n, (double)all)) &&
         add_number(object, "wrong", (double)count->wrong) &&
         add_number(object, "error", share((double)count->wrong, (double)count->n));
}

static bool add_kinds(cJSON *object, const decisions_figures *figures) {
  cJSON *kinds = cJSON_AddObjectToObject(object, "decisions");
  for (int kind = 1; kind < DECISIONS_NUM_KINDS; ++kind) {
    if (!add_count(cJSON_AddObjectToObject(kinds, kind_names[kind]), &figures->kinds[kind],
                   figures->n)) {
      return false;
    }
  }
  cJSON *reasons = cJSON_AddArrayToObject(object, "reasons");
  for (int kind = DECISIONS_NUM_KINDS - 1; kind > 0 && reasons; --kind) {
    for (int id = 0; id < INSITU_NUM_REASONS; ++id) {
      const decisions_count *count = &figures->reasons[kind][id];
      if (count->n == 0) continue;
      cJSON *item = add_item(reasons);
      if (!item || !cJSON_AddStringToObject(item, "id", insitu_reason_name((insitu_reason_id)id)) ||
          !cJSON_AddStringToObject(item, "decision", kind_names[kind]) ||
          !add_count(item, count, figures->n)) {
        return false;
      }
    }
  }
  return reasons != NULL;
}

static bool add_set_figures(cJSON *object, const decisions_sets *sets) {
  return object && add_number(object, "n", (double)sets->n) &&
         add_number(object, "coverage", share((double)sets->holding, (double)sets->n)) &&
         add_number(object, "mean_size", share(sets->size_sum, (double)sets->n));
}

static bool add_sets(cJSON *object, const insitu_pack *pack, const decisions_figures *figures) {
  if (figures->sets.n == 0) return cJSON_AddNullToObject(object, "sets") != NULL;
  cJSON *sets = cJSON_AddObjectToObject(object, "sets");
  if (!add_set_figures(sets, &figures->sets)) return false;
  cJSON *classes = cJSON_AddArrayToObject(sets, "per_class");
  for (uint32_t i = 0; classes && i < insitu_pack_num_classes(pack); ++i) {
    cJSON *item = add_item(classes);
    if (!item || !cJSON_AddStringToObject(item, "id", insitu_pack_class_id(pack, i)) ||
        !add_set_figures(item, &figures->class_sets[i])) {
      return false;
    }
  }
  return classes != NULL;
}

static bool add_selective(cJSON *object, const decisions_figures *figures) {
  cJSON *selective = cJSON_AddObjectToObject(object, "selective");
  cJSON *errors = cJSON_AddArrayToObject(selective, "error_at");
  for (int i = 0; errors && i < DECISIONS_NUM_COVERAGES; ++i) {
    cJSON *item = add_item(errors);
    if (!item || !add_number(item, "coverage", coverages[i]) ||
        !add_number(item, "error", figures->errors_at[i])) {
      return false;
    }
  }
  return errors && add_number(selective, "area", figures->area);
}

static bool add_at_limit(cJSON *item, const decisions_group *group) {
  return add_number(item, "limit", group->limit) && add_number(item, "n", (double)group->n) &&
         add_number(item, "others", (double)group->others) &&
         add_number(item, "sensitivity", sensitivity(group)) &&
         add_number(item, "specificity", specificity(group)) &&
         add_number(item, "rejected", (double)group->rejected) &&
         add_number(item, "others_rejected", (double)group->others_rejected);
}

static bool add_groups(cJSON *object, const insitu_pack *pack, const decisions_figures *figures) {
  cJSON *groups = cJSON_AddArrayToObject(object, "groups");
  for (uint32_t i = 0; groups && i < figures->num_groups; ++i) {
    const decisions_group *group = &figures->groups[i];
    cJSON *item = add_item(groups);
    if (!item || !cJSON_AddStringToObject(item, "id", insitu_pack_group_id(pack, i)) ||
        !cJSON_AddStringToObject(item, "label", insitu_pack_group_label(pack, i)) ||
        !add_at_limit(item, group) || !add_number(item, "auc", group->auc)) {
      return false;
    }
  }
  return groups != NULL;
}

/* By what the pictures were decided: one entry for each device with limits of its
 * own, one for all others. */
static bool add_limits(cJSON *object, const insitu_pack *pack, const metrics_answers *answers,
                       const decisions_figures *figures) {
  cJSON *list = cJSON_AddArrayToObject(object, "limits");
  for (uint32_t l = 0; list && l < figures->num_limits; ++l) {
    const metrics_limits *limits = &answers->limits[l];
    cJSON *item = add_item(list);
    if (!item ||
        !(limits->taken_with ? cJSON_AddStringToObject(item, "taken_with", limits->taken_with)
                             : cJSON_AddNullToObject(item, "taken_with")) ||
        !cJSON_AddStringToObject(item, "prior", evaluate_prior_names[limits->prior]) ||
        !add_number(item, "n", (double)figures->limits[l].n)) {
      return false;
    }
    cJSON *groups = cJSON_AddArrayToObject(item, "groups");
    for (uint32_t i = 0; groups && i < figures->num_groups; ++i) {
      cJSON *entry = add_item(groups);
      if (!entry || !cJSON_AddStringToObject(entry, "id", insitu_pack_group_id(pack, i)) ||
          !add_at_limit(entry, &figures->limits[l].groups[i])) {
        return false;
      }
    }
    if (!groups) return false;
  }
  return list != NULL;
}

bool evaluate_add_decisions(cJSON *object, const insitu_pack *pack, const metrics_answers *answers,
                            const decisions_figures *figures) {
  if (!figures) { /* no picture was answered: nothing is measured */
    static const char *const keys[] = {"decisions", "reasons", "sets",
                                       "selective", "groups",  "limits"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i) {
      if (!cJSON_AddNullToObject(object, keys[i])) return false;
    }
    return true;
  }
  return add_kinds(object, figures) && add_sets(object, pack, figures) &&
         add_selective(object, figures) && add_groups(object, pack, figures) &&
         add_limits(object, pack, answers, figures);
}

bool evaluate_add_explain(cJSON *object, const explain_figures *figures) {
  double n = (double)figures->count;
  cJSON *explain = cJSON_AddObjectToObject(object, "explain");
  return explain && add_number(explain, "n", n) &&
         add_number(explain, "deletion", share(figures->deletion, n)) &&
         add_number(explain, "random_deletion", share(figures->random_deletion, n)) &&
         add_number(explain, "better_deletions", share((double)figures->num_better_deletions, n)) &&
         add_number(explain, "insertion", share(figures->insertion, n)) &&
         add_number(explain, "random_insertion", share(figures->random_insertion, n)) &&
         add_number(explain, "better_insertions", share((double)figures->num_better_insertions, n));
}

/* ---- tables ---- */

static void print_cell(double value) {
  if (isnan(value)) {
    printf("%10s", "-");
  } else {
    printf("%10.4f", value);
  }
}

static void print_count(const char *name, const decisions_count *count, size_t all) {
  printf("%-16s%10zu", name, count->n);
  print_cell(share((double)count->n, (double)all));
  print_cell(share((double)count->wrong, (double)count->n));
  putchar('\n');
}

static void print_sets(const char *name, const decisions_sets *sets) {
  printf("%-16.15s%10zu", name, sets->n);
  print_cell(share((double)sets->holding, (double)sets->n));
  print_cell(share(sets->size_sum, (double)sets->n));
  putchar('\n');
}

static void print_group(const char *name, const decisions_group *group) {
  printf("%-16.15s%10zu%10zu", name, group->n, group->others);
  print_cell(group->limit);
  printf("  ");
  print_cell(sensitivity(group));
  printf("  ");
  print_cell(specificity(group));
  print_cell(group->auc);
  printf("%10zu\n", group->rejected);
}

static void print_groups(const insitu_pack *pack, const decisions_figures *figures) {
  printf("\n%-16s%10s%10s%10s%12s%12s%10s%10s\n", "group", "n", "others", "limit", "sensitivity",
         "specificity", "AUC", "rejected");
  for (uint32_t i = 0; i < figures->num_groups; ++i) {
    print_group(insitu_pack_group_id(pack, i), &figures->groups[i]);
  }
}

/* Where one pack decides by several limits, its groups under each. */
static void print_limits(const insitu_pack *pack, const metrics_answers *answers,
                         const decisions_figures *figures) {
  for (uint32_t l = 0; l < figures->num_limits; ++l) {
    const metrics_limits *limits = &answers->limits[l];
    printf("\n%zu decided by the limits of %s, prior %s\n", figures->limits[l].n,
           limits->taken_with ? limits->taken_with : "the pack",
           evaluate_prior_names[limits->prior]);
    for (uint32_t i = 0; i < figures->num_groups; ++i) {
      print_group(insitu_pack_group_id(pack, i), &figures->limits[l].groups[i]);
    }
  }
}

void evaluate_print_decisions(const insitu_pack *pack, const metrics_answers *answers,
                              const decisions_figures *figures) {
  printf("\n%-16s%10s%10s%10s  (error: the likeliest class is not the true one)\n", "decision", "n",
         "share", "error");
  for (int kind = 1; kind < DECISIONS_NUM_KINDS; ++kind) {
    print_count(kind_names[kind], &figures->kinds[kind], figures->n);
  }
  for (int kind = DECISIONS_NUM_KINDS - 1; kind > 0; --kind) {
    for (int id = 0; id < INSITU_NUM_REASONS; ++id) {
      char name[64];
      if (figures->reasons[kind][id].n == 0) continue;
      snprintf(name, sizeof name, "  %s", insitu_reason_name((insitu_reason_id)id));
      print_count(name, &figures->reasons[kind][id], figures->n);
    }
  }
  if (figures->sets.n) {
    printf("\n%-16s%10s%10s%10s\n", "sets", "n", "coverage", "mean size");
    print_sets("all", &figures->sets);
    for (uint32_t i = 0; i < insitu_pack_num_classes(pack); ++i) {
      print_sets(insitu_pack_class_id(pack, i), &figures->class_sets[i]);
    }
  }
  printf("\n%-16s", "kept, surest");
  for (int i = 0; i < DECISIONS_NUM_COVERAGES; ++i) printf("%9.0f%%", coverages[i] * 100);
  printf("%10s\n%-16s", "area", "error");
  for (int i = 0; i < DECISIONS_NUM_COVERAGES; ++i) print_cell(figures->errors_at[i]);
  print_cell(figures->area);
  putchar('\n');
  if (figures->num_groups) print_groups(pack, figures);
  if (figures->num_limits > 1) print_limits(pack, answers, figures);
}

void evaluate_print_explain(const explain_figures *figures) {
  double n = (double)figures->count;
  printf("\n%-16s%10s%10s%10s  (areas, over %zu pictures)\n", "map", "by map", "random", "better",
         figures->count);
  printf("%-16s", "deletion");
  print_cell(share(figures->deletion, n));
  print_cell(share(figures->random_deletion, n));
  print_cell(share((double)figures->num_better_deletions, n));
  printf("\n%-16s", "insertion");
  print_cell(share(figures->insertion, n));
  print_cell(share(figures->random_insertion, n));
  print_cell(share((double)figures->num_better_insertions, n));
  putchar('\n');
}
