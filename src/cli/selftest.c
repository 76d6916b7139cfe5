/* insitu selftest: does a pack give here what it gave where it was made? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cJSON.h"
#include "cli/cli.h"
#include "cli/default_pack.h"
#include "cli/file.h"
#include "cli/model.h"
#include "cli/options.h"

static const char help[] =
    "Usage: insitu selftest [PACK]\n\n"
    "Classifies the pack's own test pictures with each of its variants and\n"
    "compares every probability with what pack.json expects; reads the texts of\n"
    "every language. Without PACK: the one that classify takes.\n\n"
    "  --threads N  1 to 64, but no more than processors (default 1)\n"
    "  --help       this text\n\n"
    "Exit status: 0 all as expected, 1 some not or none there, 2 wrong usage.\n";

/* One picture with one variant; prints a line, true where all is as expected.
 * The pack's reader has checked that expected has one number a class. */
static bool compare(cli_model *model, const char *variant, const char *folder, const cJSON *test,
                    const cJSON *expected) {
  const char *file = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "file"));
  const char *prior = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "prior"));
  double tolerance = cJSON_GetObjectItemCaseSensitive(test, "tolerance")->valuedouble;
  char path[CLI_MAX_PATH_BYTES];
  insitu_error error;
  model->prior = !prior                          ? INSITU_PRIOR_DEFAULT
                 : strcmp(prior, "uniform") == 0 ? INSITU_PRIOR_UNIFORM
                                                 : INSITU_PRIOR_TRAINING;
  insitu_status status = file_join(folder, file, path, &error);
  if (!status) status = cli_model_classify(model, path, NULL, &error);
  if (status) {
    printf("FAIL %s %s: %s\n", variant, file, error.message);
    return false;
  }
  static const char *const decisions[] = {NULL, "answer", "unsure", "reject"};
  const insitu_answer *answer = insitu_classifier_answer(model->classifier);
  const double *p = answer->probabilities;
  double largest = 0;
  uint32_t index = 0, worst = 0;
  const cJSON *number;
  cJSON_ArrayForEach(number, expected) {
    double difference = fabs(p[index] - number->valuedouble);
    if (difference > largest) {
      largest = difference;
      worst = index;
    }
    ++index;
  }
  bool same = largest <= tolerance;
  printf("%s %s %s: largest difference %.3g (%s), allowed %g; %s\n", same ? "ok" : "FAIL", variant,
         file, largest, insitu_pack_class_id(model->pack, worst), tolerance,
         decisions[answer->decision]);
  return same;
}

/* All pictures of one variant; counts into *num_run, false where one fails. */
static bool test_variant(const char *folder, const char *variant, uint32_t num_threads,
                         const cJSON *tests, uint32_t *num_run) {
  cli_model_options options = {.pack = folder, .variant = variant, .num_threads = num_threads};
  cli_model model;
  insitu_error error;
  if (cli_model_open(&options, &model, &error)) {
    printf("FAIL %s: %s\n", variant, error.message);
    return false;
  }
  bool all = true;
  const cJSON *test;
  cJSON_ArrayForEach(test, tests) {
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(test, "expected"), variant);
    if (!expected) continue;
    ++*num_run;
    all &= compare(&model, variant, folder, test, expected);
  }
  cli_model_close(&model);
  return all;
}

/* Every language's texts: a label that is missing would be found by nobody who
 * reads another language. */
static bool test_texts(const char *folder, insitu_pack *pack) {
  bool all = true;
  for (uint32_t i = 0; insitu_pack_language(pack, i); ++i) {
    char path[CLI_MAX_PATH_BYTES];
    insitu_error error;
    const char *language = insitu_pack_language(pack, i);
    bool fits = cli_pack_add_texts(folder, pack, language, path, &error) == INSITU_STATUS_OK;
    printf("%s texts %s%s%s\n", fits ? "ok" : "FAIL", language, fits ? "" : ": ",
           fits ? "" : error.message);
    all &= fits;
  }
  return all;
}

static int run(int argc, char **argv) {
  uint32_t num_threads = 1;
  const cli_option options[] = {{"--threads", OPTION_COUNT, &num_threads, 1, INSITU_MAX_THREADS}};
  int num_operands;
  cli_parse parsed = cli_parse_options(&cli_selftest, options, 1, argc, argv, &num_operands);
  if (parsed != PARSE_OK) return parsed == PARSE_HELP ? CLI_OK : CLI_USAGE;
  if (num_operands > 1) return cli_usage(&cli_selftest, "name one PACK");

  char folder[CLI_MAX_PATH_BYTES];
  insitu_pack *pack = NULL;
  char *json = NULL;
  insitu_error error;
  insitu_status status =
      num_operands ? file_join(".", argv[0], folder, &error) : cli_default_pack(folder, &error);
  if (!status) status = cli_pack_open(folder, &pack, &json, &error);
  if (status) {
    cli_complain("%s: %s", num_operands ? argv[0] : "pack", error.message);
    return CLI_FAILED;
  }
  cJSON *root = cJSON_Parse(json);
  const cJSON *tests = cJSON_GetObjectItemCaseSensitive(root, "selftest");
  uint32_t num_run = 0;
  bool all = test_texts(folder, pack);
  for (uint32_t i = 0; i < insitu_pack_num_variants(pack); ++i) {
    all &=
        test_variant(folder, insitu_pack_variant_at(pack, i)->name, num_threads, tests, &num_run);
  }
  if (num_run == 0) cli_complain("%s: the pack has no self-test, so nothing was tried", folder);
  cJSON_Delete(root);
  insitu_free(json);
  insitu_pack_destroy(pack);
  return all && num_run > 0 ? CLI_OK : CLI_FAILED;
}

const cli_command cli_selftest = {"selftest", "compare a pack with its expected answers", help,
                                  run};
