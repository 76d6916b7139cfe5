/* Float depthwise convolution of 49 taps, and how kernels for them are put in. A pixel's channels
 * are neighbours, and each tap one pointer, so a kernel is a sum over pointers; f32_dwconv_49.inc
 * is it, once for each width of registers. */
#include "xnn/kernels/dwconv_49.h"

#include <string.h>
#include <xnnpack/config.h>
#include <xnnpack/microparams-init.h>

/* Four floats, as every processor here has them. */
typedef float four __attribute__((vector_size(16)));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE four load_four(const float *from) {
  four value;
  memcpy(&value, from, sizeof value);
  return value;
}

ALWAYS_INLINE void store_four(float *to, four value) { memcpy(to, &value, sizeof value); }

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>

ALWAYS_INLINE four add_product(four a, four b, four sum) {
#ifdef __wasm_relaxed_simd__
  return (four)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)sum);
#else
  return a * b + sum;
#endif
}

ALWAYS_INLINE four clamp_four(four value, four min, four max) {
  return (four)wasm_f32x4_pmin((v128_t)max, wasm_f32x4_pmax((v128_t)min, (v128_t)value));
}

#else

ALWAYS_INLINE four add_product(four a, four b, four sum) { return a * b + sum; }

ALWAYS_INLINE four clamp_four(four value, four min, four max) {
  for (int i = 0; i < 4; i++) {
    value[i] = value[i] < min[i] ? min[i] : value[i];
    value[i] = value[i] > max[i] ? max[i] : value[i];
  }
  return value;
}

#endif

/* Up to four channels from c on, behind the last whole tile. w: their bias. */
static void rest(const float *const *taps, size_t c, size_t channels, const float *w, float *output,
                 const union xnn_f32_minmax_params *params) {
  const four min = {params->scalar.min, params->scalar.min, params->scalar.min, params->scalar.min};
  const four max = {params->scalar.max, params->scalar.max, params->scalar.max, params->scalar.max};
  four sum = load_four(w);
  for (int i = 0; i < DWCONV_49_TAPS; i++) {
    sum = add_product(load_four(taps[i] + c), load_four(w + (1 + i) * DWCONV_49_TILE), sum);
  }
  sum = clamp_four(sum, min, max);
  size_t count = channels - c < 4 ? channels - c : 4;
  memcpy(output + c, &sum, count * sizeof *output);
}

#define KERNEL f32_dwconv_49
#define TARGET
#define VECTOR four
#define LANES 4
#define LOAD load_four
#define ADD_PRODUCT add_product
#define SUM(a, b) ((a) + (b))
#define CLAMP clamp_four
#define STORE store_four
#define SPLAT(x) ((four){(x), (x), (x), (x)})
#include "xnn/kernels/f32_dwconv_49.inc"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL f32_dwconv_49_fma3
#define TARGET __attribute__((target("avx,fma")))
#define VECTOR __m256
#define LANES 8
#define LOAD _mm256_loadu_ps
#define ADD_PRODUCT _mm256_fmadd_ps
#define SUM _mm256_add_ps
#define CLAMP(a, min, max) _mm256_min_ps((max), _mm256_max_ps((min), (a)))
#define STORE _mm256_storeu_ps
#define SPLAT _mm256_set1_ps
#include "xnn/kernels/f32_dwconv_49.inc"

#define KERNEL f32_dwconv_49_avx512
#define TARGET __attribute__((target("avx512f")))
#define VECTOR __m512
#define LANES 16
#define LOAD _mm512_loadu_ps
#define ADD_PRODUCT _mm512_fmadd_ps
#define SUM _mm512_add_ps
#define CLAMP(a, min, max) _mm512_min_ps((max), _mm512_max_ps((min), (a)))
#define STORE _mm512_storeu_ps
#define SPLAT _mm512_set1_ps
#include "xnn/kernels/f32_dwconv_49.inc"

#endif

void dwconv_49_install(const struct xnn_dwconv_config *configs, size_t num_configs, uint8_t taps,
                       xnn_dwconv_unipass_ukernel_fn kernel) {
  for (size_t i = 0; configs != NULL && i < num_configs; i++) {
    /* XNNPACK's tables are writable, only the accessors' types are const. */
    struct xnn_dwconv_config *config = (struct xnn_dwconv_config *)&configs[i];
    if (config->primary_tile != taps || config->last_tile != 0) continue;
    config->minmax.unipass = kernel;
    config->linear.unipass = NULL; /* without limits, too, by the above */
    config->channel_tile = config->channel_subtile = DWCONV_49_TILE;
    config->channel_round = 1;
    config->primary_tile = DWCONV_49_TAPS;
    return;
  }
}
