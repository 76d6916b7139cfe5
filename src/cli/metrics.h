/* Figures of a classifier on labelled pictures. */
#ifndef INSITU_CLI_METRICS_H_
#define INSITU_CLI_METRICS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

#define METRICS_ECE_BINS 15
#define METRICS_MAX_GROUPS 64 /* bits of metrics_row.reached */
#define METRICS_MAX_LIMITS 9  /* a pack's own, and those of each of its domains */

/* Limits that pictures were decided by. */
typedef struct metrics_limits {
  const char *taken_with;               /* insitu_answer's limits_of, the pack's */
  insitu_prior prior;                   /* under which they hold */
  bool is_told;                         /* by an answer; one of a rejected picture tells no limit */
  double of_groups[METRICS_MAX_GROUPS]; /* NaN: none */
} metrics_limits;

/* What was decided of one picture. */
typedef struct metrics_row {
  uint32_t truth;
  uint32_t limits;    /* index in metrics_answers */
  insitu_prior prior; /* of the probabilities */
  insitu_decision decision;
  bool has_set, set_holds_truth;
  uint32_t set_size;
  uint32_t reasons; /* a bit for each insitu_reason_id */
  uint64_t reached; /* a bit for each group of the pack: at or above its limit */
} metrics_row;

/* Answers so far. */
typedef struct metrics_answers {
  uint32_t num_classes;
  size_t count, room;
  double *probabilities; /* [count][num_classes], owned */
  metrics_row *rows;     /* [count], owned */
  uint32_t num_limits;
  metrics_limits limits[METRICS_MAX_LIMITS];
} metrics_answers;

/* NaN where a figure is not defined (a class that never occurs or is never
 * named). */
typedef struct metrics_class {
  size_t n; /* pictures whose true class it is */
  double recall, precision;
  double auc; /* this class against the rest, by its probability; ties by midranks */
} metrics_class;

typedef struct metrics_figures {
  double accuracy;          /* the top class is the true one */
  double balanced_accuracy; /* mean recall of the classes that occur */
  double macro_auc;         /* mean AUC of the classes that have one */
  double ece;               /* mean |accuracy − confidence| over METRICS_ECE_BINS bins of equal
                               width of the top probability, weighted by their pictures */
  metrics_class *classes;   /* [num_classes], owned */
  size_t *confusion;        /* [true][named], owned */
} metrics_figures;

/* Copies; 0 when out of memory. */
int metrics_add(metrics_answers *answers, const insitu_answer *answer, uint32_t truth);
/* The first of the largest. */
uint32_t metrics_top(const double *probabilities, uint32_t count);
/* Area under the ROC curve of scores[count], of which is_positive[count] are;
 * ties by midranks; NaN where one side is empty, -1 when out of memory. */
double metrics_auc(const double *scores, const bool *is_positive, size_t count);
/* answers->count > 0. The top class is the first of the largest. 0 when out of memory. */
int metrics_compute(const metrics_answers *answers, metrics_figures *figures);
void metrics_free(metrics_answers *answers, metrics_figures *figures);

#endif
