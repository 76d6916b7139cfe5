/* Float 3x3 depthwise convolution. One pixel needs 18 loads for 9 products of
 * four channels, and loads are what limits it. Two neighbours at stride 1 share
 * 6 of their 9 inputs and all weights: 21 loads for 18 products. They go column
 * by column, so that three weights serve the left pixel at column x and the
 * right one at x + 1: eleven registers.
 *
 * Packed weights for each 8 channels, as XNNPACK's 9p8c kernels want them:
 * [8 bias][9 taps, column by column][8]. Reads up to 12 bytes behind the
 * channels (XNN_EXTRA_BYTES). */
#include "xnn/kernels/dwconv_3x3.h"

#ifdef __wasm_simd128__

#include <wasm_simd128.h>
#include <xnnpack/microparams.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define TILE 8

ALWAYS_INLINE v128_t multiply_add(v128_t a, v128_t b, v128_t sum) {
#ifdef __wasm_relaxed_simd__
  return wasm_f32x4_relaxed_madd(a, b, sum);
#else
  return wasm_f32x4_add(sum, wasm_f32x4_mul(a, b));
#endif
}

ALWAYS_INLINE v128_t clamp(v128_t value, v128_t min, v128_t max) {
  /* pmin and pmax are one instruction on x86; no NaN handling is asked for. */
  return wasm_f32x4_pmin(max, wasm_f32x4_pmax(min, value));
}

/* Four channels, from offset c of the inputs. w: their bias, with the taps
 * TILE apart behind it. */
ALWAYS_INLINE void four_channels(int pixels, const float *const *row, size_t c, const float *w,
                                 v128_t acc[2]) {
  v128_t weights[3], weights_before[3];
  acc[0] = acc[1] = wasm_v128_load(w);
  for (int x = 0; x < pixels + 2; x++) {
    for (int y = 0; y < 3; y++) {
      const v128_t input = wasm_v128_load(row[3 * x + y] + c);
      if (x < 3) {
        weights[y] = wasm_v128_load(w + TILE * (1 + 3 * x + y));
        acc[0] = multiply_add(input, weights[y], acc[0]);
      }
      if (pixels == 2 && x > 0) acc[1] = multiply_add(input, weights_before[y], acc[1]);
      weights_before[y] = weights[y];
    }
  }
}

ALWAYS_INLINE void store_some(float *output, v128_t value, size_t count) {
  if (count & 2) {
    wasm_v128_store64_lane(output, value, 0);
    output += 2;
    value = wasm_i64x2_shuffle(value, value, 1, 1);
  }
  if (count & 1) wasm_v128_store32_lane(output, value, 0);
}

ALWAYS_INLINE void pixels_of(int pixels, size_t channels, const float **input, const float *w,
                             float *const output[2], size_t input_offset, const float *zero,
                             v128_t min, v128_t max) {
  const float *row[DWCONV_POINTERS(2)];
  for (int i = 0; i < DWCONV_POINTERS(pixels); i++) {
    row[i] = input[i] == zero ? zero : (const float *)((uintptr_t)input[i] + input_offset);
  }
  v128_t acc[2];
  size_t c = 0;
  for (; c + 4 <= channels; c += 4) {
    const float *tile = w + c / TILE * (10 * TILE) + c % TILE;
    four_channels(pixels, row, c, tile, acc);
    for (int p = 0; p < pixels; p++) wasm_v128_store(output[p] + c, clamp(acc[p], min, max));
  }
  if (c < channels) {
    four_channels(pixels, row, c, w + c / TILE * (10 * TILE) + c % TILE, acc);
    for (int p = 0; p < pixels; p++) {
      store_some(output[p] + c, clamp(acc[p], min, max), channels - c);
    }
  }
}

void f32_dwconv_3x3(size_t channels, size_t output_width, const float **input, const float *weights,
                    float *output, intptr_t input_stride, size_t output_increment,
                    size_t input_offset, const float *zero,
                    const union xnn_f32_minmax_params *params) {
  const v128_t min = wasm_v128_load32_splat(&params->scalar.min);
  const v128_t max = wasm_v128_load32_splat(&params->scalar.max);
  size_t pixel_bytes = channels * sizeof(float) + output_increment;
  while (output_width > 0) {
    int pixels = output_width >= 2 && input_stride == DWCONV_STRIDE_1 ? 2 : 1;
    float *const outputs[2] = {output, (float *)((uintptr_t)output + pixel_bytes)};
    if (pixels == 2) {
      pixels_of(2, channels, input, weights, outputs, input_offset, zero, min, max);
    } else {
      pixels_of(1, channels, input, weights, outputs, input_offset, zero, min, max);
    }
    input = (const float **)((uintptr_t)input + (uintptr_t)(pixels * input_stride));
    output = (float *)((uintptr_t)output + (size_t)pixels * pixel_bytes);
    output_width -= (size_t)pixels;
  }
}

#else
typedef int f32_dwconv_3x3_is_for_wasm; /* a file may not be empty */
#endif
