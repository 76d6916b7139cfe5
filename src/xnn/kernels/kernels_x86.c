/* Which of XNNPACK's choices are replaced natively on x86-64, and why. */
#include "xnn/kernels/kernels.h"

#if defined(__x86_64__)

#include <string.h>
#include <xnnpack/config.h>
#include <xnnpack/microparams-init.h>
#include <xnnpack/pack.h>
#include <xnnpack/reduce.h>

#include "xnn/kernels/dwconv_49.h"
#include "xnn/kernels/int8_amx.h"
#include "xnn/kernels/int8_avx512.h"

#ifdef HAS_AMX_KERNELS

static void take_amx_shape(struct xnn_gemm_config *config) {
  memset(&config->minmax, 0, sizeof config->minmax);
  config->mr = AMX_ROWS;
  config->nr = AMX_COLUMNS;
  config->log2_kr = 2;
  config->log2_sr = 0;
  config->pack_weights_and_biases = NULL; /* by the functions below */
  config->packed_stride_weights_and_biases = NULL;
  config->pack_gemm_gio = (xnn_packw_gemm_gio_ukernel_fn)xnn_pack_qs8_gemm_gio_w;
  config->pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn)qs8_pack_amx;
  config->pack_igemm_goki = (xnn_pack_conv_goki_w_fn)xnn_pack_qs8_conv_goki_w;
  config->pack_igemm_kgo = (xnn_pack_conv_kgo_w_fn)xnn_pack_qs8_conv_kgo_w;
  config->pack_deconv_goki = (xnn_pack_deconv_goki_w_fn)xnn_pack_qs8_deconv_goki_w;
}

static void install_amx(void) {
  struct xnn_gemm_config *int8 = (struct xnn_gemm_config *)xnn_init_qs8_qc8w_gemm_config();
  struct xnn_gemm_config *dynamic = (struct xnn_gemm_config *)xnn_init_qd8_f32_qc8w_gemm_config();
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  /* The kernels requantise by AVX-512, which every processor with tiles has. */
  if (hardware == NULL || !hardware->use_x86_avx512vnni) return;
  if (int8 == NULL || dynamic == NULL || int8->mr == AMX_ROWS || !amx_is_there()) return;
  take_amx_shape(int8);
  int8->minmax.gemm[0] = int8->minmax.gemm[AMX_ROWS - 1] =
      xnn_init_hmp_gemm_ukernel((xnn_gemm_ukernel_fn)qs8_gemm_amx);
  int8->minmax.igemm[0] = xnn_init_hmp_igemm_ukernel((xnn_igemm_ukernel_fn)qs8_igemm_1_amx);
  int8->minmax.igemm[AMX_ROWS - 1] =
      xnn_init_hmp_igemm_ukernel((xnn_igemm_ukernel_fn)qs8_igemm_32_amx);
  take_amx_shape(dynamic);
  dynamic->minmax.dqgemm[0] = dynamic->minmax.dqgemm[AMX_ROWS - 1] =
      xnn_init_hmp_dqgemm_ukernel((xnn_dqgemm_ukernel_fn)qd8_gemm_amx);
  dynamic->minmax.dqigemm[0] =
      xnn_init_hmp_dqigemm_ukernel((xnn_dqigemm_ukernel_fn)qd8_igemm_1_amx);
  dynamic->minmax.dqigemm[AMX_ROWS - 1] =
      xnn_init_hmp_dqigemm_ukernel((xnn_dqigemm_ukernel_fn)qd8_igemm_32_amx);
}

#else
static void install_amx(void) {}
#endif

#ifdef HAS_AVX512_KERNELS

/* Where XNNPACK takes its kernels for 32 channels; its tables are writable, only the
 * accessors' types are const. */
static void install_dwconv(void) {
  const struct xnn_dwconv_config *configs = xnn_init_qs8_qc8w_dwconv_config();
  for (size_t i = 0; configs != NULL && i < XNN_MAX_QC8_DWCONV_UKERNELS; i++) {
    struct xnn_dwconv_config *config = (struct xnn_dwconv_config *)&configs[i];
    if (config->last_tile != 0 || config->channel_tile != 32) continue;
    if (config->primary_tile == 9) {
      config->minmax.unipass = (xnn_dwconv_unipass_ukernel_fn)qs8_dwconv_9_vnni;
    } else if (config->primary_tile == 25) {
      config->minmax.unipass = (xnn_dwconv_unipass_ukernel_fn)qs8_dwconv_25_vnni;
    }
  }
}

static void install_mul(void) {
  struct xnn_binary_elementwise_config *config =
      (struct xnn_binary_elementwise_config *)xnn_init_qs8_vmul_config();
  if (config == NULL ||
      config->init != (xnn_init_binary_params_fn)xnn_init_qs8_mul_minmax_scalar_params) {
    return;
  }
  config->op_ukernel = (xnn_vbinary_ukernel_fn)qs8_mul_avx512;
  config->opc_ukernel = config->ropc_ukernel = (xnn_vbinary_ukernel_fn)qs8_mulc_avx512;
}

static void install_avx512(void) {
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  if (hardware == NULL) return;
  if (hardware->use_x86_avx512skx) install_mul();
  if (hardware->use_x86_avx512vnni) install_dwconv();
}

#else
static void install_avx512(void) {}
#endif

/* The width of registers that XNNPACK itself takes. */
static void install_dwconv_49(void) {
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  if (hardware == NULL) return;
  dwconv_49_install(xnn_init_f32_dwconv_config(), XNN_MAX_F32_DWCONV_UKERNELS, 4,
                    (xnn_dwconv_unipass_ukernel_fn)(hardware->use_x86_avx512f ? f32_dwconv_49_avx512
                                                    : hardware->use_x86_fma3  ? f32_dwconv_49_fma3
                                                                              : f32_dwconv_49));
  dwconv_49_install(
      xnn_init_qs8_qc8w_dwconv_config(), XNN_MAX_QC8_DWCONV_UKERNELS, 3,
      (xnn_dwconv_unipass_ukernel_fn)(hardware->use_x86_avx2 ? qs8_dwconv_49_avx2 : qs8_dwconv_49));
}

/* Sums of int8 on processors without SSSE3, for which XNNPACK names none and calls NULL. */
static void install_sum(void) {
  struct xnn_reduce_config *config = (struct xnn_reduce_config *)xnn_init_qs8_rsum_config();
  if (config != NULL && config->ukernel == NULL) {
    config->ukernel = (xnn_reduce_ukernel_fn)xnn_qs8_rsum_ukernel__scalar_u4;
  }
}

void kernels_install(void) {
  install_dwconv_49();
  install_sum();
  install_avx512();
  install_amx();
}

#endif
