/* Each operator in each precision against TFLite's reference kernels: the
 * models of tests/golden/models (made and answered by make.py there). By the kernels of
 * other processors than this one: xnn_processors.c. */
#include "check.h"

#include "operator_case.h"

/* The case's file with `put` behind the first `find`. */
static uint8_t *patched(const char *name, const void *find, size_t find_size, const void *put,
                        size_t put_size, size_t *size) {
  char path[128];
  snprintf(path, sizeof path, GOLDEN "%s.tflite", name);
  uint8_t *file = check_read_file(path, size);
  for (size_t at = 0; at + find_size + put_size <= *size; at++) {
    if (memcmp(file + at, find, find_size) != 0) continue;
    memcpy(file + at + find_size, put, put_size);
    return file;
  }
  CHECK(!"the bytes to patch are in the file");
  return file;
}

static void refuses(uint8_t *file, size_t size, const char *message) {
  insitu_model *model = NULL;
  insitu_error error = {0};
  insitu_model_options options = {.num_threads = 1};
  CHECK_INT(insitu_model_create(file, size, &options, &model, &error),
            INSITU_STATUS_UNSUPPORTED_MODEL);
  CHECK_HAS(error.message, message);
  insitu_model_destroy(model);
  free(file);
}

static void refuses_a_rescale_that_overflows(void) {
  size_t size;
  uint8_t *file = patched("quantize_i8_i8", "", 0, "", 0, &size);
  insitu_model *model = NULL;
  insitu_error error;
  insitu_model_options options = {.num_threads = 1};
  CHECK_INT(insitu_model_create(file, size, &options, &model, &error), INSITU_STATUS_OK);
  free(file);
  if (model == NULL) return;
  float input_scale = insitu_model_input(model, 0)->scale;
  float steeper = insitu_model_output(model, 0)->scale * 200;
  insitu_model_destroy(model);
  file = patched("quantize_i8_i8", &input_scale, 4, "", 0, &size);
  for (size_t at = 0; at + 4 <= size; at++) {
    if (memcmp(file + at, &input_scale, 4) == 0) memcpy(file + at, &steeper, 4);
  }
  refuses(file, size, "the limit is 128");
}

static void refuses_depthwise_weights_that_overflow(void) {
  const uint8_t length[4] = {171, 0, 0, 0}; /* 3 x 3 x 19, before the filter's bytes */
  const int8_t lowest[20] = {[0] = -128, [19] = -128};
  size_t size;
  uint8_t *file = patched("depthwise_conv_2d_i8", length, 4, lowest, 20, &size);
  refuses(file, size, "2 weights of -128 in channel 0");
}

static void transposes_by_axes_from_the_end(void) {
  const int32_t axes[4] = {0, 3, 1, 2}, from_end[4] = {0, -1, 1, 2};
  size_t size;
  uint8_t *file = patched("transpose_f32", axes, 16, "", 0, &size);
  for (size_t at = 0; at + 16 <= size; at++) {
    if (memcmp(file + at, axes, 16) == 0) memcpy(file + at, from_end, 16);
  }
  insitu_model *model = NULL;
  insitu_error error = {0};
  insitu_model_options options = {.num_threads = 1};
  CHECK_INT(insitu_model_create(file, size, &options, &model, &error), INSITU_STATUS_OK);
  free(file);
  if (model == NULL) return;
  const insitu_tensor_info *output = insitu_model_output(model, 0);
  CHECK_INT(output->dims[1], 2);
  float *input = insitu_model_input_data(model, 0);
  for (int i = 0; i < 24; i++) input[i] = (float)i;
  CHECK_INT(insitu_model_run(model, &error), INSITU_STATUS_OK);
  const float *moved = insitu_model_output_data(model, 0);
  CHECK_NEAR((double)moved[1], 2, 0); /* channels first: the next column of channel 0 */
  CHECK_NEAR((double)moved[12], 1, 0);
  insitu_model_destroy(model);
}

static void run_alone(const char *name) {
  check_begin();
  run_case(name, 1);
  check_end(name);
}

int main(void) {
  for_each_case(run_alone);
  /* Splitting the work changes no figure. */
  check_begin();
  run_case("conv_2d_f32", 3);
  run_case("depthwise_conv_2d_i8", 2);
  check_end("threads give the same");
  RUN(refuses_a_rescale_that_overflows);
  RUN(refuses_depthwise_weights_that_overflow);
  RUN(transposes_by_axes_from_the_end);
  return check_summary();
}
