/* Counting, from first definitions. */
#include "cli/decisions.h"

#include <math.h>
#include <stdlib.h> /* qsort */
#include <string.h>

static void count_row(const metrics_answers *answers, size_t index, decisions_figures *figures) {
  const metrics_row *row = &answers->rows[index];
  const double *p = answers->probabilities + index * answers->num_classes;
  bool is_wrong = metrics_top(p, answers->num_classes) != row->truth;
  decisions_count *kind = &figures->kinds[row->decision];
  ++kind->n;
  kind->wrong += is_wrong;
  for (uint32_t id = 0; id < INSITU_NUM_REASONS; ++id) {
    if (!(row->reasons >> id & 1)) continue;
    ++figures->reasons[row->decision][id].n;
    figures->reasons[row->decision][id].wrong += is_wrong;
  }
  if (!row->has_set) return;
  decisions_sets *sets[] = {&figures->sets, &figures->class_sets[row->truth]};
  for (int i = 0; i < 2; ++i) {
    ++sets[i]->n;
    sets[i]->holding += row->set_holds_truth;
    sets[i]->size_sum += row->set_size;
  }
}

/* ---- risk and coverage ---- */

typedef struct ranked {
  double certainty;
  bool is_wrong;
} ranked;

static int by_falling_certainty(const void *a, const void *b) {
  double left = ((const ranked *)a)->certainty, right = ((const ranked *)b)->certainty;
  return (left < right) - (left > right);
}

/* wrong[k]: expected errors among the k + 1 most certain, ties in any order. */
static void add_up_errors(const ranked *items, size_t count, double *wrong) {
  double before = 0;
  for (size_t i = 0, end; i < count; i = end) {
    double in_tie = 0;
    for (end = i; end < count && items[end].certainty == items[i].certainty; ++end) {
      in_tie += items[end].is_wrong;
    }
    for (size_t k = i; k < end; ++k) {
      wrong[k] = before + in_tie * (double)(k + 1 - i) / (double)(end - i);
    }
    before += in_tie;
  }
}

static int rank_by_certainty(const metrics_answers *answers, decisions_figures *figures) {
  static const double coverages[] = DECISIONS_COVERAGES;
  size_t count = answers->count;
  ranked *items = insitu_alloc(count * sizeof *items);
  double *wrong = insitu_alloc(count * sizeof *wrong);
  if (items && wrong) {
    for (size_t i = 0; i < count; ++i) {
      const double *p = answers->probabilities + i * answers->num_classes;
      uint32_t top = metrics_top(p, answers->num_classes);
      items[i] = (ranked){p[top], top != answers->rows[i].truth};
    }
    qsort(items, count, sizeof *items, by_falling_certainty);
    add_up_errors(items, count, wrong);
    for (int c = 0; c < DECISIONS_NUM_COVERAGES; ++c) {
      /* As many as make up the share, at least one. A hair less than the product,
       * which is not exact: 0.7 of 10 are 7. */
      size_t kept = (size_t)ceil(coverages[c] * (double)count - 1e-9);
      if (kept == 0) kept = 1;
      figures->errors_at[c] = wrong[kept - 1] / (double)kept;
    }
    for (size_t k = 0; k < count; ++k) figures->area += wrong[k] / (double)(k + 1);
    figures->area /= (double)count;
  }
  int done = items && wrong;
  insitu_free(items);
  insitu_free(wrong);
  return done;
}

/* ---- groups ---- */

#define ALL_LIMITS UINT32_MAX

/* The pictures that were decided by the limits of that index. */
static void count_group(const metrics_answers *answers, const insitu_pack *pack, uint32_t limits,
                        uint32_t index, decisions_group *group) {
  for (size_t i = 0; i < answers->count; ++i) {
    const metrics_row *row = &answers->rows[i];
    if (limits != ALL_LIMITS && row->limits != limits) continue;
    bool is_member = insitu_pack_group_has(pack, index, row->truth);
    if (row->decision == INSITU_DECISION_REJECT) {
      ++*(is_member ? &group->rejected : &group->others_rejected);
      continue;
    }
    bool is_reached = row->reached >> index & 1;
    ++*(is_member ? &group->n : &group->others);
    *(is_member ? &group->reached : &group->others_reached) += is_reached;
  }
}

static int rank_group(const metrics_answers *answers, const insitu_pack *pack, uint32_t index,
                      double *sums, bool *is_member, decisions_group *group) {
  for (size_t i = 0; i < answers->count; ++i) {
    const double *p = answers->probabilities + i * answers->num_classes;
    is_member[i] = insitu_pack_group_has(pack, index, answers->rows[i].truth);
    sums[i] = 0;
    for (uint32_t c = 0; c < answers->num_classes; ++c) {
      if (insitu_pack_group_has(pack, index, c)) sums[i] += p[c];
    }
  }
  group->auc = metrics_auc(sums, is_member, answers->count);
  return group->auc != -1;
}

/* The one limit of a group, where it is one. */
static void name_limit(const metrics_answers *answers, uint32_t index, decisions_group *group) {
  bool is_first = true;
  group->limit = NAN;
  for (uint32_t i = 0; i < answers->num_limits; ++i) {
    if (!answers->limits[i].is_told) continue;
    double limit = answers->limits[i].of_groups[index];
    if (!isnan(limit)) group->has_limit = true;
    if (is_first) group->limit = limit;
    else if (limit != group->limit) group->limit = NAN;
    is_first = false;
  }
}

/* What was decided by each limits; after count_groups. */
static int count_limits(const metrics_answers *answers, const insitu_pack *pack,
                        decisions_figures *figures) {
  figures->num_limits = answers->num_limits;
  for (size_t i = 0; i < answers->count; ++i) ++figures->limits[answers->rows[i].limits].n;
  for (uint32_t l = 0; l < figures->num_limits && figures->num_groups > 0; ++l) {
    decisions_group *groups = insitu_alloc(figures->num_groups * sizeof *groups);
    if (!groups) return 0;
    memset(groups, 0, figures->num_groups * sizeof *groups);
    figures->limits[l].groups = groups;
    for (uint32_t i = 0; i < figures->num_groups; ++i) {
      groups[i].limit = answers->limits[l].of_groups[i];
      groups[i].has_limit = !isnan(groups[i].limit);
      groups[i].auc = NAN;
      count_group(answers, pack, l, i, &groups[i]);
    }
  }
  return 1;
}

static int count_groups(const metrics_answers *answers, const insitu_pack *pack,
                        decisions_figures *figures) {
  uint32_t count = insitu_pack_num_groups(pack);
  if (count > METRICS_MAX_GROUPS) count = METRICS_MAX_GROUPS;
  if (count == 0) return 1;
  figures->groups = insitu_alloc(count * sizeof *figures->groups);
  double *sums = insitu_alloc(answers->count * sizeof *sums);
  bool *is_member = insitu_alloc(answers->count * sizeof *is_member);
  int done = figures->groups && sums && is_member;
  if (done) memset(figures->groups, 0, count * sizeof *figures->groups);
  for (uint32_t i = 0; i < count && done; ++i) {
    count_group(answers, pack, ALL_LIMITS, i, &figures->groups[i]);
    name_limit(answers, i, &figures->groups[i]);
    done = rank_group(answers, pack, i, sums, is_member, &figures->groups[i]);
  }
  figures->num_groups = count;
  insitu_free(sums);
  insitu_free(is_member);
  return done;
}

int decisions_compute(const metrics_answers *answers, const insitu_pack *pack,
                      decisions_figures *figures) {
  memset(figures, 0, sizeof *figures);
  figures->n = answers->count;
  figures->class_sets = insitu_alloc(answers->num_classes * sizeof *figures->class_sets);
  if (!figures->class_sets) return 0;
  memset(figures->class_sets, 0, answers->num_classes * sizeof *figures->class_sets);
  for (size_t i = 0; i < answers->count; ++i) count_row(answers, i, figures);
  return rank_by_certainty(answers, figures) && count_groups(answers, pack, figures) &&
         count_limits(answers, pack, figures);
}

void decisions_free(decisions_figures *figures) {
  insitu_free(figures->class_sets);
  insitu_free(figures->groups);
  for (uint32_t i = 0; i < figures->num_limits; ++i) insitu_free(figures->limits[i].groups);
  figures->num_limits = 0;
  figures->class_sets = NULL;
  figures->groups = NULL;
}
