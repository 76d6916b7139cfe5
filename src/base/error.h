/* Filling an insitu_error. Owns the only formatting of messages below cli/;
 * prints nothing. */
#ifndef INSITU_BASE_ERROR_H_
#define INSITU_BASE_ERROR_H_

#include "insitu.h"

/* Fills *error (may be NULL) and returns status, so that a function can
 * `return error_set(error, INSITU_STATUS_TOO_LARGE, "width is %u px, ...", w)`.
 * A message that is too long is cut at a UTF-8 boundary. */
insitu_status error_set(insitu_error *error, insitu_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Success: clears *error (may be NULL), returns INSITU_STATUS_OK. */
insitu_status error_clear(insitu_error *error);

/* "out of memory: %s needs %zu bytes" */
insitu_status error_out_of_memory(insitu_error *error, const char *what, size_t size_bytes);

#endif
