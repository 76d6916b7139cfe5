/* Figures of what was decided: how often pictures are answered, and how well; how
 * often the set holds the truth; what error is left when the least certain
 * pictures are put aside; and groups of classes at their limits. */
#ifndef INSITU_CLI_DECISIONS_H_
#define INSITU_CLI_DECISIONS_H_

#include "cli/metrics.h"

/* Pictures, and those of them whose likeliest class is not the true one: also of
 * rejected pictures, where nobody is shown it. */
typedef struct decisions_count {
  size_t n, wrong;
} decisions_count;

/* Sets of the pictures that have one. */
typedef struct decisions_sets {
  size_t n, holding; /* holding: the set has the true class */
  double size_sum;
} decisions_sets;

/* A group's pictures: those whose true class is one of its classes. Rejected
 * ones are not counted as found or missed: they have no groups. */
typedef struct decisions_group {
  bool has_limit;    /* the pack names one, for some of the pictures */
  double limit;      /* NaN: none, or not the same one for all of them */
  size_t n, reached; /* of the group, judged; of these at or above the limit */
  size_t others, others_reached;
  size_t rejected, others_rejected;
  double auc; /* of the sum of its classes' probabilities, over all pictures; NaN */
} decisions_group;

/* Pictures that were decided by the same limits. */
typedef struct decisions_limits {
  size_t n;                /* rejected ones too */
  decisions_group *groups; /* [num_groups], without auc; owned */
} decisions_limits;

/* Shares of the pictures that are kept, the most certain first. */
#define DECISIONS_COVERAGES {1.0, 0.9, 0.8, 0.75, 0.7, 0.5}
enum { DECISIONS_NUM_COVERAGES = 6, DECISIONS_NUM_KINDS = 4 /* insitu_decision, from 1 */ };

typedef struct decisions_figures {
  size_t n;
  decisions_count kinds[DECISIONS_NUM_KINDS];
  decisions_count reasons[DECISIONS_NUM_KINDS][INSITU_NUM_REASONS];
  decisions_sets sets;
  decisions_sets *class_sets; /* [num_classes] by the true class, owned */
  /* Risk and coverage (El-Yaniv & Wiener 2010, "On the foundations of noise-free
   * selective classification"): pictures ranked by their top probability, ties
   * shared out evenly; whatever was decided of them. */
  double errors_at[DECISIONS_NUM_COVERAGES];
  double area; /* mean error over all coverages */
  uint32_t num_groups;
  decisions_group *groups; /* [num_groups], owned */
  uint32_t num_limits;
  decisions_limits limits[METRICS_MAX_LIMITS]; /* as metrics_answers has them */
} decisions_figures;

/* answers->count > 0. 0 when out of memory. */
int decisions_compute(const metrics_answers *answers, const insitu_pack *pack,
                      decisions_figures *figures);
void decisions_free(decisions_figures *figures);

#endif
