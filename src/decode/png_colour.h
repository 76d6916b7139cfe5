/* What a PNG says of its colours, in five chunks, of which one counts. */
#ifndef INSITU_DECODE_PNG_COLOUR_H_
#define INSITU_DECODE_PNG_COLOUR_H_

#include "base/span.h"
#include "decode/profile.h"
#include "insitu.h"

/* Contents of the first of each kind; data NULL: not there. */
typedef struct png_colour {
  span cicp, iccp, srgb, gama, chrm;
} png_colour;

/* The one that counts (PNG, third edition, 4.3), as the first that makes sense of:
 * cICP, iCCP, sRGB, gAMA with cHRM. cHRM alone means nothing to browsers. */
insitu_status png_read_profile(const png_colour *colour, bool is_grey, decode_profile *profile,
                               insitu_error *error);

#endif
