/* Damaged packs: the pack of tests/cli/spots with bytes flipped, cut, doubled
 * and numbers swapped for edge values, from a fixed seed. Each must be refused
 * with a message or give probabilities within 0..1;
 * the sanitizers watch.
 *
 *   pack_mutation [MUTANTS]     run from the repository's root */
#include <math.h>

#include "../c/check.h"
#include "base/clock.h"
#include "insitu.h"

#define SPOTS "tests/cli/spots/"
#define MAX_MS 5000

static uint64_t state = 0x9E3779B97F4A7C15u;

/* xorshift64* */
static uint32_t next_random(uint32_t bound) {
  state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
  return (uint32_t)((state * 0x2545F4914F6CDD1Du) >> 33) % bound;
}

static uint8_t *model;
static size_t model_size;

static void check_answer(const insitu_pack *pack, bool *answered) {
  const insitu_input *input = insitu_pack_input(pack);
  size_t num_bytes = (size_t)input->width_px * input->height_px * 3;
  uint8_t *rgb = malloc(num_bytes);
  memset(rgb, 200, num_bytes);
  insitu_classifier_options options = {.num_threads = 1, .digest_verified = true};
  insitu_classifier *classifier = NULL;
  insitu_error error = {0};
  if (insitu_classifier_create(pack, NULL, model, model_size, &options, &classifier, &error)) {
    CHECK(error.message[0] != '\0' && classifier == NULL);
  } else if (insitu_classifier_classify(classifier, rgb, NULL, NULL, &error)) {
    CHECK(error.message[0] != '\0');
    CHECK(insitu_classifier_answer(classifier) == NULL);
  } else {
    const double *p = insitu_classifier_answer(classifier)->probabilities;
    for (uint32_t i = 0; i < insitu_pack_num_classes(pack); ++i) CHECK(p[i] >= 0 && p[i] <= 1);
    char *json = NULL;
    CHECK_INT(insitu_classifier_answer_json(classifier, "a", NULL, &json, &error), 0);
    insitu_free(json);
    *answered = true;
  }
  insitu_classifier_destroy(classifier);
  free(rgb);
}

static void replace(char *json, size_t *size, size_t at, size_t length, const char *by) {
  size_t added = strlen(by);
  memmove(json + at + added, json + at + length, *size - at - length);
  memcpy(json + at, by, added);
  *size = *size - length + added;
}

/* json has room for 64 bytes a change. */
static void mutate(char *json, size_t *size) {
  static const char *const values[] = {"0",      "-1",   "1e308", "1e999",      "-0",
                                       "1e-320", "1.5",  "65536", "null",       "[]",
                                       "{}",     "\"\"", "true",  "4294967296", "0.1"};
  for (uint32_t n = 1 + next_random(3); n > 0; --n) {
    size_t at = next_random((uint32_t)*size);
    switch (next_random(4)) {
      case 0: json[at] = (char)(json[at] ^ (1 << next_random(8))); break;
      case 1: *size = at + 1; break; /* cut: at least one byte is left */
      case 2: json[at] = "{}[],:\"\\0-"[next_random(10)]; break;
      default: { /* the next number becomes an edge value */
        while (at < *size && (json[at] < '0' || json[at] > '9')) ++at;
        size_t length = 0;
        while (at + length < *size && strchr("0123456789.eE+-", json[at + length])) ++length;
        replace(json, size, at, length, values[next_random(sizeof values / sizeof *values)]);
      }
    }
  }
}

int main(int argc, char **argv) {
  size_t size;
  char *original = (char *)check_read_file(SPOTS "pack.json", &size);
  model = check_read_file(SPOTS "spots-float32.tflite", &model_size);
  int num_mutants = argc > 1 ? atoi(argv[1]) : 3000, num_read = 0, num_answered = 0;
  check_begin();
  for (int i = 0; i < num_mutants; ++i) {
    char *work = malloc(size + 256);
    memcpy(work, original, size);
    size_t mutant_size = size;
    if (i > 0) mutate(work, &mutant_size); /* the first is the original */
    char *exact = malloc(mutant_size);     /* so that a read past the end is seen */
    memcpy(exact, work, mutant_size);
    insitu_pack *pack = NULL;
    insitu_error error = {0};
    double start_ms = clock_ms();
    insitu_status status = insitu_pack_create(exact, mutant_size, &pack, &error);
    CHECK((status == INSITU_STATUS_OK) == (pack != NULL));
    CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
    bool answered = false;
    if (pack) check_answer(pack, &answered);
    CHECK_NEAR(clock_ms() - start_ms, 0, MAX_MS);
    num_read += pack != NULL;
    num_answered += answered;
    insitu_pack_destroy(pack);
    free(exact);
    free(work);
  }
  /* Texts take many flips unharmed: some must still be read, most must not. */
  CHECK(num_read > num_mutants / 50 && num_read < num_mutants);
  CHECK(num_answered > 0 && num_answered <= num_read);
  printf("%d mutants, %d read, %d answered\n", num_mutants, num_read, num_answered);
  check_end("mutants_are_refused_or_answered");
  free(original);
  free(model);
  return check_summary();
}
