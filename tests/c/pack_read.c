/* pack.json: what is read from a valid one. What it may leave out and what is
 * refused: pack_changes.c. */
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

static void refuses_infinite_numbers(void) {
  char json[sizeof fixture_pack];
  memcpy(json, fixture_pack, sizeof json);
  memcpy(strstr(json, "0.25,-0.25"), "0,9e999999", 10);
  insitu_pack *pack = NULL;
  insitu_error error = {0};
  CHECK_INT(pack_read(json, strlen(json), &pack, &error), INSITU_STATUS_INVALID_PACK);
  CHECK_STR(error.message, "pack.json: calibration.bias[1] must be a finite number");
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
  RUN(refuses_infinite_numbers);
  RUN(multilabel_needs_no_priors);
  RUN(each_refused_allocation_is_reported);
  return check_summary();
}
