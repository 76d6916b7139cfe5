/* Statuses' names and texts, from the one table in insitu.h, and the
 * formatting of messages. Prints nothing. */
#include "base/error.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"

const char *insitu_status_name(insitu_status status) {
  switch (status) {
#define STATUS_NAME(number, NAME, name, text) \
  case INSITU_STATUS_##NAME: return name;
    INSITU_STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
  }
  return "internal";
}

const char *insitu_status_text(insitu_status status) {
  switch (status) {
#define STATUS_TEXT(number, NAME, name, text) \
  case INSITU_STATUS_##NAME: return text;
    INSITU_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
  }
  return insitu_status_text(INSITU_STATUS_INTERNAL);
}

/* Length of the longest prefix of at most `limit` bytes that ends between two
 * UTF-8 characters: text[limit] is the first byte that is left out, and a
 * continuation byte (10xxxxxx) there means that its character is cut. */
static size_t utf8_cut(const char *text, size_t limit) {
  while (limit > 0 && ((unsigned char)text[limit] & 0xC0) == 0x80) --limit;
  return limit;
}

insitu_status error_set(insitu_error *error, insitu_status status, const char *format, ...) {
  if (error == NULL) return status;
  /* Formatted aside, since an argument may be the old message; one byte longer
   * than the message, so that a cut shows which byte was left out. */
  char text[sizeof error->message + 1];
  va_list arguments;
  va_start(arguments, format);
  int length = format_arguments(text, sizeof text, format, arguments);
  va_end(arguments);
  size_t kept = length < 0 ? 0 : (size_t)length;
  if (kept >= sizeof error->message) kept = utf8_cut(text, sizeof error->message - 1);
  memcpy(error->message, text, kept);
  error->message[kept] = '\0';
  error->status = status;
  return status;
}

insitu_status error_clear(insitu_error *error) {
  if (error != NULL) {
    error->status = INSITU_STATUS_OK;
    error->message[0] = '\0';
  }
  return INSITU_STATUS_OK;
}

insitu_status error_out_of_memory(insitu_error *error, const char *what, size_t size_bytes) {
  return error_set(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: %s needs %zu bytes", what,
                   size_bytes);
}
