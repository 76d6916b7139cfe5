/* A .tflite file: described, made into a runtime, run on an input, another and the first
 * again, with the first's output, and made once more with an allocation failing. */
#include <string.h>

#include "base/alloc.h"
#include "insitu.h"
#include "targets.h"

/* The same bytes for each step; below 0x3f so that four of them are a small float. */
FUZZ_UNWATCHED static void fill(insitu_model *model, size_t step) {
  for (uint32_t i = 0; i < insitu_model_num_inputs(model); ++i) {
    uint8_t *data = insitu_model_input_data(model, i);
    size_t size_bytes = insitu_model_input(model, i)->size_bytes;
    for (size_t at = 0; at < size_bytes; ++at) data[at] = (uint8_t)(at * step % 0x3f);
  }
}

static uint32_t run(insitu_model *model, size_t step) {
  insitu_error error;
  fill(model, step);
  FUZZ_CHECK(insitu_model_run(model, &error) == INSITU_STATUS_OK);
  uint32_t hash = 0;
  for (uint32_t i = 0; i < insitu_model_num_outputs(model); ++i) {
    hash ^=
        fuzz_hash(insitu_model_output_data(model, i), insitu_model_output(model, i)->size_bytes);
  }
  return hash;
}

/* With a size, where the file leaves its own open, for half of the files, now and then
 * one that is too large; and with a signature's name for a quarter. */
static insitu_model_options choose(const uint8_t *bytes, size_t size) {
  uint32_t choice = fuzz_hash(bytes, size) / 7, height = choice / 64 % 32;
  bool has_size = choice % 2 == 0;
  return (insitu_model_options){.width_px = has_size ? choice / 2 % 32 : 0,
                                .height_px = !has_size      ? 0
                                             : height == 31 ? 9999
                                                            : height,
                                .signature = choice / 2048 % 4 == 0 ? "shares" : NULL};
}

static insitu_status make(const uint8_t *bytes, size_t size, const insitu_model_options *options,
                          insitu_model **model) {
  insitu_error error = {0};
  insitu_status status = insitu_model_create(bytes, size, options, model, &error);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (*model != NULL));
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
  FUZZ_CHECK(status != INSITU_STATUS_INTERNAL);
  return status;
}

static bool describe(const uint8_t *bytes, size_t size, const char *signature) {
  insitu_error error = {0};
  char *json = NULL;
  insitu_status status = insitu_model_inspect_json(bytes, size, signature, &json, &error);
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (json != NULL));
  FUZZ_CHECK((status == INSITU_STATUS_OK) == (error.message[0] == '\0'));
  bool is_supported = json != NULL && strstr(json, "\"supported\":true") != NULL;
  insitu_free(json);
  return is_supported;
}

void fuzz_model(const uint8_t *bytes, size_t size) {
  insitu_model_options options = choose(bytes, size);
  bool is_supported = describe(bytes, size, options.signature);
  insitu_model *model = NULL, *failing = NULL;
  alloc_fail_after(-1);
  insitu_status status = make(bytes, size, &options, &model);
  long num_allocations = alloc_count();
  if (model != NULL) {
    /* What is described has the size that inspect assumes where the file leaves it open. */
    FUZZ_CHECK(is_supported || options.width_px > 0);
    uint32_t first = run(model, 37);
    run(model, 11);
    FUZZ_CHECK(run(model, 37) == first);
    insitu_model_destroy(model);
  }
  alloc_fail_after((long)(fuzz_hash(bytes, size) % (uint32_t)(num_allocations + 1)));
  insitu_status other = make(bytes, size, &options, &failing);
  alloc_fail_after(-1);
  FUZZ_CHECK(other == status || other == INSITU_STATUS_OUT_OF_MEMORY);
  insitu_model_destroy(failing);
}
