/* What a file says of its colours, made into what image/colour.h converts. */
#ifndef INSITU_DECODE_PROFILE_H_
#define INSITU_DECODE_PROFILE_H_

#include "base/span.h"
#include "image/colour.h"
#include "insitu.h"

typedef struct decode_profile {
  insitu_profile use;
  char name[48];            /* UTF-8; "" where the file gives none */
  image_colour_space space; /* where use is CONVERTED */
} decode_profile;

/* Samples to light by a formula; see ICC's parametric curves, of which this is
 * the most general: (a x + b)^g + e from d on, c x + f below. */
typedef struct profile_curve {
  double g, a, b, c, d, e, f;
} profile_curve;

void profile_fill_curve(const profile_curve *curve, uint16_t table[256]);

/* Ends a profile whose name and curves are there: use becomes SRGB, CONVERTED, or
 * NOT_USED where the numbers make no sense. to_xyz: light to XYZ under D50. */
void profile_finish(decode_profile *profile, const double to_xyz[3][3]);
/* The same with sRGB's own primaries, and for greys, which have no colour. */
void profile_finish_plain(decode_profile *profile);

/* chromaticities: x, y of white, red, green, blue. False: they make no sense. */
bool profile_primaries(const double chromaticities[8], double to_xyz[3][3]);

#endif
