/* What the picture tests share: sinks that keep all pixels, files that are
 * changed in memory. Include after check.h. */
#ifndef INSITU_TESTS_PICTURES_H_
#define INSITU_TESTS_PICTURES_H_

#include "decode/decode.h"
#include "insitu.h"

#define GOLDEN "tests/golden/"

typedef struct picture {
  uint8_t *bytes;
  size_t size;
} picture;

CHECK_UNUSED static picture picture_read(const char *name) {
  char path[256];
  snprintf(path, sizeof path, GOLDEN "%s", name);
  picture p;
  p.bytes = check_read_file(path, &p.size);
  return p;
}

/* Prepared to 24 x 18 from the whole picture; rgb may be NULL. */
CHECK_UNUSED static insitu_status picture_prepare(const uint8_t *bytes, size_t size, uint8_t *rgb,
                                                  insitu_error *error) {
  static const insitu_input input = {.width_px = 24, .height_px = 18, .crop_fraction = 1.0};
  uint8_t own[24 * 18 * 3];
  return insitu_picture_prepare(bytes, size, NULL, &input, rgb == NULL ? own : rgb, NULL, error);
}

/* Equal pixels, though the files differ. */
CHECK_UNUSED static void picture_check_same(picture whole, picture other) {
  uint8_t pixels[2][24 * 18 * 3];
  insitu_error error;
  CHECK_INT(picture_prepare(whole.bytes, whole.size, pixels[0], &error), INSITU_STATUS_OK);
  CHECK_INT(picture_prepare(other.bytes, other.size, pixels[1], &error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  CHECK_INT(memcmp(pixels[0], pixels[1], sizeof pixels[0]), 0);
}

/* Freed by the caller: p with `inserted` before byte `offset`. */
CHECK_UNUSED static picture picture_with_bytes(picture p, size_t offset, const void *inserted,
                                               size_t size) {
  picture longer = {malloc(p.size + size), p.size + size};
  memcpy(longer.bytes, p.bytes, offset);
  memcpy(longer.bytes + offset, inserted, size);
  memcpy(longer.bytes + offset + size, p.bytes + offset, p.size - offset);
  return longer;
}

/* Keeps the rows of a region in an interleaved picture of the whole width. */
typedef struct picture_canvas {
  uint8_t *rgb; /* [height, width, 3] */
  uint32_t width, first_column, end_column, next_row;
} picture_canvas;

CHECK_UNUSED static void picture_keep_row(void *context, uint32_t row,
                                          const uint8_t *const planes[3]) {
  picture_canvas *canvas = context;
  CHECK_INT(row, canvas->next_row); /* in order, none left out */
  canvas->next_row = row + 1;
  for (uint32_t x = canvas->first_column; x < canvas->end_column; ++x) {
    for (uint32_t c = 0; c < 3; ++c) {
      canvas->rgb[((size_t)row * canvas->width + x) * 3 + c] = planes[c][x];
    }
  }
}

/* Decodes a region of a picture; the rest of the canvas is zero. The caller
 * frees the canvas. NULL on failure. */
CHECK_UNUSED static uint8_t *picture_decode(span file, const image_region *region,
                                            decode_header *header, insitu_error *error) {
  if (decode_read_header(file, header, error) != INSITU_STATUS_OK) return NULL;
  image_region all = {0, header->height_px, 0, header->width_px};
  if (region == NULL) region = &all;
  picture_canvas canvas = {
      .rgb = calloc((size_t)header->width_px * header->height_px, 3),
      .width = header->width_px,
      .first_column = region->first_column,
      .end_column = region->end_column,
      .next_row = region->first_row,
  };
  image_sink sink = {.region = *region, .row = picture_keep_row, .context = &canvas};
  insitu_status status = decode_rows(file, header, &sink, error);
  if (status != INSITU_STATUS_OK) {
    free(canvas.rgb);
    return NULL;
  }
  CHECK_INT(canvas.next_row, region->end_row);
  return canvas.rgb;
}

#endif
