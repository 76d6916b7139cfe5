/* A PNG file to rows of RGB. */
#ifndef INSITU_DECODE_PNG_H_
#define INSITU_DECODE_PNG_H_

#include "base/span.h"
#include "decode/png_header.h"
#include "image/rows.h"
#include "insitu.h"

/* See decode_rows. */
insitu_status png_decode_rows(span file, const png_header *header, const image_sink *sink,
                              insitu_error *error);

#endif
