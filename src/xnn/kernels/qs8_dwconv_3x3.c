/* int8 3x3 depthwise convolution, requantised per channel. Products of int8
 * fit i16, and so does the sum of two where weights are at least -127, which
 * TFLite demands; sums are then widened to i32. What limits it on x86 is the
 * one port that widens and shuffles: two neighbouring pixels at stride 1 share
 * widened inputs and weights (see f32_dwconv_3x3.c), and the x86 form widens
 * sums with i32x4.dot_i16x8 by (1,0) and (0,1), which other ports do: then the
 * accumulators hold the even and the odd channels. On Arm that product takes
 * three instructions and widening one.
 *
 * Packed weights for each 16 channels, as XNNPACK's 9p16c kernels want them:
 * [16 x i32 bias][9 taps, column by column][16 x i8], [16 x f32 scale]. Reads
 * up to 7 bytes behind the channels (XNN_EXTRA_BYTES). */
#include "xnn/kernels/dwconv_3x3.h"

#ifdef __wasm_simd128__

#include <stdbool.h>
#include <string.h>

#include "xnn/kernels/requantize.h"

#define TILE 16
#define TILE_BYTES (TILE * (sizeof(int32_t) + 9 + sizeof(float)))

/* Four channels each: the first and last four, or (x86) the even and the odd. */
typedef struct halves {
  v128_t a, b;
} halves;

ALWAYS_INLINE halves load_eight(bool x86, const int8_t *words) {
  v128_t low = wasm_v128_load(words), high = wasm_v128_load(words + 16);
  if (!x86) return (halves){low, high};
  return (halves){wasm_i32x4_shuffle(low, high, 0, 2, 4, 6),
                  wasm_i32x4_shuffle(low, high, 1, 3, 5, 7)};
}

ALWAYS_INLINE void add_wide(bool x86, halves *acc, v128_t sum) {
  if (x86) {
    acc->a = wasm_i32x4_add(acc->a, wasm_i32x4_dot_i16x8(sum, wasm_i32x4_const_splat(1)));
    acc->b = wasm_i32x4_add(acc->b, wasm_i32x4_dot_i16x8(sum, wasm_i32x4_const_splat(65536)));
  } else {
    acc->a = wasm_i32x4_add(acc->a, wasm_i32x4_extend_low_i16x8(sum));
    acc->b = wasm_i32x4_add(acc->b, wasm_i32x4_extend_high_i16x8(sum));
  }
}

/* A column of three taps: two go in as a pair; the third waits in *waiting for
 * the next column's, or goes in alone with the last. */
ALWAYS_INLINE void add_column(bool x86, int x, const v128_t input[3], const v128_t weights[3],
                              halves *acc, v128_t *waiting) {
  add_wide(
      x86, acc,
      wasm_i16x8_add(wasm_i16x8_mul(input[0], weights[0]), wasm_i16x8_mul(input[1], weights[1])));
  const v128_t third = wasm_i16x8_mul(input[2], weights[2]);
  if (x == 0) *waiting = third;
  if (x == 1) add_wide(x86, acc, wasm_i16x8_add(*waiting, third));
  if (x == 2) add_wide(x86, acc, third);
}

/* Eight channels from offset c of the inputs. bias, taps: theirs. */
ALWAYS_INLINE void eight_channels(bool x86, int pixels, const int8_t *const *row, size_t c,
                                  const int8_t *bias, const int8_t *taps, halves acc[2]) {
  v128_t input[3], weights[3], weights_before[3], waiting[2];
  acc[0] = acc[1] = load_eight(x86, bias);
  for (int x = 0; x < pixels + 2; x++) {
    for (int y = 0; y < 3; y++) {
      input[y] = wasm_i16x8_load8x8(row[3 * x + y] + c);
      if (x < 3) weights[y] = wasm_i16x8_load8x8(taps + TILE * (3 * x + y));
    }
    if (x < 3) add_column(x86, x, input, weights, &acc[0], &waiting[0]);
    if (pixels == 2 && x > 0) add_column(x86, x - 1, input, weights_before, &acc[1], &waiting[1]);
    for (int y = 0; y < 3; y++) weights_before[y] = weights[y];
  }
}

/* Eight int8 in the low half, in the channels' order. */
ALWAYS_INLINE v128_t narrow(bool x86, halves acc, halves scale, const requantization *q) {
  v128_t a = requantize(acc.a, scale.a, q), b = requantize(acc.b, scale.b, q), sixteen;
  sixteen = wasm_i16x8_narrow_i32x4(a, b);
  if (x86) sixteen = wasm_i16x8_shuffle(sixteen, sixteen, 0, 4, 1, 5, 2, 6, 3, 7);
  return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(sixteen, sixteen), q->max);
}

ALWAYS_INLINE void pixels_of(bool x86, int pixels, size_t channels, const int8_t **input,
                             const int8_t *w, int8_t *const output[2], size_t input_offset,
                             const int8_t *zero, const requantization *q) {
  const int8_t *row[DWCONV_POINTERS(2)];
  for (int i = 0; i < DWCONV_POINTERS(pixels); i++) {
    row[i] = input[i] == zero ? zero : input[i] + input_offset;
  }
  for (size_t c = 0; c < channels; c += 8) {
    const int8_t *tile = w + c / TILE * TILE_BYTES;
    const int8_t *taps = tile + TILE * sizeof(int32_t) + c % TILE;
    const int8_t *scales = tile + TILE * (sizeof(int32_t) + 9) + c % TILE * sizeof(float);
    halves acc[2], scale = load_eight(x86, scales);
    eight_channels(x86, pixels, row, c, tile + c % TILE * sizeof(int32_t), taps, acc);
    for (int p = 0; p < pixels; p++) {
      const v128_t out = narrow(x86, acc[p], scale, q);
      if (channels - c >= 8) {
        wasm_v128_store64_lane(output[p] + c, out, 0);
      } else {
        int8_t edge[16];
        wasm_v128_store(edge, out);
        memcpy(output[p] + c, edge, channels - c);
      }
    }
  }
}

ALWAYS_INLINE void dwconv(bool x86, size_t channels, size_t output_width, const int8_t **input,
                          const int8_t *weights, int8_t *output, intptr_t input_stride,
                          size_t output_increment, size_t input_offset, const int8_t *zero,
                          const union xnn_qs8_qc8w_conv_minmax_params *params) {
  const requantization q = requantization_of(params);
  size_t pixel_bytes = channels + output_increment;
  while (output_width > 0) {
    int pixels = output_width >= 2 && input_stride == DWCONV_STRIDE_1 ? 2 : 1;
    int8_t *const outputs[2] = {output, output + pixel_bytes};
    if (pixels == 2) {
      pixels_of(x86, 2, channels, input, weights, outputs, input_offset, zero, &q);
    } else {
      pixels_of(x86, 1, channels, input, weights, outputs, input_offset, zero, &q);
    }
    input = (const int8_t **)((uintptr_t)input + (uintptr_t)(pixels * input_stride));
    output += (size_t)pixels * pixel_bytes;
    output_width -= (size_t)pixels;
  }
}

void qs8_dwconv_3x3(size_t channels, size_t output_width, const int8_t **input, const void *weights,
                    int8_t *output, intptr_t input_stride, size_t output_increment,
                    size_t input_offset, const int8_t *zero,
                    const union xnn_qs8_qc8w_conv_minmax_params *params) {
  dwconv(false, channels, output_width, input, weights, output, input_stride, output_increment,
         input_offset, zero, params);
}

void qs8_dwconv_3x3_x86(size_t channels, size_t output_width, const int8_t **input,
                        const void *weights, int8_t *output, intptr_t input_stride,
                        size_t output_increment, size_t input_offset, const int8_t *zero,
                        const union xnn_qs8_qc8w_conv_minmax_params *params) {
  dwconv(true, channels, output_width, input, weights, output, input_stride, output_increment,
         input_offset, zero, params);
}

#else
typedef int qs8_dwconv_3x3_is_for_wasm; /* a file may not be empty */
#endif
