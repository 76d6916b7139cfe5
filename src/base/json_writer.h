/* JSON text into one growing string. A failure (no memory, a number that JSON
 * cannot say) sticks: every later call does nothing, and json_writer_finish
 * reports it. Commas are the writer's business, nesting is the caller's. */
#ifndef INSITU_BASE_JSON_WRITER_H_
#define INSITU_BASE_JSON_WRITER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

typedef struct json_writer {
  char *text; /* owned, NUL-terminated once anything is written */
  size_t length, capacity;
  bool needs_comma;
  insitu_status status;
} json_writer;

/* An empty writer; allocates nothing. */
void json_writer_init(json_writer *writer);
/* Frees what was written. Legal after finish, and twice. */
void json_writer_deinit(json_writer *writer);

void json_object_begin(json_writer *writer);
void json_object_end(json_writer *writer);
void json_array_begin(json_writer *writer);
void json_array_end(json_writer *writer);
void json_key(json_writer *writer, const char *key);

/* text: any bytes up to the NUL. What is not UTF-8 becomes U+FFFD; quotes,
 * backslashes, control characters, U+2028 and U+2029 are escaped. */
void json_string(json_writer *writer, const char *text);
void json_string_sized(json_writer *writer, const char *text, size_t length);
/* The shortest of %.9g and below that reads back as the same float, or, for
 * what no float holds, %.9g. NaN and infinity fail with NOT_FINITE. */
void json_number(json_writer *writer, double value);
void json_integer(json_writer *writer, int64_t value);
void json_unsigned(json_writer *writer, uint64_t value);
void json_bool(json_writer *writer, bool value);
void json_null(json_writer *writer);

/* On success *json is the text, the caller's to free with insitu_free, and the
 * writer is empty. On failure *json is untouched. */
insitu_status json_writer_finish(json_writer *writer, char **json, insitu_error *error);

#endif
