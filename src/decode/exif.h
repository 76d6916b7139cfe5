/* The one EXIF field that matters here. */
#ifndef INSITU_DECODE_EXIF_H_
#define INSITU_DECODE_EXIF_H_

#include "base/span.h"

/* Orientation 1..8 from a TIFF block (the content of JPEG's APP1 after
 * "Exif\0\0", or of PNG's eXIf); 1 where there is none or it makes no sense,
 * since no viewer refuses a photo for that. */
uint32_t exif_orientation(span tiff);

#endif
