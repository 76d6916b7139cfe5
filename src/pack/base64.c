/* Base64 in groups of four characters. */
#include "pack/base64.h"

#include <string.h>

static int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, uint8_t *out, size_t size_bytes) {
  if (strlen(text) != (size_bytes + 2) / 3 * 4) return false;
  for (size_t done = 0; done < size_bytes; done += 3, text += 4) {
    size_t left = size_bytes - done < 3 ? size_bytes - done : 3;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; ++i) {
      /* n bytes take n + 1 characters; the rest is padding. */
      int value = i <= left ? value_of(text[i]) : text[i] == '=' ? 0 : -1;
      if (value < 0) return false;
      bits = bits << 6 | (uint32_t)value;
    }
    if (left < 3 && (bits & ((1u << (24 - 8 * left)) - 1)) != 0) return false; /* bits of nothing */
    for (size_t i = 0; i < left; ++i) out[done + i] = (uint8_t)(bits >> (16 - 8 * i));
  }
  return true;
}
