/* A .tflite file whose metadata are read, and with them a bare model's pack. */
#include "graph/tflite/metadata.h"

#include <math.h>

#include "decode/deflate.h"
#include "insitu.h"
#include "targets.h"

void fuzz_metadata(const uint8_t *bytes, size_t size) {
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
