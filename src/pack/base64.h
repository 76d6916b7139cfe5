/* Base64 (RFC 4648, section 4), for numbers within JSON. */
#ifndef INSITU_PACK_BASE64_H_
#define INSITU_PACK_BASE64_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes text, with its padding, into exactly size_bytes of out. False: it is
 * no base64, or of another length. */
bool base64_decode(const char *text, uint8_t *out, size_t size_bytes);

#endif
