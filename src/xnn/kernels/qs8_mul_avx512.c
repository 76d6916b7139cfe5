/* int8 times int8, requantised: the gates of squeeze-and-excitation and the products
 * of swish. XNNPACK has it for 128 bits; the arithmetic is the same, bit for bit. */
#include "xnn/kernels/int8_avx512.h"

#ifdef HAS_AVX512_KERNELS

#include <immintrin.h>
#include <stdbool.h>
#include <xnnpack/microparams.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

typedef struct scaling {
  __m512i a_zero_point, b_zero_point, zero_point; /* i16 */
  __m512 scale;
} scaling;

AVX512 ALWAYS_INLINE __m512i scaled(__m512i product, __m512 scale) {
  return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(product), scale));
}

/* 32 products as i16. */
AVX512 ALWAYS_INLINE __m512i half(__m256i a, __m256i b, const scaling *s) {
  __m512i wide_a = _mm512_sub_epi16(_mm512_cvtepi8_epi16(a), s->a_zero_point);
  __m512i wide_b = _mm512_sub_epi16(_mm512_cvtepi8_epi16(b), s->b_zero_point);
  __m512i low = _mm512_mullo_epi16(wide_a, wide_b), high = _mm512_mulhi_epi16(wide_a, wide_b);
  __m512i first = scaled(_mm512_unpacklo_epi16(low, high), s->scale);
  __m512i last = scaled(_mm512_unpackhi_epi16(low, high), s->scale);
  return _mm512_adds_epi16(_mm512_packs_epi32(first, last), s->zero_point);
}

AVX512 ALWAYS_INLINE void multiply(bool is_one, size_t batch, const int8_t *a, const int8_t *b,
                                   int8_t *output, const union xnn_qs8_mul_minmax_params *params) {
  const scaling s = {.a_zero_point = _mm512_set1_epi16(params->scalar.a_zero_point),
                     .b_zero_point = _mm512_set1_epi16(params->scalar.b_zero_point),
                     .zero_point = _mm512_set1_epi16(params->scalar.output_zero_point),
                     .scale = _mm512_set1_ps(params->scalar.scale)};
  const __m512i min = _mm512_set1_epi8(params->scalar.output_min);
  const __m512i max = _mm512_set1_epi8(params->scalar.output_max);
  const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  const __m512i one = _mm512_set1_epi8(*b);
  for (size_t i = 0; i < batch; i += 64) {
    __mmask64 mask = batch - i < 64 ? ~(__mmask64)0 >> (64 - (batch - i)) : ~(__mmask64)0;
    __m512i left = _mm512_maskz_loadu_epi8(mask, a + i);
    __m512i right = is_one ? one : _mm512_maskz_loadu_epi8(mask, b + i);
    __m512i first = half(_mm512_castsi512_si256(left), _mm512_castsi512_si256(right), &s);
    __m512i last = _mm512_setzero_si512();
    if (batch - i > 32) {
      last = half(_mm512_extracti64x4_epi64(left, 1), _mm512_extracti64x4_epi64(right, 1), &s);
    }
    __m512i all = _mm512_permutexvar_epi64(order, _mm512_packs_epi16(first, last));
    all = _mm512_min_epi8(_mm512_max_epi8(all, min), max);
    _mm512_mask_storeu_epi8(output + i, mask, all);
  }
}

AVX512 void qs8_mul_avx512(size_t batch, const int8_t *a, const int8_t *b, int8_t *output,
                           const union xnn_qs8_mul_minmax_params *params) {
  multiply(false, batch, a, b, output, params);
}

AVX512 void qs8_mulc_avx512(size_t batch, const int8_t *a, const int8_t *b, int8_t *output,
                            const union xnn_qs8_mul_minmax_params *params) {
  multiply(true, batch, a, b, output, params);
}

#else
typedef int qs8_mul_avx512_is_for_x86; /* a file may not be empty */
#endif
