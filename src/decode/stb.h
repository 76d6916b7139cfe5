/* stb_image as it is used here: it inflates PNG's pixels and archives, which have passed the
 * checks of chunks, limits and memory, and is asked afterwards whether its bits ran out. That
 * leaves out most of stb_image, GHSL-2023-145..151 among it: those are in its GIF, PIC, TGA,
 * flip and format conversion code. Its JPEG decoder is what ours is compared with
 * (tests/c/decode_jpeg.c). */
#ifndef INSITU_DECODE_STB_H_
#define INSITU_DECODE_STB_H_

#include "base/span.h"

/* How far stb_inflate reads beyond its stream, and the most that one step writes. */
#define STB_INFLATE_TAIL 8u
#define STB_INFLATE_STEP 65535u

/* Inflates a zlib stream (RFC 1950, 1951) into out, room bytes, both below 2 GiB,
 * and returns how many came before it ended, was found damaged or had no room for
 * its next step; of a block that the stream's end cuts off, nothing. So with
 * STB_INFLATE_STEP more room than is wanted, what is wanted comes, whatever lies
 * behind it, and from a stream too that was never finished. Behind the
 * stream STB_INFLATE_TAIL bytes more must be readable; what they are does not matter.
 * Its Adler-32 is not looked at: PNG has a CRC on each chunk. */
size_t stb_inflate(span stream, uint8_t *out, size_t room);

#endif
