/* insitu.h's raw pixels: what a caller has decoded goes through the same crop,
 * resize and measures as a file. Converts rows as decode/png does: 16 bits
 * become their upper 8, grey becomes RGB, transparency is laid on white. */
#include "api/picture.h"

#include "base/alloc.h"
#include "base/checked.h"
#include "base/clock.h"
#include "base/error.h"
#include "decode/limits.h"
#include "image/white.h"

static uint32_t num_channels(uint32_t layout) {
  switch (layout) {
    case INSITU_PIXELS_RGB: return 3;
    case INSITU_PIXELS_RGBA: return 4;
    case INSITU_PIXELS_GREY: return 1;
    default: return 0;
  }
}

static insitu_status check_fields(const insitu_pixels *pixels, insitu_error *error) {
  if (pixels == NULL || pixels->data == NULL) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "%s is NULL",
                     pixels == NULL ? "pixels" : "pixels.data");
  }
  if (num_channels(pixels->layout) == 0) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "pixels.layout is %u; it must be 1 (RGB), 2 (RGBA) or 3 (grey)",
                     pixels->layout);
  }
  if (pixels->bits != 8 && pixels->bits != 16) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "pixels.bits is %u; a sample must have 8 or 16", pixels->bits);
  }
  if (pixels->orientation < 1 || pixels->orientation > 8) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "pixels.orientation is %u; it must be within 1..8", pixels->orientation);
  }
  if (pixels->width_px == 0 || pixels->height_px == 0) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "pixels are %u x %u; there are none",
                     pixels->width_px, pixels->height_px);
  }
  if (pixels->bits == 16 && ((uintptr_t)pixels->data % 2 != 0 || pixels->stride_bytes % 2 != 0)) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "pixels.data and pixels.stride_bytes (%zu) must be even for 16 bits a sample",
                     pixels->stride_bytes);
  }
  return error_clear(error);
}

/* The size has been checked. */
static insitu_status check_extent(const insitu_pixels *pixels, insitu_error *error) {
  /* No wrap: a side has at most five digits. */
  size_t row_bytes = (size_t)pixels->width_px * num_channels(pixels->layout) * (pixels->bits / 8);
  if (pixels->stride_bytes < row_bytes) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "pixels.stride_bytes is %zu; a row of %u pixels has %zu", pixels->stride_bytes,
                     pixels->width_px, row_bytes);
  }
  size_t needed;
  if (!checked_mul(pixels->stride_bytes, pixels->height_px - 1, &needed) ||
      !checked_add(needed, row_bytes, &needed) || needed > pixels->size_bytes) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "pixels.size_bytes is %zu; %u rows, %zu bytes apart, take more",
                     pixels->size_bytes, pixels->height_px, pixels->stride_bytes);
  }
  return error_clear(error);
}

typedef struct pixel_source {
  const insitu_pixels *pixels;
  uint8_t *planes[3]; /* [width] each */
} pixel_source;

static uint8_t sample_at(const uint8_t *row, uint32_t bits, size_t index) {
  return bits == 8 ? row[index] : (uint8_t)(((const uint16_t *)(const void *)row)[index] >> 8);
}

/* Columns first..end of a row into the planes. */
static void unpack(const pixel_source *source, const uint8_t *row, uint32_t first, uint32_t end) {
  const insitu_pixels *pixels = source->pixels;
  uint32_t channels = num_channels(pixels->layout), bits = pixels->bits;
  for (uint32_t x = first; x < end; ++x) {
    size_t at = (size_t)x * channels;
    uint8_t alpha = channels == 4 ? sample_at(row, bits, at + 3) : 255;
    for (uint32_t c = 0; c < 3; ++c) {
      uint8_t value = sample_at(row, bits, at + (channels == 1 ? 0 : c));
      source->planes[c][x] = image_lay_on_white(value, alpha);
    }
  }
}

static insitu_status give_rows(void *context, const image_sink *sink, insitu_error *error) {
  pixel_source *source = context;
  const insitu_pixels *pixels = source->pixels;
  const uint8_t *rgb[3] = {source->planes[0], source->planes[1], source->planes[2]};
  for (uint32_t y = sink->region.first_row; y < sink->region.end_row; ++y) {
    const uint8_t *row = (const uint8_t *)pixels->data + y * pixels->stride_bytes;
    unpack(source, row, sink->region.first_column, sink->region.end_column);
    sink->row(sink->context, y, rgb);
  }
  return error_clear(error);
}

insitu_status insitu_picture_prepare_pixels(const insitu_pixels *pixels, const insitu_crop *crop,
                                            const insitu_input *input, uint8_t *rgb,
                                            insitu_picture *picture, insitu_error *error) {
  double start_ms = clock_ms();
  insitu_status status = check_fields(pixels, error);
  if (status == INSITU_STATUS_OK) {
    status = limits_check_size(pixels->width_px, pixels->height_px, error);
  }
  if (status == INSITU_STATUS_OK) status = check_extent(pixels, error);
  if (status == INSITU_STATUS_OK) status = picture_check_request(crop, input, rgb, error);
  if (status != INSITU_STATUS_OK) return status;

  insitu_picture facts = picture_describe(pixels->width_px, pixels->height_px, pixels->orientation);
  facts.format = INSITU_FORMAT_PIXELS;
  facts.decoder = INSITU_DECODER_CALLER;
  pixel_source from = {.pixels = pixels};
  bool has_planes = true;
  for (int c = 0; c < 3; ++c) {
    from.planes[c] = alloc_bytes(pixels->width_px);
    has_planes = has_planes && from.planes[c] != NULL;
  }
  if (has_planes) {
    picture_source source = {pixels->width_px, pixels->height_px, 1, give_rows, &from};
    status = picture_prepare(&source, &facts, start_ms, crop, input, rgb, picture, error);
  } else {
    status = error_out_of_memory(error, "a row of the picture", (size_t)pixels->width_px * 3);
  }
  for (int c = 0; c < 3; ++c) alloc_free(from.planes[c]);
  return status;
}
