/* See amx.h. Tiles 0 to 3 hold sums (row half, column half), 4 and 5 rows of the
 * left side, 6 and 7 columns of the weights. */
#include "xnn/kernels/amx.h"

#ifdef HAS_AMX_KERNELS

#include <cpuid.h>
#include <immintrin.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xnnpack/hardware-config.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
/* Instructions by hand: the intrinsics of gcc 11 to 13 do not say that they read memory.
 * clang-format would cut "memory" in two. */
/* clang-format off */
#define TILE_LOAD(tile, base, stride)                                                    \
  __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #tile ::"r"(base), "r"((size_t)(stride)) \
                   : "memory")
/* clang-format on */
#define TILE_STORE(tile, base, stride)                                                       \
  __asm__ volatile("tilestored %%tmm" #tile ", (%0,%1,1)" ::"r"(base), "r"((size_t)(stride)) \
                   : "memory")
#define TILE_ZERO(tile) __asm__ volatile("tilezero %tmm" #tile)
/* tmmSUM += tmmLEFT (rows of int8) times tmmRIGHT (columns, four of depth each) */
#define TILE_DOT(sum, left, right) \
  __asm__ volatile("tdpbssd %tmm" #right ", %tmm" #left ", %tmm" #sum)

#define NARROW 4 /* channels of a tap that fit one of the weights' fours */
#define WEIGHTS_STRIDE (4 * AMX_COLUMNS)
#define SUMS_STRIDE (AMX_COLUMNS * sizeof(int32_t))

bool amx_is_there(void) {
  enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
  const struct xnn_hardware_config *hardware = xnn_init_hardware_config();
  unsigned a, b, c, d = 0;
  if (hardware == NULL || !hardware->use_x86_avx512vnni) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  bool has_tiles = (d >> 24 & 1) && (d >> 25 & 1); /* AMX-TILE, AMX-INT8 */
  return has_tiles && syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

static size_t rows_of(const amx_left *left, int half) {
  if (half == 0) return left->rows < 16 ? left->rows : 16;
  return left->rows > 16 ? left->rows - 16 : 0;
}

AVX512 void amx_begin(amx_work *work) {
  const amx_left *left = &work->left;
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } shapes = {.palette = 1}, now;
  size_t step = left->depth < AMX_STEP ? left->depth : AMX_STEP;
  for (int tile = 0; tile < 8; tile++) {
    bool is_weights = tile >= 6;
    size_t rows = is_weights ? step / 4 : rows_of(left, tile < 4 ? tile / 2 : tile - 4);
    shapes.rows[tile] =
        (uint8_t)(rows > 0 ? rows : 1); /* without rows: not used, but must be valid */
    shapes.row_bytes[tile] = (uint16_t)(tile == 4 || tile == 5 ? step : 64);
  }
  work->is_gathered = false;
  __asm__ volatile("sttilecfg %0" : "=m"(now));
  if (memcmp(&shapes, &now, sizeof now) != 0) __asm__ volatile("ldtilecfg %0" ::"m"(shapes));
}

/* The last step of a depth that is no multiple of 64 goes back to one: it takes the
 * last 64 bytes, of which those that are done already are zeros on the left side. */
AVX512 ALWAYS_INLINE void gather_last(const int8_t *from, size_t remainder, int8_t *to) {
  __mmask64 mask = ~(__mmask64)0 << (AMX_STEP - remainder);
  _mm512_storeu_si512(to, _mm512_maskz_loadu_epi8(mask, from + remainder - AMX_STEP));
}

AVX512 ALWAYS_INLINE void copy(const int8_t *from, size_t num_bytes, int8_t *to) {
  for (; num_bytes >= 64; num_bytes -= 64, from += 64, to += 64) {
    _mm512_storeu_si512(to, _mm512_loadu_si512(from));
  }
  if (num_bytes == 0) return;
  /* What is written behind is overwritten by the next, or lies in the row's last 64. */
  _mm512_storeu_si512(to, _mm512_maskz_loadu_epi8(~(__mmask64)0 >> (64 - num_bytes), from));
}

ALWAYS_INLINE const int8_t *tap_of(const amx_left *left, size_t tap, size_t row) {
  const int8_t *from = left->pointers[tap * left->pointers_stride + row];
  return from == left->zero ? left->zero_bytes : from + left->offset;
}

static size_t tap_depth(const amx_left *left) { return (left->channels + 3) / 4 * 4; }

/* Bytes [begin, end) of the depth of all rows. */
AVX512 static void gather_wide(const amx_left *left, size_t begin, size_t end, int8_t *base) {
  size_t depth = tap_depth(left), tap = begin / depth, at = begin % depth, num_bytes;
  for (size_t done = begin; done < end; done += num_bytes, tap++, at = 0) {
    num_bytes = depth - at < end - done ? depth - at : end - done;
    int8_t *to = base + (done - begin);
    for (size_t row = 0; row < left->rows; row++, to += AMX_GATHERED_STRIDE) {
      copy(tap_of(left, tap, row) + at, num_bytes, to);
    }
  }
}

/* Whether in all rows this tap lies right behind the one before, as a window's do in
 * a row of pixels. Not where either is `zero`. */
AVX512 static bool follows(const amx_left *left, size_t tap) {
  const int8_t **pointers = left->pointers + tap * left->pointers_stride;
  const __m512i zero = _mm512_set1_epi64((intptr_t)left->zero);
  const __m512i step = _mm512_set1_epi64((intptr_t)left->channels);
  __mmask8 all = 0xFF;
  for (size_t row = 0; row < left->rows; row += 8) {
    size_t num_rows = left->rows - row < 8 ? left->rows - row : 8;
    __mmask8 mask = (__mmask8)(0xFF >> (8 - num_rows));
    __m512i before = _mm512_maskz_loadu_epi64(mask, pointers - left->pointers_stride + row);
    __m512i here = _mm512_maskz_loadu_epi64(mask, pointers + row);
    __mmask8 wrong = _mm512_mask_cmpneq_epi64_mask(mask, here, _mm512_add_epi64(before, step));
    wrong |= _mm512_mask_cmpeq_epi64_mask(mask, before, zero);
    wrong |= _mm512_mask_cmpeq_epi64_mask(mask, here, zero);
    all &= (__mmask8)~wrong;
  }
  return all == 0xFF;
}

/* Up to four neighbours of such taps fill a quarter of a register. */
typedef struct quarters {
  size_t first[4]; /* tap of each quarter; those without one have any */
  size_t num_taps;
  _Alignas(64) int32_t order[16]; /* of each tap, where its four bytes are in the register */
} quarters;

AVX512 static void fill_quarters(const amx_left *left, size_t tap, size_t end, quarters *taps) {
  *taps = (quarters){.first = {tap, tap, tap, tap}};
  for (size_t i = 0; i < 4 && tap < end; i++) {
    size_t length = 1;
    while (length < 4 && tap + length < end && follows(left, tap + length)) length++;
    taps->first[i] = tap;
    for (size_t n = 0; n < length; n++) taps->order[taps->num_taps++] = (int32_t)(4 * i + n);
    tap += length;
  }
}

/* As gather_wide, for taps of at most four bytes: neighbours are read together, and
 * spread to fours. Reads 16 bytes from each. */
AVX512 static void gather_narrow(const amx_left *left, size_t begin, size_t end, int8_t *base) {
  _Alignas(16) int8_t spread[16];
  for (size_t i = 0; i < 16; i++) {
    spread[i] = (int8_t)(i % 4 < left->channels ? i / 4 * left->channels + i % 4 : 0x80);
  }
  const __m512i spread_all = _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)spread));
  const int8_t *zero = left->zero, *zero_bytes = left->zero_bytes;
  const size_t offset = left->offset, rows = left->rows;
  quarters taps;
  for (size_t tap = begin / 4; tap < end / 4; tap += taps.num_taps) {
    fill_quarters(left, tap, end / 4, &taps);
    const __m512i order = _mm512_load_si512(taps.order);
    int8_t *to = base + 4 * tap - begin;
    const int8_t **first[4];
    for (size_t i = 0; i < 4; i++) {
      first[i] = left->pointers + taps.first[i] * left->pointers_stride;
    }
    for (size_t row = 0; row < rows; row++, to += AMX_GATHERED_STRIDE) {
      const __m128i *from[4];
      for (size_t i = 0; i < 4; i++) {
        const int8_t *pointer = first[i][row];
        from[i] = (const __m128i *)(pointer == zero ? zero_bytes : pointer + offset);
      }
      __m512i all = _mm512_castsi128_si512(_mm_loadu_si128(from[0]));
      all = _mm512_mask_broadcast_i32x4(all, 0x00F0, _mm_loadu_si128(from[1]));
      all = _mm512_mask_broadcast_i32x4(all, 0x0F00, _mm_loadu_si128(from[2]));
      all = _mm512_mask_broadcast_i32x4(all, 0xF000, _mm_loadu_si128(from[3]));
      all = _mm512_permutexvar_epi32(order, _mm512_shuffle_epi8(all, spread_all));
      _mm512_storeu_si512(to, all);
    }
  }
}

/* Bytes [begin, end) of the depth of all rows, at most AMX_PIECE. */
AVX512 static void gather(amx_work *work, size_t begin, size_t end) {
  const amx_left *left = &work->left;
  int8_t *base = work->gathered + AMX_STEP;
  if (left->channels <= NARROW) {
    gather_narrow(left, begin, end, base);
  } else {
    gather_wide(left, begin, end, base);
  }
  size_t remainder = (end - begin) % AMX_STEP;
  if (remainder == 0 || left->depth < AMX_STEP) return;
  for (size_t row = 0; row < left->rows; row++) {
    int8_t *last = base + row * AMX_GATHERED_STRIDE + (end - begin) - remainder;
    gather_last(last, remainder, last);
  }
}

ALWAYS_INLINE void one_step(bool two_rows, bool two_columns, const int8_t *left, size_t stride,
                            const int8_t *weights) {
  TILE_LOAD(4, left, stride);
  TILE_LOAD(6, weights, WEIGHTS_STRIDE);
  TILE_DOT(0, 4, 6);
  if (two_columns) {
    TILE_LOAD(7, weights + 64, WEIGHTS_STRIDE);
    TILE_DOT(1, 4, 7);
  }
  if (two_rows) {
    TILE_LOAD(5, left + 16 * stride, stride);
    TILE_DOT(2, 5, 6);
    if (two_columns) TILE_DOT(3, 5, 7);
  }
}

/* Depth of num_bytes: steps of 64, then what is left, if anything. */
ALWAYS_INLINE void all_steps(bool two_rows, bool two_columns, const int8_t *rows, size_t stride,
                             const int8_t *last, size_t last_stride, size_t num_bytes,
                             const int8_t *weights) {
  for (; num_bytes >= AMX_STEP; num_bytes -= AMX_STEP) {
    one_step(two_rows, two_columns, rows, stride, weights);
    rows += AMX_STEP;
    weights += AMX_STEP * AMX_COLUMNS;
  }
  if (num_bytes == 0) return;
  one_step(two_rows, two_columns, last, last_stride,
           weights - (AMX_STEP - num_bytes) * AMX_COLUMNS);
}

ALWAYS_INLINE void load_sums(const int32_t *sums, size_t row_stride, size_t half_stride) {
  TILE_LOAD(0, sums, row_stride);
  TILE_LOAD(1, sums + 16, row_stride);
  TILE_LOAD(2, sums + half_stride, row_stride);
  TILE_LOAD(3, sums + half_stride + 16, row_stride);
}

ALWAYS_INLINE void store_sums(bool two_rows, bool two_columns, int32_t *sums) {
  TILE_STORE(0, sums, SUMS_STRIDE);
  if (two_columns) TILE_STORE(1, sums + 16, SUMS_STRIDE);
  if (two_rows) TILE_STORE(2, sums + 16 * AMX_COLUMNS, SUMS_STRIDE);
  if (two_rows && two_columns) TILE_STORE(3, sums + 16 * AMX_COLUMNS + 16, SUMS_STRIDE);
}

/* Bytes [begin, end) of the depth, of one block of columns. */
ALWAYS_INLINE void multiply(bool two_rows, bool two_columns, const amx_work *work, size_t begin,
                            size_t end, const int32_t *bias, const int8_t *weights, int32_t *sums) {
  const amx_left *left = &work->left;
  const int8_t *gathered = work->gathered + AMX_STEP;
  const int8_t *rows = left->first != NULL ? left->first : gathered;
  size_t stride = left->first != NULL ? left->stride : AMX_GATHERED_STRIDE;
  if (begin > 0) {
    load_sums(sums, SUMS_STRIDE, 16 * AMX_COLUMNS);
  } else if (bias != NULL) {
    load_sums(bias, 0, 0); /* the same row again and again */
  } else {
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
  }
  weights += begin * AMX_COLUMNS;
  if (left->depth < AMX_STEP) { /* the tiles are so small */
    one_step(two_rows, two_columns, rows, stride, weights);
  } else if (left->first != NULL) {
    all_steps(two_rows, two_columns, rows, stride, gathered, AMX_STEP, end - begin, weights);
  } else {
    all_steps(two_rows, two_columns, rows, stride, rows + (end - begin) / AMX_STEP * AMX_STEP,
              stride, end - begin, weights);
  }
  store_sums(two_rows, two_columns, sums);
}

/* What must be gathered of bytes [begin, end), unless it is there. */
AVX512 static void prepare(amx_work *work, size_t begin, size_t end) {
  const amx_left *left = &work->left;
  if (work->is_gathered) return;
  if (left->first == NULL) {
    gather(work, begin, end);
  } else if (left->depth > AMX_STEP && left->depth % AMX_STEP != 0) {
    size_t remainder = left->depth % AMX_STEP;
    const int8_t *last = left->first + left->depth - remainder;
    for (size_t row = 0; row < left->rows; row++) {
      gather_last(last + row * left->stride, remainder, work->gathered + AMX_STEP + row * AMX_STEP);
    }
  }
  work->is_gathered = left->first != NULL || left->depth <= AMX_PIECE;
}

size_t amx_columns(const amx_work *work, size_t columns) {
  const amx_left *left = &work->left;
  bool in_pieces = left->first == NULL && left->depth > AMX_PIECE;
  size_t most = AMX_COLUMNS * (in_pieces ? AMX_BLOCKS : 1);
  return columns < most ? columns : most;
}

void amx_multiply(amx_work *work, const int8_t *weights, size_t block_bytes, bool has_bias,
                  size_t columns) {
  const amx_left *left = &work->left;
  size_t piece = left->first != NULL ? left->depth : AMX_PIECE;
  bool two_rows = left->rows > 16;
  for (size_t begin = 0, end; begin < left->depth; begin = end) {
    end = left->depth - begin < piece ? left->depth : begin + piece;
    prepare(work, begin, end);
    for (size_t n = 0; n < columns; n += AMX_COLUMNS) {
      const int8_t *block = weights + n / AMX_COLUMNS * block_bytes;
      const int32_t *bias = has_bias ? (const int32_t *)block : NULL;
      int32_t *sums = work->sums[n / AMX_COLUMNS];
      bool two_columns = columns - n > 16;
      block += AMX_COLUMNS * sizeof(int32_t);
      if (two_rows && two_columns) multiply(true, true, work, begin, end, bias, block, sums);
      if (two_rows && !two_columns) multiply(true, false, work, begin, end, bias, block, sums);
      if (!two_rows && two_columns) multiply(false, true, work, begin, end, bias, block, sums);
      if (!two_rows && !two_columns) multiply(false, false, work, begin, end, bias, block, sums);
    }
  }
}

#else
typedef int amx_is_for_x86; /* a file may not be empty */
#endif
