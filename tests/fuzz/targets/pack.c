/* pack.json, and behind a zero byte texts in one language. A pack that fits the
 * models of tests/cli/spots or tests/packs/stripes answers with them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "insitu.h"
#include "targets.h"

static struct {
  uint8_t *bytes;
  size_t size;
} models[2];

static void answer(const insitu_pack *pack, const uint8_t *model, size_t model_size) {
  static const insitu_classifier_options options = {.num_threads = 1, .digest_verified = true};
  const insitu_input *input = insitu_pack_input(pack);
  size_t num_bytes = (size_t)input->width_px * input->height_px * 3;
  insitu_classifier *classifier = NULL;
  insitu_error error = {0};
  if (insitu_classifier_create(pack, NULL, model, model_size, &options, &classifier, &error)) {
    FUZZ_CHECK(error.message[0] != '\0' && classifier == NULL);
    return;
  }
  uint8_t *rgb = malloc(num_bytes);
  for (size_t i = 0; i < num_bytes; ++i) rgb[i] = (uint8_t)(i * 7);
  if (insitu_classifier_classify(classifier, rgb, NULL, NULL, &error)) {
    FUZZ_CHECK(error.message[0] != '\0' && insitu_classifier_answer(classifier) == NULL);
  } else {
    const double *p = insitu_classifier_answer(classifier)->probabilities;
    for (uint32_t i = 0; i < insitu_pack_num_classes(pack); ++i) FUZZ_CHECK(p[i] >= 0 && p[i] <= 1);
    char *json = NULL;
    FUZZ_CHECK(!insitu_classifier_answer_json(classifier, "a", NULL, &json, &error));
    insitu_free(json);
  }
  free(rgb);
  insitu_classifier_destroy(classifier);
}

static insitu_status read_pack(const uint8_t *bytes, size_t size, insitu_pack **pack) {
  insitu_error error = {0};
  const uint8_t *end = memchr(bytes, '\0', size);
  size_t json_size = end == NULL ? size : (size_t)(end - bytes);
  insitu_status status = insitu_pack_create((const char *)bytes, json_size, pack, &error);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (*pack != NULL));
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
  if (status != INSITU_STATUS_OK || end == NULL) return status;
  status = insitu_pack_add_texts(*pack, (const char *)end + 1, size - json_size - 1, &error);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
  for (uint32_t i = 0; i < insitu_pack_num_classes(*pack); ++i) {
    FUZZ_CHECK(insitu_pack_class_label(*pack, i) != NULL);
  }
  return status;
}

void fuzz_pack(const uint8_t *bytes, size_t size) {
  if (models[0].bytes == NULL) {
    models[0].bytes = fuzz_read_file("tests/cli/spots/spots-float32.tflite", &models[0].size);
    models[1].bytes = fuzz_read_file("tests/packs/stripes/stripes-float32.tflite", &models[1].size);
  }
  insitu_pack *pack = NULL, *failing = NULL;
  alloc_fail_after(-1);
  insitu_status status = read_pack(bytes, size, &pack);
  long num_allocations = alloc_count();
  const insitu_variant *variant = pack == NULL ? NULL : insitu_pack_variant(pack, NULL);
  for (int i = 0; i < 2 && variant != NULL; ++i) {
    if (variant->size_bytes == models[i].size) answer(pack, models[i].bytes, models[i].size);
  }
  insitu_pack_destroy(pack);
  alloc_fail_after((long)(fuzz_hash(bytes, size) % (uint32_t)(num_allocations + 1)));
  insitu_status other = read_pack(bytes, size, &failing);
  alloc_fail_after(-1);
  FUZZ_CHECK(other == status || other == INSITU_STATUS_OUT_OF_MEMORY);
  insitu_pack_destroy(failing);
}
