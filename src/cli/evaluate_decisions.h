/* The part of an evaluation that is about what was decided, in print. */
#ifndef INSITU_CLI_EVALUATE_DECISIONS_H_
#define INSITU_CLI_EVALUATE_DECISIONS_H_

#include <stdbool.h>

#include "cJSON.h"
#include "cli/decisions.h"
#include "cli/explain.h"

extern const char *const evaluate_prior_names[]; /* by insitu_prior */

/* Adds decisions, reasons, sets, selective, groups and limits to `object`, each
 * null where figures is NULL; false when out of memory. */
bool evaluate_add_decisions(cJSON *object, const insitu_pack *pack, const metrics_answers *answers,
                            const decisions_figures *figures);
bool evaluate_add_explain(cJSON *object, const explain_figures *figures);

void evaluate_print_decisions(const insitu_pack *pack, const metrics_answers *answers,
                              const decisions_figures *figures);
void evaluate_print_explain(const explain_figures *figures);

#endif
