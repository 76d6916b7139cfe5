/* ICC profiles (ICC.1:2022), as far as a matrix and curves go: those of cameras,
 * phones, screens and working spaces. */
#ifndef INSITU_DECODE_ICC_H_
#define INSITU_DECODE_ICC_H_

#include "base/span.h"
#include "decode/profile.h"

/* What the pixels are that the profile is said to describe. */
typedef enum icc_pixels { ICC_GREY, ICC_RGB, ICC_CMYK } icc_pixels;

/* Fills *profile: SRGB, CONVERTED, or NOT_USED where the profile is damaged, does
 * not fit the pixels, or is made of tables of colours. False: it is no profile. */
bool icc_read(span icc, icc_pixels pixels, decode_profile *profile);

#endif
