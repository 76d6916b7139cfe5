/* int8 depthwise convolution of 49 taps, requantised per channel; qs8_dwconv_49.inc is it,
 * once for each width of registers. Bit for bit what XNNPACK's kernels for fewer taps
 * compute: the products' sum as float times the scale, rounded to even, clamped. */
#include "xnn/kernels/dwconv_49.h"

#ifdef HAS_QS8_DWCONV_49

#include <string.h>
#include <xnnpack/microparams.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define TILE_BYTES (DWCONV_49_TILE * (sizeof(int32_t) + DWCONV_49_TAPS + sizeof(float)))

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>

ALWAYS_INLINE v128_t scaled(v128_t ints, v128_t scale, float max) {
  v128_t real = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(ints), scale);
  real = wasm_f32x4_pmin(wasm_f32x4_splat(max), real);
  return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(real));
}

ALWAYS_INLINE void store(int8_t *to, v128_t low, v128_t high, int16_t zero_point, int16_t min) {
  v128_t words =
      wasm_i16x8_add_sat(wasm_i16x8_narrow_i32x4(low, high), wasm_i16x8_splat(zero_point));
  words = wasm_i16x8_max(words, wasm_i16x8_splat(min));
  wasm_v128_store64_lane(to, wasm_i8x16_narrow_i16x8(words, words), 0);
}

#define KERNEL qs8_dwconv_49
#define TARGET
#define LANES 8
#define WORDS v128_t
#define INTS v128_t
#define WIDEN wasm_i16x8_load8x8
#define ZERO_WORDS wasm_i16x8_splat(0)
#define LOW(a, b) wasm_i16x8_shuffle((a), (b), 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) wasm_i16x8_shuffle((a), (b), 4, 12, 5, 13, 6, 14, 7, 15)
#define ADD_PRODUCTS(a, b, sum) wasm_i32x4_add((sum), wasm_i32x4_dot_i16x8((a), (b)))
#define LOAD_INTS(from, half) wasm_v128_load((from) + 16 * (half))
#define LOAD_REALS LOAD_INTS
#define SCALED scaled
#define STORE store
#include "xnn/kernels/qs8_dwconv_49.inc"

#else
#include <immintrin.h>

ALWAYS_INLINE __m128i widen(const int8_t *from) {
  const __m128i bytes = _mm_loadl_epi64((const __m128i *)from);
  return _mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
}

ALWAYS_INLINE __m128i scaled(__m128i ints, __m128 scale, float max) {
  return _mm_cvtps_epi32(_mm_min_ps(_mm_mul_ps(_mm_cvtepi32_ps(ints), scale), _mm_set1_ps(max)));
}

ALWAYS_INLINE void store(int8_t *to, __m128i low, __m128i high, int16_t zero_point, int16_t min) {
  __m128i words = _mm_adds_epi16(_mm_packs_epi32(low, high), _mm_set1_epi16(zero_point));
  words = _mm_max_epi16(words, _mm_set1_epi16(min));
  _mm_storel_epi64((__m128i *)to, _mm_packs_epi16(words, words));
}

#define KERNEL qs8_dwconv_49
#define TARGET
#define LANES 8
#define WORDS __m128i
#define INTS __m128i
#define WIDEN widen
#define ZERO_WORDS _mm_setzero_si128()
#define LOW _mm_unpacklo_epi16
#define HIGH _mm_unpackhi_epi16
#define ADD_PRODUCTS(a, b, sum) _mm_add_epi32((sum), _mm_madd_epi16((a), (b)))
#define LOAD_INTS(from, half) _mm_loadu_si128((const __m128i *)((from) + 16 * (half)))
#define LOAD_REALS(from, half) _mm_loadu_ps((const float *)((from) + 16 * (half)))
#define SCALED scaled
#define STORE store
#include "xnn/kernels/qs8_dwconv_49.inc"

#define AVX2 __attribute__((target("avx2")))

/* Elements 0 to 3 and 8 to 11 of 16, or 4 to 7 and 12 to 15. */
AVX2 ALWAYS_INLINE __m256i load_halves(const int8_t *from, int half) {
  const __m128i first = _mm_loadu_si128((const __m128i *)(from + 16 * half));
  const __m128i second = _mm_loadu_si128((const __m128i *)(from + 32 + 16 * half));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
}

AVX2 ALWAYS_INLINE __m256i scaled_avx2(__m256i ints, __m256 scale, float max) {
  const __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(ints), scale);
  return _mm256_cvtps_epi32(_mm256_min_ps(real, _mm256_set1_ps(max)));
}

AVX2 ALWAYS_INLINE void store_avx2(int8_t *to, __m256i low, __m256i high, int16_t zero_point,
                                   int16_t min) {
  __m256i words = _mm256_adds_epi16(_mm256_packs_epi32(low, high), _mm256_set1_epi16(zero_point));
  words = _mm256_max_epi16(words, _mm256_set1_epi16(min));
  _mm_storeu_si128((__m128i *)to, _mm_packs_epi16(_mm256_castsi256_si128(words),
                                                  _mm256_extracti128_si256(words, 1)));
}

#define KERNEL qs8_dwconv_49_avx2
#define TARGET AVX2
#define LANES 16
#define WORDS __m256i
#define INTS __m256i
#define WIDEN(from) _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(from)))
#define ZERO_WORDS _mm256_setzero_si256()
#define LOW _mm256_unpacklo_epi16
#define HIGH _mm256_unpackhi_epi16
#define ADD_PRODUCTS(a, b, sum) _mm256_add_epi32((sum), _mm256_madd_epi16((a), (b)))
#define LOAD_INTS load_halves
#define LOAD_REALS(from, half) _mm256_castsi256_ps(load_halves((from), (half)))
#define SCALED scaled_avx2
#define STORE store_avx2
#include "xnn/kernels/qs8_dwconv_49.inc"

#endif
#endif
