/* Does a map point at what the network uses? Deletion and insertion curves
 * (Petsiuk, Das & Saenko 2018, "RISE: randomized input sampling for explanation
 * of black-box models"): the places of a map are taken away, or given back, the
 * most pointed at first, and the probability of the class is followed; and the
 * same in random order. */
#ifndef INSITU_CLI_EXPLAIN_H_
#define INSITU_CLI_EXPLAIN_H_

#include "cli/model.h"

/* Sums over pictures; zeroed to begin with. */
typedef struct explain_figures {
  size_t count;
  double deletion, random_deletion;   /* areas below the curves, 0..1: less is better */
  double insertion, random_insertion; /* more is better */
  size_t num_better_deletions, num_better_insertions; /* than in random order */
} explain_figures;

/* Adds the picture that the model has just answered with a map. UNSUPPORTED
 * where there was none. The model's answer is another one afterwards. */
insitu_status explain_add(explain_figures *figures, cli_model *model, insitu_error *error);

#endif
