/* A .tflite file whose metadata are read, and with them a bare model's pack, which is said. */
#include "graph/tflite/metadata.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "decode/deflate.h"
#include "insitu.h"
#include "targets.h"

static void read_metadata(const uint8_t *bytes, size_t size) {
  tflite_metadata metadata = {0};
  insitu_error error = {0};
  insitu_status status =
      tflite_metadata_read((span){bytes, size}, 0, deflate_inflate, &metadata, &error);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
  FUZZ_CHECK(status == INSITU_STATUS_OK || !metadata.has_normalization);
  for (int i = 0; i < 3 && metadata.has_normalization; ++i) {
    FUZZ_CHECK(isfinite(metadata.mean[i]) && metadata.std[i] > 0);
  }
  FUZZ_CHECK(metadata.owned_labels == NULL || metadata.labels.data == metadata.owned_labels);
  tflite_metadata_deinit(&metadata);
}

static insitu_status make(const uint8_t *bytes, size_t size, uint32_t choice, insitu_pack **pack) {
  static const char *const labels[] = {"one", "two", "three", "four"};
  insitu_bare_options options = {
      .has_mean = choice % 8 == 7,
      .has_std = choice % 8 == 7,
      .mean = {0.5f, 0.25f, 0},
      .std = {1, 0.5f, choice / 4096 % 4 == 3 ? 0 : 0.25f},
      .labels = choice / 8 % 4 == 3 ? labels : NULL,
      .num_labels = choice / 8 % 4 == 3 ? choice / 32 % 4 + 1 : 0,
      .output = (insitu_output)(choice / 128 % 8 < 4 ? choice / 128 % 4 : 0),
      .width_px = choice / 1024 % 2 == 0 ? 24 : 0,
      .height_px = choice / 1024 % 2 == 0 ? 16 : 0,
      .signature = choice / 16384 % 4 == 3 ? "shares" : NULL,
  };
  insitu_error error = {0};
  insitu_status status = insitu_pack_create_bare(bytes, size, &options, pack, &error);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (*pack != NULL));
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
  FUZZ_CHECK(status != INSITU_STATUS_INTERNAL);
  return status;
}

static void say(const insitu_pack *pack) {
  insitu_error error = {0};
  char *json = NULL;
  for (uint32_t i = 0; i < insitu_pack_num_classes(pack); ++i) {
    FUZZ_CHECK(insitu_pack_class_id(pack, i) != NULL && insitu_pack_class_label(pack, i) != NULL);
  }
  const insitu_input *input = insitu_pack_input(pack);
  for (int i = 0; i < 3; ++i) FUZZ_CHECK(isfinite(input->mean[i]) && input->std[i] > 0);
  FUZZ_CHECK(insitu_pack_bare_json(pack, &json, &error) == INSITU_STATUS_OK);
  FUZZ_CHECK(strstr(json, "\"read_as\":{") != NULL);
  insitu_free(json);
}

void fuzz_metadata(const uint8_t *bytes, size_t size) {
  alloc_fail_after(-1);
  read_metadata(bytes, size);
  uint32_t choice = fuzz_hash(bytes, size);
  insitu_pack *pack = NULL, *failing = NULL;
  alloc_fail_after(-1);
  insitu_status status = make(bytes, size, choice, &pack);
  long num_allocations = alloc_count();
  if (pack != NULL) say(pack);
  insitu_pack_destroy(pack);
  alloc_fail_after((long)(choice / 64 % (uint32_t)(num_allocations + 1)));
  insitu_status other = make(bytes, size, choice, &failing);
  alloc_fail_after(-1);
  FUZZ_CHECK(other == status || other == INSITU_STATUS_OUT_OF_MEMORY);
  insitu_pack_destroy(failing);
}
