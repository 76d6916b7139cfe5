/* int8 depthwise convolution, requantised per channel, by VNNI: one instruction adds
 * four products of u8 and i8 to each i32. So four taps of a channel are laid side by
 * side, the input's as u8 (plus 128; the bias makes up for it). XNNPACK's kernel, bit
 * for bit the same, multiplies in 32 bits, which takes these processors two slow
 * instructions for 16 products.
 *
 * 32 channels at a time, in the order that the interleaving of 128-bit halves gives:
 * register i holds channels 4i to 4i + 3 and 16 + 4i to 16 + 4i + 3. */
#include "xnn/kernels/int8_avx512.h"

#ifdef HAS_AVX512_KERNELS

#include <immintrin.h>
#include <stdbool.h>
#include <xnnpack/microparams.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define TILE 32
#define MAX_TAPS 25
#define MAX_GROUPS ((MAX_TAPS + 3) / 4)
/* Pixels for which weights are laid out once, and whose pointers are worked out once. */
#define MAX_PIXELS 16

typedef struct four {
  __m256i of[4];
} four;

/* The 32 channels of one tile. */
typedef struct tile {
  four weights[MAX_GROUPS], bias;
  __m256 scale[4];
} tile;

typedef struct requantization {
  __m256 max_less_zero_point;
  __m256i zero_point; /* i16 */
  __m256i min;        /* i8 */
} requantization;

VNNI ALWAYS_INLINE four interleave(const __m256i taps[4]) {
  __m256i low01 = _mm256_unpacklo_epi8(taps[0], taps[1]);
  __m256i high01 = _mm256_unpackhi_epi8(taps[0], taps[1]);
  __m256i low23 = _mm256_unpacklo_epi8(taps[2], taps[3]);
  __m256i high23 = _mm256_unpackhi_epi8(taps[2], taps[3]);
  return (four){{_mm256_unpacklo_epi16(low01, low23), _mm256_unpackhi_epi16(low01, low23),
                 _mm256_unpacklo_epi16(high01, high23), _mm256_unpackhi_epi16(high01, high23)}};
}

VNNI ALWAYS_INLINE __m256i load_words(const int8_t *words, int i) {
  __m128i low = _mm_loadu_si128((const __m128i *)words + i);
  __m128i high = _mm_loadu_si128((const __m128i *)words + 4 + i);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

VNNI ALWAYS_INLINE void lay_out(size_t num_taps, const int8_t *packed, tile *made) {
  const __m256i u128 = _mm256_set1_epi8((char)0x80);
  const int8_t *taps = packed + TILE * sizeof(int32_t), *scales = taps + num_taps * TILE;
  four sum128 = {{_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                  _mm256_setzero_si256()}};
  for (size_t group = 0; group < (num_taps + 3) / 4; group++) {
    __m256i rows[4];
    for (size_t i = 0; i < 4; i++) {
      size_t tap = 4 * group + i;
      rows[i] = tap < num_taps ? _mm256_loadu_si256((const __m256i *)(taps + tap * TILE))
                               : _mm256_setzero_si256();
    }
    made->weights[group] = interleave(rows);
    for (int i = 0; i < 4; i++) {
      sum128.of[i] = _mm256_dpbusd_epi32(sum128.of[i], u128, made->weights[group].of[i]);
    }
  }
  for (int i = 0; i < 4; i++) {
    made->bias.of[i] = _mm256_sub_epi32(load_words(packed, i), sum128.of[i]);
    made->scale[i] = _mm256_castsi256_ps(load_words(scales, i));
  }
}

VNNI ALWAYS_INLINE __m256i rounded_real(__m256i sum, __m256 scale, const requantization *q) {
  __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), scale);
  return _mm256_cvtps_epi32(_mm256_min_ps(real, q->max_less_zero_point));
}

/* One pixel, of whose channels `mask` are there. */
VNNI ALWAYS_INLINE void one_pixel(size_t num_taps, bool is_whole, __mmask32 mask,
                                  const int8_t *const *taps, size_t channel, const tile *of,
                                  const requantization *q, int8_t *output) {
  const __m256i u128 = _mm256_set1_epi8((char)0x80);
  four sum = of->bias;
  for (size_t group = 0; group < (num_taps + 3) / 4; group++) {
    __m256i rows[4];
    for (size_t i = 0; i < 4; i++) {
      size_t tap = 4 * group + i;
      rows[i] = u128; /* no tap: its weights are 0 */
      if (tap >= num_taps) continue;
      const int8_t *row = taps[tap] + channel;
      rows[i] =
          is_whole ? _mm256_loadu_si256((const __m256i *)row) : _mm256_maskz_loadu_epi8(mask, row);
      rows[i] = _mm256_xor_si256(rows[i], u128);
    }
    const four side_by_side = interleave(rows);
    for (int i = 0; i < 4; i++) {
      sum.of[i] = _mm256_dpbusd_epi32(sum.of[i], side_by_side.of[i], of->weights[group].of[i]);
    }
  }
  __m256i low = _mm256_packs_epi32(rounded_real(sum.of[0], of->scale[0], q),
                                   rounded_real(sum.of[1], of->scale[1], q));
  __m256i high = _mm256_packs_epi32(rounded_real(sum.of[2], of->scale[2], q),
                                    rounded_real(sum.of[3], of->scale[3], q));
  low = _mm256_adds_epi16(low, q->zero_point);
  high = _mm256_adds_epi16(high, q->zero_point);
  const __m256i out = _mm256_max_epi8(_mm256_packs_epi16(low, high), q->min);
  if (is_whole) {
    _mm256_storeu_si256((__m256i *)output, out);
  } else {
    _mm256_mask_storeu_epi8(output, mask, out);
  }
}

VNNI ALWAYS_INLINE void dwconv(size_t num_taps, size_t channels, size_t output_width,
                               const int8_t **input, const int8_t *weights, int8_t *output,
                               intptr_t input_stride, size_t output_increment, size_t input_offset,
                               const int8_t *zero,
                               const union xnn_qs8_qc8w_conv_minmax_params *params) {
  const int32_t zero_point = params->fp32_scalar.output_zero_point;
  const requantization q = {
      .max_less_zero_point = _mm256_set1_ps((float)(params->fp32_scalar.output_max - zero_point)),
      .zero_point = _mm256_set1_epi16((short)zero_point),
      .min = _mm256_set1_epi8((char)params->fp32_scalar.output_min)};
  const size_t tile_bytes = TILE * (sizeof(int32_t) + num_taps + sizeof(float));
  const size_t pixel_bytes = channels + output_increment;
  const int8_t *taps[MAX_PIXELS * MAX_TAPS];
  tile made;
  for (size_t pixels; output_width > 0; output_width -= pixels) {
    pixels = output_width < MAX_PIXELS ? output_width : MAX_PIXELS;
    for (size_t i = 0; i < pixels; i++) {
      for (size_t t = 0; t < num_taps; t++) {
        taps[i * num_taps + t] = input[t] == zero ? zero : input[t] + input_offset;
      }
      input = (const int8_t **)((intptr_t)input + input_stride);
    }
    const int8_t *packed = weights;
    for (size_t c = 0; c < channels; c += TILE, packed += tile_bytes) {
      lay_out(num_taps, packed, &made);
      const bool is_whole = channels - c >= TILE;
      const __mmask32 mask = is_whole ? ~(__mmask32)0 : ((__mmask32)1 << (channels - c)) - 1;
      for (size_t i = 0; i < pixels; i++) {
        const int8_t *const *of_pixel = taps + i * num_taps;
        int8_t *to = output + i * pixel_bytes + c;
        if (is_whole) {
          one_pixel(num_taps, true, mask, of_pixel, c, &made, &q, to);
        } else {
          one_pixel(num_taps, false, mask, of_pixel, c, &made, &q, to);
        }
      }
    }
    output += pixels * pixel_bytes;
  }
}

VNNI void qs8_dwconv_9_vnni(size_t channels, size_t output_width, const int8_t **input,
                            const void *weights, int8_t *output, intptr_t input_stride,
                            size_t output_increment, size_t input_offset, const int8_t *zero,
                            const union xnn_qs8_qc8w_conv_minmax_params *params) {
  dwconv(9, channels, output_width, input, weights, output, input_stride, output_increment,
         input_offset, zero, params);
}

VNNI void qs8_dwconv_25_vnni(size_t channels, size_t output_width, const int8_t **input,
                             const void *weights, int8_t *output, intptr_t input_stride,
                             size_t output_increment, size_t input_offset, const int8_t *zero,
                             const union xnn_qs8_qc8w_conv_minmax_params *params) {
  dwconv(25, channels, output_width, input, weights, output, input_stride, output_increment,
         input_offset, zero, params);
}

#else
typedef int qs8_dwconv_vnni_is_for_x86; /* a file may not be empty */
#endif
