/* insitu bench: how long a model takes to load, first and steadily. */
#include <stdio.h>
#include <string.h>

#include "cJSON.h"
#include "cli/bench_profile.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/platform.h"
#include "cli/progress.h"

#define NUM_LOADS 5 /* loads are slow and steady: five show their spread */
#define MAX_RUNS 100000

static const char help[] =
    "Usage: insitu bench --model FILE.tflite [OPTION]...\n\n"
    "Loads a model 5 times, each with a first run, and then runs the last one N\n"
    "times on the same random input. Prints median, minimum and maximum in\n"
    "milliseconds, and the process's peak memory (under Node: of the WASM memory).\n"
    "Reading the file is not counted.\n\n"
    "  --model FILE.tflite\n"
    "  --runs N     steady runs, 1 to 100000 (default 50)\n"
    "  --threads N  1 to 64, but no more than processors (default 1)\n"
    "  --profile    also the time of each operator in the steady runs, which reading\n"
    "               the clock makes a little longer\n"
    "  --json       one JSON object instead of a table\n"
    "  --help       this text\n\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

typedef struct bench_series {
  const char *name;
  double *times_ms; /* [count], sorted when it is printed */
  uint32_t count;
} bench_series;

/* The same bytes on every machine (xorshift32): floats in 0..1, and any value
 * of the quantised types. */
static void fill_inputs(insitu_model *model) {
  uint32_t state = 2463534242u;
  for (uint32_t i = 0; i < insitu_model_num_inputs(model); ++i) {
    const insitu_tensor_info *tensor = insitu_model_input(model, i);
    uint8_t *bytes = insitu_model_input_data(model, i);
    size_t step = tensor->dtype == INSITU_F32 ? 4 : 1;
    for (size_t at = 0; at + step <= tensor->size_bytes; at += step) {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      float value = (float)(state >> 8) / (float)(1 << 24);
      if (tensor->dtype == INSITU_F32) {
        memcpy(bytes + at, &value, sizeof value);
      } else {
        bytes[at] = (uint8_t)(state >> 24);
      }
    }
  }
}

static insitu_status timed_run(insitu_model *model, double *elapsed_ms, insitu_error *error) {
  double start = platform_clock_ms();
  insitu_status status = insitu_model_run(model, error);
  *elapsed_ms = platform_clock_ms() - start;
  return status;
}

/* series: load, first, steady. profile: NULL where nobody asked. *model, the
 * last one loaded, is the caller's to destroy, on failure too. */
static insitu_status measure(const uint8_t *file, size_t size, const insitu_model_options *options,
                             bench_series *series, bench_profile *profile, insitu_model **model,
                             insitu_error *error) {
  insitu_status status = INSITU_STATUS_OK;
  for (uint32_t i = 0; i < NUM_LOADS && !status; ++i) {
    insitu_model_destroy(*model);
    *model = NULL;
    double start = platform_clock_ms();
    status = insitu_model_create(file, size, options, model, error);
    series[0].times_ms[i] = platform_clock_ms() - start;
    if (status) break;
    fill_inputs(*model);
    status = timed_run(*model, &series[1].times_ms[i], error);
  }
  if (!status && profile) status = bench_profile_start(profile, *model, series[2].count, error);
  progress progress;
  progress_start(&progress, "runs", series[2].count, false, false);
  for (uint32_t i = 0; i < series[2].count && !status; ++i) {
    status = timed_run(*model, &series[2].times_ms[i], error);
    if (!status && profile) bench_profile_step(profile);
    progress_step(&progress);
  }
  progress_end(&progress);
  return status;
}

static double median(const bench_series *sorted) {
  return bench_median(sorted->times_ms, sorted->count);
}

static bool print_json(const char *path, size_t size, uint32_t threads, bench_series *series,
                       const bench_profile *profile) {
  cJSON *object = cJSON_CreateObject();
  bool done = cJSON_AddStringToObject(object, "model", path) &&
              cJSON_AddNumberToObject(object, "model_bytes", (double)size) &&
              cJSON_AddNumberToObject(object, "threads", threads) &&
              cJSON_AddNumberToObject(object, "runs", series[2].count);
  for (int i = 0; i < 3 && done; ++i) {
    char key[32];
    snprintf(key, sizeof key, "%s_ms", series[i].name);
    cJSON *item = cJSON_AddObjectToObject(object, key);
    done = bench_add_ms(item, "median", median(&series[i])) &&
           bench_add_ms(item, "min", series[i].times_ms[0]) &&
           bench_add_ms(item, "max", series[i].times_ms[series[i].count - 1]);
  }
  done = done && cJSON_AddNumberToObject(object, "peak_bytes", (double)platform_peak_bytes()) &&
         (!profile || bench_profile_json(profile, object));
  char *text = done ? cJSON_PrintUnformatted(object) : NULL;
  done = text != NULL;
  if (done) output_line(text);
  cJSON_free(text);
  cJSON_Delete(object);
  return done;
}

static void print_table(const char *path, uint32_t threads, bench_series *series) {
  printf("%s, %u thread%s\n%-8s%10s%10s%10s  ms\n", path, threads, threads == 1 ? "" : "s", "",
         "median", "min", "max");
  for (int i = 0; i < 3; ++i) {
    printf("%-8s%10.3f%10.3f%10.3f  of %u\n", series[i].name, median(&series[i]),
           series[i].times_ms[0], series[i].times_ms[series[i].count - 1], series[i].count);
  }
  printf("peak memory %.1f MB\n", (double)platform_peak_bytes() / 1e6);
}

static int run(int argc, char **argv) {
  const char *path = NULL;
  uint32_t num_runs = 50;
  insitu_model_options model = {.num_threads = 1};
  bool json = false, is_profiled = false;
  const cli_option options[] = {
      {"--model", OPTION_TEXT, &path, 0, 0},
      {"--runs", OPTION_COUNT, &num_runs, 1, MAX_RUNS},
      {"--threads", OPTION_COUNT, &model.num_threads, 1, INSITU_MAX_THREADS},
      {"--profile", OPTION_FLAG, &is_profiled, 0, 0},
      {"--json", OPTION_FLAG, &json, 0, 0},
  };
  int num_operands;
  cli_parse parsed = cli_parse_options(&cli_bench, options, sizeof options / sizeof *options, argc,
                                       argv, &num_operands);
  if (parsed != PARSE_OK) return parsed == PARSE_HELP ? CLI_OK : CLI_USAGE;
  if (num_operands) return cli_usage(&cli_bench, "'%s' is not expected", argv[0]);
  if (!path) return cli_usage(&cli_bench, "name --model FILE.tflite");

  if (model.num_threads > insitu_max_threads()) model.num_threads = insitu_max_threads();

  double load_ms[NUM_LOADS], first_ms[NUM_LOADS];
  bench_series series[] = {{"load", load_ms, NUM_LOADS},
                           {"first", first_ms, NUM_LOADS},
                           {"steady", insitu_alloc(num_runs * sizeof(double)), num_runs}};
  bench_profile times = {0}, *profile = is_profiled ? &times : NULL;
  insitu_model *loaded = NULL;
  uint8_t *file = NULL;
  size_t size = 0;
  insitu_error error;
  insitu_status status =
      series[2].times_ms
          ? file_read(path, INSITU_MAX_MODEL_BYTES, &file, &size, &error)
          : cli_fail(&error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the times");
  if (!status) status = measure(file, size, &model, series, profile, &loaded, &error);
  int code = CLI_OK;
  if (status) {
    cli_complain("%s: %s", path, error.message);
    code = CLI_FAILED;
  } else {
    for (int i = 0; i < 3; ++i) bench_sort(series[i].times_ms, series[i].count);
    if (profile) bench_profile_finish(profile);
    if (!json) {
      print_table(path, model.num_threads, series);
      if (profile) bench_profile_print(profile);
    } else if (!print_json(path, size, model.num_threads, series, profile)) {
      cli_complain("out of memory: the report");
      code = CLI_FAILED;
    }
  }
  bench_profile_free(&times);
  insitu_model_destroy(loaded);
  insitu_free(series[2].times_ms);
  insitu_free(file);
  return code;
}

const cli_command cli_bench = {"bench", "time a model", help, run};
