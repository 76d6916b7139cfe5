/* Monotonic time: the system's in a native build, performance.now() in WASM. */
#define _POSIX_C_SOURCE 199309L /* clock_gettime under -std=c11 */
#include "base/clock.h"

#include <time.h>

double clock_ms(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0.0;
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}
