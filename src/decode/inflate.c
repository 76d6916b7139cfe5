/* The only place that includes stb_image, and of it only inflate. Its picture
 * readers hold a photo three times over (12 megapixels: 90 MB), take half a
 * JPEG for a whole one, and carry GHSL-2023-145..151 in their GIF, PIC, TGA,
 * flip and conversion code; src/decode reads JPEG and PNG itself, row by row,
 * and tests/c/decode_jpeg.c holds it to stb_image's pixels. */
#include "decode/inflate.h"

#include "base/alloc.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_SUPPORT_ZLIB
#define STBI_NO_JPEG
#define STBI_NO_PNG
#define STBI_NO_BMP
#define STBI_NO_PSD
#define STBI_NO_TGA
#define STBI_NO_GIF
#define STBI_NO_HDR
#define STBI_NO_PIC
#define STBI_NO_PNM
#define STBI_NO_LINEAR
#define STBI_NO_STDIO
#define STBI_NO_SIMD
#define STBI_NO_FAILURE_STRINGS
#define STBI_MALLOC(size) alloc_bytes(size)
#define STBI_REALLOC(memory, size) alloc_resize(memory, size)
#define STBI_FREE(memory) alloc_free(memory)
/* Its assertions are about damaged files, which are not our bug. */
#define STBI_ASSERT(condition) ((void)0)

#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function" /* to the end: told there */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wconversion"
#endif
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

bool inflate_bytes(span stream, uint8_t *out, size_t out_size) {
  return stbi_zlib_decode_buffer((char *)out, (int)out_size, (const char *)stream.data,
                                 (int)stream.size_bytes) == (int)out_size;
}
