/* PNG files, uncompressed (8-bit RGB): a map's few pixels need no more, and
 * writing them takes no memory. https://www.w3.org/TR/png-3/ */
#ifndef INSITU_CLI_PNG_H_
#define INSITU_CLI_PNG_H_

#include <stdint.h>
#include <stdio.h>

#define PNG_MAX_WIDTH 16384u /* a row is one stored block, of at most 65,535 bytes */

/* rgb: [height][width][3]; 0 < width <= PNG_MAX_WIDTH. Errors: see ferror(stream). */
void png_write(FILE *stream, uint32_t width, uint32_t height, const uint8_t *rgb);

#endif
