/* Well-formed UTF-8 against a decoder by the definition: all sequences of up to
 * three bytes, and of four where the lead byte asks for them. */
#include "base/utf8.h"

#include "check.h"

/* 0, or the bytes of the shortest form of one scalar value. */
static size_t by_definition(const uint8_t *text, size_t size) {
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t length = text[0] < 0x80             ? 1
                  : (text[0] & 0xE0) == 0xC0 ? 2
                  : (text[0] & 0xF0) == 0xE0 ? 3
                  : (text[0] & 0xF8) == 0xF0 ? 4
                                             : 0;
  if (length == 0 || length > size) return 0;
  uint32_t value = length == 1 ? text[0] : text[0] & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((text[i] & 0xC0) != 0x80) return 0;
    value = value << 6 | (text[i] & 0x3Fu);
  }
  bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value < smallest[length] || value > 0x10FFFF || is_surrogate ? 0 : length;
}

static void knows_every_short_sequence(void) {
  long num_wrong = 0;
  for (uint32_t bits = 0; bits < 1u << 24; ++bits) {
    uint8_t text[4] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits, 0xBF};
    size_t size = text[0] >= 0xF0 ? 4 : 3;
    num_wrong += utf8_length(text, size) != by_definition(text, size);
  }
  CHECK_INT(num_wrong, 0);
}

static void wants_the_whole_sequence(void) {
  static const char *const texts[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x94\xac"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    const uint8_t *text = (const uint8_t *)texts[i];
    size_t length = strlen(texts[i]);
    CHECK_INT(utf8_length(text, length), length);
    for (size_t size = 1; size < length; ++size) CHECK_INT(utf8_length(text, size), 0);
  }
  CHECK_INT(utf8_length((const uint8_t *)"\xf0\x9f\x94\x41", 4), 0);
}

int main(void) {
  RUN(knows_every_short_sequence);
  RUN(wants_the_whole_sequence);
  return check_summary();
}
