/* xnn/kernels/dwconv_49.h: each form of the kernels for 49 taps against plain loops, bit
 * for bit for int8, in every edge: channels that are not whole tiles, taps that are the
 * zero buffer; and that they are put in. */
#include "check.h"

#include <math.h>
#include <xnnpack.h>
#include <xnnpack/config.h>
#include <xnnpack/microparams.h>

#include "xnn/kernels/dwconv_49.h"
#include "xnn/kernels/kernels.h"

#define MAX_CHANNELS 83
#define MAX_WIDTH 3
#define MAX_POINTERS ((MAX_WIDTH + 6) * 7)

typedef DWCONV_49((*form));

static uint32_t state = 12345;
static float random_real(void) {
  state = state * 1664525u + 1013904223u;
  return (float)((int)(state >> 16 & 255) - 128) / 100;
}

/* Neighbours share six of their seven columns of pointers. */
static void equals_plain_loops(form kernel, size_t channels, size_t width) {
  static float input[MAX_POINTERS][MAX_CHANNELS + 4], zero[MAX_CHANNELS + 4];
  static float output[MAX_WIDTH * (MAX_CHANNELS + 1) + 4];
  static float weights[(MAX_CHANNELS + 15) / 16][50][16];
  const float *pointers[MAX_POINTERS], *real[MAX_POINTERS];
  const union xnn_f32_minmax_params clamp = {.scalar = {.min = -4.5f, .max = 6.25f}};
  size_t num_pointers = (width + 6) * 7;
  memset(output, 0, sizeof output);
  for (size_t i = 0; i < num_pointers; i++) {
    for (size_t c = 0; c < channels; c++) input[i][c] = random_real();
    real[i] = i % 5 == 3 ? zero : input[i];
    pointers[i] = real[i] == zero ? zero : (const float *)((uintptr_t)real[i] - 8);
  }
  for (size_t c = 0; c < channels; c++) {
    for (size_t k = 0; k < 50; k++) weights[c / 16][k][c % 16] = random_real();
  }
  kernel(channels, width, pointers, &weights[0][0][0], output, 7 * sizeof(void *), sizeof(float), 8,
         zero, &clamp);
  for (size_t x = 0; x < width; x++) {
    for (size_t c = 0; c < channels; c++) {
      double sum = (double)weights[c / 16][0][c % 16];
      for (size_t k = 0; k < 49; k++) {
        sum += (double)real[7 * x + k][c] * (double)weights[c / 16][k + 1][c % 16];
      }
      CHECK_NEAR((double)output[x * (channels + 1) + c], fmin(fmax(sum, -4.5), 6.25), 1e-4);
    }
    CHECK(output[x * (channels + 1) + channels] == 0); /* not written */
  }
}

static void try_form(form kernel) {
  for (size_t channels = 1; channels <= MAX_CHANNELS; channels++) {
    equals_plain_loops(kernel, channels, 1 + channels % MAX_WIDTH);
  }
}

#ifdef HAS_QS8_DWCONV_49

typedef QS8_DWCONV_49((*int8_form));

static const union xnn_qs8_qc8w_conv_minmax_params limits = {
    .fp32_scalar = {.output_zero_point = -5, .output_min = -110, .output_max = 100}};

/* `large`: scales under which most sums are clamped, and sums past what i16 holds. */
static void int8_equals_plain_loops(int8_form kernel, size_t channels, size_t width, bool large) {
  static int8_t input[MAX_POINTERS][MAX_CHANNELS + 16], zero[MAX_CHANNELS + 16];
  static int8_t output[MAX_WIDTH * (MAX_CHANNELS + 3)];
  static struct {
    int32_t bias[16];
    int8_t taps[49][16];
    float scale[16];
  } tiles[(MAX_CHANNELS + 15) / 16];
  const int8_t *pointers[MAX_POINTERS], *real[MAX_POINTERS];
  size_t num_pointers = (width + 6) * 7;
  memset(output, 0, sizeof output);
  memset(zero, -9, sizeof zero);
  for (size_t i = 0; i < num_pointers; i++) {
    for (size_t c = 0; c < channels; c++) input[i][c] = (int8_t)(random_real() * 100);
    real[i] = i % 5 == 3 ? zero : input[i];
    pointers[i] = real[i] == zero ? zero : (const int8_t *)((uintptr_t)real[i] - 5);
  }
  for (size_t c = 0; c < channels; c++) {
    tiles[c / 16].bias[c % 16] = (int32_t)(random_real() * 1e4f);
    tiles[c / 16].scale[c % 16] = (large ? 1e5f : 0.001f) * (1.3f + random_real());
    for (size_t k = 0; k < 49; k++) {
      float weight = random_real() * 100;
      tiles[c / 16].taps[k][c % 16] = (int8_t)(large ? (weight < 0 ? -127 : 127) : weight);
    }
  }
  kernel(channels, width, pointers, tiles, output, 7 * sizeof(void *), 3, 5, zero, &limits);
  for (size_t x = 0; x < width; x++) {
    for (size_t c = 0; c < channels; c++) {
      int32_t sum = tiles[c / 16].bias[c % 16];
      for (size_t k = 0; k < 49; k++) sum += real[7 * x + k][c] * tiles[c / 16].taps[k][c % 16];
      float scaled = (float)sum * tiles[c / 16].scale[c % 16];
      long expected = lrintf(fminf(fmaxf(scaled, -1000), 1000)) - 5;
      if (expected < -110) expected = -110;
      if (expected > 100) expected = 100;
      CHECK_INT(output[x * (channels + 3) + c], expected);
    }
    for (size_t i = 0; i < 3; i++) CHECK_INT(output[x * (channels + 3) + channels + i], 0);
  }
}

static void try_int8_form(int8_form kernel) {
  for (size_t channels = 1; channels <= MAX_CHANNELS; channels++) {
    int8_equals_plain_loops(kernel, channels, 1 + channels % MAX_WIDTH, channels % 4 == 0);
  }
}

static void int8_any_processor(void) { try_int8_form(qs8_dwconv_49); }
#if defined(__x86_64__)
static void int8_avx2(void) { try_int8_form(qs8_dwconv_49_avx2); }
#endif

#endif

static void any_processor(void) { try_form(f32_dwconv_49); }

#if defined(__x86_64__)
static void fma3(void) { try_form(f32_dwconv_49_fma3); }
static void avx512(void) { try_form(f32_dwconv_49_avx512); }
#endif

static void is_put_in(void) {
  CHECK_INT(xnn_initialize(NULL), xnn_status_success);
  for (int again = 0; again < 2; again++) {
    const struct xnn_dwconv_config *configs = xnn_init_f32_dwconv_config();
    uint32_t num_found = 0;
    kernels_install();
    for (size_t i = 0; i < XNN_MAX_F32_DWCONV_UKERNELS; i++) {
      num_found += configs[i].primary_tile == DWCONV_49_TAPS;
      CHECK(configs[i].primary_tile != 4);
    }
    CHECK_INT(num_found, 1);
#ifdef HAS_QS8_DWCONV_49
    CHECK_INT(xnn_init_qs8_qc8w_dwconv_config()[0].primary_tile, DWCONV_49_TAPS);
#endif
  }
}

int main(void) {
  RUN(any_processor);
#if defined(__x86_64__)
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  if (hardware->use_x86_fma3) RUN(fma3);
  if (hardware->use_x86_avx512f) RUN(avx512);
  if (hardware->use_x86_avx2) RUN(int8_avx2);
#endif
#ifdef HAS_QS8_DWCONV_49
  RUN(int8_any_processor);
#endif
  RUN(is_put_in);
  return check_summary();
}
