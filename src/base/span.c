/* Reads from a borrowed run of bytes; every one checks its bounds first. */
#include "base/span.h"

bool span_u8(span s, size_t offset, uint8_t *value) {
  if (!span_has(s, offset, 1)) return false;
  *value = s.data[offset];
  return true;
}

bool span_u16_le(span s, size_t offset, uint16_t *value) {
  if (!span_has(s, offset, 2)) return false;
  const uint8_t *p = s.data + offset;
  *value = (uint16_t)(p[0] | p[1] << 8);
  return true;
}

bool span_u16_be(span s, size_t offset, uint16_t *value) {
  if (!span_has(s, offset, 2)) return false;
  const uint8_t *p = s.data + offset;
  *value = (uint16_t)(p[0] << 8 | p[1]);
  return true;
}

bool span_u32_le(span s, size_t offset, uint32_t *value) {
  if (!span_has(s, offset, 4)) return false;
  const uint8_t *p = s.data + offset;
  *value = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
  return true;
}

bool span_u32_be(span s, size_t offset, uint32_t *value) {
  if (!span_has(s, offset, 4)) return false;
  const uint8_t *p = s.data + offset;
  *value = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
  return true;
}

bool span_sub(span s, size_t offset, size_t length, span *sub) {
  if (!span_has(s, offset, length)) return false;
  /* NULL + 0 is not defined in C: an empty span may have no data. */
  sub->data = s.data == NULL ? NULL : s.data + offset;
  sub->size_bytes = length;
  return true;
}
