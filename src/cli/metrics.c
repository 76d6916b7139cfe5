/* Accuracy, recall, AUC and calibration error, from first definitions. */
#include "cli/metrics.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h> /* qsort */
#include <string.h>

#include "insitu.h"

static bool is_same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

/* Index of the limits that the answer came about by. */
static uint32_t limits_of(metrics_answers *answers, const insitu_answer *answer) {
  uint32_t index = 0;
  while (index < answers->num_limits &&
         !is_same(answers->limits[index].taken_with, answer->limits_of)) {
    ++index;
  }
  assert(index < METRICS_MAX_LIMITS); /* one of the pack's domains, or none */
  metrics_limits *limits = &answers->limits[index];
  if (index == answers->num_limits) {
    ++answers->num_limits;
    limits->taken_with = answer->limits_of;
    limits->prior = answer->limits_prior;
    for (uint32_t i = 0; i < METRICS_MAX_GROUPS; ++i) limits->of_groups[i] = NAN;
  }
  for (uint32_t i = 0; i < answer->num_groups && i < METRICS_MAX_GROUPS; ++i) {
    limits->of_groups[i] = answer->groups[i].limit;
    limits->is_told = true;
  }
  return index;
}

static metrics_row row_of(const insitu_answer *answer, uint32_t truth, uint32_t limits) {
  metrics_row row = {.truth = truth,
                     .limits = limits,
                     .prior = answer->prior,
                     .decision = answer->decision,
                     .has_set = answer->has_set && answer->decision != INSITU_DECISION_REJECT,
                     .set_size = answer->set_size};
  for (uint32_t i = 0; i < answer->set_size; ++i) row.set_holds_truth |= answer->set[i] == truth;
  for (uint32_t i = 0; i < answer->num_reasons; ++i) row.reasons |= 1u << answer->reasons[i].id;
  for (uint32_t i = 0; i < answer->num_groups && i < METRICS_MAX_GROUPS; ++i) {
    row.reached |= (uint64_t)answer->groups[i].is_reached << i;
  }
  return row;
}

int metrics_add(metrics_answers *answers, const insitu_answer *answer, uint32_t truth) {
  if (answers->count == answers->room) {
    size_t room = answers->room ? answers->room * 2 : 256;
    double *grown =
        insitu_resize(answers->probabilities, room * answers->num_classes * sizeof *grown);
    if (!grown) return 0;
    answers->probabilities = grown;
    metrics_row *rows = insitu_resize(answers->rows, room * sizeof *rows);
    if (!rows) return 0;
    answers->rows = rows;
    answers->room = room;
  }
  memcpy(answers->probabilities + answers->count * answers->num_classes, answer->probabilities,
         answers->num_classes * sizeof *answer->probabilities);
  answers->rows[answers->count++] = row_of(answer, truth, limits_of(answers, answer));
  return 1;
}

uint32_t metrics_top(const double *probabilities, uint32_t count) {
  uint32_t top = 0;
  for (uint32_t i = 1; i < count; ++i) {
    if (probabilities[i] > probabilities[top]) top = i;
  }
  return top;
}

typedef struct scored {
  double score;
  int positive;
} scored;

static int by_score(const void *a, const void *b) {
  double left = ((const scored *)a)->score, right = ((const scored *)b)->score;
  return (left > right) - (left < right);
}

/* Mann-Whitney: the sum of the positives' ranks, tied scores sharing their
 * mean rank. Sorts items; NaN where one side is empty. */
static double area_under_curve(scored *items, size_t count) {
  qsort(items, count, sizeof *items, by_score);
  double rank_sum = 0, positives = 0;
  for (size_t i = 0, end; i < count; i = end) {
    for (end = i + 1; end < count && items[end].score == items[i].score;) ++end;
    double midrank = ((double)i + 1 + (double)end) / 2; /* ranks i+1 … end */
    for (size_t j = i; j < end; ++j) {
      if (items[j].positive) {
        rank_sum += midrank;
        ++positives;
      }
    }
  }
  double negatives = (double)count - positives;
  if (positives == 0 || negatives == 0) return NAN;
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

double metrics_auc(const double *scores, const bool *is_positive, size_t count) {
  scored *items = insitu_alloc(count * sizeof *items);
  if (!items) return -1;
  for (size_t i = 0; i < count; ++i) items[i] = (scored){scores[i], is_positive[i]};
  double area = area_under_curve(items, count);
  insitu_free(items);
  return area;
}

static double calibration_error(const metrics_answers *answers) {
  double confidence[METRICS_ECE_BINS] = {0}, right[METRICS_ECE_BINS] = {0};
  for (size_t i = 0; i < answers->count; ++i) {
    const double *p = answers->probabilities + i * answers->num_classes;
    uint32_t top = metrics_top(p, answers->num_classes);
    int bin = (int)(p[top] * METRICS_ECE_BINS);
    if (bin >= METRICS_ECE_BINS) bin = METRICS_ECE_BINS - 1; /* p = 1 */
    confidence[bin] += p[top];
    right[bin] += top == answers->rows[i].truth;
  }
  double sum = 0;
  for (int bin = 0; bin < METRICS_ECE_BINS; ++bin) sum += fabs(right[bin] - confidence[bin]);
  return sum / (double)answers->count;
}

/* From the confusion matrix: n, recall, precision, and the two accuracies. */
static void count_rights(uint32_t num_classes, size_t count, metrics_figures *figures) {
  size_t right = 0, occurring = 0;
  double recall_sum = 0;
  for (uint32_t c = 0; c < num_classes; ++c) {
    size_t n = 0, named = 0, hits = figures->confusion[(size_t)c * num_classes + c];
    for (uint32_t other = 0; other < num_classes; ++other) {
      n += figures->confusion[(size_t)c * num_classes + other];
      named += figures->confusion[(size_t)other * num_classes + c];
    }
    right += hits;
    figures->classes[c].n = n;
    figures->classes[c].recall = n ? (double)hits / (double)n : NAN;
    figures->classes[c].precision = named ? (double)hits / (double)named : NAN;
    if (n) {
      recall_sum += figures->classes[c].recall;
      ++occurring;
    }
  }
  figures->accuracy = (double)right / (double)count;
  figures->balanced_accuracy = recall_sum / (double)occurring;
}

int metrics_compute(const metrics_answers *answers, metrics_figures *figures) {
  uint32_t num_classes = answers->num_classes;
  scored *items = insitu_alloc(answers->count * sizeof *items);
  figures->classes = insitu_alloc(num_classes * sizeof *figures->classes);
  figures->confusion = insitu_alloc((size_t)num_classes * num_classes * sizeof *figures->confusion);
  if (!items || !figures->classes || !figures->confusion) {
    insitu_free(items);
    return 0;
  }
  memset(figures->classes, 0, num_classes * sizeof *figures->classes);
  memset(figures->confusion, 0, (size_t)num_classes * num_classes * sizeof *figures->confusion);
  for (size_t i = 0; i < answers->count; ++i) {
    uint32_t top = metrics_top(answers->probabilities + i * num_classes, num_classes);
    ++figures->confusion[(size_t)answers->rows[i].truth * num_classes + top];
  }
  count_rights(num_classes, answers->count, figures);
  double auc_sum = 0;
  uint32_t num_aucs = 0;
  for (uint32_t c = 0; c < num_classes; ++c) {
    for (size_t i = 0; i < answers->count; ++i) {
      items[i] = (scored){answers->probabilities[i * num_classes + c], answers->rows[i].truth == c};
    }
    double auc = figures->classes[c].auc = area_under_curve(items, answers->count);
    if (!isnan(auc)) {
      auc_sum += auc;
      ++num_aucs;
    }
  }
  figures->macro_auc = num_aucs ? auc_sum / num_aucs : NAN;
  figures->ece = calibration_error(answers);
  insitu_free(items);
  return 1;
}

void metrics_free(metrics_answers *answers, metrics_figures *figures) {
  insitu_free(answers->probabilities);
  insitu_free(answers->rows);
  insitu_free(figures->classes);
  insitu_free(figures->confusion);
}
