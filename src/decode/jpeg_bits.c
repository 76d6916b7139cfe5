/* Bytes to words: 0xff is followed by a stuffed 0x00, before which fill bytes may stand. */
#include "decode/jpeg_bits.h"

#include <string.h>

/* Up to `room` bytes of what is coded; less: the segment has ended. A last 0xff without
 * its 0x00 was cut and is no byte of it. */
static size_t unstuff(span *segment, uint8_t *out, size_t room) {
  const uint8_t *next = segment->data, *end = next + segment->size_bytes;
  size_t size = 0;
  while (size < room && next < end) {
    size_t most = room - size < (size_t)(end - next) ? room - size : (size_t)(end - next);
    const uint8_t *found = memchr(next, 0xff, most);
    size_t plain = found != NULL ? (size_t)(found - next) : most;
    memcpy(out + size, next, plain);
    size += plain;
    next += plain;
    if (found == NULL) break;
    while (next < end && *next == 0xff) ++next;
    if (next == end) break;
    ++next; /* the 0x00: the segment has no markers */
    out[size++] = 0xff;
  }
  segment->data = next;
  segment->size_bytes = (size_t)(end - next);
  return size;
}

void jpeg_bits_begin(jpeg_bits *bits, span segment) {
  bits->segment = segment;
  bits->buffer = 0;
  bits->count = bits->word = bits->num_words = 0;
  bits->first_bit = 0;
  bits->is_ended = false;
}

void jpeg_bits_fill(jpeg_bits *bits) {
  uint32_t left = bits->num_words - bits->word;
  memmove(bits->words, bits->words + bits->word, left * sizeof *bits->words);
  bits->first_bit += (uint64_t)bits->word * 32;
  uint8_t *out = (uint8_t *)(bits->words + left);
  size_t room = (JPEG_BITS_WORDS - left) * sizeof *bits->words;
  size_t size = unstuff(&bits->segment, out, room);
  memset(out + size, 0, room - size);
  for (uint32_t i = left; i < JPEG_BITS_WORDS; ++i) {
    const uint8_t *p = (const uint8_t *)&bits->words[i];
    bits->words[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
  }
  if (size < room && !bits->is_ended) {
    bits->is_ended = true;
    bits->num_bits = bits->first_bit + (uint64_t)left * 32 + size * 8;
  }
  bits->word = 0;
  bits->num_words = JPEG_BITS_WORDS;
}

/* Of the segment, from its beginning. */
static uint64_t num_used(const jpeg_bits *bits) {
  return bits->first_bit + (uint64_t)bits->word * 32 - bits->count;
}

bool jpeg_bits_has_overrun(const jpeg_bits *bits) {
  return bits->is_ended && num_used(bits) > bits->num_bits;
}

uint32_t jpeg_bits_num_unread(const jpeg_bits *bits, uint32_t most) {
  jpeg_bits rest = *bits;
  uint32_t num_unread = 0;
  rest.buffer <<= rest.count % 8;
  for (uint32_t i = 0; i < rest.count / 8; ++i)
    num_unread += (rest.buffer >> (56 - 8 * i) & 255) != 0;
  while (num_unread < most && !(rest.is_ended && rest.word == rest.num_words)) {
    if (rest.word == rest.num_words) jpeg_bits_fill(&rest);
    for (uint32_t four = rest.words[rest.word++]; four != 0; four >>= 8)
      num_unread += (four & 255) != 0;
  }
  return num_unread;
}
