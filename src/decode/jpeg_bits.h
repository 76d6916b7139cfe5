/* Entropy-coded bytes as bits (ITU T.81, F.2.2.5). What is stuffed into them is taken out
 * a piece at a time, so that a block's reader meets nothing but whole words. */
#ifndef INSITU_DECODE_JPEG_BITS_H_
#define INSITU_DECODE_JPEG_BITS_H_

#include "base/span.h"

enum {
  JPEG_BITS_WORDS = 1024,
  /* No block takes more: 64 times a code of 16 bits and a value of 15, or of 63
   * corrections; and what the buffer holds already. */
  JPEG_BLOCK_WORDS = 72
};

typedef struct jpeg_bits {
  span segment;    /* what is not in words yet */
  uint64_t buffer; /* the next bits, from the highest down */
  uint32_t count;  /* of them; what is below them is zero */
  uint32_t word;   /* the next of words */
  uint32_t num_words;
  bool is_ended;      /* all of the segment is in words, and zeros behind it */
  uint64_t first_bit; /* of words, in the segment */
  uint64_t num_bits;  /* of the segment, once it is ended */
  uint32_t words[JPEG_BITS_WORDS];
} jpeg_bits;

/* A run of entropy-coded bytes without markers: a scan, or what lies between two
 * restarts. Borrowed until the next one. */
void jpeg_bits_begin(jpeg_bits *bits, span segment);

/* Moves what is left to the front and fills up behind it. */
void jpeg_bits_fill(jpeg_bits *bits);

/* Before each block. */
static inline void jpeg_bits_prepare(jpeg_bits *bits) {
  if (bits->num_words - bits->word < JPEG_BLOCK_WORDS) jpeg_bits_fill(bits);
}

/* True where more bits were used than the segment has. Zeros come after its end, so this
 * must be asked before its blocks are believed. */
bool jpeg_bits_has_overrun(const jpeg_bits *bits);

/* Bytes other than zero that no block has begun to use, counted to `most` or a few
 * more. */
uint32_t jpeg_bits_num_unread(const jpeg_bits *bits, uint32_t most);

#endif
