/* A whole deflate stream (RFC 1951) by stb_image's inflate, for archives. */
#ifndef INSITU_DECODE_DEFLATE_H_
#define INSITU_DECODE_DEFLATE_H_

#include "base/span.h"
#include "insitu.h"

/* `to`: [size_bytes]. Both sizes are below 2^30, which INSITU_MAX_MODEL_BYTES sees to. DAMAGED
 * where the stream is damaged or of another size, OUT_OF_MEMORY where there is none for a copy of
 * both; `to` may then hold anything. */
insitu_status deflate_inflate(span deflated, uint8_t *to, size_t size_bytes);

#endif
