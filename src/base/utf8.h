/* Well-formed UTF-8 (Unicode 15, table 3-7; RFC 3629). */
#ifndef INSITU_BASE_UTF8_H_
#define INSITU_BASE_UTF8_H_

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at text[0..size), 1 to 4; 0 where none is well formed:
 * overlong, a surrogate, above U+10FFFF, or cut off. size is at least 1. */
size_t utf8_length(const uint8_t *text, size_t size);

#endif
