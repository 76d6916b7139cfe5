/* Products of int8 matrices by the tiles of newer x86 processors (AMX): 32 rows
 * by 32 columns at a time, sums in i32. Native x86-64 alone; who calls must have
 * asked amx_is_there.
 *
 * XNNPACK's own AMX kernels are not built: with the intrinsics of gcc, which name
 * no memory, stores to a tile's bytes may move behind its load; its igemm kernel
 * of 16 rows reads the first 64 bytes of a single row again and again; and it
 * takes a whole tile operation for a window's three channels.
 *
 * Weights as XNNPACK packs them for nr 32, kr 4: for each 32 columns
 * [32 x i32 bias][depth / 4][32][4 x i8], then what the kernel adds. The depth is
 * rounded up to 4 bytes for each tap, with zeros; inputs may be read as far
 * (XNN_EXTRA_BYTES). */
#ifndef INSITU_XNN_KERNELS_AMX_H_
#define INSITU_XNN_KERNELS_AMX_H_

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define HAS_AMX_KERNELS 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMX_ROWS 32
#define AMX_COLUMNS 32
#define AMX_STEP 64    /* bytes of depth that one tile operation takes */
#define AMX_PIECE 1024 /* bytes of depth that are gathered at once; a multiple of the step */
#define AMX_BLOCKS 8   /* of 32 columns, that one gathered piece is used for */
#define AMX_GATHERED_STRIDE (AMX_PIECE + AMX_STEP)

/* Left: `rows` (1 to 32) times `depth` bytes. Either rows at equal distances, or a
 * window's taps of `channels` bytes each, by pointers: pointers_stride a tap; one
 * that is not `zero` gets `offset` bytes added. */
typedef struct amx_left {
  size_t rows, depth;
  const int8_t *first; /* NULL: by pointers */
  size_t stride;
  const int8_t **pointers;
  size_t pointers_stride, num_taps, channels, offset;
  const int8_t *zero, *zero_bytes; /* what stands for `zero` */
} amx_left;

/* The left side, what of it had to be gathered, and the sums. Not to be cleared:
 * only `left` is the caller's to fill. */
typedef struct amx_work {
  amx_left left;
  _Alignas(64) int32_t sums[AMX_BLOCKS][AMX_ROWS * AMX_COLUMNS]; /* [rows,32] each */
  /* 64 bytes before the first row, which its last step may read and mask; rows at no
   * multiple of 4 KB, whose lines would fall on each other. */
  _Alignas(64) int8_t gathered[AMX_STEP + AMX_ROWS * AMX_GATHERED_STRIDE + AMX_STEP];
  bool is_gathered;
} amx_work;

/* Whether processor and system have AMX for int8 beside AVX-512 with VNNI; asks
 * the system for it (for the whole process), once it is there. */
bool amx_is_there(void);

/* Sets the tiles' shapes for all products with this left side, where they are not
 * so already, which is asked in a tenth of the time. */
void amx_begin(amx_work *work);
/* How many columns the next product should have, of `columns` that are left. */
size_t amx_columns(const amx_work *work, size_t columns);
/* work->sums = left times `columns` columns (1 to 32 AMX_BLOCKS), packed at `weights`,
 * each 32 of them block_bytes on, begun with their bias or (has_bias false) with 0. */
void amx_multiply(amx_work *work, const int8_t *weights, size_t block_bytes, bool has_bias,
                  size_t columns);
#endif
#endif
