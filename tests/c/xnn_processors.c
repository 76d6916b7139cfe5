/* Every operator by the kernels of lesser processors than this one, each in a process of
 * its own: what XNNPACK and xnn/kernels choose is decided once. What the processor has is
 * taken away from XNNPACK's own table of it, which our choice reads as well. */
#include "check.h"

#include "operator_case.h"

#if !defined(__x86_64__)

int main(void) {
  printf("skip all: these kernels are for x86-64\n0 passed, 0 failed, 1 skipped\n");
  return 0;
}

#else

#include <sys/wait.h>
#include <unistd.h>
#include <xnnpack.h>
#include <xnnpack/config.h>

#include "xnn/kernels/dwconv_49.h"
#include "xnn/kernels/int8_amx.h"
#include "xnn/kernels/int8_avx512.h"

/* From the most on; each lacks what those above it add. */
typedef enum processor {
  AVX512, /* Skylake-X: without VNNI */
  AVX2,   /* also those with AVX-VNNI and no AVX-512, as Alder Lake: none is built for it */
  AVX,
  SSE41,
  SSE2
} processor;

static bool is_there(processor wanted) {
  const struct xnn_hardware_config *has = xnn_init_hardware_config();
  switch (wanted) {
    case AVX512: return has->use_x86_avx512skx;
    case AVX2: return has->use_x86_avx2 && has->use_x86_fma3;
    case AVX: return has->use_x86_avx;
    case SSE41: return has->use_x86_sse4_1;
    default: return true;
  }
}

static void become(processor wanted) {
  /* The table is writable; only the accessor's type is const. */
  struct xnn_hardware_config *has = (struct xnn_hardware_config *)xnn_init_hardware_config();
  has->use_x86_avx512vnni = has->use_x86_avx512vnnigfni = has->use_x86_avx512vbmi = false;
  if (wanted == AVX512) return;
  has->use_x86_avx512f = has->use_x86_avx512skx = false;
  has->use_x86_avxvnni = wanted == AVX2;
  if (wanted == AVX2) return;
  has->use_x86_avx2 = has->use_x86_fma3 = has->use_x86_f16c = false;
  if (wanted == AVX) return;
  has->use_x86_avx = false;
  if (wanted == SSE41) return;
  has->use_x86_sse4_1 = has->use_x86_ssse3 = false;
}

static const void *float_kernel(uint8_t taps) {
  const struct xnn_dwconv_config *configs = xnn_init_f32_dwconv_config();
  for (size_t i = 0; i < XNN_MAX_F32_DWCONV_UKERNELS; i++) {
    if (configs[i].primary_tile == taps) return (const void *)configs[i].minmax.unipass;
  }
  return NULL;
}

/* Our kernels are taken by what the processor is said to have. */
static void check_choice(processor wanted) {
  const struct xnn_dwconv_config *int8 = xnn_init_qs8_qc8w_dwconv_config();
  const void *kernel = wanted == AVX512 ? (const void *)f32_dwconv_49_avx512
                       : wanted == AVX2 ? (const void *)f32_dwconv_49_fma3
                                        : (const void *)f32_dwconv_49;
  CHECK(float_kernel(DWCONV_49_TAPS) == kernel);
  for (size_t i = 0; i < XNN_MAX_QC8_DWCONV_UKERNELS; i++) {
    CHECK((const void *)int8[i].minmax.unipass != (const void *)qs8_dwconv_9_vnni);
    CHECK((const void *)int8[i].minmax.unipass != (const void *)qs8_dwconv_25_vnni);
  }
  kernel = wanted <= AVX2 ? (const void *)qs8_dwconv_49_avx2 : (const void *)qs8_dwconv_49;
  CHECK((const void *)int8[0].minmax.unipass == kernel);
  const void *product = (const void *)xnn_init_qs8_vmul_config()->op_ukernel;
  CHECK((product == (const void *)qs8_mul_avx512) == (wanted == AVX512));
#ifdef HAS_AMX_KERNELS
  CHECK(xnn_init_qs8_qc8w_gemm_config()->mr != AMX_ROWS);
#endif
}

static int num_failed;

static void run_quietly(const char *name) {
  check_begin();
  run_case(name, 1);
  if (!check_state.case_failed) return;
  printf("    in %s\n", name);
  num_failed++;
}

static void run_as(processor wanted, const char *name) {
  if (!is_there(wanted)) {
    printf("skip %s: this processor is a lesser one\n", name);
    return;
  }
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    become(wanted);
    for_each_case(run_quietly);
    check_begin();
    check_choice(wanted);
    num_failed += check_state.case_failed;
    fflush(stdout);
    _exit(num_failed > 0);
  }
  int status = -1;
  check_begin();
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK_INT(status, 0);
  check_end(name);
}

int main(void) {
  run_as(AVX512, "AVX-512 without VNNI");
  run_as(AVX2, "AVX2 and AVX-VNNI, without AVX-512");
  run_as(AVX, "AVX");
  run_as(SSE41, "SSE4.1");
  run_as(SSE2, "SSE2");
  return check_summary();
}

#endif
