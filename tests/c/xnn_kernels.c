/* xnn/kernels/: our WASM kernels against plain loops, bit for bit for int8, in
 * every edge: rows, columns, channels and widths that are not whole tiles,
 * windows through the zero buffer, each form of the int8 kernels. Those by
 * relaxed SIMD's dot product run here on one that is put together, since few
 * engines have that of u8 and i8.
 * The native ones have xnn_kernels_x86.c. */
#include "check.h"

#include "xnn/kernels/kernels.h"

#ifndef __wasm_simd128__

static void are_for_wasm(void) {
  kernels_install(); /* must be callable without XNNPACK being ready */
  CHECK(true);
}

int main(void) {
  RUN(are_for_wasm);
  return check_summary();
}

#else

#include <math.h>
#include <wasm_simd128.h>
#include <xnnpack/microparams.h>
#include <xnnpack/pack.h>

/* vpdpbusd, or vpdpbssd: adds four products of i8 and u8, or i8, to each i32, without
 * saturation. */
static bool dot_is_signed;
static v128_t dot_of_four(v128_t a, v128_t b, v128_t acc) {
  int8_t i8[16];
  uint8_t u8[16];
  int32_t sums[4];
  wasm_v128_store(i8, a);
  wasm_v128_store(u8, b);
  wasm_v128_store(sums, acc);
  for (size_t i = 0; i < 16; i++) sums[i / 4] += i8[i] * (dot_is_signed ? (int8_t)u8[i] : u8[i]);
  return wasm_v128_load(sums);
}
#undef __wasm_relaxed_simd__
#define __wasm_relaxed_simd__
#define wasm_i32x4_relaxed_dot_i8x16_i7x16_add dot_of_four
#include "xnn/kernels/qs8_dwconv_dot.c"
#include "xnn/kernels/qs8_gemm_4x8.c"

static uint32_t state = 12345;
static uint32_t next_random(void) { return (state = state * 1664525u + 1013904223u) >> 8; }
static int8_t random_i8(void) { return (int8_t)next_random(); }
static int8_t random_weight(void) { return (int8_t)((int)(next_random() % 255) - 127); }

static const union xnn_qs8_qc8w_conv_minmax_params limits = {
    .fp32_scalar = {.output_zero_point = -5, .output_min = -110, .output_max = 100}};

static int8_t requantized(int32_t sum, float scale) {
  long rounded = lrintf((float)sum * scale) + limits.fp32_scalar.output_zero_point;
  if (rounded < limits.fp32_scalar.output_min) rounded = limits.fp32_scalar.output_min;
  if (rounded > limits.fp32_scalar.output_max) rounded = limits.fp32_scalar.output_max;
  return (int8_t)rounded;
}

static void use_dot(bool is_signed) {
  dot_is_signed = is_signed;
  kernels_dot_sign = wasm_u8x16_splat(is_signed ? 0 : 0x80);
}

/* Packs B [nc,kc] for 8 columns: pairs of k, rotated by columns mod 4; or, for dot
 * products, four of k, the bias less 128 times their sum. spare: bytes before the scales. */
static uint8_t *pack_gemm(bool dot, size_t nc, size_t kc, size_t taps, size_t spare,
                          const int8_t *b, const int32_t *bias, const float *scale) {
  size_t groups = (kc + 7) / 8, tiles = (nc + 7) / 8;
  uint8_t *packed = calloc(tiles, 32 + taps * groups * 64 + spare + 32), *w = packed;
  for (size_t n0 = 0; n0 < nc; n0 += 8) {
    for (size_t n = n0; n < n0 + 8 && n < nc; n++) {
      int32_t start = bias[n];
      for (size_t k = 0; dot && k < taps * kc; k++) {
        if (!dot_is_signed) start -= 128 * b[n * taps * kc + k];
      }
      memcpy(w + 4 * (n - n0), &start, 4);
    }
    w += 32;
    size_t depth = dot ? 4 : 2, steps = dot ? (kc + 3) / 4 : groups * 4;
    for (size_t at = 0; at < taps * steps; at++) {
      size_t t = at / steps, step = at % steps;
      for (size_t n = 0; n < 8; n++) {
        for (size_t i = 0; i < depth; i++, w++) {
          size_t k = dot ? 4 * step + i : 8 * (step / 4) + 2 * ((n + step) % 4) + i;
          if (k < kc && n0 + n < nc) *w = (uint8_t)b[((n0 + n) * taps + t) * kc + k];
        }
      }
    }
    w += spare;
    for (size_t n = n0; n < n0 + 8 && n < nc; n++) memcpy(w + 4 * (n - n0), &scale[n], 4);
    w += 32;
  }
  return packed;
}

static void packing_case(bool dot, size_t nc, size_t kc) {
  size_t tiles = nc / 8, tile_bytes = 32 + 8 * kc + 32;
  int8_t *b = malloc(nc * kc);
  uint8_t *packed = calloc(tiles, tile_bytes);
  int32_t *bias = malloc(4 * nc);
  float *scale = calloc(nc, sizeof *scale);
  for (size_t i = 0; i < nc * kc; i++) b[i] = random_weight();
  for (size_t n = 0; n < nc; n++) bias[n] = (int32_t)(next_random() % 20000) - 10000;
  uint8_t *expected = pack_gemm(dot, nc, kc, 1, 0, b, bias, scale);
  const struct xnn_qs8_packing_params params = {.input_zero_point = 0};
  (dot ? qs8_pack_dot : qs8_pack_4x8)(1, nc, kc, 8, dot ? 4 : 2, dot ? 1 : 4, b, bias, scale,
                                      packed, 32, &params);
  CHECK(memcmp(packed, expected, tiles * tile_bytes) == 0);
  /* Another zero point takes that many times each column's sum away, and no bias is 0. */
  const struct xnn_qs8_packing_params moved = {.input_zero_point = -3};
  (dot ? qs8_pack_dot : qs8_pack_4x8)(1, nc, kc, 8, dot ? 4 : 2, dot ? 1 : 4, b, NULL, scale,
                                      packed, 32, &moved);
  for (size_t n = 0; n < nc; n++) {
    int32_t sum = 0, start;
    for (size_t k = 0; k < kc; k++) sum += b[n * kc + k];
    memcpy(&start, packed + n / 8 * tile_bytes + n % 8 * 4, 4);
    CHECK_INT(start, -sum * ((dot ? 128 : 0) - 3));
  }
  free(b), free(packed), free(bias), free(scale), free(expected);
}

static void qs8_packing_equals_plain_loops(void) {
  use_dot(false);
  for (size_t nc = 8; nc <= 24; nc += 8) {
    for (size_t kc = 4; kc <= 100; kc += 4) {
      packing_case(true, nc, kc);
      if (kc % 8 == 0) packing_case(false, nc, kc);
    }
  }
}

/* A through pointers, of which some are the zero buffer, as a convolution's. */
static void gemm_case(bool dot, size_t mr, size_t nc, size_t kc, size_t taps,
                      bool through_pointers) {
  size_t rows = mr == 1 ? 1 : 4;
  int8_t *a = calloc(1, rows * taps * kc + 64), *zero = calloc(1, kc + 64);
  int8_t *b = malloc(nc * taps * kc), *c = calloc(1, rows * (nc + 9) + 16);
  int32_t *bias = malloc(4 * nc);
  float *scale = malloc(4 * nc);
  const int8_t **pointers = malloc(sizeof *pointers * rows * taps);
  const int8_t **real = malloc(sizeof *real * rows * taps);
  for (size_t i = 0; i < rows * taps * kc; i++) a[i] = random_i8();
  for (size_t i = 0; i < kc; i++) zero[i] = 7;
  for (size_t i = 0; i < nc * taps * kc; i++) b[i] = random_weight();
  for (size_t n = 0; n < nc; n++) {
    bias[n] = (int32_t)(next_random() % 20000) - 10000;
    scale[n] = 0.0005f + (float)(next_random() % 1000) * 1e-6f;
  }
  size_t a_offset = through_pointers ? 3 : 0;
  for (size_t i = 0; i < rows * taps; i++) {
    size_t t = i / rows, m = i % rows < mr ? i % rows : mr - 1;
    bool padded = through_pointers && next_random() % 4 == 0 && i % rows < mr;
    real[i] = padded ? zero : a + (m * taps + t) * kc;
    pointers[i] = padded ? zero : (const int8_t *)((uintptr_t)real[i] - a_offset);
  }
  bool gathered = through_pointers && qs8_is_gathered(taps, kc);
  size_t spare = 8 * qs8_gathered_spare(taps, kc, dot ? 4 : 8);
  uint8_t *packed = gathered ? pack_gemm(dot, nc, taps * kc, 1, spare, b, bias, scale)
                             : pack_gemm(dot, nc, kc, taps, 0, b, bias, scale);
  if (through_pointers) {
    (dot         ? rows == 1 ? qs8_igemm_1x8_dot : qs8_igemm_4x8_dot
     : rows == 1 ? qs8_igemm_1x8
                 : qs8_igemm_4x8)(mr, nc, kc, rows * taps * sizeof(void *), pointers, packed, c,
                                  nc + 9, 8, a_offset, zero, &limits);
  } else {
    (dot         ? rows == 1 ? qs8_gemm_1x8_dot : qs8_gemm_4x8_dot
     : rows == 1 ? qs8_gemm_1x8
                 : qs8_gemm_4x8)(mr, nc, kc, a, kc, packed, c, nc + 9, 8, &limits);
  }
  for (size_t m = 0; m < mr; m++) {
    for (size_t n = 0; n < nc; n++) {
      int32_t sum = bias[n];
      for (size_t t = 0; t < taps; t++) {
        for (size_t k = 0; k < kc; k++) {
          sum += real[t * rows + m][k] * b[(n * taps + t) * kc + k];
        }
      }
      CHECK_INT(c[m * (nc + 9) + n], requantized(sum, scale[n]));
    }
    for (size_t n = nc; n < nc + 9; n++) CHECK_INT(c[m * (nc + 9) + n], 0); /* not written */
  }
  free(a), free(zero), free(b), free(c), free(bias), free(scale), free(packed);
  free(pointers), free(real);
}

static void few_channels_are_gathered_as_long_as_they_fit(void) {
  CHECK(qs8_is_gathered(49, 3) && qs8_is_gathered(2, 7) && qs8_is_gathered(256, 2));
  CHECK(!qs8_is_gathered(1, 3) && !qs8_is_gathered(9, 1) && !qs8_is_gathered(9, 8) &&
        !qs8_is_gathered(257, 2));
  CHECK_INT(qs8_gathered_spare(9, 3, 8), 72 - 32);
  CHECK_INT(qs8_gathered_spare(9, 3, 4), 36 - 28);
  for (int dot = 0; dot < 3; dot++) {
    use_dot(dot == 2);
    gemm_case(dot > 0, 4, 9, 2, 256, true);
    gemm_case(dot > 0, 3, 9, 2, 257, true);
  }
}

static void qs8_products_equal_plain_loops(void) {
  for (size_t mr = 1; mr <= 4; mr++) {
    for (size_t nc = 1; nc <= 17; nc++) {
      for (int dot = 0; dot < 3; dot++) {
        use_dot(dot == 2);
        gemm_case(dot > 0, mr, nc, 1 + next_random() % 40, 1, false);
        gemm_case(dot > 0, mr, nc, 1 + next_random() % 20, 1 + next_random() % 9, true);
        gemm_case(dot > 0, mr, nc, 1 + next_random() % 8, 1 + next_random() % 64, true);
      }
    }
  }
}

#define MAX_CHANNELS 41
#define MAX_WIDTH 35 /* more than the dot product's kernel lays weights out for at once */

typedef void qs8_dwconv(size_t, size_t, const int8_t **, const void *, int8_t *, intptr_t, size_t,
                        size_t, const int8_t *, const union xnn_qs8_qc8w_conv_minmax_params *);

/* A pixel's nine pointers begin `step` behind those of the one before it. */
static void qs8_dwconv_case(qs8_dwconv *kernel, size_t channels, size_t width, size_t step) {
  static int8_t input[9 * MAX_WIDTH][MAX_CHANNELS + 16], zero[MAX_CHANNELS + 16];
  static int8_t output[MAX_WIDTH * (MAX_CHANNELS + 3) + 16];
  static struct {
    int32_t bias[16];
    int8_t taps[9][16];
    float scale[16];
  } tiles[3];
  size_t num_pointers = (width - 1) * step + 9;
  const int8_t *pointers[9 * MAX_WIDTH], *real[9 * MAX_WIDTH];
  memset(output, 0, sizeof output);
  memset(zero, -9, sizeof zero);
  for (size_t i = 0; i < num_pointers; i++) {
    for (size_t c = 0; c < channels; c++) input[i][c] = random_i8();
    real[i] = next_random() % 5 == 0 ? zero : input[i];
    pointers[i] = real[i] == zero ? zero : (const int8_t *)((uintptr_t)real[i] - 5);
  }
  for (size_t c = 0; c < channels; c++) {
    tiles[c / 16].bias[c % 16] = (int32_t)(next_random() % 20000) - 10000;
    tiles[c / 16].scale[c % 16] = 0.001f + (float)(next_random() % 1000) * 1e-5f;
    for (size_t k = 0; k < 9; k++) tiles[c / 16].taps[k][c % 16] = random_weight();
  }
  kernel(channels, width, pointers, tiles, output, (intptr_t)(step * sizeof(void *)), 3, 5, zero,
         &limits);
  for (size_t x = 0; x < width; x++) {
    for (size_t c = 0; c < channels; c++) {
      int32_t sum = tiles[c / 16].bias[c % 16];
      for (size_t k = 0; k < 9; k++) {
        sum += real[x * step + k][c] * tiles[c / 16].taps[k][c % 16];
      }
      CHECK_INT(output[x * (channels + 3) + c], requantized(sum, tiles[c / 16].scale[c % 16]));
    }
    for (size_t i = 0; i < 3; i++) CHECK_INT(output[x * (channels + 3) + channels + i], 0);
  }
}

static void qs8_depthwise_equals_plain_loops(void) {
  qs8_dwconv *const kernels[] = {qs8_dwconv_3x3, qs8_dwconv_3x3_x86, qs8_dwconv_3x3_dot,
                                 qs8_dwconv_3x3_dot};
  for (size_t i = 0; i < 4; i++) {
    use_dot(i == 3);
    for (size_t channels = 1; channels <= MAX_CHANNELS; channels++) {
      for (size_t width = 1; width <= 5; width++) {
        for (size_t step = 1; step <= 9; step++) {
          qs8_dwconv_case(kernels[i], channels, width, step);
        }
      }
    }
    for (size_t step = 1; step <= 9; step++) qs8_dwconv_case(kernels[i], 19, MAX_WIDTH, step);
  }
}

static void f32_dwconv_case(size_t channels, size_t width, size_t stride) {
  static float input[3 * (3 * MAX_WIDTH + 2)][MAX_CHANNELS + 8], zero[MAX_CHANNELS + 8];
  static float output[MAX_WIDTH * (MAX_CHANNELS + 1) + 8], weights[6][10][8];
  size_t num_pointers = 3 * ((width - 1) * stride + 3);
  const float *pointers[3 * (3 * MAX_WIDTH + 2)], *real[3 * (3 * MAX_WIDTH + 2)];
  const union xnn_f32_minmax_params clamp = {.scalar = {.min = -1.5f, .max = 1.25f}};
  memset(output, 0, sizeof output);
  for (size_t i = 0; i < num_pointers; i++) {
    for (size_t c = 0; c < channels; c++) input[i][c] = (float)random_i8() / 100;
    real[i] = next_random() % 5 == 0 ? zero : input[i];
    pointers[i] = real[i] == zero ? zero : (const float *)((uintptr_t)real[i] - 8);
  }
  for (size_t c = 0; c < channels; c++) {
    for (size_t k = 0; k < 10; k++) weights[c / 8][k][c % 8] = (float)random_i8() / 200;
  }
  f32_dwconv_3x3(channels, width, pointers, &weights[0][0][0], output,
                 (intptr_t)(stride * 3 * sizeof(void *)), sizeof(float), 8, zero, &clamp);
  for (size_t x = 0; x < width; x++) {
    for (size_t c = 0; c < channels; c++) {
      double sum = (double)weights[c / 8][0][c % 8];
      for (size_t k = 0; k < 9; k++) {
        sum += (double)real[3 * x * stride + k][c] * (double)weights[c / 8][k + 1][c % 8];
      }
      double expected = fmin(fmax(sum, -1.5), 1.25);
      CHECK_NEAR((double)output[x * (channels + 1) + c], expected, 1e-5);
    }
    CHECK(output[x * (channels + 1) + channels] == 0);
  }
}

static void f32_depthwise_equals_plain_loops(void) {
  for (size_t channels = 1; channels <= MAX_CHANNELS; channels++) {
    for (size_t width = 1; width <= 5; width++) {
      for (size_t stride = 1; stride <= 2; stride++) f32_dwconv_case(channels, width, stride);
    }
  }
}

int main(void) {
  RUN(few_channels_are_gathered_as_long_as_they_fit);
  RUN(qs8_packing_equals_plain_loops);
  RUN(qs8_products_equal_plain_loops);
  RUN(qs8_depthwise_equals_plain_loops);
  RUN(f32_depthwise_equals_plain_loops);
  return check_summary();
}

#endif
