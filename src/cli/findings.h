/* Figures of a pack whose classes are findings, each by itself, on pictures that
 * have several of them or none. */
#ifndef INSITU_CLI_FINDINGS_H_
#define INSITU_CLI_FINDINGS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

/* Answers so far; starts as zeros with num_classes. */
typedef struct findings_answers {
  uint32_t num_classes;
  size_t count, room;
  double *probabilities; /* [count][num_classes], owned */
  bool *has;             /* [count][num_classes]: the picture has it, owned */
  bool *named;           /* [count][num_classes]: the answer names it, owned */
  bool *rejected;        /* [count], owned */
} findings_answers;

/* NaN where a figure is not defined. */
typedef struct findings_class {
  size_t n; /* pictures that have it */
  /* At its threshold, of the pictures that were not rejected: a rejected picture
   * has no findings, and is neither found nor missed. */
  double sensitivity, specificity, precision;
  double auc;   /* of the pictures with it against those without, ties by midranks */
  double brier; /* mean squared distance of the probability from 0 or 1 */
} findings_class;

typedef struct findings_figures {
  double macro_auc; /* mean of the findings that have an AUC */
  size_t rejected;
  findings_class *classes; /* [num_classes], owned */
} findings_figures;

/* has [num_classes]; copies. False when out of memory. */
bool findings_add(findings_answers *answers, const insitu_answer *answer, const bool *has);
/* answers->count > 0. False when out of memory. */
bool findings_compute(const findings_answers *answers, findings_figures *figures);
void findings_free(findings_answers *answers, findings_figures *figures);

#endif
