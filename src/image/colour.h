/* Rows of another colour space to sRGB, by tables. In integers, so that they are
 * equal on every platform; where a space comes from is decode/'s matter. */
#ifndef INSITU_IMAGE_COLOUR_H_
#define INSITU_IMAGE_COLOUR_H_

#include <stdbool.h>
#include <stdint.h>

/* A space of red, green and blue by its curves and its primaries. */
typedef struct image_colour_space {
  uint16_t curves[3][256]; /* sample to light; 65535 is all of it */
  int32_t to_srgb[3][3];   /* light to sRGB's red, green, blue (rows); 65536 is 1, each
                              within -4..4 */
} image_colour_space;

/* True where no colour of a grid would change by more than 1 of 255: files that
 * say "sRGB" in one of the many ways of saying it then stay as they are. */
bool image_colour_space_is_srgb(const image_colour_space *space);

typedef struct image_colour image_colour;

/* NULL: out of memory. space is copied. */
image_colour *image_colour_create(const image_colour_space *space);
void image_colour_destroy(image_colour *colour);

/* Turns planes of red, green, blue into sRGB in place, for columns [begin, end).
 * Colours that sRGB does not have become the nearest by channel. */
void image_colour_row(const image_colour *colour, uint8_t *const planes[3], uint32_t begin,
                      uint32_t end);
/* One pixel of 16-bit samples. */
void image_colour_wide_pixel(const image_colour *colour, const uint16_t samples[3], uint8_t rgb[3]);

/* sRGB's curve (IEC 61966-2-1): sample to light, both 0..1. */
double image_colour_srgb_to_light(double sample);
/* base to the power of exponent, base >= 0; equal on every platform, which pow() is
 * not, and precise to 12 digits; 0 below 2^-60, 1e18 above 2^60. */
double image_colour_power(double base, double exponent);

#endif
