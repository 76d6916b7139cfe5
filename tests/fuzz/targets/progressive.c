/* A progressive JPEG whose scans are in order, as its decoder asks for, whatever bytes
 * choose them, and are completed by scans of nothing: what remains is what they hold. */
#include "made.h"

#include <stdbool.h>

/* Zero bits enough for any scan of a picture of this size. */
enum { FILL_BYTES = 144 };

typedef struct script {
  uint8_t num_components;
  int8_t low[3][64]; /* the lowest bit so far of each coefficient; -1: none */
} script;

static void put_scan(made *m, const uint8_t *components, uint8_t n, uint32_t first, uint32_t last,
                     int high, int low) {
  uint8_t payload[4 + 2 * 3] = {n};
  for (uint8_t i = 0; i < n; ++i) payload[1 + 2 * i] = components[i] + 1;
  payload[1 + 2 * n] = (uint8_t)first, payload[2 + 2 * n] = (uint8_t)last;
  payload[3 + 2 * n] = (uint8_t)(high << 4 | low);
  made_segment(m, JPEG_SOS, payload, 4u + 2u * n);
}

/* The next bits of coefficients first..last, or fewer, of component n; of its mean, where
 * that has not come yet. of_all: of all means that are as far. False: they are there. */
static bool next_scan(made *m, script *s, uint8_t n, uint32_t first, uint32_t last, bool of_all,
                      int first_low) {
  if (s->low[n][0] < 0) first = 0;
  if (first == 0) last = 0;
  int high = s->low[n][first];
  if (high == 0) return false;
  for (uint32_t k = first; k <= last; ++k) {
    if (s->low[n][k] != high) last = k - 1;
  }
  uint8_t components[3] = {n}, num_components = 1;
  for (uint8_t i = 0; first == 0 && of_all && i < s->num_components; ++i) {
    if (i != n && s->low[i][0] == high) components[num_components++] = i;
  }
  if (num_components == 3) components[0] = 0, components[1] = 1, components[2] = 2;
  int low = high < 0 ? first_low : high - 1;
  put_scan(m, components, num_components, first, last, high < 0 ? 0 : high, low);
  for (uint8_t i = 0; i < num_components; ++i) {
    for (uint32_t k = first; k <= last; ++k) s->low[components[i]][k] = (int8_t)low;
  }
  return true;
}

static void complete(made *m, script *s) {
  for (uint8_t n = 0; n < s->num_components; ++n) {
    for (uint32_t k = 0; k < 64;) {
      if (next_scan(m, s, n, k, 63, false, 0)) made_zeros(m, FILL_BYTES);
      else ++k;
    }
  }
}

void fuzz_progressive(const uint8_t *bytes, size_t size) {
  static made m;
  static const uint8_t samplings[4] = {0x11, 0x21, 0x12, 0x22};
  choices c = {bytes, size, 0};
  uint8_t frame = choose(&c);
  script s = {.num_components = frame % 2 == 0 ? 3 : 1};
  memset(s.low, -1, sizeof s.low);
  m.size = 0;
  made_marker(&m, JPEG_SOI);
  made_quantisation(&m);
  made_huffman(&m);
  if (frame / 8 % 4 == 3) made_segment(&m, JPEG_DRI, (const uint8_t[]){0, frame / 32}, 2);
  made_frame(&m, JPEG_SOF2, s.num_components, samplings[frame / 2 % 4]);
  while (c.at < c.size) {
    uint8_t which = choose(&c), first = choose(&c), length = choose(&c), coded = choose(&c);
    bool of_all = which / 4 % 2 == 0;
    if (!next_scan(&m, &s, which % s.num_components, first % 64,
                   first % 64 + length % (64 - first % 64), of_all, which / 8 % 5)) {
      continue;
    }
    made_coded(&m, &c, coded / 2);
    if (coded % 2 == 0) made_zeros(&m, FILL_BYTES);
  }
  if (frame / 128 == 0) complete(&m, &s);
  made_marker(&m, JPEG_EOI);
  made_try(&m);
}
