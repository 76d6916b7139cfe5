/* Every golden JPEG and PNG beside libjpeg-turbo's and libpng's pixels (made by
 * tests/golden/decoded/make.py), without what names a colour space, which those
 * two do not convert. PNG: equal to the last bit, but for 16 bits with transparency,
 * which libpng lays on white before it cuts them to 8, where ours may be 1 apart.
 * JPEG: the standard leaves the cosine transform's rounding and the upsampling of
 * colours to the decoder. */
#include "check.h"
#include "pictures.h"

#include "base/sha256.h"

/* Of 255, and its mean over a picture; measured: 3 and 0.17. */
#define MAX_JPEG_DIFFERENCE 3
#define MAX_JPEG_MEAN 0.2

typedef struct reference {
  char file[64], value[80];
  unsigned width, height;
} reference;

static void cut(picture *p, size_t offset, size_t size) {
  memmove(p->bytes + offset, p->bytes + offset + size, p->size - offset - size);
  p->size -= size;
}

static uint32_t u32_be(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void cut_png_colours(picture *p) {
  static const char *const kinds[] = {"iCCP", "gAMA", "cHRM", "cICP", "sRGB"};
  for (size_t at = 8; at + 12 <= p->size;) {
    size_t size = 12 + (size_t)u32_be(p->bytes + at);
    bool is_colour = false;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
      is_colour |= memcmp(p->bytes + at + 4, kinds[k], 4) == 0;
    }
    if (is_colour) cut(p, at, size);
    else at += size;
  }
}

static void cut_jpeg_profile(picture *p) {
  for (size_t at = 2; at + 4 <= p->size && p->bytes[at] == 0xff && p->bytes[at + 1] != 0xda;) {
    size_t size = 2 + (size_t)(p->bytes[at + 2] << 8 | p->bytes[at + 3]);
    if (p->bytes[at + 1] == 0xe2) cut(p, at, size);
    else at += size;
  }
}

static void compare_pixels(const uint8_t *rgb, const char *name, size_t size, bool is_jpeg) {
  const int limit = is_jpeg ? MAX_JPEG_DIFFERENCE : 1;
  const double mean_limit = is_jpeg ? MAX_JPEG_MEAN : 1;
  char path[128];
  decode_header header;
  insitu_error error;
  snprintf(path, sizeof path, "decoded/%s", name);
  picture p = picture_read(path);
  uint8_t *expected = picture_decode((span){p.bytes, p.size}, NULL, &header, &error);
  CHECK(expected != NULL && (size_t)header.width_px * header.height_px * 3 == size);
  int largest = 0;
  double sum = 0;
  for (size_t i = 0; expected != NULL && i < size; i++) {
    int difference = abs(rgb[i] - expected[i]);
    if (difference > largest) largest = difference;
    sum += difference;
  }
  if (largest > limit || sum > mean_limit * (double)size) {
    printf("    largest difference %d, mean %g\n", largest, sum / (double)size);
  }
  CHECK(largest <= limit);
  CHECK(sum <= mean_limit * (double)size);
  free(expected);
  free(p.bytes);
}

static void decodes_as(const reference *r) {
  decode_header header;
  insitu_error error = {0};
  picture p = picture_read(r->file);
  if (p.bytes[0] == 0xff) cut_jpeg_profile(&p);
  else cut_png_colours(&p);
  uint8_t *rgb = picture_decode((span){p.bytes, p.size}, NULL, &header, &error);
  CHECK_STR(error.message, "");
  if (rgb != NULL) {
    size_t size = (size_t)header.width_px * header.height_px * 3;
    CHECK_INT(header.width_px, r->width);
    CHECK_INT(header.height_px, r->height);
    if (strstr(r->value, ".png") != NULL) {
      compare_pixels(rgb, r->value, size, strstr(r->file, ".jpg") != NULL);
    } else {
      char hex[65];
      sha256_hex((span){rgb, size}, hex);
      CHECK_STR(hex, r->value);
    }
  }
  free(rgb);
  free(p.bytes);
}

int main(void) {
  size_t size;
  char *table = (char *)check_read_file(GOLDEN "decoded/references.txt", &size);
  table = realloc(table, size + 1);
  table[size] = '\0';
  for (char *line = strtok(table, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    reference r;
    check_begin();
    int num_fields = sscanf(line, "%63s %u %u %79s", r.file, &r.width, &r.height, r.value);
    CHECK_INT(num_fields, 4);
    if (num_fields == 4) decodes_as(&r);
    check_end(r.file);
  }
  free(table);
  return check_summary();
}
