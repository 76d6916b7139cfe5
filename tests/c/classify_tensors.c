/* Filling inputs and reading outputs of every type, by hand-worked values. */
#include "classify/tensors.h"
#include "classify/views.h"

#include <math.h>

#include "check.h"

static const insitu_input two_by_one = {.width_px = 2,
                                        .height_px = 1,
                                        .crop_fraction = 1,
                                        .mean = {0.5f, 0, 0.25f},
                                        .std = {0.5f, 1, 0.25f}};
static const uint8_t two_pixels[] = {0, 51, 255, 255, 204, 0};

static insitu_tensor_info input_tensor(insitu_dtype dtype, float scale, int32_t zero_point) {
  return (insitu_tensor_info){.name = "in",
                              .dtype = dtype,
                              .rank = 4,
                              .dims = {1, 1, 2, 3},
                              .scale = scale,
                              .zero_point = zero_point};
}

static void float_input_is_normalised(void) {
  classify_input_table table;
  insitu_tensor_info tensor = input_tensor(INSITU_F32, 0, 0);
  CHECK_INT(classify_input_table_init(&table, &two_by_one, &tensor, NULL), 0);
  float out[6];
  classify_input_fill(&table, two_pixels, &two_by_one, 0, out);
  const float expected[] = {-1, 0.2f, 3, 1, 0.8f, -1};
  for (int i = 0; i < 6; ++i) CHECK_NEAR(out[i], expected[i], 1e-7);
}

/* 2 x 3 pixels whose red is their place; views are told apart by it. */
static void views_are_mirrored_and_upside_down(void) {
  const insitu_input input = {.width_px = 2, .height_px = 3, .std = {1, 1, 1}};
  static const int expected[4][6] = {
      {0, 1, 2, 3, 4, 5}, {1, 0, 3, 2, 5, 4}, {4, 5, 2, 3, 0, 1}, {5, 4, 3, 2, 1, 0}};
  uint8_t rgb[18] = {0};
  for (int i = 0; i < 6; ++i) rgb[3 * i] = (uint8_t)(51 * i);
  insitu_tensor_info tensor = input_tensor(INSITU_F32, 0, 0);
  tensor.dims[1] = 3;
  tensor.dims[2] = 2;
  classify_input_table table;
  CHECK_INT(classify_input_table_init(&table, &input, &tensor, NULL), 0);
  for (uint32_t view = 0; view < 4; ++view) {
    float out[18];
    classify_input_fill(&table, rgb, &input, view, out);
    for (int i = 0; i < 6; ++i) CHECK_NEAR(out[3 * i] * 5, expected[view][i], 1e-6);
  }
}

static void int8_input_is_rounded_and_clamped(void) {
  classify_input_table table;
  insitu_tensor_info tensor = input_tensor(INSITU_I8, 0.0125f, -3);
  CHECK_INT(classify_input_table_init(&table, &two_by_one, &tensor, NULL), 0);
  int8_t out[6];
  classify_input_fill(&table, two_pixels, &two_by_one, 0, out);
  /* -1/0.0125 - 3, 0.2/0.0125 - 3, 3/0.0125 - 3 clamped, … */
  const int8_t expected[] = {-83, 13, 127, 77, 61, -83};
  for (int i = 0; i < 6; ++i) CHECK_INT(out[i], expected[i]);
}

static void uint8_input_of_full_range_is_the_picture(void) {
  /* real = (v - 128)/128 is what mean 128/255 and std 128/255 ask for. */
  insitu_input input = two_by_one;
  for (int c = 0; c < 3; ++c) input.mean[c] = input.std[c] = 128 / 255.0f;
  classify_input_table table;
  insitu_tensor_info tensor = input_tensor(INSITU_U8, 1 / 128.0f, 128);
  CHECK_INT(classify_input_table_init(&table, &input, &tensor, NULL), 0);
  for (int c = 0; c < 3; ++c) {
    for (int v = 0; v < 256; ++v) CHECK_INT(table.values.q8[c][v], v);
  }
}

/* Red, green and blue planes, and luma as Pillow rounds it; mirrored too. */
static void planar_and_grey_inputs_are_filled(void) {
  classify_input_table table;
  insitu_tensor_info tensor = {.dtype = INSITU_F32, .rank = 4, .dims = {1, 3, 1, 2}};
  float out[6];
  CHECK_INT(classify_input_table_init(&table, &two_by_one, &tensor, NULL), 0);
  classify_input_fill(&table, two_pixels, &two_by_one, 0, out);
  const float planes[] = {-1, 1, 0.2f, 0.8f, 3, -1};
  for (int i = 0; i < 6; ++i) CHECK_NEAR(out[i], planes[i], 1e-7);
  classify_input_fill(&table, two_pixels, &two_by_one, CLASSIFY_MIRRORED, out);
  CHECK_NEAR(out[0], 1, 1e-7);
  CHECK_NEAR(out[5], 3, 1e-7);
  static const insitu_tensor_info greys[] = {
      {.dtype = INSITU_U8, .rank = 4, .dims = {1, 1, 2, 1}, .scale = 1 / 255.0f},
      {.dtype = INSITU_U8, .rank = 4, .dims = {1, 1, 1, 2}, .scale = 1 / 255.0f},
      {.dtype = INSITU_U8, .rank = 3, .dims = {1, 1, 2}, .scale = 1 / 255.0f}};
  const insitu_input plain = {.width_px = 2, .height_px = 1, .std = {1, 1, 1}};
  for (size_t i = 0; i < sizeof greys / sizeof *greys; ++i) {
    uint8_t grey[2];
    CHECK_INT(classify_input_table_init(&table, &plain, &greys[i], NULL), 0);
    classify_input_fill(&table, two_pixels, &plain, 0, grey);
    CHECK_INT(grey[0], 59);  /* 0.587 * 51 + 0.114 * 255 = 59.0 */
    CHECK_INT(grey[1], 196); /* 0.299 * 255 + 0.587 * 204 = 195.99 */
  }
}

static void wrong_inputs_are_named(void) {
  classify_input_table table;
  insitu_error error;
  insitu_tensor_info tensor = input_tensor(INSITU_F32, 0, 0);
  tensor.dims[2] = 4;
  CHECK_INT(classify_input_table_init(&table, &two_by_one, &tensor, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_STR(error.message, "the model's input is [1,1,4,3], but the pack says [1,1,2,3]");
  tensor = input_tensor(INSITU_I32, 0, 0);
  CHECK_INT(classify_input_table_init(&table, &two_by_one, &tensor, &error),
            INSITU_STATUS_INVALID_MODEL);
  tensor = input_tensor(INSITU_U8, 0, 0);
  CHECK_INT(classify_input_table_init(&table, &two_by_one, &tensor, &error),
            INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "scale 0");
  tensor = input_tensor(INSITU_U8, NAN, 0);
  CHECK_INT(classify_input_table_init(&table, &two_by_one, &tensor, &error),
            INSITU_STATUS_INVALID_MODEL);
}

static void outputs_are_dequantised(void) {
  insitu_tensor_info tensor = {.name = "out",
                               .dtype = INSITU_I8,
                               .rank = 2,
                               .dims = {1, 3},
                               .scale = 0.5f,
                               .zero_point = -128};
  CHECK_INT(classify_output_check(&tensor, 3, NULL), 0);
  double scores[3];
  classify_output_read(&tensor, (const int8_t[]){-128, 0, 127}, 3, true, scores);
  CHECK(scores[0] == 0 && scores[1] == 64 && scores[2] == 127.5);
  tensor.dtype = INSITU_U8;
  tensor.zero_point = 2;
  classify_output_read(&tensor, (const uint8_t[]){0, 2, 255}, 3, true, scores);
  CHECK(scores[0] == -1 && scores[1] == 0 && scores[2] == 126.5);
  tensor.zero_point = INT32_MIN; /* hostile: must not overflow */
  classify_output_read(&tensor, (const uint8_t[]){255, 0, 0}, 3, true, scores);
  CHECK_NEAR(scores[0], 0.5 * (255 + 2147483648.0), 0);
  tensor.dtype = INSITU_F32;
  classify_output_read(&tensor, (const float[]){-1.5f, 0, 8}, 3, true, scores);
  CHECK(scores[0] == -1.5 && scores[2] == 8);
}

/* Two classes of one output: what it says is of the second. */
static void two_classes_share_one_output(void) {
  insitu_tensor_info tensor = {.dtype = INSITU_F32, .rank = 2, .dims = {1, 1}};
  double scores[2];
  CHECK_INT(classify_output_check(&tensor, 2, NULL), 0);
  classify_output_read(&tensor, (const float[]){0.75f}, 2, false, scores);
  CHECK(scores[0] == 0.25 && scores[1] == 0.75);
  classify_output_read(&tensor, (const float[]){-3}, 2, true, scores);
  CHECK(scores[0] == 0 && scores[1] == -3);
  CHECK_INT(classify_output_check(&tensor, 3, NULL), INSITU_STATUS_INVALID_MODEL);
}

static void wrong_outputs_are_named(void) {
  insitu_error error;
  insitu_tensor_info tensor = {.name = "out", .dtype = INSITU_F32, .rank = 2, .dims = {1, 3}};
  CHECK_INT(classify_output_check(&tensor, 4, &error), INSITU_STATUS_INVALID_MODEL);
  CHECK_STR(error.message, "the model's output is [1,3], but the pack has 4 classes");
  /* 2^64 wraps to 0, which must not pass for a count. */
  insitu_tensor_info vast = {
      .name = "", .dtype = INSITU_F32, .rank = 4, .dims = {65536, 65536, 65536, 65536}};
  CHECK_INT(classify_output_check(&vast, 3, &error), INSITU_STATUS_INVALID_MODEL);
  CHECK_INT(classify_output_check(&vast, 0, &error), INSITU_STATUS_INVALID_MODEL);
}

static void wrong_feature_maps_are_named(void) {
  insitu_error error;
  insitu_tensor_info tensor = {.name = "map", .dtype = INSITU_F32, .rank = 4, .dims = {1, 2, 2, 3}};
  const classify_tap tap = {0, &tensor};
  CHECK_INT(classify_tap_check(&tap, &error), 0);
  tensor.dtype = INSITU_I32; /* would be read as float32 */
  CHECK_INT(classify_tap_check(&tap, &error), INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "\"map\" is of type");
  tensor.dtype = INSITU_I8;
  tensor.dims[0] = 2;
  CHECK_INT(classify_tap_check(&tap, &error), INSITU_STATUS_INVALID_MODEL);
  CHECK_HAS(error.message, "[1,height,width,channels]");
}

int main(void) {
  RUN(float_input_is_normalised);
  RUN(views_are_mirrored_and_upside_down);
  RUN(int8_input_is_rounded_and_clamped);
  RUN(uint8_input_of_full_range_is_the_picture);
  RUN(planar_and_grey_inputs_are_filled);
  RUN(wrong_inputs_are_named);
  RUN(outputs_are_dequantised);
  RUN(two_classes_share_one_output);
  RUN(wrong_outputs_are_named);
  RUN(wrong_feature_maps_are_named);
  return check_summary();
}
