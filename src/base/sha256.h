/* SHA-256 (FIPS 180-4), to tell whether a model file is the one its pack
 * names. Not for secrets. */
#ifndef INSITU_BASE_SHA256_H_
#define INSITU_BASE_SHA256_H_

#include "base/span.h"

/* hex: 64 lower-case digits and a NUL. */
void sha256_hex(span bytes, char hex[65]);

#endif
