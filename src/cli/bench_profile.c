/* Owns the times of every operator in every steady run, and their table: the
 * median, which one run that was disturbed does not move. */
#include "cli/bench_profile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h> /* qsort */
#include <string.h>

#define MAX_SHAPE_BYTES 80 /* INSITU_MAX_RANK numbers of ten digits, commas, brackets */

static int by_value(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

void bench_sort(double *times_ms, uint32_t count) {
  qsort(times_ms, count, sizeof *times_ms, by_value);
}

double bench_median(const double *times_ms, uint32_t count) {
  uint32_t middle = count / 2;
  return count % 2 ? times_ms[middle] : (times_ms[middle - 1] + times_ms[middle]) / 2;
}

bool bench_add_ms(cJSON *object, const char *key, double milliseconds) {
  return cJSON_AddNumberToObject(object, key, round(milliseconds * 1e4) / 1e4) != NULL;
}

insitu_status bench_profile_start(bench_profile *profile, insitu_model *model, uint32_t max_runs,
                                  insitu_error *error) {
  insitu_status status = insitu_model_profile(model, error);
  if (status) return status;
  uint32_t num_operators = insitu_model_num_operators(model);
  uint64_t size_bytes = (uint64_t)num_operators * max_runs * sizeof(double);
  double *times_ms = size_bytes > SIZE_MAX ? NULL : insitu_alloc((size_t)size_bytes);
  if (!times_ms) {
    return cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY,
                    "out of memory: the times of %u operators in %u runs need %llu bytes; ask for "
                    "fewer --runs",
                    num_operators, max_runs, (unsigned long long)size_bytes);
  }
  *profile = (bench_profile){model, num_operators, 0, max_runs, times_ms};
  return INSITU_STATUS_OK;
}

static double *row_of(const bench_profile *profile, uint32_t index) {
  return profile->times_ms + (size_t)index * profile->max_runs;
}

void bench_profile_step(bench_profile *profile) {
  if (profile->num_runs == profile->max_runs) return;
  for (uint32_t i = 0; i < profile->num_operators; ++i) {
    row_of(profile, i)[profile->num_runs] = insitu_model_operator(profile->model, i)->elapsed_ms;
  }
  ++profile->num_runs;
}

void bench_profile_finish(bench_profile *profile) {
  for (uint32_t i = 0; i < profile->num_operators; ++i) {
    bench_sort(row_of(profile, i), profile->num_runs);
  }
}

void bench_profile_free(bench_profile *profile) {
  insitu_free(profile->times_ms);
  *profile = (bench_profile){0};
}

static double median_of(const bench_profile *profile, uint32_t index) {
  return bench_median(row_of(profile, index), profile->num_runs);
}

static const char *name_of(const bench_profile *profile, uint32_t index) {
  return insitu_model_operator(profile->model, index)->name;
}

/* "[1,112,112,32]" */
static void write_shape(const insitu_operator_time *about, char text[MAX_SHAPE_BYTES]) {
  size_t length = (size_t)sprintf(text, "[");
  for (uint32_t i = 0; i < about->rank; ++i) {
    length += (size_t)sprintf(text + length, i ? ",%u" : "%u", about->dims[i]);
  }
  sprintf(text + length, "]");
}

static double share(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

/* The sums of the operators with the name of this one, where it is their first. */
static void print_kind(const bench_profile *profile, uint32_t first, double total_ms) {
  const char *name = name_of(profile, first);
  double sum_ms = 0;
  uint32_t count = 0;
  for (uint32_t i = 0; i < profile->num_operators; ++i) {
    if (strcmp(name_of(profile, i), name) != 0) continue;
    if (i < first) return;
    sum_ms += median_of(profile, i);
    ++count;
  }
  printf("%10.3f  %4.1f %%  %u of %s\n", sum_ms, share(sum_ms, total_ms), count, name);
}

void bench_profile_print(const bench_profile *profile) {
  double total_ms = 0;
  for (uint32_t i = 0; i < profile->num_operators; ++i) total_ms += median_of(profile, i);
  printf("\n%10s%10s  %6s  operator, output\n", "median", "min", "share");
  for (uint32_t i = 0; i < profile->num_operators; ++i) {
    char shape[MAX_SHAPE_BYTES];
    write_shape(insitu_model_operator(profile->model, i), shape);
    printf("%10.3f%10.3f  %4.1f %%  %s %s\n", median_of(profile, i), row_of(profile, i)[0],
           share(median_of(profile, i), total_ms), name_of(profile, i), shape);
  }
  printf("\n");
  for (uint32_t i = 0; i < profile->num_operators; ++i) print_kind(profile, i, total_ms);
  printf("%10.3f  the sum\n", total_ms);
}

static bool add_operator(const bench_profile *profile, uint32_t index, cJSON *list) {
  const insitu_operator_time *about = insitu_model_operator(profile->model, index);
  cJSON *item = cJSON_CreateObject();
  if (!item || !cJSON_AddItemToArray(list, item)) {
    cJSON_Delete(item);
    return false;
  }
  cJSON *shape;
  bool done = cJSON_AddStringToObject(item, "name", about->name) &&
              (shape = cJSON_AddArrayToObject(item, "output"));
  for (uint32_t i = 0; done && i < about->rank; ++i) {
    done = cJSON_AddItemToArray(shape, cJSON_CreateNumber(about->dims[i]));
  }
  return done && bench_add_ms(item, "median_ms", median_of(profile, index)) &&
         bench_add_ms(item, "min_ms", row_of(profile, index)[0]);
}

bool bench_profile_json(const bench_profile *profile, cJSON *object) {
  cJSON *list = cJSON_AddArrayToObject(object, "operators");
  bool done = list != NULL;
  for (uint32_t i = 0; done && i < profile->num_operators; ++i) {
    done = add_operator(profile, i, list);
  }
  return done;
}
