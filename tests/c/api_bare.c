/* Packs of bare .tflite files: the rules for preprocessing, ids and scores. */
#include "insitu.h"

#include <math.h>

#include "check.h"

#define SPOTS "tests/cli/spots/"

static uint8_t *float32_file, *int8_file;
static size_t float32_size, int8_size;

static insitu_pack *open_bare(bool int8, const insitu_bare_options *options) {
  insitu_pack *pack = NULL;
  insitu_error error;
  insitu_status status = insitu_pack_create_bare(
      int8 ? int8_file : float32_file, int8 ? int8_size : float32_size, options, &pack, &error);
  if (status) printf("    %s\n", error.message);
  CHECK_INT(status, INSITU_STATUS_OK);
  return pack;
}

static void ids_are_indices_and_float_is_0_to_1(void) {
  insitu_pack *pack = open_bare(false, NULL);
  if (!pack) return;
  CHECK_STR(insitu_pack_id(pack), "model");
  CHECK_INT(insitu_pack_num_classes(pack), 3);
  CHECK_STR(insitu_pack_class_id(pack, 2), "2");
  CHECK_STR(insitu_pack_class_label(pack, 2), "2");
  CHECK_INT(insitu_pack_num_variants(pack), 0);
  CHECK(insitu_pack_variant(pack, NULL) == NULL);
  const insitu_input *input = insitu_pack_input(pack);
  CHECK(input->width_px == 16 && input->height_px == 16 && input->crop_fraction == 1);
  CHECK(input->mean[0] == 0 && input->std[0] == 1);
  insitu_pack_destroy(pack);
}

/* int8 with scale 4/255 and zero point 0: pixel v must become v - 128. */
static void quantised_input_has_its_full_range(void) {
  insitu_pack *pack = open_bare(true, NULL);
  if (!pack) return;
  const insitu_input *input = insitu_pack_input(pack);
  for (int v = 0; v < 256; ++v) {
    double real = (v / 255.0 - (double)input->mean[1]) / (double)input->std[1];
    CHECK_NEAR(real / (4 / 255.0), v - 128, 0.01);
  }
  insitu_pack_destroy(pack);
}

static void scores_get_a_softmax_where_there_is_none(void) {
  insitu_bare_options options = {
      .has_mean = true, .has_std = true, .mean = {0.5f, 0.5f, 0.5f}, .std = {0.25f, 0.25f, 0.25f}};
  insitu_pack *pack = open_bare(false, &options);
  insitu_classifier *classifier = NULL;
  insitu_error error;
  if (!pack) return;
  CHECK_INT(
      insitu_classifier_create(pack, NULL, float32_file, float32_size, NULL, &classifier, &error),
      INSITU_STATUS_OK);
  if (!classifier) return;
  uint8_t grey[16 * 16 * 3];
  memset(grey, 128, sizeof grey);
  CHECK_INT(insitu_classifier_classify(classifier, grey, NULL, NULL, &error), 0);
  const double *p = insitu_classifier_answer(classifier)->probabilities;
  double sum = exp(0.125) + 1 + exp(-0.125); /* grey cancels: the biases are left */
  CHECK_NEAR(p[0], exp(0.125) / sum, 1e-6);
  CHECK_NEAR(p[1], 1 / sum, 1e-6);
  char *json = NULL;
  CHECK_INT(insitu_classifier_answer_json(classifier, "a", NULL, &json, &error), 0);
  CHECK_HAS(json, "\"model\":{\"id\":\"model\",\"version\":null,\"variant\":null,\"prior\":null}");
  insitu_free(json);
  insitu_classify_options uniform = {.prior = INSITU_PRIOR_UNIFORM};
  CHECK_INT(insitu_classifier_classify(classifier, grey, NULL, &uniform, &error),
            INSITU_STATUS_INVALID_ARGUMENT); /* it states no prior */
  insitu_classifier_destroy(classifier);
  insitu_pack_destroy(pack);
}

static void labels_must_be_one_a_class(void) {
  const char *const labels[] = {"rot", "gr\xc3\xbcn", "blau"};
  insitu_bare_options options = {.id = "farben", .labels = labels, .num_labels = 3};
  insitu_pack *pack = open_bare(false, &options);
  if (!pack) return;
  CHECK_STR(insitu_pack_id(pack), "farben");
  CHECK_STR(insitu_pack_class_label(pack, 1), "gr\xc3\xbcn");
  CHECK_STR(insitu_pack_class_id(pack, 1), "1");
  insitu_pack_destroy(pack);
  options.num_labels = 2;
  insitu_error error;
  pack = NULL;
  CHECK_INT(insitu_pack_create_bare(float32_file, float32_size, &options, &pack, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "2 labels, but the model has 3 outputs");
  CHECK(pack == NULL);
}

static void unusable_normalisation_is_refused(void) {
  const float bad[] = {0, -1, NAN, INFINITY};
  for (int i = 0; i < 4; ++i) {
    insitu_bare_options options = {.has_std = true, .std = {1, bad[i], 1}};
    insitu_pack *pack = NULL;
    insitu_error error;
    CHECK_INT(insitu_pack_create_bare(float32_file, float32_size, &options, &pack, &error),
              INSITU_STATUS_INVALID_ARGUMENT);
    CHECK_HAS(error.message, "channel 1");
    insitu_pack_destroy(pack);
  }
}

static void damaged_files_are_no_pack(void) {
  for (size_t size = 0; size < float32_size; ++size) {
    insitu_pack *pack = NULL;
    insitu_error error = {0};
    uint8_t *half = malloc(size ? size : 1); /* exact, so that a read past the end is seen */
    memcpy(half, float32_file, size);
    insitu_status status = insitu_pack_create_bare(half, size, NULL, &pack, &error);
    if (size < float32_size / 2) CHECK(status != INSITU_STATUS_OK);
    CHECK((pack == NULL) == (status != INSITU_STATUS_OK));
    CHECK((error.message[0] == '\0') == (status == INSITU_STATUS_OK));
    insitu_pack_destroy(pack);
    free(half);
  }
}

static void what_was_read_is_told_without_an_answer(void) {
  const char *const labels[] = {"rot", "gr\xc3\xbcn", "\"blau\""};
  insitu_bare_options options = {.labels = labels, .num_labels = 3};
  insitu_pack *pack = open_bare(false, &options);
  if (!pack) return;
  char *json = NULL;
  insitu_error error;
  CHECK_INT(insitu_pack_bare_json(pack, &json, &error), INSITU_STATUS_OK);
  CHECK_HAS(json, "{\"task\":\"multiclass\",\"width\":16,\"height\":16,\"classes\":[");
  CHECK_HAS(json, "{\"id\":\"2\",\"label\":\"\\\"blau\\\"\"}");
  CHECK_HAS(json, "\"read_as\":{\"output\":\"logits of classes\"");
  CHECK_HAS(json, "\"labels_from\":\"asked for\"");
  insitu_free(json);
  insitu_pack_destroy(pack);
}

static void a_pack_says_it_itself(void) {
  size_t size;
  char *text = (char *)check_read_file(SPOTS "pack.json", &size), *json = NULL;
  insitu_pack *pack = NULL;
  insitu_error error;
  CHECK_INT(insitu_pack_create(text, size, &pack, &error), INSITU_STATUS_OK);
  CHECK_INT(insitu_pack_bare_json(pack, &json, &error), INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "'spots' is not of a bare model");
  CHECK(json == NULL);
  insitu_pack_destroy(pack);
  free(text);
}

int main(void) {
  float32_file = check_read_file(SPOTS "spots-float32.tflite", &float32_size);
  int8_file = check_read_file(SPOTS "spots-int8.tflite", &int8_size);
  RUN(ids_are_indices_and_float_is_0_to_1);
  RUN(quantised_input_has_its_full_range);
  RUN(scores_get_a_softmax_where_there_is_none);
  RUN(labels_must_be_one_a_class);
  RUN(unusable_normalisation_is_refused);
  RUN(damaged_files_are_no_pack);
  RUN(what_was_read_is_told_without_an_answer);
  RUN(a_pack_says_it_itself);
  free(float32_file);
  free(int8_file);
  return check_summary();
}
