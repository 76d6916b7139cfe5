/* Formats by the C library. */
#include "base/format.h"

#include <stdio.h>

/* Emscripten's vsniprintf, which its header does not declare, knows no floats and is 4 KB
 * smaller. */
#ifdef FORMAT_WITHOUT_FLOATS
int vsniprintf(char *restrict text, size_t room, const char *restrict format, va_list arguments);
#else
#define vsniprintf vsnprintf
#endif

int format_arguments(char *text, size_t room, const char *format, va_list arguments) {
  return vsniprintf(text, room, format, arguments);
}

int format_text(char *text, size_t room, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = format_arguments(text, room, format, arguments);
  va_end(arguments);
  return length;
}
