/* int8 3x3 depthwise convolution, requantised per channel, by relaxed SIMD's dot product
 * where that adds four products of i8 and u8 or i8 to each i32 (dot.h). A column of the
 * window is three taps, laid side by side for each of eight channels; the fourth weight is
 * 0. Where the input's must be u8 they are 128 more, and the bias makes up for it.
 * Neighbouring pixels share columns: at stride 1 two of three, at stride 2 one. Bit for bit
 * what qs8_dwconv_3x3.c gives, and of the same packed weights. Reads up to 7 bytes behind
 * the channels (XNN_EXTRA_BYTES). */
#include "xnn/kernels/dwconv_3x3.h"

#ifdef __wasm_relaxed_simd__

#include <string.h>

#include "xnn/kernels/dot.h"
#include "xnn/kernels/requantize.h"

#define TILE 16
#define TILE_BYTES (TILE * (sizeof(int32_t) + 9 + sizeof(float)))
/* Pixels for which weights are laid out and pointers worked out once. */
#define MAX_PIXELS 32
#define SHARES_NOTHING 3 /* columns from a pixel to the next, or more */

/* Eight channels: the first and last four, of i32 or of four taps. */
typedef struct eight {
  v128_t low, high;
} eight;

ALWAYS_INLINE eight side_by_side(v128_t a, v128_t b, v128_t c, v128_t d) {
  const v128_t ab =
      wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const v128_t cd =
      wasm_i8x16_shuffle(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return (eight){wasm_i16x8_shuffle(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11),
                 wasm_i16x8_shuffle(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15)};
}

ALWAYS_INLINE v128_t load_eight(const int8_t *bytes) { return wasm_v128_load64_zero(bytes); }

ALWAYS_INLINE eight load_column(v128_t sign, const int8_t *const *pointers, size_t c) {
  const v128_t last = load_eight(pointers[2] + c);
  eight column = side_by_side(load_eight(pointers[0] + c), load_eight(pointers[1] + c), last, last);
  return (eight){wasm_v128_xor(column.low, sign), wasm_v128_xor(column.high, sign)};
}

ALWAYS_INLINE eight dot(eight weights, eight column, eight acc) {
  return (eight){wasm_i32x4_relaxed_dot_i8x16_i7x16_add(weights.low, column.low, acc.low),
                 wasm_i32x4_relaxed_dot_i8x16_i7x16_add(weights.high, column.high, acc.high)};
}

/* Channels c to c + 7 of the pixels, whose columns begin `stride` apart. */
ALWAYS_INLINE void eight_channels(size_t stride, size_t pixels, size_t channels, size_t c,
                                  const int8_t *const *pointers, const int8_t *w, int8_t *output,
                                  size_t pixel_bytes, const requantization *q) {
  const v128_t sign = kernels_dot_sign;
  const int8_t *tile = w + c / TILE * TILE_BYTES;
  const int8_t *taps = tile + TILE * sizeof(int32_t) + c % TILE;
  const int8_t *words = tile + c % TILE * sizeof(int32_t), *scales = words + TILE * 13;
  const v128_t scale_low = wasm_v128_load(scales), scale_high = wasm_v128_load(scales + 16);
  eight weights[3], sum128 = {wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0)};
  for (int x = 0; x < 3; x++, taps += 3 * TILE) {
    weights[x] = side_by_side(load_eight(taps), load_eight(taps + TILE),
                              load_eight(taps + 2 * TILE), wasm_i32x4_const_splat(0));
    sum128 = dot(weights[x], (eight){sign, sign}, sum128);
  }
  const eight bias = {wasm_i32x4_sub(wasm_v128_load(words), sum128.low),
                      wasm_i32x4_sub(wasm_v128_load(words + 16), sum128.high)};
  eight columns[3];
  columns[1] = load_column(sign, pointers, c);
  columns[2] = stride == 1 ? load_column(sign, pointers + 3, c) : columns[1];
  for (size_t p = 0; p < pixels; p++, output += pixel_bytes, pointers += 3 * stride) {
    columns[0] = stride == 1 ? columns[1] : columns[2];
    columns[1] = stride == 1 ? columns[2] : load_column(sign, pointers + 3, c);
    columns[2] = load_column(sign, pointers + 6, c);
    eight acc = bias;
    for (int x = 0; x < 3; x++) acc = dot(weights[x], columns[x], acc);
    v128_t out = wasm_i16x8_narrow_i32x4(requantize(acc.low, scale_low, q),
                                         requantize(acc.high, scale_high, q));
    out = wasm_i8x16_min(wasm_i8x16_narrow_i16x8(out, out), q->max);
    if (channels - c >= 8) {
      wasm_v128_store64_lane(output + c, out, 0);
    } else {
      int8_t edge[16];
      wasm_v128_store(edge, out);
      memcpy(output + c, edge, channels - c);
    }
  }
}

void qs8_dwconv_3x3_dot(size_t channels, size_t output_width, const int8_t **input,
                        const void *weights, int8_t *output, intptr_t input_stride,
                        size_t output_increment, size_t input_offset, const int8_t *zero,
                        const union xnn_qs8_qc8w_conv_minmax_params *params) {
  const requantization q = requantization_of(params);
  size_t pixel_bytes = channels + output_increment;
  /* In columns. XNNPACK calls this kernel for fewer taps, too, whose columns may have fewer
   * pointers, so that neighbouring pixels share none that this kernel could find. */
  size_t stride = input_stride % DWCONV_STRIDE_1 == 0 ? (size_t)(input_stride / DWCONV_STRIDE_1)
                                                      : SHARES_NOTHING;
  while (output_width > 0) {
    const int8_t *pointers[3 * (2 * MAX_PIXELS + 1)];
    size_t pixels = stride >= SHARES_NOTHING    ? 1
                    : output_width < MAX_PIXELS ? output_width
                                                : MAX_PIXELS;
    for (size_t i = 0; i < 3 * ((pixels - 1) * stride + 3); i++) {
      pointers[i] = input[i] == zero ? zero : input[i] + input_offset;
    }
    for (size_t c = 0; c < channels; c += 8) {
      if (stride == 1) {
        eight_channels(1, pixels, channels, c, pointers, weights, output, pixel_bytes, &q);
      } else {
        eight_channels(2, pixels, channels, c, pointers, weights, output, pixel_bytes, &q);
      }
    }
    input = (const int8_t **)((uintptr_t)input + (uintptr_t)pixels * (uintptr_t)input_stride);
    output += pixels * pixel_bytes;
    output_width -= pixels;
  }
}

#else
typedef int qs8_dwconv_dot_is_for_wasm; /* a file may not be empty */
#endif
