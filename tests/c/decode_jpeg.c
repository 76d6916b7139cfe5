/* JPEG decoding against stb_image itself, pixel by pixel, whole and in parts. */
#include "check.h"
#include "jpeg_files.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_NO_SIMD
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#endif
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/* Where a component is halved in width alone, stb_image weighs the last pair of
 * columns' samples the wrong way round; we do not. */
static bool is_stb_slip(const char *name, int width, size_t x) {
  return strstr(name, "422") != NULL && (int)x == 2 * ((width + 1) / 2 - 1);
}

static size_t count_differences(const char *name, const uint8_t *ours, const uint8_t *theirs,
                                int width, const image_region *region) {
  size_t num_different = 0;
  for (size_t y = region->first_row; y < region->end_row; ++y) {
    for (size_t x = region->first_column; x < region->end_column; ++x) {
      size_t i = (y * (size_t)width + x) * 3;
      if (memcmp(ours + i, theirs + i, 3) != 0 && !is_stb_slip(name, width, x)) ++num_different;
    }
  }
  return num_different;
}

static void equals_stb(const char *name, const uint8_t *bytes, size_t size) {
  int width, height, channels;
  uint8_t *theirs = stbi_load_from_memory(bytes, (int)size, &width, &height, &channels, 3);
  CHECK(theirs != NULL);
  if (theirs == NULL) return;
  /* the whole, then parts that begin and end at all phases of the MCUs */
  for (uint32_t part = 0; part < 12; ++part) {
    image_region region = {0, (uint32_t)height, 0, (uint32_t)width};
    if (part > 0) {
      region = (image_region){part * 2 - 1, (uint32_t)height - part + 1, part * 3 - 2,
                              (uint32_t)width - part};
    }
    decode_header header;
    insitu_error error;
    uint8_t *ours = picture_decode((span){bytes, size}, &region, &header, &error);
    CHECK(ours != NULL);
    if (ours == NULL) {
      printf("    %s\n", error.message);
    } else {
      CHECK_INT(header.width_px, width);
      CHECK_INT(header.height_px, height);
      CHECK_INT(count_differences(name, ours, theirs, width, &region), 0);
    }
    free(ours);
  }
  stbi_image_free(theirs);
}

static void ycck_equals_stb(void) {
  picture cmyk = picture_read("cmyk.jpg");
  picture ycck = jpeg_with_byte(cmyk, jpeg_find_marker(cmyk, 0xee) + 4 + 11, 2);
  equals_stb("ycck", ycck.bytes, ycck.size);
  free(ycck.bytes);
  free(cmyk.bytes);
}

int main(void) {
  char name[128];
  for (size_t i = 0; i < NUM_JPEG_NAMES; ++i) {
    picture p = picture_read(jpeg_names[i]);
    check_begin();
    equals_stb(jpeg_names[i], p.bytes, p.size);
    snprintf(name, sizeof name, "%s equals stb_image", jpeg_names[i]);
    check_end(name);
    free(p.bytes);
  }
  RUN(ycck_equals_stb);
  return check_summary();
}
