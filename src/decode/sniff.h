/* What a file is, by its first bytes; never by its name. */
#ifndef INSITU_DECODE_SNIFF_H_
#define INSITU_DECODE_SNIFF_H_

#include "base/span.h"
#include "insitu.h"

/* JPEG and PNG are told by their signatures. UNKNOWN_FORMAT names what the
 * file looks like instead; a file that ends within a signature is TRUNCATED. */
insitu_status sniff_format(span file, insitu_format *format, insitu_error *error);

#endif
