/* Transparency is laid on white, as paper and most pages are. */
#ifndef INSITU_IMAGE_WHITE_H_
#define INSITU_IMAGE_WHITE_H_

#include <stdint.h>

/* value * alpha + white * (1 - alpha), rounded as Pillow's paste with a mask. */
static inline uint8_t image_lay_on_white(uint8_t value, uint8_t alpha) {
  uint32_t t = (uint32_t)value * alpha + 255u * (255u - alpha) + 128;
  return (uint8_t)((t + (t >> 8)) >> 8);
}

#endif
