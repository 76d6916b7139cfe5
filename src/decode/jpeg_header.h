/* What a JPEG file says of itself before its pixels: everything that can be
 * checked without decoding is checked here. */
#ifndef INSITU_DECODE_JPEG_HEADER_H_
#define INSITU_DECODE_JPEG_HEADER_H_

#include "base/span.h"
#include "decode/profile.h"
#include "insitu.h"

#define JPEG_MAX_COMPONENTS 4

typedef enum jpeg_colour {
  JPEG_GREY,
  JPEG_YCBCR,
  JPEG_RGB,
  JPEG_CMYK, /* inverted, as Adobe writes it and everybody reads it */
  JPEG_YCCK  /* likewise */
} jpeg_colour;

typedef struct jpeg_component {
  uint8_t id, h, v, quant_index;       /* h, v: sampling factors 1..4 */
  uint32_t width_px, height_px;        /* its own samples */
  uint32_t blocks_across, blocks_down; /* 8 x 8 blocks, padded to whole MCUs */
} jpeg_component;

typedef struct jpeg_header {
  uint32_t width_px, height_px;
  uint32_t orientation;
  uint32_t num_components; /* 1, 3 or 4 */
  jpeg_component components[JPEG_MAX_COMPONENTS];
  uint32_t h_max, v_max;
  uint32_t mcus_across, mcus_down; /* of interleaved scans: 8 h_max x 8 v_max pixels */
  uint32_t num_scans;
  bool progressive;
  jpeg_colour colour;
  decode_profile profile;
} jpeg_header;

typedef struct jpeg_scan {
  uint32_t num_components;
  struct {
    uint8_t index, dc_table, ac_table; /* index: into header->components */
  } components[JPEG_MAX_COMPONENTS];
  uint8_t first_k, last_k; /* coefficients, in zigzag order */
  uint8_t high, low;       /* bit positions of successive approximation */
} jpeg_scan;

/* Walks all markers up to the scan that completes the picture; what follows that
 * scan, be it the end mark, nothing, or a phone's own trailer, does not matter.
 * A file that ends before, or whose scans do not add up to a picture, is found
 * out here; whether the last scan's data are whole, only by decoding them.
 * Checks the limits on size, scans and memory. */
insitu_status jpeg_read_header(span file, jpeg_header *header, insitu_error *error);

/* payload: of an SOS marker. */
insitu_status jpeg_read_scan(const jpeg_header *header, span payload, jpeg_scan *scan,
                             insitu_error *error);

/* True where the coefficients must be kept until the last scan has been read;
 * else rows come out while the one scan is being read. */
static inline bool jpeg_is_stored(const jpeg_header *header) {
  return header->progressive || header->num_scans > 1;
}

#endif
