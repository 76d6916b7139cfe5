/* Two classifiers and what is asked of them in turn: the same picture and options are
 * answered as they were the first time, whatever came between: other pictures, requests that
 * are refused, allocations that fail, another object in the same memory. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "insitu.h"
#include "targets.h"

enum { NUM_CLASSIFIERS = 2, NUM_PICTURES = 4, NUM_OPTIONS = 32, MAX_INPUT_BYTES = 64 * 64 * 3 };

typedef struct subject {
  const char *pack_path, *model_path;
  insitu_pack *pack;
  insitu_classifier *classifier;
  uint8_t *model;
  size_t model_size;
  uint32_t answers[NUM_PICTURES][NUM_OPTIONS]; /* their hashes; 0: not answered yet */
} subject;

static subject subjects[NUM_CLASSIFIERS] = {
    {"tests/cli/spots/pack.json", "tests/cli/spots/spots-float32.tflite", .pack = NULL},
    {"tests/packs/stripes/pack.json", "tests/packs/stripes/stripes-float32.tflite", .pack = NULL}};

static insitu_status renew(subject *s, insitu_error *error) {
  static const insitu_classifier_options options = {.digest_verified = true};
  insitu_classifier_destroy(s->classifier);
  s->classifier = NULL;
  return insitu_classifier_create(s->pack, NULL, s->model, s->model_size, &options, &s->classifier,
                                  error);
}

static void open_subject(subject *s) {
  size_t size;
  insitu_error error;
  uint8_t *json = fuzz_read_file(s->pack_path, &size);
  FUZZ_CHECK(insitu_pack_create((const char *)json, size, &s->pack, &error) == INSITU_STATUS_OK);
  free(json);
  s->model = fuzz_read_file(s->model_path, &s->model_size);
  FUZZ_CHECK(renew(s, &error) == INSITU_STATUS_OK);
}

static void draw(uint8_t *rgb, size_t size, uint32_t picture) {
  static const uint8_t steps[NUM_PICTURES] = {0, 3, 7, 251};
  for (size_t i = 0; i < size; ++i) rgb[i] = (uint8_t)(i * steps[picture] + picture);
}

static uint32_t mix(uint32_t hash, const void *bytes, size_t size) {
  return hash * 31 + fuzz_hash(bytes, size);
}

static uint32_t hash_of(const insitu_answer *answer) {
  size_t n = answer->num_classes;
  uint32_t hash = 1;
  hash = mix(hash, answer->scores, n * sizeof *answer->scores);
  hash = mix(hash, answer->probabilities, n * sizeof *answer->probabilities);
  hash = mix(hash, answer->ranking, n * sizeof *answer->ranking);
  hash = mix(hash, answer->set, answer->set_size * sizeof *answer->set);
  hash = mix(hash, answer->map.values,
             (size_t)answer->map.width * answer->map.height * sizeof *answer->map.values);
  const uint32_t facts[] = {(uint32_t)answer->decision, (uint32_t)answer->action,
                            answer->num_reasons,        (uint32_t)answer->prior,
                            answer->num_groups,         answer->map.class_index};
  hash = mix(hash, facts, sizeof facts);
  return hash == 0 ? 1 : hash;
}

/* options: of map, prior and views; its two last are refused. */
static insitu_status classify(subject *s, uint32_t picture, uint32_t options, long fail_after) {
  static const uint32_t views[] = {0, 1, 2, 4};
  static uint8_t rgb[MAX_INPUT_BYTES];
  const insitu_input *input = insitu_pack_input(s->pack);
  size_t size = (size_t)input->width_px * input->height_px * 3;
  FUZZ_CHECK(size <= sizeof rgb);
  draw(rgb, size, picture);
  bool is_refused = options >= NUM_OPTIONS - 2;
  insitu_classify_options asked = {.prior = (insitu_prior)(options / 4 % 3),
                                   .most_views = is_refused ? 3 : views[options % 4],
                                   .is_map_wanted = options / 12 % 2 == 1,
                                   .map_class = options >= 24 ? 0 : INSITU_TOP_CLASS};
  insitu_error error = {0};
  alloc_fail_after(fail_after);
  insitu_status status = insitu_classifier_classify(s->classifier, rgb, NULL, &asked, &error);
  alloc_fail_after(-1);
  const insitu_answer *answer = insitu_classifier_answer(s->classifier);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (answer != NULL));
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
  FUZZ_CHECK(is_refused == (status == INSITU_STATUS_INVALID_ARGUMENT));
  if (answer == NULL) return status;
  uint32_t hash = hash_of(answer), *first = &s->answers[picture][options];
  if (*first == 0) *first = hash;
  FUZZ_CHECK(hash == *first);
  return status;
}

static void print_answer(subject *s, long fail_after) {
  char *json = NULL;
  insitu_error error = {0};
  bool has_answer = insitu_classifier_answer(s->classifier) != NULL;
  alloc_fail_after(fail_after);
  insitu_status status = insitu_classifier_answer_json(s->classifier, "a", NULL, &json, &error);
  alloc_fail_after(-1);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (json != NULL));
  FUZZ_CHECK(has_answer || status != INSITU_STATUS_OK);
  FUZZ_CHECK(!has_answer || status == INSITU_STATUS_OK || status == INSITU_STATUS_OUT_OF_MEMORY);
  insitu_free(json);
}

static void do_step(const uint8_t step[3]) {
  subject *s = &subjects[step[0] / 8 % NUM_CLASSIFIERS];
  uint32_t picture = step[0] / 16 % NUM_PICTURES, options = step[1] % NUM_OPTIONS;
  insitu_error error = {0};
  switch (step[0] % 8) {
    case 0: /* made anew, once in vain */
      alloc_fail_after(step[2]);
      insitu_status failing = renew(s, &error);
      alloc_fail_after(-1);
      FUZZ_CHECK(failing == INSITU_STATUS_OK || failing == INSITU_STATUS_OUT_OF_MEMORY);
      FUZZ_CHECK(renew(s, &error) == INSITU_STATUS_OK);
      break;
    case 1: print_answer(s, step[2] < 128 ? -1 : step[2] - 128); break;
    case 2: {
      insitu_status status = classify(s, picture, options, step[2] % 8);
      FUZZ_CHECK(status == INSITU_STATUS_OK || status == INSITU_STATUS_OUT_OF_MEMORY ||
                 options >= NUM_OPTIONS - 2);
      break;
    }
    default: {
      insitu_status status = classify(s, picture, options, -1);
      FUZZ_CHECK(status == INSITU_STATUS_OK || options >= NUM_OPTIONS - 2);
      break;
    }
  }
}

void fuzz_reuse(const uint8_t *bytes, size_t size) {
  alloc_fail_after(-1);
  for (int i = 0; i < NUM_CLASSIFIERS; ++i) {
    if (subjects[i].pack == NULL) open_subject(&subjects[i]);
  }
  for (size_t at = 0; at + 3 <= size; at += 3) do_step(bytes + at);
}
