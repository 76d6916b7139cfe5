/* What a WebP file says of its picture (RFC 9649). */
#ifndef INSITU_DECODE_WEBP_HEADER_H_
#define INSITU_DECODE_WEBP_HEADER_H_

#include <stdbool.h>

#include "base/span.h"
#include "decode/profile.h"
#include "insitu.h"

typedef struct webp_header {
  uint32_t width_px, height_px; /* of the canvas */
  decode_profile profile;
  /* The picture, or an animation's first: ALPH and VP8, or VP8L chunks. */
  span coded;
  uint32_t x_px, y_px, coded_width_px, coded_height_px; /* its place on the canvas */
  bool has_alpha, is_lossless;
  uint64_t working_bytes; /* that decoding will need beside the file, at most */
} webp_header;

/* The file begins with RIFF and WEBP. Checks structure and limits; decodes no
 * pixel. Of an animation the first picture is taken, as pages show it when it
 * does not move. EXIF is not looked at: no browser turns a WebP by it (Chromium
 * 156, Firefox ESR 153, WebKitGTK 2.50: tried), and what is shown is judged.
 * What stands behind the picture may be missing. Statuses: TRUNCATED, DAMAGED,
 * TOO_LARGE, TOO_SMALL. */
insitu_status webp_read_header(span file, webp_header *header, insitu_error *error);

#endif
