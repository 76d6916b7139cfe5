/* Picture files to rows of pixels: what is it, how large is it, is it whole,
 * and then its rows. Nothing is decoded before the header has passed every
 * limit in insitu.h. */
#ifndef INSITU_DECODE_DECODE_H_
#define INSITU_DECODE_DECODE_H_

#include "base/span.h"
#include "decode/jpeg_header.h"
#include "decode/png_header.h"
#include "decode/webp_header.h"
#include "image/rows.h"
#include "insitu.h"

typedef struct decode_format decode_format; /* a row of decode.c's table */

typedef struct decode_header {
  const decode_format *reader;
  insitu_format format;
  uint32_t width_px, height_px; /* as stored, before orientation */
  uint32_t orientation;         /* EXIF 1..8 */
  uint32_t max_reduction;       /* of a sink; 1: none */
  insitu_profile profile;       /* rows are given in sRGB where it is CONVERTED */
  char profile_name[48];        /* UTF-8, "" where the file gives none */
  union {
    jpeg_header jpeg;
    png_header png;
    webp_header webp;
  } detail; /* which one: format. */
} decode_header;

/* Tells the format by decode.c's table, checks the file's structure and the limits.
 * Statuses: UNKNOWN_FORMAT, TRUNCATED, DAMAGED, UNSUPPORTED, TOO_LARGE,
 * TOO_SMALL. */
insitu_status decode_read_header(span file, decode_header *header, insitu_error *error);

/* Decodes the rows of sink->region, which lies within the picture, and the
 * rest of the file as far as it takes to know that it is whole: after a
 * failure the rows that were given must not be used. file, header: what
 * decode_read_header was given and has filled. Statuses: OUT_OF_MEMORY,
 * TRUNCATED, DAMAGED. */
insitu_status decode_rows(span file, const decode_header *header, const image_sink *sink,
                          insitu_error *error);

#endif
