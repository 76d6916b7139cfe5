/* How networks are read that come without a pack, as people export them: the
 * files of tests/golden/bare (made by make.py there), each against hand-worked
 * answers of its own network. */
#include "insitu.h"

#include <math.h>

#include "api/bare_reading.h"
#include "base/alloc.h"
#include "check.h"
#include "decode/deflate.h"
#include "graph/tflite/metadata.h"
#include "pack_fixture.h"

#define SIDE 16
static const double WEIGHTS[3][3] = {{2, -1, 0}, {-1, 2, .5}, {0, -.5, 1}};
static const uint8_t colour[3] = {204, 51, 102}; /* 0.8, 0.2, 0.4 */

static uint8_t *file;
static size_t file_size;
static insitu_pack *pack;
static insitu_classifier *classifier;
static insitu_error error;
static char *json;

static void close_all(void) {
  insitu_classifier_destroy(classifier);
  insitu_pack_destroy(pack);
  insitu_free(json);
  free(file);
  classifier = NULL;
  pack = NULL;
  json = NULL;
  file = NULL;
}

static void load(const char *name) {
  char path[128];
  close_all();
  snprintf(path, sizeof path, "tests/golden/bare/%s.tflite", name);
  file = check_read_file(path, &file_size);
}

/* The probabilities of a picture of one colour; NULL after a failed check. */
static const double *answer(const char *name, const insitu_bare_options *options) {
  static uint8_t rgb[224 * 224 * 3];
  load(name);
  CHECK_INT(insitu_pack_create_bare(file, file_size, options, &pack, &error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  if (pack == NULL) return NULL;
  CHECK_INT(insitu_classifier_create(pack, NULL, file, file_size, NULL, &classifier, &error),
            INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  if (classifier == NULL) return NULL;
  for (size_t i = 0; i < sizeof rgb; i++) rgb[i] = colour[i % 3];
  CHECK_INT(insitu_classifier_classify(classifier, rgb, NULL, NULL, &error), INSITU_STATUS_OK);
  CHECK_INT(insitu_classifier_answer_json(classifier, "a", NULL, &json, &error), INSITU_STATUS_OK);
  return insitu_classifier_answer(classifier)->probabilities;
}

/* Row i of the weights times the colour, whose channels are (v / 255 - mean) / std. */
static double logit(int row, double mean, double std) {
  double sum = 0;
  for (int c = 0; c < 3; c++) sum += WEIGHTS[row][c] * (colour[c] / 255.0 - mean) / std;
  return sum;
}
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softmax(int row, double mean, double std, bool is_reversed) {
  double sum = 0;
  for (int i = 0; i < 3; i++) sum += exp(logit(i, mean, std));
  return exp(logit(is_reversed ? 2 - row : row, mean, std)) / sum;
}

static void probabilities_stay_what_they_are(void) {
  static const char *const names[] = {
      "softmax",           "logits", "planar", "bytes", "written_out", "bytes_first",
      "written_out_shown", "batch"};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    const double *p = answer(names[n], NULL);
    for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, 0, 1, false), 1e-6);
  }
}

/* The answers of cases that a rule about the last operator gets wrong. */
static void probabilities_are_followed_back(void) {
  const double *p = answer("places_probabilities", NULL);
  if (!p) return;
  /* 16 pixels a place, all of one colour */
  double sum = 0, largest = 16 * logit(0, 0, 1);
  for (int i = 0; i < 3; i++) sum += exp(16 * logit(i, 0, 1) - largest);
  for (int i = 0; i < 3; i++) CHECK_NEAR(p[i], exp(16 * logit(i, 0, 1) - largest) / sum, 1e-5);
  CHECK_HAS(json,
            "\"output\":\"probabilities of classes\",\"output_from\":\"operator 1 (SOFTMAX), "
            "kept up to MEAN\"");
  p = answer("places_findings", NULL);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], sigmoid(16 * logit(i, 0, 1)), 1e-5);
  CHECK_HAS(json, "\"output\":\"probabilities of findings\"");
  p = answer("ensemble", NULL);
  for (int i = 0; p && i < 3; i++) {
    CHECK_NEAR(p[i], (softmax(i, 0, 1, false) + softmax(i, 0, 1, true)) / 2, 1e-6);
  }
  CHECK_HAS(json, "kept up to MUL");
  p = answer("findings_written_out", NULL);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], sigmoid(logit(i, 0, 1)), 1e-6);
  CHECK_HAS(json, "\"output\":\"probabilities of findings\",\"output_from\":\"operator 5 (DIV)\"");
  answer("summed", NULL); /* of weight 2: no distribution, so it gets a softmax */
  CHECK_HAS(json, "\"output\":\"logits of classes\",\"output_from\":\"no softmax or sigmoid");
}

static void the_output_can_be_told(void) {
  insitu_bare_options options = {.output = INSITU_OUTPUT_SIGMOID};
  const double *p = answer("logits", &options);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], sigmoid(logit(i, 0, 1)), 1e-6);
  CHECK_HAS(json, "\"output\":\"logits of findings\",\"output_from\":\"asked for\"");
  options.output = INSITU_OUTPUT_LOGITS;
  p = answer("findings", &options);
  double sum = 0;
  for (int i = 0; i < 3; i++) sum += exp(sigmoid(logit(i, 0, 1)));
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], exp(sigmoid(logit(i, 0, 1))) / sum, 1e-6);
  options.output = INSITU_OUTPUT_PROBABILITIES;
  p = answer("softmax", &options);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, 0, 1, false), 1e-6);
  load("logits"); /* they do not sum to 1 */
  CHECK_INT(insitu_pack_create_bare(file, file_size, &options, &pack, &error), INSITU_STATUS_OK);
  CHECK_INT(insitu_classifier_create(pack, NULL, file, file_size, NULL, &classifier, &error),
            INSITU_STATUS_OK);
  uint8_t black[SIDE * SIDE * 3] = {0};
  CHECK_INT(insitu_classifier_classify(classifier, black, NULL, NULL, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "must sum to 1");
}

static void one_output_says_no_or_yes(void) {
  static const char *const names[] = {"yes_no", "yes_no_logit", "scalar"};
  const char *const labels[] = {"no", "yes"};
  insitu_bare_options options = {.labels = labels, .num_labels = 2};
  for (int n = 0; n < 3; n++) {
    const double *p = answer(names[n], &options);
    if (!p) return;
    CHECK_INT(insitu_pack_num_classes(pack), 2);
    CHECK_STR(insitu_pack_class_label(pack, 1), "yes");
    CHECK_NEAR(p[1], sigmoid(logit(0, 0, 1)), 1e-6);
    CHECK_NEAR(p[0], 1 - sigmoid(logit(0, 0, 1)), 1e-6);
    CHECK_HAS(json, " of no and yes\"");
    CHECK(answer(names[n], NULL) != NULL);
    CHECK_INT(insitu_pack_num_classes(pack), 2);
    options.num_labels = 1; /* one name: a finding by itself */
    p = answer(names[n], &options);
    if (p) CHECK_NEAR(p[0], sigmoid(logit(0, 0, 1)), 1e-6);
    CHECK_INT(insitu_pack_num_classes(pack), 1);
    options.num_labels = 2;
  }
}

/* The same network under a pack of two classes, with a map of either. */
static void a_pack_of_two_classes_may_share_one_output(void) {
  static const char *const names[] = {"yes_no", "yes_no_logit"};
  for (int n = 0; n < 2; n++) {
    load(names[n]);
    cJSON *root = cJSON_Parse(fixture_pack);
    char variants[256];
    snprintf(variants, sizeof variants,
             "[{\"name\":\"int8\",\"precision\":\"float32\",\"file\":\"f.tflite\",\"bytes\":%zu,"
             "\"sha256\":\"" FIXTURE_SHA256 "\"}]",
             file_size);
    fixture_change(root, "input",
                   cJSON_Parse("{\"width\":16,\"height\":16,\"crop_fraction\":1,\"mean\":[0,0,0],"
                               "\"std\":[1,1,1]}"));
    fixture_change(root, "output", cJSON_CreateString(n == 0 ? "probabilities" : "logits"));
    fixture_change(root, "variants", cJSON_Parse(variants));
    fixture_change(root, "selftest/0/expected", cJSON_Parse("{\"int8\":[0.1,0.9]}"));
    fixture_change(root, "calibration",
                   cJSON_Parse("{\"temperature\":1,\"score_prior\":\"uniform\",\"training_prior\":"
                               "[0.5,0.5],\"default_prior\":\"uniform\"}"));
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    CHECK_INT(insitu_pack_create(text, strlen(text), &pack, &error), INSITU_STATUS_OK);
    CHECK_STR(error.message, "");
    cJSON_free(text);
    if (!pack) return;
    insitu_classifier_options options = {.digest_verified = true};
    CHECK_INT(insitu_classifier_create(pack, NULL, file, file_size, &options, &classifier, &error),
              INSITU_STATUS_OK);
    CHECK_STR(error.message, "");
    if (!classifier) return;
    uint8_t rgb[SIDE * SIDE * 3];
    for (size_t i = 0; i < sizeof rgb; i++) rgb[i] = colour[i % 3];
    for (uint32_t class_index = 0; class_index < 2; class_index++) {
      insitu_classify_options wanted = {.is_map_wanted = true, .map_class = class_index};
      CHECK_INT(insitu_classifier_classify(classifier, rgb, NULL, &wanted, &error), 0);
      CHECK_STR(error.message, "");
    }
    const double *p = insitu_classifier_answer(classifier)->probabilities;
    CHECK_NEAR(p[1], sigmoid(logit(0, 0, 1)), 1e-6);
    CHECK_NEAR(p[0] + p[1], 1, 1e-9);
  }
}

static void an_open_size_is_asked_for(void) {
  load("open_size");
  CHECK_INT(insitu_pack_create_bare(file, file_size, NULL, &pack, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "the model's input is [1,-1,-1,3]");
  insitu_model *model = NULL;
  CHECK_INT(insitu_model_create(file, file_size, NULL, &model, &error),
            INSITU_STATUS_INVALID_ARGUMENT);
  CHECK_HAS(error.message, "--size W,H");
  char *text = NULL;
  CHECK_INT(insitu_model_inspect_json(file, file_size, NULL, &text, &error), INSITU_STATUS_OK);
  CHECK_HAS(text, "\"shape\":[1,-1,-1,3]");
  CHECK_HAS(text, "\"size_assumed\":[224,224]");
  CHECK_HAS(text, "\"supported\":true");
  insitu_free(text);
  insitu_bare_options options = {.width_px = 24, .height_px = 20};
  const double *p = answer("open_size", &options);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, 0, 1, false), 1e-6);
  if (p) CHECK_INT(insitu_pack_input(pack)->width_px, 24);
  if (p) CHECK_INT(insitu_pack_input(pack)->height_px, 20);
  options.width_px = INSITU_MAX_INPUT_SIDE_PX + 1;
  load("open_size");
  CHECK_INT(insitu_pack_create_bare(file, file_size, &options, &pack, &error),
            INSITU_STATUS_TOO_LARGE);
}

static void grey_networks_see_luma(void) {
  const double *p = answer("grey", NULL);
  double grey = (int)(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] + 0.5) / 255.0;
  double sum = 0;
  for (int i = 0; i < 3; i++) sum += exp(WEIGHTS[i][0] * grey);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], exp(WEIGHTS[i][0] * grey) / sum, 1e-6);
}

static void says_what_pixels_become(void) {
  answer("softmax", NULL);
  CHECK_HAS(json, "\"pixels\":\"0..1\",\"pixels_from\":\"assumed, since the file does not say");
  insitu_bare_options options = {
      .has_mean = true, .has_std = true, .mean = {.5f, .5f, .5f}, .std = {.5f, .5f, .5f}};
  const double *p = answer("softmax", &options);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, .5, .5, false), 1e-6);
  CHECK_HAS(json, "\"pixels\":\"-1..1\",\"pixels_from\":\"asked for\"");
  answer("bytes", NULL);
  CHECK_HAS(json, "\"pixels\":\"0..255\",\"pixels_from\":\"operator 0 (MUL) scales bytes itself\"");
  /* Means and deviations of bytes, on either side of what they are taken from. */
  answer("deviations", NULL);
  CHECK_HAS(json, "\"pixels\":\"0..255\",\"pixels_from\":\"operator 0 (MUL) scales bytes itself\"");
  answer("means_first", NULL);
  CHECK_HAS(json, "\"pixels\":\"0..255\",\"pixels_from\":\"operator 0 (ADD) scales bytes itself\"");
  p = answer("labels_behind", NULL);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, .5, .5, false), 1e-6);
  if (p) CHECK_STR(insitu_pack_class_label(pack, 1), "dog");
  p = answer("padded_bytes", NULL);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, 0, 1, false), 1e-6);
  /* of int8: half a step of a channel is up to 2 times 1/510 of a logit */
  p = answer("quantised_bytes", NULL);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, 0, 1, false), 0.01);
  CHECK_HAS(json,
            "\"pixels\":\"0..255\",\"pixels_from\":\"operator 0 (QUANTIZE) quantises them "
            "itself\"");
  p = answer("quantised_signed", NULL);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, .5, .5, false), 0.01);
  CHECK_HAS(json, "\"pixels\":\"-1..1\"");
  answer("quantised_other", NULL);
  CHECK_HAS(json, "\"pixels\":\"0..1\",\"pixels_from\":\"assumed");
}

/* It says nowhere in its files what pixels they take: -1..1. */
static void knows_teachable_machine(void) {
  static const struct {
    const char *name, *pixels;
    double mean, std;
  } cases[] = {{"teachable", "\"-1..1\",\"pixels_from\":\"a network of Teachable Machine", .5, .5},
               {"not_teachable", "\"0..1\",\"pixels_from\":\"assumed", 0, 1},
               {"teachable_not", "\"0..1\",\"pixels_from\":\"assumed", 0, 1},
               {"teachable_small", "\"0..1\",\"pixels_from\":\"assumed", 0, 1}};
  for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
    const double *p = answer(cases[n].name, NULL);
    for (int i = 0; p && i < 3; i++) {
      CHECK_NEAR(p[i], softmax(i, cases[n].mean, cases[n].std, false), 1e-3);
    }
    if (p) CHECK_HAS(json, cases[n].pixels);
  }
}

/* Mean 0 and std 1 in the metadata of a uint8 input mean nothing to it. */
static void metadata_is_for_float_inputs_and_labels(void) {
  static const char *const labels[] = {"cat", "dog", "bird"};
  double expected[3];
  const double *p = answer("uint8", NULL);
  if (!p) return;
  memcpy(expected, p, sizeof expected);
  CHECK_STR(insitu_pack_class_label(pack, 0), "0");
  p = answer("uint8_metadata", NULL);
  for (uint32_t i = 0; p && i < 3; i++) {
    CHECK_NEAR(p[i], expected[i], 0);
    CHECK_STR(insitu_pack_class_label(pack, i), labels[i]);
  }
  CHECK_HAS(json, "\"labels_from\":\"the file's metadata\"");
}

/* As archivers pack by themselves, and as Android's tools read as well. */
static void labels_may_be_compressed(void) {
  static const char *const labels[] = {"cat", "dog", "bird"};
  answer("uint8_deflated", NULL);
  for (uint32_t i = 0; pack && i < 3; i++) CHECK_STR(insitu_pack_class_label(pack, i), labels[i]);
  CHECK_HAS(json, "\"labels_from\":\"the file's metadata\"");
  /* Said to be larger than they are, and than the limit. */
  load("uint8_deflated");
  static const struct {
    uint32_t size_bytes;
    const char *message;
  } cases[] = {{17, "do not inflate to 17 bytes"},
               {2 << 20, "2097152 bytes, the limit is 1048576"}};
  for (size_t i = 0; i < 2; i++) {
    for (size_t at = file_size - 200; at + 46 < file_size; at++) { /* the directory's entries */
      if (memcmp(file + at, "PK\1\2", 4) == 0) memcpy(file + at + 24, &cases[i].size_bytes, 4);
    }
    tflite_metadata metadata = {0};
    span whole = {file, file_size};
    CHECK(tflite_metadata_read(whole, 0, deflate_inflate, &metadata, &error) != INSITU_STATUS_OK);
    CHECK_HAS(error.message, cases[i].message);
    CHECK(metadata.owned_labels == NULL);
  }
}

static void check_labels(const char *name, const char *const labels[3]) {
  insitu_bare_options options = {.id = NULL};
  if (!answer(name, &options)) return;
  for (uint32_t i = 0; i < 3; i++) CHECK_STR(insitu_pack_class_label(pack, i), labels[i]);
}

/* As editors and other tools write them: with a byte order mark, in CRLF or CR, behind
 * their numbers, with spaces round them, in several languages. */
static void labels_are_read_as_they_are_written(void) {
  check_labels("labels_numbered", (const char *const[3]){"cat", "guide dog", "bird"});
  check_labels("labels_mac", (const char *const[3]){"cat", "dog", "bird"});
  check_labels("labels_spreadsheet", (const char *const[3]){"cat", "dog, \"guide\"", "bird"});
  check_labels("labels_decimal", (const char *const[3]){"0,5 mg", "1,5 mg", "2,5 \"mg\""});
  check_labels("labels_names", (const char *const[3]){"guide dog", "cat's eye", "bird"});
  check_labels("labels_names_two", (const char *const[3]){"0", "1", "2"});
  check_labels("labels_short", (const char *const[3]){"0", "1", "2"});
  CHECK_HAS(json,
            "\"labels_from\":\"the outputs' numbers, since the file's metadata has 2 labels "
            "for 3\"");
  answer("labels_one", NULL); /* one name for one output, as --labels may have */
  CHECK_INT(insitu_pack_num_classes(pack), 1);
  CHECK_STR(insitu_pack_class_label(pack, 0), "crossing");
}

/* What cannot be used is asked for where it is needed. */
static void a_normalisation_may_be_useless(void) {
  const double *p = answer("std_zero_uint8", NULL);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, 0, 1, false), 1e-6);
  load("std_zero");
  CHECK_INT(insitu_pack_create_bare(file, file_size, NULL, &pack, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_STR(error.message,
            "NormalizationOptions.std: value 0 is 0 and must be above 0; --range "
            "says it instead");
  insitu_bare_options options = {
      .has_mean = true, .has_std = true, .mean = {.5f, .5f, .5f}, .std = {.5f, .5f, .5f}};
  p = answer("std_zero", &options);
  for (int i = 0; p && i < 3; i++) CHECK_NEAR(p[i], softmax(i, .5, .5, false), 1e-6);
}

/* Each subgraph has its own. */
static void metadata_is_that_of_the_signature(void) {
  static const char *const letters[] = {"a", "b", "c"}, *const animals[] = {"cat", "dog", "bird"};
  insitu_bare_options options = {.signature = NULL};
  const double *p = answer("two_signatures_metadata", &options);
  for (uint32_t i = 0; p && i < 3; i++) {
    CHECK_STR(insitu_pack_class_label(pack, i), letters[i]);
    CHECK_NEAR(p[i], softmax((int)i, 0, 1, false), 1e-6);
  }
  options.signature = "shares";
  p = answer("two_signatures_metadata", &options);
  for (uint32_t i = 0; p && i < 3; i++) {
    CHECK_STR(insitu_pack_class_label(pack, i), animals[i]);
    CHECK_NEAR(p[i], softmax((int)i, .5, .5, false), 1e-6);
  }
  CHECK_HAS(json, "\"pixels\":\"-1..1\",\"pixels_from\":\"the file's metadata\"");
  /* Metadata that end before a subgraph say nothing of it. */
  load("two_signatures_metadata");
  tflite_metadata metadata = {0};
  CHECK_INT(tflite_metadata_read((span){file, file_size}, 2, deflate_inflate, &metadata, &error),
            INSITU_STATUS_OK);
  CHECK(!metadata.has_normalization && metadata.labels.size_bytes == 0);
}

/* ARG_MAX and TOPK_V2 at the end: a class's number is no answer, its scores are. */
static void scores_are_read_before_they_are_picked_from(void) {
  static const char *const names[] = {"picked", "picked_logits", "picked_best"};
  static const char *const from[] = {
      "\"output\":\"probabilities of classes\",\"output_from\":\"operator 2 (SOFTMAX), which "
      "operator 3 (ARG_MAX) picks from\"",
      "\"output\":\"logits of classes\",\"output_from\":\"no softmax or sigmoid of the network "
      "reaches its output, which operator 2 (ARG_MAX) picks from\"",
      "\"output\":\"probabilities of classes\",\"output_from\":\"operator 2 (SOFTMAX), which "
      "operator 3 (TOPK_V2) picks from\""};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    const double *p = answer(names[n], NULL);
    if (!p) return;
    CHECK_INT(insitu_pack_num_classes(pack), 3);
    for (int i = 0; i < 3; i++) CHECK_NEAR(p[i], softmax(i, 0, 1, false), 1e-6);
    CHECK_HAS(json, from[n]);
  }
  load("picked_places");
  CHECK_INT(insitu_pack_create_bare(file, file_size, NULL, &pack, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message,
            "operator 2 (ARG_MAX) picks one of 3 classes at each of 16 places, but a classifier "
            "has one answer for a picture");
}

static void one_picture_may_be_too_few(void) {
  load("batch_apart");
  CHECK_INT(insitu_pack_create_bare(file, file_size, NULL, &pack, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "operator 0 (SPLIT): its output [0,16,16,3] is without elements");
}

/* One picture in place of several is taken where each would get an answer of its own. */
static void an_answer_of_several_pictures_is_none_of_one(void) {
  static const char *const names[] = {"batch_of_views", "batch_last"};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    load(names[n]);
    CHECK_INT(insitu_pack_create_bare(file, file_size, NULL, &pack, &error),
              INSITU_STATUS_INVALID_MODEL);
    CHECK_HAS(error.message, "but a classifier of pictures takes [1,H,W,3]");
  }
}

/* Their probabilities sum to one place by place, or would be taken for so many findings. */
static void answers_at_many_places_are_no_classes(void) {
  static const char *const names[] = {"each_place", "each_place_findings", "each_place_logits"};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    load(names[n]);
    CHECK_INT(insitu_pack_create_bare(file, file_size, NULL, &pack, &error),
              INSITU_STATUS_INVALID_MODEL);
    CHECK_STR(error.message,
              "the model's output is [1,4,4,3]: numbers for each of many places or things, as of a "
              "detector or segmenter, but a classifier gives one list of classes, [1,N]");
    CHECK(pack == NULL);
  }
}

/* Raw tensors stay what the file gives. */
static void models_give_what_their_files_say(void) {
  insitu_model *model = NULL;
  load("picked_best");
  CHECK_INT(insitu_model_create(file, file_size, NULL, &model, &error), INSITU_STATUS_OK);
  if (!model) return;
  CHECK_INT(insitu_model_num_outputs(model), 2);
  float *pixels = insitu_model_input_data(model, 0);
  for (int i = 0; i < SIDE * SIDE * 3; i++) pixels[i] = (float)(colour[i % 3] / 255.0);
  CHECK_INT(insitu_model_run(model, &error), INSITU_STATUS_OK);
  const float *best = insitu_model_output_data(model, 0);
  const int32_t *indices = insitu_model_output_data(model, 1);
  CHECK_INT(insitu_model_output(model, 1)->dtype, INSITU_I32);
  for (int i = 0; i < 2; i++) {
    CHECK_NEAR((double)best[i], softmax(indices[i], 0, 1, false), 1e-6);
  }
  CHECK(best[0] > best[1]);
  insitu_model_destroy(model);
}

/* No byte of metadata or archive may crash the reader, nor where it is cut. */
static void survives_damage_of(const char *name) {
  load(name);
  for (size_t i = 0; i < file_size; i++) {
    for (int bit = 0; bit < 8; bit += 7) {
      tflite_metadata metadata = {0};
      file[i] ^= (uint8_t)(1 << bit);
      insitu_status status =
          tflite_metadata_read((span){file, file_size}, 0, deflate_inflate, &metadata, &error);
      CHECK(status == INSITU_STATUS_OK || error.message[0] != '\0');
      CHECK(metadata.owned_labels != NULL || metadata.labels.size_bytes <= file_size);
      tflite_metadata_deinit(&metadata);
      file[i] ^= (uint8_t)(1 << bit);
    }
  }
  for (size_t size = 0; size < file_size; size++) {
    tflite_metadata metadata = {0};
    uint8_t *part = malloc(size ? size : 1);
    memcpy(part, file, size);
    insitu_status status =
        tflite_metadata_read((span){part, size}, 0, deflate_inflate, &metadata, &error);
    CHECK(status == INSITU_STATUS_OK || error.message[0] != '\0');
    tflite_metadata_deinit(&metadata);
    free(part);
  }
}

static void survives_damaged_archives(void) {
  survives_damage_of("uint8_metadata");
  survives_damage_of("uint8_deflated");
}

/* Names that end before they are whole are none. */
static void survives_names_that_are_cut(void) {
  load("labels_names");
  for (size_t size = 0; size < 96; size++) {
    static const char text[] = "{'a': 1, 'names': {0: 'guide dog', 1: \"cat's eye\", 2: 'bird'}}";
    if (size >= sizeof text) break;
    char *part = malloc(size ? size : 1);
    memcpy(part, text, size);
    tflite_metadata metadata = {.labels = {(const uint8_t *)part, size}};
    CHECK(bare_count_labels(&metadata) == (size >= sizeof text - 2 ? 3u
                                           : size >= 19            ? 0
                                                                   : size > 0));
    free(part);
  }
}

/* Out of memory, and no other reason, at whichever allocation that is. */
static void says_where_memory_ends(void) {
  load("uint8_deflated");
  insitu_status status = INSITU_STATUS_OUT_OF_MEMORY;
  for (long n = 0; status != INSITU_STATUS_OK; n++) {
    insitu_pack *made = NULL;
    alloc_fail_after(n);
    status = insitu_pack_create_bare(file, file_size, NULL, &made, &error);
    alloc_fail_after(-1);
    CHECK(status == INSITU_STATUS_OK || status == INSITU_STATUS_OUT_OF_MEMORY);
    if (check_state.case_failed) break;
    insitu_pack_destroy(made);
  }
}

int main(void) {
  RUN(probabilities_stay_what_they_are);
  RUN(probabilities_are_followed_back);
  RUN(the_output_can_be_told);
  RUN(one_output_says_no_or_yes);
  RUN(a_pack_of_two_classes_may_share_one_output);
  RUN(an_open_size_is_asked_for);
  RUN(grey_networks_see_luma);
  RUN(says_what_pixels_become);
  RUN(knows_teachable_machine);
  RUN(metadata_is_for_float_inputs_and_labels);
  RUN(labels_may_be_compressed);
  RUN(labels_are_read_as_they_are_written);
  RUN(a_normalisation_may_be_useless);
  RUN(metadata_is_that_of_the_signature);
  RUN(scores_are_read_before_they_are_picked_from);
  RUN(one_picture_may_be_too_few);
  RUN(an_answer_of_several_pictures_is_none_of_one);
  RUN(answers_at_many_places_are_no_classes);
  RUN(models_give_what_their_files_say);
  RUN(survives_damaged_archives);
  RUN(survives_names_that_are_cut);
  RUN(says_where_memory_ends);
  close_all();
  return check_summary();
}
