/* A JPEG whose segments come in any order and number, among others of any length and
 * content. Those that are left out follow at the end, so that many have a picture. */
#include "made.h"

enum { NUM_PARTS = 4 };

static void put_part(made *m, uint32_t part, uint8_t variant) {
  if (part == 0) made_quantisation(m);
  if (part == 1) made_huffman(m);
  if (part == 2) made_frame(m, JPEG_SOF0 + variant % 3, 3, 0x22);
  if (part != 3) return;
  made_segment(m, JPEG_SOS, (const uint8_t[]){3, 1, 0, 2, 0, 3, 0, 0, 63, 0}, 10);
  made_zeros(m, 6 * 9); /* six MCUs of six blocks of 12 bits */
}

/* A marker, fill bytes before it, a name that segments begin with, a length that may be off. */
static void put_segment(made *m, choices *c, uint8_t what) {
  static const uint8_t names[8][15] = {"",
                                       "Exif\0\0II*\0\x8\0\0",
                                       "Exif\0\0MM\0*\0\0\0\x8",
                                       "JFIF\0\1",
                                       "ICC_PROFILE\0\1\1",
                                       "ICC_PROFILE\0\2\2",
                                       "Adobe\0d",
                                       "\0"};
  static const uint8_t sizes[8] = {0, 14, 14, 7, 14, 14, 12, 1};
  uint8_t payload[15 + 255], code = choose(c), form = choose(c);
  size_t size = sizes[form % 8], more = choose(c);
  memcpy(payload, names[form % 8], size);
  for (; more > 0 && c->at < c->size; --more) payload[size++] = choose(c);
  for (uint8_t i = form / 8 % 4; i > 1; --i) made_put(m, (const uint8_t[]){0xff}, 1);
  size_t begin = m->size;
  made_segment(m, what / 8 % 2 == 0 ? code | 0xe0 : code, payload, size);
  if (form / 32 == 7 && m->size >= begin + 4) m->bytes[begin + 3] ^= what / 16;
}

void fuzz_markers(const uint8_t *bytes, size_t size) {
  static made m;
  choices c = {bytes, size, 0};
  uint8_t end = choose(&c);
  bool is_there[NUM_PARTS] = {false};
  m.size = 0;
  made_marker(&m, JPEG_SOI);
  while (c.at < c.size) {
    uint8_t what = choose(&c);
    if (what % 8 < NUM_PARTS) {
      put_part(&m, what % 8, what / 8);
      is_there[what % 8] = true;
    } else if (what % 8 == 7) {
      made_coded(&m, &c, choose(&c));
    } else {
      put_segment(&m, &c, what);
    }
  }
  for (uint32_t i = 0; i < NUM_PARTS; ++i) {
    if (!is_there[i] && (end >> i) % 2 == 0) put_part(&m, i, 0);
  }
  if (end / 128 == 0) made_marker(&m, JPEG_EOI);
  made_try(&m);
}
