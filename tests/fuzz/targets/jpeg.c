/* A file that the JPEG reader takes up. */
#include "picture.h"

void fuzz_jpeg(const uint8_t *bytes, size_t size) {
  if (size < 3 || memcmp(bytes, "\xff\xd8\xff", 3) != 0) return;
  picture_fuzz(bytes, size);
}
