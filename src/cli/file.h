/* Whole files, lines of standard input, and paths, with limits. */
#ifndef INSITU_CLI_FILE_H_
#define INSITU_CLI_FILE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "insitu.h"

#define CLI_MAX_PATH_BYTES 4096

/* Reads a regular file or a pipe of at most limit bytes; a regular file's size
 * is checked before memory is taken. *data: the caller's to insitu_free; one zero
 * byte follows the data. IO, TOO_LARGE or OUT_OF_MEMORY. */
insitu_status file_read(const char *path, size_t limit, uint8_t **data, size_t *size_bytes,
                        insitu_error *error);
/* The same for text, without a byte order mark at its beginning: spreadsheets and
 * Windows write one. DAMAGED where it holds a zero byte, as UTF-16 does. */
insitu_status file_read_text(const char *path, size_t limit, uint8_t **data, size_t *size_bytes,
                             insitu_error *error);
/* "folder/name" into path[CLI_MAX_PATH_BYTES]; IO where that is too long. An
 * absolute name stays as it is. */
insitu_status file_join(const char *folder, const char *name, char *path, insitu_error *error);

/* Lines of a stream as they arrive: without LF or CRLF, however long, and
 * without a byte order mark before the first. */
typedef struct file_lines {
  FILE *stream;
  bool begun;
  char *line;    /* the current line, NUL-terminated, owned */
  size_t length; /* of the part that was kept */
  size_t room;
  bool too_long; /* more than CLI_MAX_LINE_BYTES: the rest was skipped */
  bool has_zero; /* held a zero byte, now 0xFF, which is no UTF-8 */
} file_lines;

#define CLI_MAX_LINE_BYTES 65536u

/* False at the end of the stream, and on an error (see ferror) or without
 * memory (then line is NULL). */
bool file_next_line(file_lines *lines);

#endif
