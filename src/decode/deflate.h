/* A whole deflate stream (RFC 1951) by stb_image's inflate, for archives. */
#ifndef INSITU_DECODE_DEFLATE_H_
#define INSITU_DECODE_DEFLATE_H_

#include "base/span.h"

/* `to`: [size_bytes]. False where the stream is damaged, of another size, or
 * there is no memory for a copy of both; `to` may then hold anything. */
bool deflate_inflate(span deflated, uint8_t *to, size_t size_bytes);

#endif
