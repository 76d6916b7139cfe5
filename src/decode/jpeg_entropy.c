/* Bits, codes, values and blocks. The profile of a photo is decided here: 64
 * bits are held, and filled by 32 where none of them is 0xff.
 *
 * The bound that all of this rests on: after refill there are at least 32 bits,
 * real or padding, and a code with its value takes at most 16 + 15. */
#include "decode/jpeg_entropy.h"

#include <string.h>

void jpeg_entropy_begin(jpeg_entropy *entropy, span segment) {
  entropy->reader = (jpeg_bits){.next = segment.data, .end = segment.data + segment.size_bytes};
  memset(entropy->predictions, 0, sizeof entropy->predictions);
  entropy->eob_run = 0;
}

bool jpeg_entropy_has_overrun(const jpeg_entropy *entropy) {
  return entropy->reader.count < entropy->reader.num_padding;
}

span jpeg_entropy_unread(const jpeg_entropy *entropy) {
  const jpeg_bits *reader = &entropy->reader;
  return (span){reader->next, (size_t)(reader->end - reader->next)};
}

static inline bool has_ff(uint32_t word) {
  uint32_t inverse = ~word; /* has a zero byte where word has 0xff */
  return ((inverse - 0x01010101u) & word & 0x80808080u) != 0;
}

/* The byte at next, or 0 past the end. 0xff comes with a stuffed 0x00 behind
 * it, and fill bytes between the two. */
static inline uint8_t next_byte(jpeg_bits *r) {
  if (r->next == r->end) {
    /* Padding that is used up stays counted; 1 << 30 is as good as more. */
    if (r->num_padding < 1u << 30) r->num_padding += 8;
    return 0;
  }
  uint8_t byte = *r->next++;
  if (byte == 0xff) {
    while (r->next < r->end && *r->next == 0xff) ++r->next;
    if (r->next < r->end) ++r->next;
  }
  return byte;
}

static inline void refill(jpeg_bits *r) {
  if (r->count >= 32) return;
  if (r->end - r->next >= 4) {
    const uint8_t *p = r->next;
    uint32_t word = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    if (!has_ff(word)) {
      r->bits |= (uint64_t)word << (32 - r->count);
      r->count += 32;
      r->next += 4;
      return;
    }
  }
  while (r->count <= 56) {
    r->bits |= (uint64_t)next_byte(r) << (56 - r->count);
    r->count += 8;
  }
}

static inline void skip_bits(jpeg_bits *r, uint32_t count) {
  r->bits <<= count;
  r->count -= count;
}

/* count: 1..16, as many as refill has left */
static inline uint32_t take_bits(jpeg_bits *r, uint32_t count) {
  uint32_t bits = (uint32_t)(r->bits >> (64 - count));
  skip_bits(r, count);
  return bits;
}

static inline uint32_t take_bit(jpeg_bits *r) {
  if (r->count == 0) refill(r);
  return take_bits(r, 1);
}

/* A signed value of `size` bits, 1..15 (T.81, F.2.2.1: RECEIVE and EXTEND). */
static inline int32_t take_value(jpeg_bits *r, uint32_t size) {
  int32_t value = (int32_t)take_bits(r, size);
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

static inline uint32_t lookup_index(const jpeg_bits *r) {
  return (uint32_t)(r->bits >> (64 - JPEG_LOOKUP_BITS));
}

/* The next symbol, or -1 where no code matches. */
static inline int32_t take_symbol(jpeg_bits *r, const jpeg_huffman *table) {
  uint32_t entry = table->lookup[lookup_index(r)];
  if (entry != 0) {
    skip_bits(r, entry >> 8);
    return (int32_t)(entry & 255);
  }
  uint32_t next = (uint32_t)(r->bits >> 48), length = JPEG_LOOKUP_BITS + 1;
  while (length <= 16 && next >= table->limit[length]) ++length;
  if (length > 16) return -1;
  int32_t index = (int32_t)take_bits(r, length) + table->offset[length];
  return table->symbols[index & 255]; /* within 0..255 for a table that was read whole */
}

/* The next mean: its difference to the component's last one. False where there
 * is none, or it is beyond what 16 bits hold. */
static inline bool take_mean(jpeg_entropy *e, uint32_t component, const jpeg_huffman *dc,
                             int32_t *mean) {
  refill(&e->reader);
  int32_t size = take_symbol(&e->reader, dc);
  if (size < 0 || size > 15) return false;
  *mean = e->predictions[component] + (size > 0 ? take_value(&e->reader, (uint32_t)size) : 0);
  e->predictions[component] = *mean;
  return *mean >= INT16_MIN && *mean <= INT16_MAX;
}

/* What the next AC symbol means. */
typedef enum { AC_DAMAGED, AC_RUN, AC_VALUE } ac_kind;

/* AC_VALUE: *value comes after *run zeros. AC_RUN: no value; *run 15 is sixteen
 * zeros, less is how the band ends. */
static inline ac_kind take_ac(jpeg_bits *r, const jpeg_huffman *ac, uint32_t *run, int32_t *value) {
  refill(r);
  int32_t entry = ac->values[lookup_index(r)];
  if (entry != 0) {
    skip_bits(r, (uint32_t)entry & 15);
    *run = (uint32_t)entry >> 4 & 15;
    *value = entry >> 8;
    return AC_VALUE;
  }
  int32_t symbol = take_symbol(r, ac);
  if (symbol < 0) return AC_DAMAGED;
  *run = (uint32_t)symbol >> 4;
  uint32_t size = (uint32_t)symbol & 15;
  if (size == 0) return AC_RUN;
  *value = take_value(r, size);
  return AC_VALUE;
}

bool jpeg_entropy_read_block(jpeg_entropy *entropy, uint32_t component, const jpeg_huffman *dc,
                             const jpeg_huffman *ac, const uint16_t quant[64], int16_t block[64]) {
  memset(block, 0, 64 * sizeof block[0]);
  int32_t mean;
  if (!take_mean(entropy, component, dc, &mean)) return false;
  int64_t scaled = (int64_t)mean * quant[0];
  if (scaled < INT16_MIN || scaled > INT16_MAX) return false;
  block[0] = (int16_t)scaled;

  jpeg_bits r = entropy->reader; /* a copy stays in registers */
  for (uint32_t k = 1; k < 64; ++k) {
    uint32_t run;
    int32_t value;
    ac_kind kind = take_ac(&r, ac, &run, &value);
    if (kind == AC_DAMAGED) return false;
    if (kind == AC_RUN && run < 15) break; /* end of block */
    k += run;
    if (kind == AC_RUN) continue;
    if (k > 63) return false;
    uint32_t at = jpeg_zigzag[k];
    block[at] = (int16_t)(value * quant[at]);
  }
  entropy->reader = r;
  return true;
}

bool jpeg_entropy_read_mean(jpeg_entropy *entropy, const jpeg_scan *scan, uint32_t component,
                            const jpeg_huffman *dc, int16_t block[64]) {
  if (scan->high > 0) {
    if (take_bit(&entropy->reader)) block[0] |= (int16_t)(1 << scan->low);
    return true;
  }
  memset(block, 0, 64 * sizeof block[0]);
  int32_t mean;
  if (!take_mean(entropy, component, dc, &mean)) return false;
  mean *= 1 << scan->low;
  block[0] = (int16_t)mean;
  return mean >= INT16_MIN && mean <= INT16_MAX;
}

/* The blocks that an end-of-band symbol ends, this one among them. */
static inline uint32_t take_eob_run(jpeg_bits *r, uint32_t size) {
  return (1u << size) + (size > 0 ? take_bits(r, size) : 0);
}

static bool read_first_band(jpeg_entropy *entropy, const jpeg_scan *scan, const jpeg_huffman *ac,
                            int16_t block[64]) {
  if (entropy->eob_run > 0) {
    --entropy->eob_run;
    return true;
  }
  jpeg_bits r = entropy->reader;
  for (uint32_t k = scan->first_k; k <= scan->last_k; ++k) {
    uint32_t run;
    int32_t value;
    ac_kind kind = take_ac(&r, ac, &run, &value);
    if (kind == AC_DAMAGED) return false;
    if (kind == AC_RUN && run < 15) {
      entropy->eob_run = take_eob_run(&r, run) - 1;
      break;
    }
    k += run;
    if (kind == AC_RUN) continue; /* sixteen zeros */
    if (k > scan->last_k) return false;
    block[jpeg_zigzag[k]] = (int16_t)(value * (1 << scan->low));
  }
  entropy->reader = r;
  return true;
}

/* One more bit for a coefficient that has some already. */
static inline void correct(jpeg_bits *r, int16_t *coefficient, int32_t bit) {
  if (take_bit(r) && (*coefficient & bit) == 0) {
    *coefficient = (int16_t)(*coefficient + (*coefficient > 0 ? bit : -bit));
  }
}

/* T.81, G.1.2.3: a symbol gives a coefficient that was zero so far and how many
 * that stay so it skips; those that were not are corrected on the way. */
static bool refine_band(jpeg_entropy *entropy, const jpeg_scan *scan, const jpeg_huffman *ac,
                        int16_t block[64]) {
  jpeg_bits r = entropy->reader;
  int32_t bit = 1 << scan->low;
  uint32_t k = scan->first_k;
  for (; entropy->eob_run == 0 && k <= scan->last_k; ++k) {
    refill(&r);
    int32_t symbol = take_symbol(&r, ac), value = 0;
    if (symbol < 0 || (symbol & 15) > 1) return false;
    uint32_t run = (uint32_t)symbol >> 4;
    if ((symbol & 15) == 1) {
      value = take_bit(&r) ? bit : -bit;
    } else if (run < 15) {
      entropy->eob_run = take_eob_run(&r, run);
      break;
    }
    for (; k <= scan->last_k; ++k) {
      int16_t *coefficient = &block[jpeg_zigzag[k]];
      if (*coefficient != 0) {
        correct(&r, coefficient, bit);
      } else if (run-- == 0) {
        *coefficient = (int16_t)value;
        break;
      }
    }
    if (value != 0 && k > scan->last_k) return false;
  }
  if (entropy->eob_run > 0) {
    for (; k <= scan->last_k; ++k) {
      int16_t *coefficient = &block[jpeg_zigzag[k]];
      if (*coefficient != 0) correct(&r, coefficient, bit);
    }
    --entropy->eob_run;
  }
  entropy->reader = r;
  return true;
}

bool jpeg_entropy_read_band(jpeg_entropy *entropy, const jpeg_scan *scan, const jpeg_huffman *ac,
                            int16_t block[64]) {
  return scan->high == 0 ? read_first_band(entropy, scan, ac, block)
                         : refine_band(entropy, scan, ac, block);
}
