/* The table of EXIF orientations. Turns no pixels: image/resize does, while it
 * writes its few output pixels. */
#include "image/orientation.h"

image_orientation image_orientation_from_exif(uint32_t exif) {
  static const image_orientation table[8] = {
      {false, false, false}, /* 1: as it is */
      {false, true, false},  /* 2: mirrored */
      {false, true, true},   /* 3: half a turn */
      {false, false, true},  /* 4: upside down and mirrored */
      {true, false, false},  /* 5: transposed */
      {true, false, true},   /* 6: needs a quarter turn clockwise */
      {true, true, true},    /* 7: transposed over the other diagonal */
      {true, true, false},   /* 8: needs a quarter turn anticlockwise */
  };
  return table[exif >= 1 && exif <= 8 ? exif - 1 : 0];
}
