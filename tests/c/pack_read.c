/* pack.json: what is read from a valid one, and that each rule of
 * models/FORMAT.md refuses what breaks it, by name. */
#include "pack_fixture.h"

#include "base/alloc.h"
#include "check.h"
#include "pack/pack.h"

static void reads_every_field(void) {
  insitu_pack *pack = NULL;
  insitu_error error;
  CHECK_INT(pack_read(fixture_pack, strlen(fixture_pack), &pack, &error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  if (!pack) return;
  CHECK_STR(pack->id, "two-spots");
  CHECK_STR(pack->version, "1.2.3");
  CHECK_INT(pack->task, PACK_MULTICLASS);
  CHECK_INT(pack->output, PACK_LOGITS);
  CHECK_INT(pack->input.width_px, 32);
  CHECK_INT(pack->input.height_px, 24);
  CHECK_NEAR(pack->input.crop_fraction, 0.875, 0);
  CHECK_INT(pack->input.num_views, 1); /* where the pack names none */
  CHECK_NEAR(pack->input.mean[1], 0.456, 1e-7);
  CHECK_NEAR(pack->input.std[2], 0.225, 1e-7);
  CHECK_INT(pack->num_classes, 2);
  CHECK_STR(pack->classes[0].id, "dark");
  CHECK_STR(pack->classes[1].label, "L\xc3\xadght");
  CHECK_NEAR(pack->calibration.temperature, 1.5, 0);
  CHECK_NEAR(pack->calibration.bias[1], -0.25, 0);
  CHECK_NEAR(pack->training_prior[0], 0.75, 0);
  CHECK_INT(pack->score_prior, INSITU_PRIOR_UNIFORM);
  CHECK_INT(pack->default_prior, INSITU_PRIOR_TRAINING);
  CHECK_INT(pack->num_variants, 2);
  const pack_variant *standard = pack_find_variant(pack, NULL);
  CHECK_STR(standard->info.name, "int8");
  CHECK_STR(standard->info.file, "i.tflite");
  CHECK_INT(standard->info.size_bytes, 50);
  CHECK_STR(standard->info.sha256, FIXTURE_SHA256);
  CHECK_NEAR(pack_calibration_of(pack, standard)->temperature, 2, 0);
  CHECK(pack_calibration_of(pack, standard)->bias == NULL);
  const pack_variant *other = pack_find_variant(pack, "float32");
  CHECK_NEAR(pack_calibration_of(pack, other)->temperature, 1.5, 0);
  CHECK(pack_find_variant(pack, "int4") == NULL);
  pack_destroy(pack);
}

static const struct refusal {
  const char *path, *value, *message;
} refusals[] = {
    {"format", "3", "format is 3, but must be 1 to 2"},
    {"format", NULL, "format is missing"},
    {"id", "\"Skin\"", "id is \"Skin\": character 1 is not one of a-z 0-9 -"},
    {"id", "\"../x\"", "id is \"../x\": character 1"},
    {"id", "\"\"", "id is empty"},
    {"id", "7", "id must be a text"},
    {"version", "\"1.0\"", "version is \"1.0\", but must be as \"1.0.0\""},
    {"version", "\"1.0.0x\"", "version is"},
    {"version", "\"1.0.0-\\n\"", "version is"},
    {"name", NULL, "name is missing"},
    {"task", "\"regression\"", "task is \"regression\", but must be \"multiclass\" or \"multilabel\""},
    {"intended_use", NULL, "intended_use is missing"},
    {"not_for", "3", "not_for must be a text"},
    {"notices", "\"one\"", "notices must be an array"},
    {"notices", "[\"one\", 2]", "notices[1] must be a text"},
    {"licence", "\"MIT\"", "licence must be an object"},
    {"licence/weights", NULL, "licence.weights is missing"},
    {"card", "\"../card.md\"", "card is \"../card.md\": character 3"},
    {"input", NULL, "input is missing"},
    {"input/width", "15", "input.width is 15, but must be 16 to 1024"},
    {"input/height", "1025", "input.height is 1025"},
    {"input/width", "32.5", "input.width is 32.5, but must be a whole number"},
    {"input/width", "\"32\"", "input.width must be a number"},
    {"input/crop_fraction", "0", "input.crop_fraction is 0, but must be greater than 0"},
    {"input/crop_fraction", "1.01", "input.crop_fraction is 1.01, but must be at most 1"},
    {"input/views", "3", "input.views is 3, but must be 1, 2 or 4"},
    {"input/views", "0", "input.views is 0, but must be 1 to 4"},
    {"input/mean", "[0,0]", "input.mean has 2 entries, but must have 3"},
    {"input/mean", "[0,\"a\",0]", "input.mean[1] must be a number"},
    {"input/mean", "[0,1e40,0]", "input.mean[1] is 1e+40"},
    {"input/std", "[1,0,1]", "input.std[1] is 0"},
    {"input/std", "[1,-1,1]", "input.std[1] is -1"},
    {"input/std", "[1,1e-38,1]", "input.std[1] is 1e-38"},
    {"input/mean", "[0,3e38,0]", "overflows for channel 1"},
    {"output", "\"scores\"", "output is \"scores\", but must be \"logits\" or \"probabilities\""},
    {"classes", "[]", "classes has 0 entries, but must have 2 to 1024"},
    {"classes/1", "[]", "classes[1] must be an object"},
    {"classes/1/id", "\"dark\"", "classes name \"dark\" twice"},
    {"classes/1/label", NULL, "classes[1].label is missing"},
    {"classes/0/text", NULL, "classes[0].text is missing"},
    {"classes/0/advice", "[]", "classes[0].advice must be a text"},
    {"calibration", NULL, "calibration is missing"},
    {"calibration/temperature", "0", "calibration.temperature is 0, but must be greater than 0"},
    {"calibration/temperature", "-1", "calibration.temperature is -1"},
    {"calibration/bias", "[0]", "calibration.bias has 1 entries, but must have 2"},
    {"calibration/bias", "[0,null]", "calibration.bias[1] must be a number"},
    {"calibration/bias", "[0,1e308]", "calibration.bias[1] is 1e+308, but must be -1000 to 1000"},
    {"calibration/score_prior", "\"flat\"", "calibration.score_prior is \"flat\""},
    {"calibration/default_prior", NULL, "calibration.default_prior is missing"},
    {"calibration/training_prior", NULL, "calibration.training_prior is missing"},
    {"calibration/training_prior", "[1,0]", "[1] is 0, but must be greater than 0"},
    {"calibration/training_prior", "[0.7,0.2]", "sums to 0.9, but must sum to 1 within 0.001"},
    {"calibration/training_prior", "[0.5,0.25,0.25]", "has 3 entries, but must have 2"},
    {"default_variant", "\"int4\"", "default_variant is \"int4\", which is none of the variants"},
    {"variants", "[]", "variants has 0 entries"},
    {"variants/0/name", "\"int8\"", "variants name \"int8\" twice"},
    {"variants/0/file", "\"a/b.tflite\"", "variants[0].file is \"a/b.tflite\": character 2"},
    {"variants/0/file", "\"..\"", "variants[0].file is \"..\", which is no file name"},
    {"variants/0/bytes", "0", "variants[0].bytes is 0"},
    {"variants/0/bytes", "268435457", "variants[0].bytes is 268435457"},
    {"variants/0/sha256", "\"abc\"", "variants[0].sha256 has 3 digits, but must have 64"},
    {"variants/0/sha256", "\"ABC\"", "character 1 is not one of 0-9 a-f"},
    {"variants/0/precision", NULL, "variants[0].precision is missing"},
    {"variants/1/calibration/temperature", "0", "variants[1].calibration.temperature is 0"},
    {"variants/1/calibration/bias", "[1,2,3]", "variants[1].calibration.bias has 3 entries"},
    {"variants/1/metrics/n", "0.5", "variants[1].metrics.n is 0.5"},
    {"variants/1/metrics/accuracy/value", "0.7", "metrics.accuracy.value is 0.7, which is not between"},
    {"variants/1/metrics/ece", NULL, "variants[1].metrics.ece is missing"},
    {"variants/1/metrics/ece/low", "0.51", "metrics.ece.value is 0.5, which is not between low and high (0.51, 0.6)"},
    {"variants/1/metrics/ece/high", NULL, "metrics.ece.high is missing"},
    {"variants/1/metrics/ece/prior", "\"flat\"", "metrics.ece.prior is \"flat\", but must be \"training\" or \"uniform\""},
    {"variants/1/metrics/accuracy/prior", "1", "metrics.accuracy.prior must be a text"},
    {"variants/1/metrics/recall", "[]", "variants[1].metrics.recall must be an object"},
    {"variants/1/metrics/recall/grey", "{\"value\":0.5,\"low\":0.4,\"high\":0.6}", "metrics.recall.grey is none of the classes"},
    {"variants/1/metrics/recall/dark", "0.5", "metrics.recall.dark must be an object"},
    {"variants/1/metrics/recall/light/value", "0.39", "metrics.recall.light.value is 0.39, which is not between"},
    {"variants/1/metrics/recall/light/high", "1.5", "metrics.recall.light.high is 1.5, but must be 0 to 1"},
    {"variants/1/metrics/recall/light/prior", "\"\"", "metrics.recall.light.prior is empty"},
    {"selftest", NULL, "selftest is missing"},
    {"selftest/0/file", "\"selftest/../x\"", "selftest[0].file is \"selftest/../x\""},
    {"selftest/0/file", "\"/etc/passwd\"", "selftest[0].file is \"/etc/passwd\""},
    {"selftest/0/prior", "\"flat\"", "selftest[0].prior is \"flat\""},
    {"selftest/0/tolerance", "0", "selftest[0].tolerance is 0"},
    {"selftest/0/expected/int4", "[0,1]", "selftest[0].expected.int4 is none of the variants"},
    {"selftest/0/expected/int8", "[0,2]", "selftest[0].expected.int8[1] is 2"},
};

static void refuses_each_broken_rule(void) {
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; ++i) {
    char *json = fixture_with(refusals[i].path, refusals[i].value);
    insitu_pack *pack = NULL;
    insitu_error error = {0};
    CHECK_INT(pack_read(json, strlen(json), &pack, &error), INSITU_STATUS_INVALID_PACK);
    CHECK_HAS(error.message, refusals[i].message);
    CHECK(pack == NULL);
    pack_destroy(pack);
    free(json);
  }
}

static void refuses_infinite_numbers(void) {
  char json[sizeof fixture_pack];
  memcpy(json, fixture_pack, sizeof json);
  memcpy(strstr(json, "0.25,-0.25"), "0,9e999999", 10);
  insitu_pack *pack = NULL;
  insitu_error error = {0};
  CHECK_INT(pack_read(json, strlen(json), &pack, &error), INSITU_STATUS_INVALID_PACK);
  CHECK_STR(error.message, "pack.json: calibration.bias[1] must be a finite number");
}

static const struct refusal allowances[] = {
    {"unknown", "{\"deep\":[1]}", ""},
    {"calibration/bias", NULL, ""},
    {"variants/1/metrics", NULL, ""},
    {"variants/1/metrics/recall", NULL, ""},
    {"variants/1/metrics/recall", "{}", ""},
    {"variants/1/metrics/recall/light/prior", NULL, ""},
    {"variants/1/calibration", NULL, ""},
    {"selftest", "[]", ""},
    {"notices", "[]", ""},
    {"version", "\"1.0.0-rc.1\"", ""},
    {"calibration/training_prior", "[0.7505,0.25]", ""},
    {"selftest/0/expected/int8", NULL, ""},
};

static void allows_what_is_optional(void) {
  for (size_t i = 0; i < sizeof allowances / sizeof *allowances; ++i) {
    char *json = fixture_with(allowances[i].path, allowances[i].value);
    insitu_pack *pack = NULL;
    insitu_error error = {0};
    CHECK_INT(pack_read(json, strlen(json), &pack, &error), INSITU_STATUS_OK);
    CHECK_STR(error.message, "");
    pack_destroy(pack);
    free(json);
  }
}

static void multilabel_needs_no_priors(void) {
  char *json = fixture_with("calibration", "{\"temperature\":1}");
  char *task = strstr(json, "multiclass");
  memcpy(task, "multilabel", 10);
  insitu_pack *pack = NULL;
  CHECK_INT(pack_read(json, strlen(json), &pack, NULL), INSITU_STATUS_OK);
  CHECK(pack && pack->training_prior == NULL && pack->default_prior == INSITU_PRIOR_DEFAULT);
  pack_destroy(pack);
  free(json);
}

static void each_refused_allocation_is_reported(void) {
  alloc_fail_after(-1);
  insitu_pack *pack = NULL;
  CHECK_INT(pack_read(fixture_pack, strlen(fixture_pack), &pack, NULL), INSITU_STATUS_OK);
  long count = alloc_count();
  pack_destroy(pack);
  CHECK(count > 100);
  for (long i = 0; i < count; ++i) {
    insitu_error error;
    pack = NULL;
    alloc_fail_after(i);
    CHECK_INT(pack_read(fixture_pack, strlen(fixture_pack), &pack, &error),
              INSITU_STATUS_OUT_OF_MEMORY);
    CHECK(pack == NULL);
  }
  alloc_fail_after(-1);
}

int main(void) {
  RUN(reads_every_field);
  RUN(refuses_each_broken_rule);
  RUN(refuses_infinite_numbers);
  RUN(allows_what_is_optional);
  RUN(multilabel_needs_no_priors);
  RUN(each_refused_allocation_is_reported);
  return check_summary();
}
