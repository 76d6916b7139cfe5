/* The innermost loops of a JPEG: some five million codes in a photo of 12 megapixels. Each
 * is one look into a table of 1 KB, and values are made without a branch, since which sizes
 * follow each other is what a processor cannot foresee. */
#include "decode/jpeg_entropy.h"

#include <string.h>

/* Where a block's reader is, for as long as it reads: in registers. */
typedef struct reader {
  uint64_t buffer;
  uint32_t count;
  const uint32_t *next;
} reader;

static inline reader begin(jpeg_bits *bits) {
  jpeg_bits_prepare(bits);
  return (reader){bits->buffer, bits->count, bits->words + bits->word};
}

static inline bool end(jpeg_bits *bits, const reader *r, bool is_ok) {
  bits->buffer = r->buffer;
  bits->count = r->count;
  bits->word = (uint32_t)(r->next - bits->words);
  return is_ok;
}

/* At least 32 bits, which a code and its value together never exceed. */
static inline void refill(reader *r) {
  if (r->count >= 32) return;
  r->buffer |= (uint64_t)*r->next++ << (32 - r->count);
  r->count += 32;
}

static inline void drop(reader *r, uint32_t num_bits) {
  r->buffer <<= num_bits;
  r->count -= num_bits;
}

/* num_bits: 1..32, which are there. */
static inline uint32_t take(reader *r, uint32_t num_bits) {
  uint32_t value = (uint32_t)(r->buffer >> (64 - num_bits));
  drop(r, num_bits);
  return value;
}

/* A code that no look-up has; 0: there is none. */
__attribute__((noinline)) static uint32_t find_long(const jpeg_huffman *huffman, uint64_t buffer) {
  uint32_t pattern = (uint32_t)(buffer >> 48), n = JPEG_LOOKUP_BITS + 1;
  while (pattern >= huffman->limits[n]) ++n; /* ends at 17 */
  if (n > 16) return 0;
  int32_t index = (int32_t)(pattern >> (16 - n)) + huffman->offsets[n];
  return JPEG_CODE(huffman->symbols[index & 255], n);
}

/* The next code, of which nothing is dropped yet; 0: damaged. */
static inline uint32_t peek_code(const reader *r, const jpeg_huffman *huffman) {
  uint32_t code = huffman->lookup[r->buffer >> (64 - JPEG_LOOKUP_BITS)];
  return code != 0 ? code : find_long(huffman, r->buffer);
}

static inline uint32_t size_of(uint32_t code) { return code >> 8 & 15; }
static inline uint32_t run_of(uint32_t code) { return code >> 12; }
static inline uint32_t bits_of(uint32_t code) { return code & 31; }

/* The value behind a code (T.81, F.2.2.1): those that begin with 0 are negative. Of size 0: 0. */
static inline int32_t take_value(reader *r, uint32_t code) {
  uint32_t size = size_of(code), bits = (uint32_t)(r->buffer >> (64 - bits_of(code)));
  drop(r, bits_of(code));
  int32_t range = 1 << size, value = (int32_t)(bits & (uint32_t)(range - 1));
  return value + (2 * value < range ? 1 - range : 0);
}

void jpeg_entropy_begin(jpeg_entropy *entropy, span segment) {
  jpeg_bits_begin(&entropy->bits, segment);
  for (int i = 0; i < 4; ++i) entropy->means[i] = 0;
  entropy->num_skipped = 0;
}

/* False: damaged; so is a mean that, times its factor, has no room in 16 bits. */
static inline bool take_mean(jpeg_entropy *entropy, reader *r, uint32_t component,
                             uint32_t dc_table, int32_t factor, int16_t *mean) {
  refill(r);
  uint32_t code = peek_code(r, &entropy->tables.dc[dc_table]);
  if (code == 0 || run_of(code) != 0) return false;
  int64_t value = (int64_t)entropy->means[component] + take_value(r, code);
  if (value * factor > INT16_MAX || value * factor < INT16_MIN) return false;
  entropy->means[component] = (int32_t)value;
  *mean = (int16_t)(value * factor);
  return true;
}

bool jpeg_entropy_read_block(jpeg_entropy *entropy, uint32_t component, uint32_t dc_table,
                             uint32_t ac_table, const uint16_t *quant, int16_t *block) {
  const jpeg_huffman *huffman = &entropy->tables.ac[ac_table];
  reader r = begin(&entropy->bits);
  for (int i = 0; i < 64; ++i) block[i] = 0;
  if (!take_mean(entropy, &r, component, dc_table, quant[0], block)) {
    return end(&entropy->bits, &r, false);
  }
  uint32_t k = 1;
  do {
    refill(&r);
    uint32_t code = peek_code(&r, huffman);
    if (size_of(code) == 0) {
      drop(&r, bits_of(code));
      if (run_of(code) != 15) return end(&entropy->bits, &r, code != 0);
      k += 16;
      continue;
    }
    k += run_of(code);
    int32_t value = take_value(&r, code);
    block[jpeg_zigzag[k]] = (int16_t)((uint32_t)value * quant[k]);
    ++k;
  } while (k < 64);
  return end(&entropy->bits, &r, true);
}

bool jpeg_entropy_pass_block(jpeg_entropy *entropy, uint32_t component, uint32_t dc_table,
                             uint32_t ac_table, const uint16_t *quant, int16_t *mean) {
  const jpeg_huffman *huffman = &entropy->tables.ac[ac_table];
  reader r = begin(&entropy->bits);
  if (!take_mean(entropy, &r, component, dc_table, quant[0], mean)) {
    return end(&entropy->bits, &r, false);
  }
  uint32_t k = 1;
  do {
    refill(&r);
    uint32_t code = peek_code(&r, huffman), run = run_of(code);
    if (code == 0) return end(&entropy->bits, &r, false);
    drop(&r, bits_of(code));
    k += size_of(code) == 0 && run != 15 ? 64 : run + 1;
  } while (k < 64);
  return end(&entropy->bits, &r, true);
}

/* ---- Progressive --------------------------------------------------------------- */

bool jpeg_entropy_read_mean(jpeg_entropy *entropy, uint32_t component, uint32_t dc_table,
                            const jpeg_block *block) {
  const jpeg_band *band = &entropy->band;
  reader r = begin(&entropy->bits);
  bool is_ok = true;
  int16_t mean = 0;
  if (band->high == 0) {
    is_ok = take_mean(entropy, &r, component, dc_table, 1 << band->low, &mean);
    memset(block->coefficients, 0, block->num_slots * sizeof *block->coefficients);
    *block->nonzero = 0;
  } else {
    refill(&r);
    if (take(&r, 1) != 0) mean = (int16_t)(1 << band->low);
  }
  if (block->num_slots > 0) block->coefficients[0] = (int16_t)(block->coefficients[0] + mean);
  return end(&entropy->bits, &r, is_ok);
}

static inline void keep(const jpeg_block *block, uint32_t k, int32_t value) {
  block->coefficients[block->slots[k]] = (int16_t)value;
  *block->nonzero |= (uint64_t)1 << (k < 64 ? k : 63);
}

/* Of a code without a value: how many blocks end, this one among them. */
static uint32_t take_num_ended(reader *r, uint32_t run) {
  return (1u << run) + (run > 0 ? take(r, run) : 0);
}

static bool read_first(jpeg_entropy *entropy, reader *r, const jpeg_huffman *huffman,
                       const jpeg_block *block) {
  const jpeg_band *band = &entropy->band;
  uint32_t k = band->first_k;
  do {
    refill(r);
    uint32_t code = peek_code(r, huffman), run = run_of(code);
    if (code == 0) return false;
    if (size_of(code) == 0) {
      drop(r, bits_of(code));
      if (run < 15) {
        entropy->num_skipped = take_num_ended(r, run) - 1;
        break;
      }
    } else {
      int32_t value = take_value(r, code);
      keep(block, k + run, (int32_t)((uint32_t)value << band->low));
    }
    k += run + 1;
  } while (k <= band->last_k);
  return true;
}

/* One bit for each coefficient of `which` in order: 1: its magnitude grows by `bit`. */
static inline void correct(reader *r, const jpeg_block *block, uint64_t which, int32_t bit) {
  while (which != 0) {
    refill(r);
    uint32_t bits = (uint32_t)(r->buffer >> 32), num_bits = 0;
    for (; which != 0 && num_bits < 32; which &= which - 1, bits <<= 1, ++num_bits) {
      int16_t *value = &block->coefficients[block->slots[__builtin_ctzll(which)]];
      *value = (int16_t)(*value + ((*value > 0 ? bit : -bit) & -(int32_t)(bits >> 31)));
    }
    drop(r, num_bits);
  }
}

/* The same for a block of which none is kept. */
static inline void pass_corrections(reader *r, uint64_t which) {
  uint32_t num_bits = (uint32_t)__builtin_popcountll(which);
  while (num_bits > 0) {
    uint32_t some = num_bits < 32 ? num_bits : 32;
    refill(r);
    drop(r, some);
    num_bits -= some;
  }
}

/* Bits k and above; k: 0..64. */
static inline uint64_t from(uint32_t k) { return k < 64 ? ~(uint64_t)0 << k : 0; }

/* The coefficient that a run of zeros before it ends at; 64: there is none. zeros: those
 * that may be in it. */
static inline uint32_t end_of_run(uint64_t zeros, uint32_t run) {
  for (; run > 0; --run) zeros &= zeros - 1; /* stays 0 once it is */
  return zeros != 0 ? (uint32_t)__builtin_ctzll(zeros) : 64;
}

/* is_kept: inlined for both. */
static inline bool read_further(jpeg_entropy *entropy, reader *r, const jpeg_huffman *huffman,
                                const jpeg_block *block, bool is_kept) {
  const jpeg_band *band = &entropy->band;
  const int32_t bit = 1 << band->low;
  const uint64_t known = *block->nonzero & ~from(band->last_k + 1);
  uint32_t k = band->first_k;
  while (entropy->num_skipped == 0 && k <= band->last_k) {
    refill(r);
    uint32_t code = peek_code(r, huffman), size = size_of(code), run = run_of(code);
    if (size > 1 || code == 0) return false;
    int32_t value = take_value(r, code) * bit;
    if (size == 0 && run < 15) {
      entropy->num_skipped = take_num_ended(r, run);
      break;
    }
    uint32_t begin = k;
    k += run;
    /* Mostly none between is known, and then there is nothing to count. */
    if ((known >> begin & ((2u << run) - 1)) != 0 || k > band->last_k) {
      k = end_of_run(from(begin) & ~from(band->last_k + 1) & ~known, run);
      uint64_t passed = known & from(begin) & ~from(k);
      if (is_kept) correct(r, block, passed, bit);
      else pass_corrections(r, passed);
    }
    if (value != 0 && k < 64) keep(block, k, value);
    ++k;
  }
  if (entropy->num_skipped > 0) {
    --entropy->num_skipped;
    uint64_t passed = k < 64 ? known & from(k) : 0;
    if (is_kept) correct(r, block, passed, bit);
    else pass_corrections(r, passed);
  }
  return true;
}

bool jpeg_entropy_read_band(jpeg_entropy *entropy, uint32_t ac_table, const jpeg_block *block) {
  const jpeg_huffman *huffman = &entropy->tables.ac[ac_table];
  bool is_first = entropy->band.high == 0;
  if (entropy->num_skipped > 0 && (is_first || *block->nonzero == 0)) {
    --entropy->num_skipped; /* its band is all zeros */
    return true;
  }
  reader r = begin(&entropy->bits);
  int16_t nowhere;
  jpeg_block details = *block;
  bool is_kept = block->num_slots > 1;
  if (!is_kept) details.coefficients = &nowhere; /* all slots are 0 */
  bool is_ok = is_first  ? read_first(entropy, &r, huffman, &details)
               : is_kept ? read_further(entropy, &r, huffman, &details, true)
                         : read_further(entropy, &r, huffman, &details, false);
  return end(&entropy->bits, &r, is_ok);
}
