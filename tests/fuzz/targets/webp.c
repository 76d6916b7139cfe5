/* A file that the WebP reader takes up. */
#include "picture.h"

void fuzz_webp(const uint8_t *bytes, size_t size) {
  if (size < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WEBP", 4) != 0) return;
  picture_fuzz(bytes, size);
}
