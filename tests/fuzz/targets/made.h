/* A JPEG of 40x24 pixels put together from a fuzzer's bytes, so that each of them changes
 * what a decoder does and few make it turn away at the door. */
#ifndef INSITU_TESTS_FUZZ_MADE_H_
#define INSITU_TESTS_FUZZ_MADE_H_

#include <string.h>

#include "decode/jpeg_markers.h"
#include "targets.h"

enum { MADE_WIDTH = 40, MADE_HEIGHT = 24, MADE_BYTES = 65536 };

typedef struct made {
  uint8_t bytes[MADE_BYTES];
  size_t size;
} made;

typedef struct choices {
  const uint8_t *bytes;
  size_t size, at;
} choices;

/* 0 once none are left. */
static inline uint8_t choose(choices *c) { return c->at < c->size ? c->bytes[c->at++] : 0; }

static inline void made_put(made *m, const uint8_t *bytes, size_t size) {
  if (size > MADE_BYTES - m->size) size = MADE_BYTES - m->size;
  if (size > 0) memcpy(m->bytes + m->size, bytes, size);
  m->size += size;
}

static inline void made_marker(made *m, uint8_t code) {
  made_put(m, (const uint8_t[]){0xff, code}, 2);
}

static inline void made_segment(made *m, uint8_t code, const uint8_t *payload, size_t size) {
  made_marker(m, code);
  made_put(m, (const uint8_t[]){(uint8_t)((size + 2) >> 8), (uint8_t)(size + 2)}, 2);
  made_put(m, payload, size);
}

static inline void made_quantisation(made *m) {
  uint8_t payload[65] = {0};
  for (uint8_t k = 0; k < 64; ++k) payload[1 + k] = k + 1;
  made_segment(m, JPEG_DQT, payload, sizeof payload);
}

/* All symbols that there are, in order, by codes of 4 bits for means and 8 (the last two: 9)
 * for details: a byte is mostly a symbol, and zeros are blocks without anything. */
static inline void made_huffman(made *m) {
  uint8_t means[17 + 12] = {0x00}, details[17 + 256] = {0x10};
  means[4] = 12;
  details[8] = 254, details[9] = 2;
  for (uint8_t i = 0; i < 12; ++i) means[17 + i] = i;
  for (int i = 0; i < 256; ++i) details[17 + i] = (uint8_t)i;
  made_segment(m, JPEG_DHT, means, sizeof means);
  made_segment(m, JPEG_DHT, details, sizeof details);
}

/* sampling: of the first component; the others have 1x1. */
static inline void made_frame(made *m, uint8_t code, uint8_t num_components, uint8_t sampling) {
  uint8_t payload[6 + 3 * 3] = {8, 0, MADE_HEIGHT, 0, MADE_WIDTH, num_components};
  for (uint8_t i = 0; i < num_components; ++i) {
    payload[6 + 3 * i] = i + 1;
    payload[7 + 3 * i] = i == 0 ? sampling : 0x11;
  }
  made_segment(m, code, payload, 6u + 3u * num_components);
}

/* Coded bytes, each 0xff with the zero that follows it. */
static inline void made_coded(made *m, choices *c, size_t size) {
  for (; size > 0 && c->at < c->size; --size) {
    uint8_t byte = choose(c);
    made_put(m, (const uint8_t[]){byte, 0}, byte == 0xff ? 2 : 1);
  }
}

static inline void made_zeros(made *m, size_t size) {
  static const uint8_t zeros[256];
  made_put(m, zeros, size < sizeof zeros ? size : sizeof zeros);
}

/* In a block of its own, so that a read past its end is seen. */
static inline uint8_t *made_copy(const made *m) {
  uint8_t *own = malloc(m->size);
  memcpy(own, m->bytes, m->size);
  return own;
}

static inline void made_try(const made *m) {
  uint8_t *own = made_copy(m);
  fuzz_jpeg(own, m->size);
  free(own);
}

#endif
