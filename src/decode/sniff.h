/* What a file is, by its first bytes; never by its name. */
#ifndef INSITU_DECODE_SNIFF_H_
#define INSITU_DECODE_SNIFF_H_

#include "base/span.h"
#include "insitu.h"

/* Bytes at a fixed place. */
typedef struct sniff_signature {
  size_t offset, length;
  const char *bytes;
} sniff_signature;

bool sniff_matches(span file, const sniff_signature *signature);
/* The file is too short for the signature, and equal as far as it goes. */
bool sniff_ends_within(span file, const sniff_signature *signature);

/* UNKNOWN_FORMAT, with the name of what the file looks like instead. */
insitu_status sniff_refuse(span file, insitu_error *error);

#endif
