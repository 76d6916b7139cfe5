/* See int8_amx.h: what goes into the tiles, and what becomes of their sums. The
 * arithmetic is XNNPACK's, so that results are equal bit for bit.
 *
 * int8 adds for each 32 columns, behind the weights, [32 x f32 scale]; dynamic
 * range [32 x f32 scale][32 x f32 bias], and its i32 are sums of weights, not bias. */
#include "xnn/kernels/int8_amx.h"

#ifdef HAS_AMX_KERNELS

#include <immintrin.h>
#include <string.h>
#include <xnnpack/microparams.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

static size_t rounded(size_t kc) { return (kc + 3) / 4 * 4; }

static amx_left rows_at(const int8_t *a, size_t stride, size_t mr, size_t kc) {
  return (amx_left){.rows = mr, .depth = rounded(kc), .first = a, .stride = stride};
}

static amx_left rows_by(const int8_t **a, size_t pointers_stride, size_t mr, size_t kc, size_t ks,
                        size_t offset, const int8_t *zero, const int8_t *zero_bytes) {
  size_t num_taps = ks / sizeof(void *) / pointers_stride;
  return (amx_left){.rows = mr,
                    .depth = num_taps * rounded(kc),
                    .pointers = a,
                    .pointers_stride = pointers_stride,
                    .num_taps = num_taps,
                    .channels = kc,
                    .offset = offset,
                    .zero = zero,
                    .zero_bytes = zero_bytes};
}

typedef struct requantization {
  __m512 max_less_zero_point;
  __m512i zero_point; /* i16 */
  __m512i min;        /* i8 */
} requantization;

AVX512 ALWAYS_INLINE __m512i rounded_real(const int32_t *sums, __m512 scale,
                                          const requantization *q) {
  __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_load_si512(sums)), scale);
  return _mm512_cvtps_epi32(_mm512_min_ps(real, q->max_less_zero_point));
}

/* i16 of a row of 32 columns: four of the first 16, four of the last, and so on */
AVX512 ALWAYS_INLINE __m512i row_of_16(const int32_t *sums, __m512 low, __m512 high,
                                       const requantization *q) {
  __m512i first = rounded_real(sums, low, q), last = rounded_real(sums + 16, high, q);
  return _mm512_adds_epi16(_mm512_packs_epi32(first, last), q->zero_point);
}

/* The sums of one block of at most 32 columns, two rows at a time. */
AVX512 static void store_int8(const amx_work *work, const int32_t *sums, const float *scales,
                              size_t columns, const requantization *q, int8_t *c,
                              size_t cm_stride) {
  const __m512 low = _mm512_loadu_ps(scales), high = _mm512_loadu_ps(scales + 16);
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __mmask32 mask = ~(__mmask32)0 >> (AMX_COLUMNS - columns);
  const size_t rows = work->left.rows;
  for (size_t row = 0; row < rows; row += 2, sums += 2 * AMX_COLUMNS, c += 2 * cm_stride) {
    __m512i one = row_of_16(sums, low, high, q);
    __m512i two = row_of_16(sums + AMX_COLUMNS, low, high, q);
    __m512i both = _mm512_max_epi8(_mm512_packs_epi16(one, two), q->min);
    both = _mm512_permutexvar_epi32(order, both);
    _mm256_mask_storeu_epi8(c, mask, _mm512_castsi512_si256(both));
    if (row + 1 < rows) {
      _mm256_mask_storeu_epi8(c + cm_stride, mask, _mm512_extracti64x4_epi64(both, 1));
    }
  }
}

AVX512 static void int8_product(amx_work *work, size_t nc, const int8_t *w, int8_t *c,
                                size_t cm_stride, size_t cn_stride,
                                const union xnn_qs8_qc8w_conv_minmax_params *params) {
  int32_t zero_point = params->fp32_scalar.output_zero_point;
  const requantization q = {
      .max_less_zero_point = _mm512_set1_ps((float)(params->fp32_scalar.output_max - zero_point)),
      .zero_point = _mm512_set1_epi16((short)zero_point),
      .min = _mm512_set1_epi8((char)params->fp32_scalar.output_min),
  };
  size_t scales = AMX_COLUMNS * (sizeof(int32_t) + work->left.depth);
  size_t block_bytes = scales + AMX_COLUMNS * sizeof(float);
  amx_begin(work);
  for (size_t columns; nc > 0; nc -= columns) {
    columns = amx_columns(work, nc);
    amx_multiply(work, w, block_bytes, true, columns);
    for (size_t n = 0; n < columns; n += AMX_COLUMNS, w += block_bytes, c += cn_stride) {
      size_t left = columns - n < AMX_COLUMNS ? columns - n : AMX_COLUMNS;
      store_int8(work, work->sums[n / AMX_COLUMNS], (const float *)(w + scales), left, &q, c,
                 cm_stride);
    }
  }
}

AVX512 ALWAYS_INLINE void store_real(const int32_t *sums, const int32_t *weight_sums,
                                     const float *scales, size_t columns,
                                     const struct xnn_qd8_quantization_params *quantization,
                                     const union xnn_f32_minmax_params *params, float *out) {
  if (columns == 0) return;
  __m512i shift = _mm512_mullo_epi32(_mm512_loadu_si512(weight_sums),
                                     _mm512_set1_epi32(quantization->zero_point));
  __m512i whole = _mm512_add_epi32(_mm512_load_si512(sums), shift);
  __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(whole), _mm512_set1_ps(quantization->inv_scale));
  real = _mm512_fmadd_ps(real, _mm512_loadu_ps(scales), _mm512_loadu_ps(scales + AMX_COLUMNS));
  real = _mm512_max_ps(real, _mm512_set1_ps(params->scalar.min));
  real = _mm512_min_ps(real, _mm512_set1_ps(params->scalar.max));
  _mm512_mask_storeu_ps(out, (__mmask16)(0xFFFFu >> (16 - columns)), real);
}

/* The same for dynamic range. quantization: of each row, or (stride 0) one for all. */
AVX512 static void store_all_real(const amx_work *work, const int32_t *sums, const int8_t *block,
                                  size_t columns, const union xnn_f32_minmax_params *params,
                                  const struct xnn_qd8_quantization_params *quantization,
                                  size_t quantization_stride, float *c, size_t cm_stride) {
  const int32_t *weight_sums = (const int32_t *)block;
  const float *scales = (const float *)(block + AMX_COLUMNS * (sizeof(int32_t) + work->left.depth));
  size_t low = columns < 16 ? columns : 16;
  for (size_t row = 0; row < work->left.rows; row++, sums += AMX_COLUMNS) {
    store_real(sums, weight_sums, scales, low, quantization, params, c);
    store_real(sums + 16, weight_sums + 16, scales + 16, columns - low, quantization, params,
               c + 16);
    quantization += quantization_stride;
    c = (float *)((uintptr_t)c + cm_stride);
  }
}

AVX512 static void dynamic_product(amx_work *work, size_t nc, const int8_t *w, float *c,
                                   size_t cm_stride, size_t cn_stride,
                                   const union xnn_f32_minmax_params *params,
                                   const struct xnn_qd8_quantization_params *quantization,
                                   size_t quantization_stride) {
  size_t block_bytes = AMX_COLUMNS * (sizeof(int32_t) + work->left.depth + 2 * sizeof(float));
  amx_begin(work);
  for (size_t columns; nc > 0; nc -= columns) {
    columns = amx_columns(work, nc);
    amx_multiply(work, w, block_bytes, false, columns);
    for (size_t n = 0; n < columns; n += AMX_COLUMNS, w += block_bytes) {
      size_t left = columns - n < AMX_COLUMNS ? columns - n : AMX_COLUMNS;
      store_all_real(work, work->sums[n / AMX_COLUMNS], w, left, params, quantization,
                     quantization_stride, c, cm_stride);
      c = (float *)((uintptr_t)c + cn_stride);
    }
  }
}

void qs8_gemm_amx(size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w,
                  int8_t *c, size_t cm_stride, size_t cn_stride,
                  const union xnn_qs8_qc8w_conv_minmax_params *params) {
  amx_work work;
  work.left = rows_at(a, a_stride, mr, kc);
  int8_product(&work, nc, w, c, cm_stride, cn_stride, params);
}

void qs8_igemm_1_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                     int8_t *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                     const int8_t *zero, const union xnn_qs8_qc8w_conv_minmax_params *params) {
  amx_work work;
  work.left = rows_by(a, 1, mr, kc, ks, a_offset, zero, zero);
  int8_product(&work, nc, w, c, cm_stride, cn_stride, params);
}

void qs8_igemm_32_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                      int8_t *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                      const int8_t *zero, const union xnn_qs8_qc8w_conv_minmax_params *params) {
  amx_work work;
  work.left = rows_by(a, AMX_ROWS, mr, kc, ks, a_offset, zero, zero);
  int8_product(&work, nc, w, c, cm_stride, cn_stride, params);
}

void qd8_gemm_amx(size_t mr, size_t nc, size_t kc, const int8_t *a, size_t a_stride, const void *w,
                  float *c, size_t cm_stride, size_t cn_stride,
                  const union xnn_f32_minmax_params *params,
                  const struct xnn_qd8_quantization_params *quantization) {
  amx_work work;
  work.left = rows_at(a, a_stride, mr, kc);
  dynamic_product(&work, nc, w, c, cm_stride, cn_stride, params, quantization, 1);
}

void qd8_igemm_1_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                     float *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                     const int8_t *zero, const int8_t *zero_data,
                     const union xnn_f32_minmax_params *params,
                     const struct xnn_qd8_quantization_params *quantization) {
  amx_work work;
  work.left = rows_by(a, 1, mr, kc, ks, a_offset, zero, zero_data);
  dynamic_product(&work, nc, w, c, cm_stride, cn_stride, params, quantization, 0);
}

void qd8_igemm_32_amx(size_t mr, size_t nc, size_t kc, size_t ks, const int8_t **a, const void *w,
                      float *c, size_t cm_stride, size_t cn_stride, size_t a_offset,
                      const int8_t *zero, const int8_t *zero_data,
                      const union xnn_f32_minmax_params *params,
                      const struct xnn_qd8_quantization_params *quantization) {
  amx_work work;
  work.left = rows_by(a, AMX_ROWS, mr, kc, ks, a_offset, zero, zero_data);
  dynamic_product(&work, nc, w, c, cm_stride, cn_stride, params, quantization, 0);
}

#else
typedef int int8_amx_is_for_x86; /* a file may not be empty */
#endif
