/* Figures of a classifier on labelled pictures. */
#ifndef INSITU_CLI_METRICS_H_
#define INSITU_CLI_METRICS_H_

#include <stddef.h>
#include <stdint.h>

#define METRICS_ECE_BINS 15

/* Answers so far: probabilities and the true class of each picture. */
typedef struct metrics_answers {
  uint32_t num_classes;
  size_t count, room;
  double *probabilities; /* [count][num_classes], owned */
  uint32_t *truths;      /* [count], owned */
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
  double ece; /* mean |accuracy − confidence| over METRICS_ECE_BINS bins of equal
                 width of the top probability, weighted by their pictures */
  metrics_class *classes; /* [num_classes], owned */
  size_t *confusion;      /* [true][named], owned */
} metrics_figures;

/* Copies; 0 when out of memory. */
int metrics_add(metrics_answers *answers, const double *probabilities, uint32_t truth);
/* answers->count > 0. The top class is the first of the largest. 0 when out of memory. */
int metrics_compute(const metrics_answers *answers, metrics_figures *figures);
void metrics_free(metrics_answers *answers, metrics_figures *figures);

#endif
