/* Which of XNNPACK's choices are replaced natively on x86-64, and why. */
#include "xnn/kernels/kernels.h"

#if defined(__x86_64__)

#include <string.h>
#include <xnnpack/config.h>
#include <xnnpack/pack.h>

#include "xnn/kernels/int8_amx.h"

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

void kernels_install(void) { install_amx(); }

#endif
