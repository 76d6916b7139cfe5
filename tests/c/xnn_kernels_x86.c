/* xnn/kernels/ natively: our kernels for x86-64 against plain loops, bit for bit for
 * int8, in every edge: rows, columns, channels and taps that are not whole tiles,
 * windows through the zero buffer. Weights end where memory ends, inputs the 16 bytes
 * earlier that XNNPACK allows, so that reading behind either is a crash. Where the
 * processor lacks the instructions the cases are skipped. */
#include "check.h"

#if !defined(__x86_64__)

int main(void) {
  printf("skip all: these kernels are for x86-64\n0 passed, 0 failed, 1 skipped\n");
  return 0;
}

#else

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xnnpack.h>
#include <xnnpack/config.h>
#include <xnnpack/microparams.h>
#include <xnnpack/pack.h>

#include "xnn/kernels/int8_amx.h"
#include "xnn/kernels/int8_avx512.h"
#include "xnn/kernels/kernels.h"

static uint32_t state = 12345;
static uint32_t next_random(void) { return (state = state * 1664525u + 1013904223u) >> 8; }
static int8_t random_i8(void) { return (int8_t)next_random(); }
static int8_t random_weight(void) { return (int8_t)((int)(next_random() % 255) - 127); }
static void fill(int8_t *bytes, size_t num_bytes, int8_t (*make)(void)) {
  for (size_t i = 0; i < num_bytes; i++) bytes[i] = make();
}

/* num_bytes that end where a page begins that nobody may read. */
typedef struct fenced {
  void *map, *bytes;
  size_t map_bytes;
} fenced;

static fenced fenced_create(size_t num_bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t room = (num_bytes + page - 1) / page * page;
  fenced f = {.map_bytes = room + page};
  f.map = mmap(NULL, f.map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (f.map == MAP_FAILED || mprotect((char *)f.map + room, page, PROT_NONE) != 0) abort();
  f.bytes = (char *)f.map + room - num_bytes;
  return f;
}

static void fenced_destroy(fenced f) { munmap(f.map, f.map_bytes); }

static const union xnn_qs8_qc8w_conv_minmax_params limits = {
    .fp32_scalar = {.output_zero_point = -5, .output_min = -110, .output_max = 100}};

static int8_t requantized(int32_t sum, float scale) {
  long rounded = lrintf((float)sum * scale) + limits.fp32_scalar.output_zero_point;
  if (rounded < limits.fp32_scalar.output_min) rounded = limits.fp32_scalar.output_min;
  if (rounded > limits.fp32_scalar.output_max) rounded = limits.fp32_scalar.output_max;
  return (int8_t)rounded;
}

#ifdef HAS_AMX_KERNELS

/* One product: A [mr,taps,kc], B [nc,taps,kc], packed for 32 columns. */
typedef struct product {
  size_t mr, nc, kc, taps, rows; /* rows: pointers a tap */
  fenced a, zero, packed;
  int8_t *b;
  int32_t *bias;
  float *scale, *real_bias;
  const int8_t **pointers, **real; /* as the kernel gets them, and as they are meant */
  size_t offset;
} product;

static void pack(product *p, bool is_dynamic, int32_t input_zero_point) {
  size_t depth = p->taps * ((p->kc + 3) / 4 * 4), blocks = (p->nc + 31) / 32;
  size_t extra = 32 * (is_dynamic ? 8 : 4), block_bytes = 32 * (4 + depth) + extra;
  const struct xnn_qs8_packing_params packing = {.input_zero_point = (int8_t)input_zero_point};
  p->packed = fenced_create(blocks * block_bytes);
  memset(p->packed.bytes, 0, blocks * block_bytes);
  if (p->taps == 1) {
    qs8_pack_amx(1, p->nc, p->kc, 32, 4, 1, p->b, is_dynamic ? NULL : p->bias, NULL,
                 p->packed.bytes, extra, &packing);
  } else {
    xnn_pack_qs8_conv_goki_w(1, p->nc, p->taps, p->kc, 32, 4, 1, p->b, is_dynamic ? NULL : p->bias,
                             NULL, p->packed.bytes, extra, &packing);
  }
  for (size_t n = 0; n < p->nc; n++) {
    float *tail = (float *)((char *)p->packed.bytes + n / 32 * block_bytes + 32 * (4 + depth));
    tail[n % 32] = p->scale[n];
    if (is_dynamic) tail[32 + n % 32] = p->real_bias[n];
  }
}

/* Taps lie behind one another by threes, as a window's in rows of pixels, but where
 * `scattered`: each anywhere. */
static product product_create(size_t mr, size_t nc, size_t kc, size_t taps, bool scattered) {
  product p = {.mr = mr, .nc = nc, .kc = kc, .taps = taps, .rows = mr == 1 ? 1 : 32, .offset = 7};
  size_t num_a = mr * taps * kc;
  p.a = fenced_create(num_a + XNN_EXTRA_BYTES);
  p.zero = fenced_create(kc + XNN_EXTRA_BYTES);
  p.b = malloc(nc * taps * kc);
  p.bias = malloc(4 * nc), p.scale = malloc(4 * nc), p.real_bias = malloc(4 * nc);
  p.pointers = malloc(sizeof *p.pointers * p.rows * taps);
  p.real = malloc(sizeof *p.real * p.rows * taps);
  fill(p.a.bytes, num_a, random_i8);
  memset(p.zero.bytes, 7, kc);
  fill(p.b, nc * taps * kc, random_weight);
  for (size_t n = 0; n < nc; n++) {
    p.bias[n] = (int32_t)(next_random() % 20000) - 10000;
    p.scale[n] = 0.0005f + (float)(next_random() % 1000) * 1e-6f;
    p.real_bias[n] = (float)random_i8() / 10;
  }
  for (size_t i = 0; i < p.rows * taps; i++) {
    size_t tap = i / p.rows, m = i % p.rows < mr ? i % p.rows : mr - 1;
    size_t at = scattered ? next_random() % (mr * taps) : m * taps + tap;
    bool is_zero = next_random() % (scattered ? 4 : 200) == 0 && i % p.rows < mr;
    p.real[i] = is_zero ? p.zero.bytes : (int8_t *)p.a.bytes + at * kc;
    p.pointers[i] = is_zero ? p.zero.bytes : (const int8_t *)((uintptr_t)p.real[i] - p.offset);
  }
  return p;
}

static void product_destroy(product *p) {
  fenced_destroy(p->a), fenced_destroy(p->zero), fenced_destroy(p->packed);
  free(p->b), free(p->bias), free(p->scale), free(p->real_bias);
  free(p->pointers), free(p->real);
}

static int32_t sum_of(const product *p, bool by_pointers, size_t m, size_t n, int32_t zero_point) {
  int32_t sum = 0;
  for (size_t t = 0; t < p->taps; t++) {
    const int8_t *a = by_pointers ? p->real[t * p->rows + m] : (int8_t *)p->a.bytes + m * p->kc;
    for (size_t k = 0; k < p->kc; k++) {
      sum += (a[k] - zero_point) * p->b[(n * p->taps + t) * p->kc + k];
    }
  }
  return sum;
}

static void int8_case(size_t mr, size_t nc, size_t kc, size_t taps, bool scattered) {
  bool by_pointers = taps > 1 || scattered;
  product p = product_create(mr, nc, kc, taps, scattered);
  pack(&p, false, 3);
  size_t stride = nc + 9, ks = p.rows * taps * sizeof(void *);
  int8_t *c = calloc(mr + 1, stride);
  if (by_pointers) {
    (mr == 1 ? qs8_igemm_1_amx : qs8_igemm_32_amx)(mr, nc, kc, ks, p.pointers, p.packed.bytes, c,
                                                   stride, 32, p.offset, p.zero.bytes, &limits);
  } else {
    qs8_gemm_amx(mr, nc, kc, p.a.bytes, kc, p.packed.bytes, c, stride, 32, &limits);
  }
  for (size_t m = 0; m < mr; m++) {
    for (size_t n = 0; n < nc; n++) {
      int32_t sum = p.bias[n] + sum_of(&p, by_pointers, m, n, 3);
      CHECK_INT(c[m * stride + n], requantized(sum, p.scale[n]));
    }
    for (size_t n = nc; n < stride; n++) CHECK_INT(c[m * stride + n], 0); /* not written */
  }
  for (size_t n = 0; n < stride; n++) CHECK_INT(c[mr * stride + n], 0);
  free(c);
  product_destroy(&p);
}

static void dynamic_case(size_t mr, size_t nc, size_t kc, size_t taps, bool scattered) {
  bool by_pointers = taps > 1 || scattered;
  product p = product_create(mr, nc, kc, taps, scattered);
  pack(&p, true, 1);
  struct xnn_qd8_quantization_params quantization[32];
  const union xnn_f32_minmax_params clamp = {.scalar = {.min = -40, .max = 60}};
  for (size_t m = 0; m < 32; m++) {
    quantization[m].zero_point = random_i8();
    quantization[m].inv_scale = 0.01f + (float)(next_random() % 100) * 1e-4f;
  }
  size_t stride = nc + 3, ks = p.rows * taps * sizeof(void *);
  float *c = calloc(mr * stride, sizeof *c);
  if (by_pointers) {
    (mr == 1 ? qd8_igemm_1_amx : qd8_igemm_32_amx)(mr, nc, kc, ks, p.pointers, p.packed.bytes, c,
                                                   stride * 4, 128, p.offset, p.zero.bytes,
                                                   p.zero.bytes, &clamp, quantization);
  } else {
    qd8_gemm_amx(mr, nc, kc, p.a.bytes, kc, p.packed.bytes, c, stride * 4, 128, &clamp,
                 quantization);
  }
  for (size_t m = 0; m < mr; m++) {
    const struct xnn_qd8_quantization_params *q = &quantization[by_pointers ? 0 : m];
    for (size_t n = 0; n < nc; n++) {
      double real = (double)sum_of(&p, by_pointers, m, n, q->zero_point) * (double)q->inv_scale;
      real = fmin(fmax(real * (double)p.scale[n] + (double)p.real_bias[n], -40), 60);
      CHECK_NEAR((double)c[m * stride + n], real, 1e-4);
    }
    for (size_t n = nc; n < stride; n++) CHECK(c[m * stride + n] == 0);
  }
  free(c);
  product_destroy(&p);
}

static void each_case(void (*one)(size_t, size_t, size_t, size_t, bool)) {
  static const size_t rows[] = {1, 2, 15, 16, 17, 31, 32}, columns[] = {1, 16, 17, 32, 33, 75};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (size_t j = 0; j < sizeof columns / sizeof *columns; j++) {
      size_t mr = rows[i], nc = columns[j];
      one(mr, nc, 1 + next_random() % 70, 1, false);
      one(mr, nc, 64 * (1 + next_random() % 3) + next_random() % 9, 1, false);
      one(mr, nc, 1 + next_random() % 4, 9, false); /* a first layer's windows */
      one(mr, nc, 3, 49, next_random() % 2 == 0);
      one(mr, nc, 5 + next_random() % 70, 2 + next_random() % 8, true);
    }
  }
  one(32, 300, 260, 9, true); /* in several pieces, columns in several rounds */
  one(19, 40, 1040, 2, true);
  one(32, 64, 1088, 1, false);
}

static void int8_products_equal_plain_loops(void) { each_case(int8_case); }
static void dynamic_products_equal_plain_loops(void) { each_case(dynamic_case); }

static void weights_are_packed_as_xnnpack_does(void) {
  const struct xnn_qs8_packing_params packing = {.input_zero_point = -17};
  for (size_t kc = 4; kc <= 68; kc += 16) {
    for (size_t nc = 1; nc <= 70; nc += 23) {
      enum { GROUPS = 2, ROOM = GROUPS * 96 * (68 + 8) };
      static int8_t k[GROUPS * 70 * 68], ours[ROOM], theirs[ROOM];
      int32_t bias[GROUPS * 70];
      fill(k, sizeof k, random_weight);
      for (size_t n = 0; n < GROUPS * 70; n++) bias[n] = (int32_t)next_random();
      memset(ours, 0, ROOM), memset(theirs, 0, ROOM);
      qs8_pack_amx(GROUPS, nc, kc, 32, 4, 1, k, bias, NULL, ours, 128, &packing);
      xnn_pack_qs8_gemm_goi_w(GROUPS, nc, kc, 32, 4, 1, k, bias, NULL, theirs, 128, &packing);
      CHECK(memcmp(ours, theirs, ROOM) == 0);
    }
  }
}

/* What the kernels are for: XNNPACK takes them, where they can run, and only there. */
static void tiles_are_taken_where_they_are(void) {
  kernels_install();
  kernels_install();
  bool has_tiles = amx_is_there();
  CHECK(has_tiles == (xnn_init_qs8_qc8w_gemm_config()->mr == AMX_ROWS));
  CHECK(has_tiles == (xnn_init_qd8_f32_qc8w_gemm_config()->mr == AMX_ROWS));
}

#endif

#ifdef HAS_AVX512_KERNELS

#define MAX_CHANNELS 75
#define MAX_WIDTH 37 /* more than the pixels that one layout of the weights is used for */

/* A pixel's taps begin `stride` columns of `height` pointers on; a row of channels ends
 * where memory ends. */
static void dwconv_case(size_t taps, size_t channels, size_t width, size_t stride) {
  enum { MAX_POINTERS = (2 * MAX_WIDTH + 4) * 5 };
  size_t height = taps == 9 ? 3 : 5;
  size_t num_pointers = height * ((width - 1) * stride + height);
  size_t tiles = (channels + 31) / 32, tile_bytes = 32 * (8 + taps);
  fenced input = fenced_create(num_pointers * channels), zero = fenced_create(channels);
  fenced packed = fenced_create(tiles * tile_bytes);
  int8_t *output = calloc(width, channels + 3), *rows = input.bytes;
  const int8_t *pointers[MAX_POINTERS], *real[MAX_POINTERS];
  fill(rows, num_pointers * channels, random_i8);
  memset(zero.bytes, -9, channels);
  memset(packed.bytes, 0, tiles * tile_bytes);
  for (size_t i = 0; i < num_pointers; i++) {
    real[i] = next_random() % 5 == 0 ? zero.bytes : rows + i * channels;
    pointers[i] = real[i] == zero.bytes ? real[i] : (const int8_t *)((uintptr_t)real[i] - 5);
  }
  for (size_t c = 0; c < channels; c++) {
    int8_t *tile = (int8_t *)packed.bytes + c / 32 * tile_bytes;
    ((int32_t *)tile)[c % 32] = (int32_t)(next_random() % 20000) - 10000;
    for (size_t t = 0; t < taps; t++) tile[128 + 32 * t + c % 32] = random_weight();
    float scale = 0.001f + (float)(next_random() % 1000) * 1e-5f;
    memcpy(tile + 128 + 32 * taps + 4 * (c % 32), &scale, sizeof scale);
  }
  (taps == 9 ? qs8_dwconv_9_vnni : qs8_dwconv_25_vnni)(
      channels, width, pointers, packed.bytes, output, (intptr_t)(stride * height * sizeof(void *)),
      3, 5, zero.bytes, &limits);
  for (size_t x = 0; x < width; x++) {
    for (size_t c = 0; c < channels; c++) {
      const int8_t *tile = (int8_t *)packed.bytes + c / 32 * tile_bytes;
      int32_t sum = ((const int32_t *)tile)[c % 32];
      float scale;
      memcpy(&scale, tile + 128 + 32 * taps + 4 * (c % 32), sizeof scale);
      for (size_t t = 0; t < taps; t++) {
        sum += real[x * stride * height + t][c] * tile[128 + 32 * t + c % 32];
      }
      CHECK_INT(output[x * (channels + 3) + c], requantized(sum, scale));
    }
    for (size_t i = 0; i < 3; i++) CHECK_INT(output[x * (channels + 3) + channels + i], 0);
  }
  free(output);
  fenced_destroy(input), fenced_destroy(zero), fenced_destroy(packed);
}

static void depthwise_equals_plain_loops(void) {
  for (size_t channels = 1; channels <= MAX_CHANNELS; channels += 1 + channels / 8) {
    for (size_t width = 1; width <= MAX_WIDTH; width += 12) {
      for (size_t stride = 1; stride <= 2; stride++) {
        dwconv_case(9, channels, width, stride);
        dwconv_case(25, channels, width, stride);
      }
    }
  }
}

static void elements_times_elements_equal_plain_loops(void) {
  const union xnn_qs8_mul_minmax_params params = {.scalar = {.a_zero_point = -128,
                                                             .b_zero_point = 77,
                                                             .scale = 0.0123f,
                                                             .output_zero_point = -5,
                                                             .output_min = -110,
                                                             .output_max = 100}};
  for (size_t batch = 1; batch <= 200; batch++) {
    fenced a = fenced_create(batch), b = fenced_create(batch), one = fenced_create(1);
    int8_t output[201], *x = a.bytes, *y = b.bytes, *of_one = one.bytes;
    fill(x, batch, random_i8), fill(y, batch, random_i8), fill(of_one, 1, random_i8);
    for (int is_one = 0; is_one < 2; is_one++) {
      memset(output, 0, sizeof output);
      (is_one ? qs8_mulc_avx512 : qs8_mul_avx512)(batch, x, is_one ? of_one : y, output, &params);
      for (size_t i = 0; i < batch; i++) {
        int32_t product = (x[i] + 128) * ((is_one ? *of_one : y[i]) - 77);
        CHECK_INT(output[i], requantized(product, params.scalar.scale));
      }
      CHECK_INT(output[batch], 0);
    }
    fenced_destroy(a), fenced_destroy(b), fenced_destroy(one);
  }
}

#endif

int main(void) {
  if (xnn_initialize(NULL) != xnn_status_success) return 1;
#ifdef HAS_AMX_KERNELS
  RUN(weights_are_packed_as_xnnpack_does);
  RUN(tiles_are_taken_where_they_are);
  if (amx_is_there()) {
    RUN(int8_products_equal_plain_loops);
    RUN(dynamic_products_equal_plain_loops);
  } else {
    printf("skip products by tiles: this processor or system has no AMX\n");
  }
#endif
#ifdef HAS_AVX512_KERNELS
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  if (hardware->use_x86_avx512vnni) {
    RUN(depthwise_equals_plain_loops);
  } else {
    printf("skip depthwise convolutions: this processor has no AVX-512 with VNNI\n");
  }
  if (hardware->use_x86_avx512skx) {
    RUN(elements_times_elements_equal_plain_loops);
  } else {
    printf("skip products of elements: this processor has no AVX-512\n");
  }
#endif
  return check_summary();
}

#endif
