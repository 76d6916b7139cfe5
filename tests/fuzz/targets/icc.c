/* One byte that says which pixels, then an ICC profile; what it says is then used. */
#include "decode/icc.h"

#include <string.h>

#include "base/utf8.h"
#include "targets.h"

static void convert_some(const image_colour_space *space) {
  image_colour *colour = image_colour_create(space);
  FUZZ_CHECK(colour != NULL);
  uint8_t planes[3][64];
  uint8_t *rows[3] = {planes[0], planes[1], planes[2]};
  for (int i = 0; i < 64; ++i) {
    planes[0][i] = (uint8_t)(i * 4), planes[1][i] = (uint8_t)(255 - i * 3);
    planes[2][i] = (uint8_t)(i * i);
  }
  image_colour_row(colour, rows, 0, 64);
  uint8_t rgb[3];
  image_colour_wide_pixel(colour, (const uint16_t[3]){0, 65535, 4660}, rgb);
  image_colour_destroy(colour);
}

void fuzz_icc(const uint8_t *bytes, size_t size) {
  if (size < 1) return;
  decode_profile profile;
  if (!icc_read((span){bytes + 1, size - 1}, (icc_pixels)(bytes[0] % 3), &profile)) return;
  FUZZ_CHECK(memchr(profile.name, '\0', sizeof profile.name) != NULL);
  FUZZ_CHECK(profile.use == INSITU_PROFILE_SRGB || profile.use == INSITU_PROFILE_CONVERTED ||
             profile.use == INSITU_PROFILE_NOT_USED);
  if (profile.use != INSITU_PROFILE_CONVERTED) return;
  for (int i = 0; i < 9; ++i) {
    int32_t entry = profile.space.to_srgb[i / 3][i % 3];
    FUZZ_CHECK(entry >= -4 * 65536 && entry <= 4 * 65536);
  }
  convert_some(&profile.space);
}
