/* Files for the command. Refuses folders and what is above a limit. */
#define _POSIX_C_SOURCE 200809L /* fileno, fstat under -std=c11 */
#include "cli/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/platform.h"

#define FIRST_ROOM 65536u

static insitu_status too_large(insitu_error *error, uint64_t size_bytes, size_t limit) {
  return cli_fail(error, INSITU_STATUS_TOO_LARGE,
                  "the file has %s%llu bytes, but at most %zu are read",
                  size_bytes > limit ? "" : "more than ", (unsigned long long)size_bytes, limit);
}

/* A pipe that does not block (Node's) may have nothing yet: then waits a little,
 * and the stream can be read again. */
static bool must_wait(FILE *stream) {
  if (!ferror(stream) || errno != EAGAIN) return false;
  clearerr(stream);
  platform_sleep_ms(2);
  return true;
}

/* Reads to the end, growing; for a regular file `room` is already enough. */
static insitu_status read_all(FILE *stream, size_t room, size_t limit, uint8_t **data,
                              size_t *size_bytes, insitu_error *error) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  insitu_status status = INSITU_STATUS_OK;
  for (;;) {
    uint8_t *grown = insitu_resize(bytes, room);
    if (!grown) {
      status = cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY,
                        "out of memory: the file needs %zu bytes", room);
      break;
    }
    bytes = grown;
    size += fread(bytes + size, 1, room - size, stream);
    if (size > limit) status = too_large(error, limit, limit);
    if (!status && must_wait(stream)) continue;
    if (ferror(stream)) {
      status = cli_fail(error, INSITU_STATUS_IO, "cannot read the file: %s", strerror(errno));
    }
    if (status || size < room) break;
    /* Full: there is more. One byte past the limit tells that it is above. */
    room = room > limit / 2 ? limit + 2 : room * 2;
  }
  if (status) {
    insitu_free(bytes);
    return status;
  }
  bytes[size] = 0; /* size < room here */
  *data = bytes;
  *size_bytes = size;
  return INSITU_STATUS_OK;
}

insitu_status file_read(const char *path, size_t limit, uint8_t **data, size_t *size_bytes,
                        insitu_error *error) {
  FILE *stream = platform_open(path, "rb");
  if (!stream) {
    return cli_fail(error, INSITU_STATUS_IO, "cannot open the file: %s", strerror(errno));
  }
  struct stat about;
  insitu_status status;
  if (fstat(fileno(stream), &about)) {
    status = cli_fail(error, INSITU_STATUS_IO, "cannot read the file: %s", strerror(errno));
  } else if (S_ISDIR(about.st_mode)) {
    status = cli_fail(error, INSITU_STATUS_IO, "this is a folder, not a file");
  } else if (S_ISREG(about.st_mode) && (uint64_t)about.st_size > limit) {
    status = too_large(error, (uint64_t)about.st_size, limit);
  } else {
    size_t room = S_ISREG(about.st_mode) ? (size_t)about.st_size + 1 : FIRST_ROOM;
    status = read_all(stream, room, limit, data, size_bytes, error);
  }
  fclose(stream);
  return status;
}

/* Bytes of the byte order mark of UTF-8 before a text, 0 where there is none. */
static size_t mark_bytes(const void *text, size_t size) {
  return size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

insitu_status file_read_text(const char *path, size_t limit, uint8_t **data, size_t *size_bytes,
                             insitu_error *error) {
  uint8_t *text;
  size_t size;
  insitu_status status = file_read(path, limit, &text, &size, error);
  if (status) return status;
  if (memchr(text, 0, size)) {
    bool is_utf16 = memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0;
    insitu_free(text);
    return cli_fail(error, INSITU_STATUS_DAMAGED,
                    is_utf16 ? "the file is UTF-16 text: save it as UTF-8"
                             : "the file holds a zero byte, so is no text");
  }
  size_t mark = mark_bytes(text, size);
  memmove(text, text + mark, size - mark + 1); /* with the zero byte behind it */
  *data = text;
  *size_bytes = size - mark;
  return INSITU_STATUS_OK;
}

insitu_status file_join(const char *folder, const char *name, char *path, insitu_error *error) {
  int length = name[0] == '/' ? snprintf(path, CLI_MAX_PATH_BYTES, "%s", name)
                              : snprintf(path, CLI_MAX_PATH_BYTES, "%s/%s", folder, name);
  if (length >= CLI_MAX_PATH_BYTES) {
    return cli_fail(error, INSITU_STATUS_IO, "the path has %d bytes, but at most %d are allowed",
                    length, CLI_MAX_PATH_BYTES - 1);
  }
  return INSITU_STATUS_OK;
}

/* A byte, or EOF. */
static int next_byte(FILE *stream) {
  for (;;) {
    int byte = getc(stream);
    if (byte != EOF || !must_wait(stream)) return byte;
  }
}

bool file_next_line(file_lines *lines) {
  lines->length = 0;
  lines->too_long = lines->has_zero = false;
  bool any = false;
  for (;;) {
    if (lines->length + 1 >= lines->room) {
      size_t room = lines->room ? lines->room * 2 : 256;
      char *grown = insitu_resize(lines->line, room);
      if (!grown) {
        insitu_free(lines->line);
        lines->line = NULL;
        return false;
      }
      lines->line = grown;
      lines->room = room;
    }
    int byte = next_byte(lines->stream);
    if (byte == EOF && !any) return false;
    if (byte == EOF || byte == '\n') break;
    any = true;
    if (byte == '\0') {
      lines->has_zero = true;
      byte = 0xFF;
    }
    if (lines->length == CLI_MAX_LINE_BYTES) {
      lines->too_long = true;
    } else {
      lines->line[lines->length++] = (char)byte;
    }
  }
  if (!lines->too_long && lines->length > 0 && lines->line[lines->length - 1] == '\r') {
    --lines->length;
  }
  lines->line[lines->length] = '\0';
  if (!lines->begun) {
    size_t mark = mark_bytes(lines->line, lines->length);
    memmove(lines->line, lines->line + mark, lines->length - mark + 1);
    lines->length -= mark;
    lines->begun = true;
  }
  return true;
}
