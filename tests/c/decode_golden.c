/* insitu_picture_prepare against tests/golden/prepare.txt: every kind of PNG,
 * all orientations, crops and sizes, equal to Pillow to the last bit. */
#include "check.h"

#include "base/sha256.h"
#include "insitu.h"

#define GOLDEN "tests/golden/"

typedef struct golden_case {
  char file[64], crop[64], sha256[65];
  unsigned width, height;
  double fraction;
} golden_case;

static void prepare_equals(const golden_case *c) {
  char path[128];
  snprintf(path, sizeof path, GOLDEN "%s", c->file);
  size_t size;
  uint8_t *file = check_read_file(path, &size);
  insitu_crop crop = {0};
  bool has_crop = strcmp(c->crop, "-") != 0;
  if (has_crop) {
    CHECK_INT(sscanf(c->crop, "%lf,%lf,%lf,%lf", &crop.x, &crop.y, &crop.width, &crop.height), 4);
  }
  insitu_input input = {.width_px = c->width, .height_px = c->height, .crop_fraction = c->fraction};
  size_t rgb_size = (size_t)c->width * c->height * 3;
  uint8_t *rgb = malloc(rgb_size);
  insitu_picture info;
  insitu_error error;
  insitu_status status =
      insitu_picture_prepare(file, size, has_crop ? &crop : NULL, &input, rgb, &info, &error);
  CHECK_INT(status, INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  if (status == INSITU_STATUS_OK) {
    char hex[65];
    sha256_hex((span){rgb, rgb_size}, hex);
    CHECK_STR(hex, c->sha256);
    CHECK_INT(info.format, INSITU_FORMAT_PNG);
    CHECK(info.decode_ms >= 0.0 && info.prepare_ms >= 0.0);
  }
  free(rgb);
  free(file);
}

int main(void) {
  size_t size;
  char *table = (char *)check_read_file(GOLDEN "prepare.txt", &size);
  table = realloc(table, size + 1);
  table[size] = '\0';
  for (char *line = strtok(table, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    golden_case c;
    check_begin();
    int num_fields = sscanf(line, "%63s %63s %u %u %lf %64s", c.file, c.crop, &c.width, &c.height,
                            &c.fraction, c.sha256);
    CHECK_INT(num_fields, 6);
    if (num_fields == 6) prepare_equals(&c);
    char name[256];
    snprintf(name, sizeof name, "%s %s to %u x %u, %g", c.file, c.crop, c.width, c.height,
             c.fraction);
    check_end(name);
  }
  free(table);
  return check_summary();
}
