/* A WebP file to rows of RGB. */
#ifndef INSITU_DECODE_WEBP_H_
#define INSITU_DECODE_WEBP_H_

#include "decode/webp_header.h"
#include "image/rows.h"

/* See decode_rows. Also OUT_OF_MEMORY. */
insitu_status webp_decode_rows(span file, const webp_header *header, const image_sink *sink,
                               insitu_error *error);

#endif
