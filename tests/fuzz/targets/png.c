/* A file that the PNG reader takes up. Its checksums are what a fuzzer cannot
 * guess, so its mutator mends them in most files (libfuzzer.c). */
#include "picture.h"

void fuzz_png(const uint8_t *bytes, size_t size) {
  if (size < 8 || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) != 0) return;
  picture_fuzz(bytes, size);
}
