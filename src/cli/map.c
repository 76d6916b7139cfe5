/* The judged square in grey, and over it the map: the warmer, the more a place
 * speaks for the class. */
#include "cli/map.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/platform.h"
#include "cli/png.h"

static double cell(const insitu_map *map, double column, double row) {
  uint32_t x = (uint32_t)fmin(fmax(column, 0), map->width - 1);
  uint32_t y = (uint32_t)fmin(fmax(row, 0), map->height - 1);
  return (double)map->values[(size_t)y * map->width + x];
}

double map_value(const insitu_map *map, double x, double y) {
  double column = x * map->width - 0.5, row = y * map->height - 0.5;
  double left = floor(column), top = floor(row), dx = column - left, dy = row - top;
  return (cell(map, left, top) * (1 - dx) + cell(map, left + 1, top) * dx) * (1 - dy) +
         (cell(map, left, top + 1) * (1 - dx) + cell(map, left + 1, top + 1) * dx) * dy;
}

/* rgb: [H,W,3], in and out. Grey at 0, over red to yellow at 1. */
static void paint(const insitu_map *map, uint32_t width, uint32_t height, uint8_t *rgb) {
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x, rgb += 3) {
      double value = map_value(map, (x + 0.5) / width, (y + 0.5) / height);
      double grey = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
      double share = 0.65 * value; /* the picture stays visible below */
      double colour[3] = {255, value > 0.5 ? 510 * (value - 0.5) : 0, 0};
      for (int c = 0; c < 3; ++c) {
        rgb[c] = (uint8_t)lround(grey * (1 - share) + colour[c] * share);
      }
    }
  }
}

insitu_status map_write(const char *path, const cli_model *model, insitu_error *error) {
  const insitu_answer *answer = insitu_classifier_answer(model->classifier);
  const insitu_input *input = insitu_pack_input(model->pack);
  if (!answer || answer->map.width == 0) {
    return cli_fail(error, INSITU_STATUS_UNSUPPORTED,
                    "there is no map: the network does not end in a mean over its last feature map "
                    "and one dense layer");
  }
  size_t size = (size_t)input->width_px * input->height_px * 3;
  uint8_t *rgb = insitu_alloc(size);
  if (!rgb) return cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the map");
  memcpy(rgb, model->rgb, size);
  paint(&answer->map, input->width_px, input->height_px, rgb);
  FILE *stream = platform_open(path, "wb");
  insitu_status status = INSITU_STATUS_OK;
  if (!stream) {
    status = cli_fail(error, INSITU_STATUS_IO, "cannot create %.160s: %s", path, strerror(errno));
  } else {
    png_write(stream, input->width_px, input->height_px, rgb);
    bool written = !ferror(stream);
    if (fclose(stream) || !written) {
      status = cli_fail(error, INSITU_STATUS_IO, "cannot write %.160s: %s", path, strerror(errno));
    }
  }
  insitu_free(rgb);
  return status;
}
