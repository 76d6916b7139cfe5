/* A TIFF block, as JPEG's APP1 and PNG's eXIf hold it. */
#include "decode/exif.h"

#include "targets.h"

void fuzz_exif(const uint8_t *bytes, size_t size) {
  uint32_t orientation = exif_orientation((span){bytes, size});
  FUZZ_CHECK(orientation >= 1 && orientation <= 8);
}
