/* printf's formats into a text of fixed room. The modules that decode leave out floats (%g,
 * %f, %e), which nothing there has: wasm-build/rules.mk. */
#ifndef INSITU_BASE_FORMAT_H_
#define INSITU_BASE_FORMAT_H_

#include <stdarg.h>
#include <stddef.h>

/* As snprintf and vsnprintf: cut to room - 1 bytes and ended with NUL; returns the length that
 * the whole has, or less than 0. */
__attribute__((format(printf, 3, 4))) int format_text(char *text, size_t room, const char *format,
                                                      ...);
int format_arguments(char *text, size_t room, const char *format, va_list arguments);

#endif
