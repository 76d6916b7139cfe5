/* Sums of int8 products to int8, as XNNPACK does for WebAssembly: to nearest even, by
 * adding 1.5 * 2^23 in float32, so that results are the same bit for bit. */
#ifndef INSITU_XNN_KERNELS_REQUANTIZE_H_
#define INSITU_XNN_KERNELS_REQUANTIZE_H_

#include <stdint.h>
#include <wasm_simd128.h>
#include <xnnpack/microparams.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef struct requantization {
  v128_t magic_min, magic_less_zero_point, max;
} requantization;

ALWAYS_INLINE requantization
requantization_of(const union xnn_qs8_qc8w_conv_minmax_params *params) {
  int32_t zero_point = params->fp32_scalar.output_zero_point;
  int32_t min_less_zero_point = params->fp32_scalar.output_min - zero_point;
  /* 0x4B400000 is 1.5 * 2^23; integers near it count up by one. */
  return (requantization){
      .magic_min = wasm_i32x4_splat(0x4B400000 + min_less_zero_point),
      .magic_less_zero_point = wasm_i32x4_splat(0x4B400000 - zero_point),
      .max = wasm_i8x16_splat((int8_t)params->fp32_scalar.output_max),
  };
}

/* [4] i32; the upper limit is for the caller, once the values are i8. */
ALWAYS_INLINE v128_t requantize(v128_t acc, v128_t scale, const requantization *q) {
  v128_t real = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), scale);
  v128_t biased = wasm_f32x4_add(real, wasm_f32x4_const_splat(12582912.0f));
  return wasm_i32x4_sub(wasm_i32x4_max(biased, q->magic_min), q->magic_less_zero_point);
}

#endif
