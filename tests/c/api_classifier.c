/* The classifier with the network of tests/cli/spots, whose answers
 * make_pack.py worked out; and that a wrong file never becomes an answer. */
#include "insitu.h"

#include <math.h>

#include "base/alloc.h"
#include "check.h"

#define SPOTS "tests/cli/spots/"

static char *pack_json;
static uint8_t *float32_file, *int8_file;
static size_t pack_json_size, float32_size, int8_size;

/* Every pixel the same: the means are the pixel. */
static uint8_t plain[16 * 16 * 3];

static void fill_plain(uint8_t red, uint8_t green, uint8_t blue) {
  for (int i = 0; i < 16 * 16; ++i) {
    plain[3 * i] = red;
    plain[3 * i + 1] = green;
    plain[3 * i + 2] = blue;
  }
}

static insitu_pack *open_spots(void) {
  insitu_pack *pack = NULL;
  CHECK_INT(insitu_pack_create(pack_json, pack_json_size, &pack, NULL), INSITU_STATUS_OK);
  return pack;
}

/* red, green, blue of make_pack.py's network for a plain picture */
static void expected_shares(const double *pixel, const double *prior, double *shares) {
  double x[3], sum = 0;
  for (int c = 0; c < 3; ++c) x[c] = (pixel[c] / 255 - 0.5) / 0.25;
  for (int c = 0; c < 3; ++c) {
    double logit = x[c] - (x[0] + x[1] + x[2]) / 4 + (c == 0 ? 0.125 : c == 2 ? -0.125 : 0);
    sum += shares[c] = exp(logit / 0.8) * (prior ? prior[c] : 1);
  }
  for (int c = 0; c < 3; ++c) shares[c] /= sum;
}

static void answers_as_worked_out(void) {
  static const double pixel[] = {200, 90, 140}, prior[] = {0.5, 0.3, 0.2};
  fill_plain(200, 90, 140);
  insitu_pack *pack = open_spots();
  for (int variant = 0; variant < 2; ++variant) {
    insitu_classifier *classifier = NULL;
    insitu_error error;
    CHECK_INT(
        insitu_classifier_create(pack, variant ? "int8" : NULL, variant ? int8_file : float32_file,
                                 variant ? int8_size : float32_size, NULL, &classifier, &error),
        INSITU_STATUS_OK);
    if (!classifier) {
      printf("    %s\n", error.message);
      continue;
    }
    CHECK(insitu_classifier_answer(classifier) == NULL);
    for (int uniform = 0; uniform < 2; ++uniform) {
      double expected[3];
      expected_shares(pixel, uniform ? NULL : prior, expected);
      insitu_classify_options options = {.prior =
                                             uniform ? INSITU_PRIOR_UNIFORM : INSITU_PRIOR_DEFAULT};
      CHECK_INT(insitu_classifier_classify(classifier, plain, NULL, &options, &error),
                INSITU_STATUS_OK);
      const insitu_answer *answer = insitu_classifier_answer(classifier);
      CHECK(answer && answer->infer_ms >= 0);
      for (int c = 0; answer && c < 3; ++c) {
        CHECK_NEAR(answer->probabilities[c], expected[c], variant ? 0.02 : 1e-6);
      }
    }
    insitu_classifier_destroy(classifier);
  }
  insitu_pack_destroy(pack);
}

static void the_result_line_ranks_every_class(void) {
  fill_plain(90, 90, 240);
  insitu_pack *pack = open_spots();
  insitu_classifier *classifier = NULL;
  insitu_error error;
  char *json = NULL;
  CHECK_INT(
      insitu_classifier_create(pack, NULL, float32_file, float32_size, NULL, &classifier, &error),
      INSITU_STATUS_OK);
  CHECK_INT(insitu_classifier_answer_json(classifier, "a", NULL, &json, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK(json == NULL);
  insitu_classify_options options = {.prior = INSITU_PRIOR_UNIFORM};
  insitu_picture picture = {.version = INSITU_PICTURE_VERSION,
                            .size_bytes = sizeof picture,
                            .format = INSITU_FORMAT_PNG,
                            .decode_ms = 1.5,
                            .prepare_ms = 0.25};
  CHECK_INT(insitu_classifier_classify(classifier, plain, &picture, &options, &error), 0);
  insitu_json_options plain_line = {.is_plain = true};
  CHECK_INT(insitu_classifier_answer_json(classifier, "a\"b", &plain_line, &json, &error), 0);
  CHECK_HAS(json,
            "{\"file\":\"a\\\"b\",\"ok\":true,\"top\":{\"id\":\"blue\",\"label\":\"Blue\",\"p\":");
  CHECK(strstr(json, "\"classes\":[{\"id\":\"blue\"") &&
        strstr(json, "\"id\":\"red\"") < strstr(json, "\"id\":\"green\""));
  CHECK_HAS(json,
            "\"model\":{\"id\":\"spots\",\"version\":\"1.0.0\",\"variant\":\"float32\"},"
            "\"ms\":{\"decode\":1.5,\"prepare\":0.25,\"infer\":");
  insitu_free(json);
  CHECK_INT(insitu_classifier_answer_json(classifier, "a", NULL, &json, &error), 0);
  CHECK_HAS(json, "\"ok\":true,\"decision\":\"answer\",\"reasons\":[],\"top\":{\"id\":\"blue\"");
  CHECK_HAS(json, "\"picture\":{\"format\":\"png\"");
  insitu_free(json);
  /* A prior that is none fails, and the last answer is gone with it. */
  options.prior = (insitu_prior)9;
  CHECK_INT(insitu_classifier_classify(classifier, plain, NULL, &options, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK(insitu_classifier_answer(classifier) == NULL);
  /* So is a number of views that there is not. */
  insitu_classify_options three = {.most_views = 3};
  CHECK_INT(insitu_classifier_classify(classifier, plain, NULL, &three, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "most_views is 3");
  /* A record of another release is refused. */
  ++picture.version;
  CHECK_INT(insitu_classifier_classify(classifier, plain, &picture, NULL, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "modules of one release");
  insitu_classifier_destroy(classifier);
  insitu_pack_destroy(pack);
}

static insitu_status try_create(const char *json, size_t json_size, const char *variant,
                                const uint8_t *file, size_t size, bool verified,
                                insitu_error *error) {
  insitu_pack *pack = NULL;
  insitu_status status = insitu_pack_create(json, json_size, &pack, error);
  if (status) return status;
  insitu_classifier *classifier = NULL;
  insitu_classifier_options options = {.num_threads = 1, .digest_verified = verified};
  status = insitu_classifier_create(pack, variant, file, size, &options, &classifier, error);
  CHECK((classifier != NULL) == (status == INSITU_STATUS_OK));
  insitu_classifier_destroy(classifier);
  insitu_pack_destroy(pack);
  return status;
}

static void another_file_is_refused(void) {
  insitu_error error;
  CHECK_INT(
      try_create(pack_json, pack_json_size, NULL, float32_file, float32_size - 1, false, &error),
      INSITU_STATUS_DIGEST_MISMATCH);
  CHECK_HAS(error.message, "has 735 bytes, but the pack says 736");
  CHECK_INT(try_create(pack_json, pack_json_size, "int8", float32_file, float32_size, true, &error),
            INSITU_STATUS_DIGEST_MISMATCH); /* the size is compared in any case */
  uint8_t *flipped = malloc(float32_size);
  memcpy(flipped, float32_file, float32_size);
  flipped[float32_size - 1] ^= 1;
  CHECK_INT(try_create(pack_json, pack_json_size, NULL, flipped, float32_size, false, &error),
            INSITU_STATUS_DIGEST_MISMATCH);
  CHECK_HAS(error.message, "SHA-256");
  free(flipped);
  CHECK_INT(
      try_create(pack_json, pack_json_size, "int4", float32_file, float32_size, false, &error),
      INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "no variant \"int4\"");
}

/* The pack with `from` replaced by `to`, which has the same length. */
static char *changed(const char *from, const char *to) {
  char *copy = malloc(pack_json_size + 1);
  memcpy(copy, pack_json, pack_json_size);
  copy[pack_json_size] = '\0';
  char *at = strstr(copy, from);
  CHECK(at != NULL && strlen(from) == strlen(to));
  if (at) memcpy(at, to, strlen(to));
  return copy;
}

static void a_model_of_another_shape_is_refused(void) {
  insitu_error error;
  char *wide = changed("\"width\": 16", "\"width\": 17");
  CHECK_INT(try_create(wide, pack_json_size, NULL, float32_file, float32_size, false, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "input is [1,16,16,3], but the pack says [1,16,17,3]");
  free(wide);
}

static void each_refused_allocation_is_reported(void) {
  insitu_pack *pack = open_spots();
  insitu_classifier *classifier = NULL;
  insitu_error error;
  alloc_fail_after(-1);
  CHECK_INT(
      insitu_classifier_create(pack, NULL, float32_file, float32_size, NULL, &classifier, &error),
      INSITU_STATUS_OK);
  long count = alloc_count();
  insitu_classifier_destroy(classifier);
  CHECK(count > 5);
  for (long i = 0; i < count; ++i) {
    classifier = NULL;
    alloc_fail_after(i);
    insitu_status status =
        insitu_classifier_create(pack, NULL, float32_file, float32_size, NULL, &classifier, &error);
    alloc_fail_after(-1);
    if (status != INSITU_STATUS_OUT_OF_MEMORY) {
      printf("    allocation %ld of %ld: %s\n", i, count, error.message);
    }
    CHECK_INT(status, INSITU_STATUS_OUT_OF_MEMORY);
    CHECK(classifier == NULL);
  }
  insitu_pack_destroy(pack);
}

int main(void) {
  pack_json = (char *)check_read_file(SPOTS "pack.json", &pack_json_size);
  float32_file = check_read_file(SPOTS "spots-float32.tflite", &float32_size);
  int8_file = check_read_file(SPOTS "spots-int8.tflite", &int8_size);
  RUN(answers_as_worked_out);
  RUN(the_result_line_ranks_every_class);
  RUN(another_file_is_refused);
  RUN(a_model_of_another_shape_is_refused);
  RUN(each_refused_allocation_is_reported);
  free(pack_json);
  free(float32_file);
  free(int8_file);
  return check_summary();
}
