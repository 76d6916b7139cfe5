/* What a PNG file says of itself before its pixels. */
#ifndef INSITU_DECODE_PNG_HEADER_H_
#define INSITU_DECODE_PNG_HEADER_H_

#include "base/span.h"
#include "decode/profile.h"
#include "insitu.h"

/* The bits of a colour type (PNG, third edition, table 11.1). */
enum { PNG_PALETTE = 1, PNG_COLOUR = 2, PNG_ALPHA = 4 };

typedef struct png_header {
  uint32_t width_px, height_px;
  uint32_t orientation;
  uint8_t bit_depth, colour_type;
  bool interlaced;
  uint32_t num_channels; /* 1 for a palette */
  uint32_t palette_size; /* 0: none */
  uint8_t palette[256][3], palette_alpha[256];
  bool has_trns; /* palette_alpha, or: this one colour, at full depth, is transparent */
  uint16_t key[3];
  decode_profile profile;
  uint32_t num_idat;          /* all that follow the first without another chunk between */
  size_t idat_bytes;          /* of them together */
  span idat;                  /* the first one's content */
  bool is_cut;                /* the file ends with them, or within one */
  size_t bad_checksum_before; /* offset behind one of them whose CRC is wrong; 0: none */
  size_t raw_bytes;           /* inflated: all rows with their filter bytes */
} png_header;

/* One of Adam7's passes, or the whole picture where it is not interlaced. */
typedef struct png_pass {
  uint32_t x0, y0, x_step, y_step;
  uint32_t width_px, height_px; /* either may be 0: then it has no rows */
} png_pass;

static inline uint32_t png_num_passes(const png_header *header) {
  return header->interlaced ? 7 : 1;
}
png_pass png_pass_at(const png_header *header, uint32_t index);
/* Without the filter byte. */
size_t png_row_bytes(const png_header *header, uint32_t width_px);

/* Walks all chunks to the end of the picture data; what follows them does not
 * matter, and a file that is cut there may still be whole: decoding tells. Of
 * ancillary chunks those that are damaged, out of place or make no sense are left
 * out, as libpng does. Checks the CRCs of those that are used, and the limits. */
insitu_status png_read_header(span file, png_header *header, insitu_error *error);

/* type: the chunk's name; before: the offset behind it. */
insitu_status png_refuse_checksum(const char *type, size_t before, insitu_error *error);

typedef struct png_chunk {
  uint32_t type; /* four letters, big-endian */
  span payload;  /* as much of it as is there */
  bool is_cut;   /* the file ends within it */
  size_t next;   /* offset of the chunk after it */
} png_chunk;

#define PNG_TYPE(a, b, c, d) \
  ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The chunk at offset; TRUNCATED where the file ends before its payload. Does not
 * check its CRC. */
insitu_status png_read_chunk(span file, size_t offset, png_chunk *chunk, insitu_error *error);

#endif
