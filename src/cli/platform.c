/* POSIX, or Emscripten's copy of it. */
#define _DEFAULT_SOURCE /* readlink, isatty, getrusage under -std=c11 */
#include "cli/platform.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double platform_clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

bool platform_is_terminal(FILE *stream) { return isatty(fileno(stream)); }

uint64_t platform_peak_bytes(void) {
#ifdef __wasm__
  return (uint64_t)__builtin_wasm_memory_size(0) * 65536; /* it never shrinks */
#else
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage)) return 0;
#ifdef __APPLE__
  return (uint64_t)usage.ru_maxrss;
#else
  return (uint64_t)usage.ru_maxrss * 1024;
#endif
#endif
}

void platform_sleep_ms(long milliseconds) {
  struct timespec pause = {.tv_sec = milliseconds / 1000,
                           .tv_nsec = milliseconds % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

static const char *program = "";

void platform_set_program(const char *argv0) { program = argv0; }

void platform_program_folder(char *folder, size_t size) {
  ssize_t length = readlink("/proc/self/exe", folder, size - 1);
#ifdef __wasm__
  length = -1; /* that would be Node */
#endif
  if (length <= 0) length = snprintf(folder, size, "%s", program);
  if ((size_t)length >= size) length = (ssize_t)size - 1;
  folder[length] = '\0';
  char *slash = strrchr(folder, '/');
  if (!slash) {
    snprintf(folder, size, ".");
  } else {
    *slash = '\0';
  }
}
