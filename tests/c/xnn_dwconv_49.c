/* xnn/kernels/f32_dwconv_49.c: each form of the kernel for 49 taps against plain loops,
 * in every edge: channels that are not whole tiles, taps that are the zero buffer; and
 * that networks with such windows get it. */
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
  }
}

int main(void) {
  RUN(any_processor);
#if defined(__x86_64__)
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  if (hardware->use_x86_fma3) RUN(fma3);
  if (hardware->use_x86_avx512f) RUN(avx512);
#endif
  RUN(is_put_in);
  return check_summary();
}
