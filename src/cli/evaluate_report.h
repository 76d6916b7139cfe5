/* An evaluation in print: one JSON object, or tables for people. */
#ifndef INSITU_CLI_EVALUATE_REPORT_H_
#define INSITU_CLI_EVALUATE_REPORT_H_

#include <stdbool.h>

#include "cJSON.h"
#include "cli/decisions.h"
#include "cli/explain.h"
#include "cli/findings.h"
#include "cli/metrics.h"
#include "insitu.h"

typedef struct evaluate_report {
  const insitu_pack *pack;
  const insitu_variant *variant;
  insitu_prior prior; /* as asked for */
  const char *split;  /* NULL: every row */
  size_t repeated;    /* rows that were left out */
  bool are_findings;  /* of the pack, each by itself */
  size_t num_answers;
  const metrics_answers *answers;     /* none where these are findings */
  const metrics_figures *figures;     /* NULL where nothing was answered */
  const decisions_figures *decisions; /* likewise */
  const findings_figures *findings;   /* likewise; what there is of findings */
  const explain_figures *explain;     /* NULL: not asked for */
  const cJSON *failures;              /* array of error objects */
} evaluate_report;

/* Both print on standard output; false when out of memory. */
bool evaluate_print_json(const evaluate_report *report);
bool evaluate_print_tables(const evaluate_report *report);

#endif
