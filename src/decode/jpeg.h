/* A JPEG file to rows of RGB. */
#ifndef INSITU_DECODE_JPEG_H_
#define INSITU_DECODE_JPEG_H_

#include "base/span.h"
#include "decode/jpeg_header.h"
#include "image/rows.h"
#include "insitu.h"

/* See decode_rows. */
insitu_status jpeg_decode_rows(span file, const jpeg_header *header, const image_sink *sink,
                               insitu_error *error);

#endif
