/* A model of tests/golden/models, run and compared with what TFLite's reference kernels
 * answer to it. Floats agree within 1e-5 of the tensor's largest magnitude, quantised values
 * within one step (those of average pools are equal), indices are equal.
 * Where float inputs are quantised while running (dynamic_...), each is up to half a step of 1/255
 * of their range off: within 0.02 of the answer in float32. Include once, behind check.h. */
#ifndef INSITU_TESTS_OPERATOR_CASE_H_
#define INSITU_TESTS_OPERATOR_CASE_H_

#include <math.h>

#include "insitu.h"

#define GOLDEN "tests/golden/models/"

static void compare(const insitu_tensor_info *info, const void *got, const void *expected,
                    double float_tolerance, double step_tolerance) {
  size_t num_elements = info->dtype == INSITU_F32 ? info->size_bytes / 4 : info->size_bytes;
  if (info->dtype == INSITU_I32 || info->dtype == INSITU_I64) { /* indices */
    CHECK(memcmp(got, expected, info->size_bytes) == 0);
    return;
  }
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
  CHECK_NEAR(worst, 0, info->dtype == INSITU_F32 ? float_tolerance * largest : step_tolerance);
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
    bool is_average = strncmp(name, "average_pool_", 13) == 0;
    compare(info, insitu_model_output_data(model, i), expected, is_dynamic ? 0.02 : 1e-5,
            is_average ? 0 : 1);
    free(expected);
    offset += info->size_bytes;
  }
  CHECK_INT(offset, io_size);
  insitu_model_destroy(model);
  free(io);
}

/* Calls `run` with the name of each case in cases.txt. */
static void for_each_case(void (*run)(const char *name)) {
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
    run(name);
  }
  free(list);
}

#endif
