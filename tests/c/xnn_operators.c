/* Each operator in each precision against TFLite's reference kernels: the
 * models of tests/golden/models (made and answered by make.py there). Floats
 * agree within 1e-5 of the tensor's largest magnitude, quantised values within
 * one step. Where float inputs are quantised while running (dynamic_...), each is
 * up to half a step of 1/255 of their range off: within 0.02 of the answer in
 * float32. */
#include <math.h>

#include "check.h"
#include "insitu.h"

#define GOLDEN "tests/golden/models/"

static void compare(const insitu_tensor_info *info, const void *got, const void *expected,
                    double float_tolerance) {
  size_t num_elements = info->dtype == INSITU_F32 ? info->size_bytes / 4 : info->size_bytes;
  double largest = 1e-30, worst = 0;
  for (size_t i = 0; i < num_elements; i++) {
    double a, b;
    if (info->dtype == INSITU_F32) a = ((const float *)got)[i], b = ((const float *)expected)[i];
    else if (info->dtype == INSITU_I8)
      a = ((const int8_t *)got)[i], b = ((const int8_t *)expected)[i];
    else a = ((const uint8_t *)got)[i], b = ((const uint8_t *)expected)[i];
    if (fabs(b) > largest) largest = fabs(b);
    if (!(fabs(a - b) <= worst)) worst = fabs(a - b); /* NaN counts */
  }
  CHECK_NEAR(worst, 0, info->dtype == INSITU_F32 ? float_tolerance * largest : 1);
}

/* The file's tensors in order: inputs, then outputs. */
static void run_case(const char *name, uint32_t num_threads) {
  char path[128];
  size_t file_size, io_size, offset = 0;
  snprintf(path, sizeof path, GOLDEN "%s.tflite", name);
  uint8_t *file = check_read_file(path, &file_size);
  snprintf(path, sizeof path, GOLDEN "%s.io", name);
  uint8_t *io = check_read_file(path, &io_size);
  insitu_model *model = NULL;
  insitu_error error = {0};
  insitu_model_options options = {.num_threads = num_threads};
  insitu_status status = insitu_model_create(file, file_size, &options, &model, &error);
  CHECK_STR(error.message, "");
  CHECK_INT(status, INSITU_STATUS_OK);
  free(file); /* not needed after create */
  if (model == NULL) {
    free(io);
    return;
  }
  for (uint32_t i = 0; i < insitu_model_num_inputs(model); i++) {
    size_t size_bytes = insitu_model_input(model, i)->size_bytes;
    CHECK(offset + size_bytes <= io_size);
    memcpy(insitu_model_input_data(model, i), io + offset, size_bytes);
    offset += size_bytes;
  }
  for (int run = 0; run < 2; run++) CHECK_INT(insitu_model_run(model, &error), INSITU_STATUS_OK);
  for (uint32_t i = 0; i < insitu_model_num_outputs(model); i++) {
    const insitu_tensor_info *info = insitu_model_output(model, i);
    CHECK(offset + info->size_bytes <= io_size);
    /* memcpy'd apart: the file's tensors need not be aligned */
    void *expected = malloc(info->size_bytes);
    memcpy(expected, io + offset, info->size_bytes);
    bool is_dynamic = strncmp(name, "dynamic_", 8) == 0;
    compare(info, insitu_model_output_data(model, i), expected, is_dynamic ? 0.02 : 1e-5);
    free(expected);
    offset += info->size_bytes;
  }
  CHECK_INT(offset, io_size);
  insitu_model_destroy(model);
  free(io);
}

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

int main(void) {
  size_t size_bytes;
  uint8_t *list = check_read_file(GOLDEN "cases.txt", &size_bytes);
  char name[64];
  size_t length = 0;
  for (size_t i = 0; i < size_bytes; i++) {
    if (list[i] != '\n') {
      if (length < sizeof name - 1) name[length++] = (char)list[i];
      continue;
    }
    name[length] = '\0';
    length = 0;
    check_begin();
    run_case(name, 1);
    check_end(name);
  }
  free(list);
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
