/* An evaluation of findings in print. */
#ifndef INSITU_CLI_EVALUATE_FINDINGS_H_
#define INSITU_CLI_EVALUATE_FINDINGS_H_

#include <stdbool.h>

#include "cJSON.h"
#include "cli/findings.h"
#include "insitu.h"

/* Adds rejected, macro_auc and per_finding, null where figures is NULL (nothing
 * was answered). False when out of memory. */
bool evaluate_add_findings(cJSON *object, const insitu_pack *pack, const findings_figures *figures);
void evaluate_print_findings(const insitu_pack *pack, const findings_figures *figures);

#endif
