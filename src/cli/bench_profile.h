/* insitu bench --profile: the time of each operator over all steady runs. */
#ifndef INSITU_CLI_BENCH_PROFILE_H_
#define INSITU_CLI_BENCH_PROFILE_H_

#include "cJSON.h"
#include "cli/cli.h"

typedef struct bench_profile {
  const insitu_model *model; /* borrowed: names and shapes */
  uint32_t num_operators, num_runs, max_runs;
  double *times_ms; /* [num_operators][max_runs], owned; each row sorted by _finish */
} bench_profile;

/* Switches the model's profile on. Free with bench_profile_free, on failure too. */
insitu_status bench_profile_start(bench_profile *profile, insitu_model *model, uint32_t max_runs,
                                  insitu_error *error);
/* Takes over the times of the run that just ended, max_runs times at most. */
void bench_profile_step(bench_profile *profile);
void bench_profile_finish(bench_profile *profile);
void bench_profile_free(bench_profile *profile);

/* After _finish. The table: operators in their order, then the sums by kind. */
void bench_profile_print(const bench_profile *profile);
/* An array "operators" in object; false when out of memory. */
bool bench_profile_json(const bench_profile *profile, cJSON *object);

/* The median of times[count] that are sorted; count is at least 1. */
double bench_median(const double *times_ms, uint32_t count);
void bench_sort(double *times_ms, uint32_t count);
/* Four digits behind the point are a tenth of a microsecond. */
bool bench_add_ms(cJSON *object, const char *key, double milliseconds);

#endif
