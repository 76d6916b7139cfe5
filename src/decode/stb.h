/* stb_image as it is used here: it decodes JPEG's entropy-coded data, baseline
 * and progressive, into coefficients, and inflates PNG's. It sees only what
 * passed the checks of markers, limits and memory, and is asked afterwards
 * whether its bits ran out. That leaves out most of stb_image, GHSL-2023-145..151
 * among it: those are in its GIF, PIC, TGA, flip and format conversion code. */
#ifndef INSITU_DECODE_STB_H_
#define INSITU_DECODE_STB_H_

#include "base/span.h"

typedef struct stb_entropy stb_entropy;

/* NULL: out of memory. */
stb_entropy *stb_entropy_create(void);
void stb_entropy_destroy(stb_entropy *entropy);

/* marker: 0xc4 (DHT) or 0xdb (DQT), with its payload. False: damaged; tables read
 * before the damage may have changed. */
bool stb_entropy_read_tables(stb_entropy *entropy, uint8_t marker, span payload);
bool stb_entropy_has_dc_table(const stb_entropy *entropy, uint32_t index);
bool stb_entropy_has_ac_table(const stb_entropy *entropy, uint32_t index);
/* [64] in row order, owned by entropy; zeros where it was never read. */
const uint16_t *stb_entropy_quant_table(const stb_entropy *entropy, uint32_t index);

/* The progressive scan's band and bits; see jpeg_scan. */
void stb_entropy_begin_scan(stb_entropy *entropy, uint32_t first_k, uint32_t last_k, uint32_t high,
                            uint32_t low);
/* A run of entropy-coded bytes without markers: a scan, or what lies between
 * two restarts. Predictions start again. Borrowed until the next one. */
void stb_entropy_begin_segment(stb_entropy *entropy, span bytes);
/* True where more bits were used than the segment has. The decoder then reads
 * zeros, so this must be asked before its blocks are believed. */
bool stb_entropy_has_overrun(const stb_entropy *entropy);
/* Bytes of the segment that no block has used, but for up to 4 read ahead. */
span stb_entropy_unread(const stb_entropy *entropy);

/* One block each, [64] in row order; false: damaged. component: 0..3.
 * Sequential: all of the block, dequantised with quant, [64] in row order. */
bool stb_entropy_read_block(stb_entropy *entropy, uint32_t component, uint32_t dc_table,
                            uint32_t ac_table, const uint16_t *quant, int16_t *block);
/* Progressive: the mean, or the scan's band of the rest; its first scan, or one
 * bit more. A component's first scan of the mean clears the block. */
bool stb_entropy_read_mean(stb_entropy *entropy, uint32_t component, uint32_t dc_table,
                           int16_t *block);
bool stb_entropy_read_band(stb_entropy *entropy, uint32_t ac_table, int16_t *block);

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
