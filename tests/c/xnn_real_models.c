/* Published networks, whole, against TFLite's reference kernels (answers by
 * tests/golden/real/make.py). Over 60 operators the roundings of two engines
 * part by a few steps of 1/256: TFLite on its own XNNPACK and its reference kernels
 * by 4, 14 and 3 on these pictures (measured). The files are in ${INSITU_DATA:-../shared/data};
 * without them the cases are skipped. */
#include <math.h>

#include "check.h"
#include "insitu.h"

#define MAX_STEPS 16

static FILE *open_model(const char *name, char *path, size_t path_size) {
  const char *folder = getenv("INSITU_DATA");
  snprintf(path, path_size, "%s/tflite/%s.tflite", folder != NULL ? folder : "../shared/data",
           name);
  return fopen(path, "rb");
}

/* Waves and a gradient; u8, as in make.py. */
static void draw(uint8_t *pixels, uint32_t side) {
  for (uint32_t y = 0; y < side; y++) {
    for (uint32_t x = 0; x < side; x++) {
      for (uint32_t c = 0; c < 3; c++) {
        *pixels++ = (uint8_t)(x * x / 61 + y * (3 + c) + x * y / 90 + 50 * c);
      }
    }
  }
}

static uint32_t top_of(const uint8_t *scores, size_t num_scores) {
  uint32_t top = 0;
  for (uint32_t i = 1; i < num_scores; i++) {
    if (scores[i] > scores[top]) top = i;
  }
  return top;
}

static void run_model(const char *name, const char *path) {
  char golden[128];
  snprintf(golden, sizeof golden, "tests/golden/real/%s.out", name);
  size_t file_size, expected_size;
  uint8_t *file = check_read_file(path, &file_size);
  uint8_t *expected = check_read_file(golden, &expected_size);
  insitu_model *model = NULL;
  insitu_error error = {0};
  CHECK_INT(insitu_model_create(file, file_size, NULL, &model, &error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  free(file);
  if (model != NULL) {
    const insitu_tensor_info *input = insitu_model_input(model, 0);
    const insitu_tensor_info *output = insitu_model_output(model, 0);
    draw(insitu_model_input_data(model, 0), input->dims[1]);
    CHECK_INT(insitu_model_run(model, &error), INSITU_STATUS_OK);
    CHECK_INT(output->size_bytes, expected_size);
    const uint8_t *scores = insitu_model_output_data(model, 0);
    int worst = 0;
    for (size_t i = 0; i < expected_size; i++) {
      int difference = abs(scores[i] - expected[i]);
      if (difference > worst) worst = difference;
    }
    CHECK_INT(top_of(scores, expected_size), top_of(expected, expected_size));
    if (worst > MAX_STEPS) CHECK_INT(worst, 0);
  }
  insitu_model_destroy(model);
  free(expected);
}

int main(void) {
  static const char *const names[] = {"mobilenet_v1_0.25_128_quant", "mobilenet_v2_1.0_224_quant",
                                      "tf2_mobilenet_v2_1.0_224_ptq"};
  int num_skipped = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[512];
    FILE *file = open_model(names[i], path, sizeof path);
    if (file == NULL) {
      printf("skip %s: %s is not there (set INSITU_DATA)\n", names[i], path);
      num_skipped++;
      continue;
    }
    fclose(file);
    check_begin();
    run_model(names[i], path);
    check_end(names[i]);
  }
  if (num_skipped == sizeof names / sizeof *names) {
    printf("0 passed, 0 failed, %d skipped\n", num_skipped);
    return 0;
  }
  return check_summary();
}
