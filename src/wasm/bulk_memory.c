/* memcpy, memmove and memset of the modules that judge, one instruction each. They are linked
 * for size (wasm-build/flags.mk), and the C library that Emscripten takes then goes byte by byte:
 * 5 ms of a float32 model's way to its first answer. Whatever has SIMD has the instructions. */
#include <stddef.h>
#include <string.h>

#define BULK __attribute__((target("bulk-memory")))

BULK void *memcpy(void *restrict to, const void *restrict from, size_t size_bytes) {
  __builtin_memcpy(to, from, size_bytes);
  return to;
}

BULK void *memmove(void *to, const void *from, size_t size_bytes) {
  __builtin_memmove(to, from, size_bytes);
  return to;
}

BULK void *memset(void *to, int value, size_t size_bytes) {
  __builtin_memset(to, value, size_bytes);
  return to;
}
