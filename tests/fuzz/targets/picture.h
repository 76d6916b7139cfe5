/* What any picture file must do: be answered or refused with a message, the same
 * twice, and with any allocation failing be refused as out of memory or do as
 * before. */
#ifndef INSITU_TESTS_FUZZ_PICTURE_H_
#define INSITU_TESTS_FUZZ_PICTURE_H_

#include <string.h>

#include "base/alloc.h"
#include "insitu.h"
#include "targets.h"

enum {
  PICTURE_WIDTH = 24,
  PICTURE_HEIGHT = 16,
  PICTURE_BYTES = PICTURE_WIDTH * PICTURE_HEIGHT * 3
};

static inline insitu_status picture_try(const uint8_t *bytes, size_t size, uint32_t choice,
                                        long fail_after, uint8_t rgb[PICTURE_BYTES],
                                        insitu_error *error) {
  static const insitu_crop crops[] = {{0, 0, 1, 1}, {0.3, 0.6, 0.2, 0.3}, {0.9, 0, 0.1, 1}};
  const insitu_input input = {
      .width_px = PICTURE_WIDTH, .height_px = PICTURE_HEIGHT, .crop_fraction = 0.875};
  insitu_picture facts;
  memset(rgb, 77, PICTURE_BYTES);
  alloc_fail_after(fail_after);
  insitu_status status = insitu_picture_prepare(
      bytes, size, choice % 4 == 3 ? NULL : &crops[choice % 4], &input, rgb, &facts, error);
  FUZZ_CHECK(error->status == status);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error->message[0] == '\0'));
  FUZZ_CHECK(status != INSITU_STATUS_INTERNAL && status != INSITU_STATUS_INVALID_ARGUMENT);
  if (status == INSITU_STATUS_OK) {
    FUZZ_CHECK(facts.width_px >= 1 && facts.height_px >= 1);
    char *json = insitu_picture_json(&facts);
    FUZZ_CHECK(json != NULL || fail_after >= 0);
    insitu_free(json);
  } else {
    for (size_t i = 0; i < PICTURE_BYTES; ++i) FUZZ_CHECK(rgb[i] == 77);
  }
  return status;
}

static inline void picture_fuzz(const uint8_t *bytes, size_t size) {
  uint32_t choice = fuzz_hash(bytes, size);
  uint8_t rgb[2][PICTURE_BYTES];
  insitu_error first, again;
  insitu_status status = picture_try(bytes, size, choice, -1, rgb[0], &first);
  long fail_after = (long)(choice / 4 % (uint32_t)(alloc_count() + 1));
  insitu_status failing = picture_try(bytes, size, choice, fail_after, rgb[1], &again);
  FUZZ_CHECK(failing == status || failing == INSITU_STATUS_OUT_OF_MEMORY);
  if (failing != status) failing = picture_try(bytes, size, choice, -1, rgb[1], &again);
  alloc_fail_after(-1);
  FUZZ_CHECK(failing == status && strcmp(first.message, again.message) == 0);
  FUZZ_CHECK(memcmp(rgb[0], rgb[1], PICTURE_BYTES) == 0);
}

#endif
