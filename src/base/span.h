/* A borrowed run of bytes, and reads from it that check their bounds. */
#ifndef INSITU_BASE_SPAN_H_
#define INSITU_BASE_SPAN_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct span {
  const uint8_t *data;
  size_t size_bytes;
} span;

/* True where [offset, offset + length) lies within. Never wraps. */
static inline bool span_has(span s, size_t offset, size_t length) {
  return offset <= s.size_bytes && length <= s.size_bytes - offset;
}
/* Each returns false and leaves *value where the bytes are not there. */
bool span_u8(span s, size_t offset, uint8_t *value);
bool span_u16_le(span s, size_t offset, uint16_t *value);
bool span_u16_be(span s, size_t offset, uint16_t *value);
bool span_u32_le(span s, size_t offset, uint32_t *value);
bool span_u32_be(span s, size_t offset, uint32_t *value);
bool span_sub(span s, size_t offset, size_t length, span *sub);

#endif
