/* Inflate (RFC 1950, 1951), by stb_image. */
#ifndef INSITU_DECODE_INFLATE_H_
#define INSITU_DECODE_INFLATE_H_

#include "base/span.h"

/* Inflates a zlib stream into exactly out_size bytes, both below 2 GiB. False:
 * the stream is damaged, or gives more or fewer bytes. Its Adler-32 is not
 * looked at: PNG has a CRC on each chunk. */
bool inflate_bytes(span stream, uint8_t *out, size_t out_size);

#endif
