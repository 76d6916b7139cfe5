/* Which of XNNPACK's choices are replaced, and why. */
#include "xnn/kernels/kernels.h"

#include <xnnpack/config.h>

#include "xnn/kernels/dwconv_49.h"

#ifdef __wasm_simd128__

#include <xnnpack/pack.h>

#include "xnn/kernels/dot.h"
#include "xnn/kernels/dwconv_3x3.h"
#include "xnn/kernels/qs8_gemm_4x8.h"

#define SET_GEMM(kernels, suffix)                                                                \
  (kernels)->gemm[0] = xnn_init_hmp_gemm_ukernel((xnn_gemm_ukernel_fn)qs8_gemm_1x8##suffix);     \
  (kernels)->gemm[3] = xnn_init_hmp_gemm_ukernel((xnn_gemm_ukernel_fn)qs8_gemm_4x8##suffix);     \
  (kernels)->igemm[0] = xnn_init_hmp_igemm_ukernel((xnn_igemm_ukernel_fn)qs8_igemm_1x8##suffix); \
  (kernels)->igemm[3] = xnn_init_hmp_igemm_ukernel((xnn_igemm_ukernel_fn)qs8_igemm_4x8##suffix)

/* After pack_gemm_goi is what it stays. */
static void install_pack_igemm(struct xnn_gemm_config *config) {
  if (config->pack_igemm_goki == qs8_pack_igemm_4x8) return;
  qs8_pack_igemm_init(config->pack_gemm_goi, config->pack_igemm_goki);
  config->pack_igemm_goki = qs8_pack_igemm_4x8;
}

#ifdef __wasm_relaxed_simd__
/* Whether relaxed SIMD's dot product is worth it on x86: of i8 and u8, or of i8 alone. */
static bool has_dot(const struct xnn_hardware_config *hardware) {
  return hardware->is_x86 && (hardware->use_wasm_sdot || hardware->use_wasm_usdot);
}

static void install_dot(const struct xnn_hardware_config *hardware,
                        struct xnn_gemm_config *config) {
  kernels_dot_sign = wasm_u8x16_splat(hardware->use_wasm_sdot ? 0 : 0x80);
  SET_GEMM(&config->minmax, _dot);
  config->minmax.gemm[1] = (struct xnn_hmp_gemm_ukernel){0}; /* XNNPACK's, for i8 alone */
  config->minmax.igemm[1] = (struct xnn_hmp_igemm_ukernel){0};
  config->mr = 4;
  config->log2_kr = 2;
  if (config->pack_gemm_goi == (xnn_packw_gemm_goi_ukernel_fn)xnn_pack_qs8_to_qu8_gemm_goi_w) {
    config->pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn)qs8_pack_dot;
  }
  install_pack_igemm(config);
}
#endif

/* Where XNNPACK takes its kernel for engines without an 8-bit dot product (nr 4, kr 2,
 * sr 4), or x86 has one. */
static void install_qs8_gemm(const struct xnn_hardware_config *hardware) {
  struct xnn_gemm_config *config = (struct xnn_gemm_config *)xnn_init_qs8_qc8w_gemm_config();
#ifdef __wasm_relaxed_simd__
  if (config != NULL && has_dot(hardware)) {
    install_dot(hardware, config);
    return;
  }
#else
  (void)hardware;
#endif
  if (config == NULL || config->mr != 4 || config->nr != 4 || config->log2_kr != 1 ||
      config->log2_sr != 2) {
    return;
  }
  SET_GEMM(&config->minmax, );
  config->nr = 8;
  if (config->pack_gemm_goi == (xnn_packw_gemm_goi_ukernel_fn)xnn_pack_qs8_gemm_goi_w) {
    config->pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn)qs8_pack_4x8;
    config->pack_weights_and_biases = NULL; /* fully connected layers, too, by the above */
  }
  install_pack_igemm(config);
}

/* The unipass kernel for nine taps, whichever its place. XNNPACK keeps its
 * tables writable; only the accessors' types are const. */
static void install_dwconv(const struct xnn_dwconv_config *configs, size_t num_configs,
                           uint8_t channel_tile, xnn_dwconv_unipass_ukernel_fn kernel) {
  for (size_t i = 0; configs != NULL && i < num_configs; i++) {
    if (configs[i].primary_tile == 9 && configs[i].last_tile == 0 &&
        configs[i].channel_tile == channel_tile) {
      ((struct xnn_dwconv_config *)configs)[i].minmax.unipass = kernel;
      return;
    }
  }
}

void kernels_install(void) {
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  if (hardware == NULL) return;
  install_qs8_gemm(hardware);
  xnn_dwconv_unipass_ukernel_fn qs8_dwconv =
      (xnn_dwconv_unipass_ukernel_fn)(hardware->is_x86 ? qs8_dwconv_3x3_x86 : qs8_dwconv_3x3);
#ifdef __wasm_relaxed_simd__
  if (has_dot(hardware)) qs8_dwconv = (xnn_dwconv_unipass_ukernel_fn)qs8_dwconv_3x3_dot;
#endif
  install_dwconv(xnn_init_qs8_qc8w_dwconv_config(), XNN_MAX_QC8_DWCONV_UKERNELS, 16, qs8_dwconv);
  install_dwconv(xnn_init_f32_dwconv_config(), XNN_MAX_F32_DWCONV_UKERNELS, 8,
                 (xnn_dwconv_unipass_ukernel_fn)f32_dwconv_3x3);
  dwconv_49_install(xnn_init_qs8_qc8w_dwconv_config(), XNN_MAX_QC8_DWCONV_UKERNELS, 3,
                    (xnn_dwconv_unipass_ukernel_fn)qs8_dwconv_49);
  dwconv_49_install(xnn_init_f32_dwconv_config(), XNN_MAX_F32_DWCONV_UKERNELS, 4,
                    (xnn_dwconv_unipass_ukernel_fn)f32_dwconv_49);
}

#elif !defined(__x86_64__) /* there: kernels_x86.c */

void kernels_install(void) {
  if (xnn_init_hardware_config() == NULL) return;
  dwconv_49_install(xnn_init_f32_dwconv_config(), XNN_MAX_F32_DWCONV_UKERNELS, 4,
                    (xnn_dwconv_unipass_ukernel_fn)f32_dwconv_49);
}

#endif
