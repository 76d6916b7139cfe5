/* What the eight EXIF orientations (CIPA DC-008, tag 0x0112) do to a picture:
 * a swap of the axes, then a mirror of each file axis. */
#ifndef INSITU_IMAGE_ORIENTATION_H_
#define INSITU_IMAGE_ORIENTATION_H_

#include <stdbool.h>
#include <stdint.h>

typedef struct image_orientation {
  bool swaps_axes; /* the file's rows are columns when upright */
  bool mirrors_x;  /* the file's columns run backwards when upright */
  bool mirrors_y;  /* the file's rows run backwards when upright */
} image_orientation;

/* exif: 1..8; anything else is taken as 1, as every viewer does. */
image_orientation image_orientation_from_exif(uint32_t exif);

#endif
