/* WebP pixels, by libwebp: the columns that are wanted, from the first row that
 * is on to the picture's end (so that what is missing or damaged below is seen),
 * into one buffer, and from there as rows. Transparency is laid on white, and so
 * is what an animation's first frame leaves free. */
#include "decode/webp.h"

#include <string.h>

#include <src/webp/decode.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/error.h"
#include "decode/webp_memory.h"
#include "image/colour.h"
#include "image/white.h"

/* Chroma is interpolated: what is cut off too close lacks its neighbours. Even,
 * since libwebp rounds an odd left and top down. */
enum { MARGIN_PX = 4 };

typedef struct decoder {
  const webp_header *header;
  const image_sink *sink;
  /* What is decoded, in the frame: the sink's region, where it covers the frame. */
  uint32_t left, top, right, bottom;
  size_t stride_bytes;
  uint8_t *pixels;      /* [bottom - top, right - left, 4] */
  image_colour *colour; /* NULL: the pixels are sRGB */
  uint8_t *planes[4];   /* [canvas width] each: red, green, blue, alpha */
} decoder;

static uint32_t clamp(uint32_t value, uint32_t low, uint32_t high) {
  return value < low ? low : value > high ? high : value;
}

/* The part of [begin, end) of the canvas in a frame at `origin`, as [low, high)
 * of the frame, with a margin. Equal where there is none. */
static void cut(uint32_t begin, uint32_t end, uint32_t origin, uint32_t size, uint32_t *low,
                uint32_t *high) {
  uint32_t first = clamp(begin, origin, origin + size) - origin;
  uint32_t last = clamp(end, origin, origin + size) - origin;
  *low = first > MARGIN_PX ? (first - MARGIN_PX) & ~1u : 0;
  *high = last < size - (size < MARGIN_PX ? size : MARGIN_PX) ? last + MARGIN_PX : size;
  if (first == last) *low = *high = 0;
}

static insitu_status allocate(decoder *d, insitu_error *error) {
  size_t size_bytes = 0;
  bool ok = checked_mul(d->right - d->left, 4, &d->stride_bytes) &&
            checked_mul(d->stride_bytes, d->bottom - d->top, &size_bytes);
  if (ok) d->pixels = alloc_bytes(size_bytes);
  ok = d->pixels != NULL;
  for (int i = 0; i < 4; ++i) {
    d->planes[i] = alloc_bytes(d->header->width_px);
    ok = ok && d->planes[i] != NULL;
  }
  if (d->header->profile.use == INSITU_PROFILE_CONVERTED) {
    d->colour = image_colour_create(&d->header->profile.space);
    ok = ok && d->colour != NULL;
  }
  if (ok) return error_clear(error);
  return error_out_of_memory(error, "decoding the WebP", size_bytes);
}

static insitu_status explain(VP8StatusCode code, const decoder *d, insitu_error *error) {
  /* libwebp says it of damaged alpha too, and of a failed allocation other things. */
  if (code != VP8_STATUS_OK && webp_memory_is_short) {
    return error_out_of_memory(error, "decoding the WebP", (size_t)d->header->working_bytes);
  }
  switch (code) {
    case VP8_STATUS_OK: return error_clear(error);
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return error_set(error, INSITU_STATUS_TRUNCATED,
                       "The WebP's picture ends before its last row. Copy or download it again");
    default:
      return error_set(error, INSITU_STATUS_DAMAGED,
                       "The WebP is damaged: its picture cannot be decoded");
  }
}

static insitu_status decode(decoder *d, insitu_error *error) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) {
    return error_set(error, INSITU_STATUS_INTERNAL, "libwebp is not of its header's version");
  }
  config.options.use_cropping = 1;
  config.options.crop_left = (int)d->left;
  config.options.crop_top = (int)d->top;
  config.options.crop_width = (int)(d->right - d->left);
  config.options.crop_height = (int)(d->bottom - d->top);
  config.output.colorspace = MODE_RGBA; /* WEBP_REDUCE_CSP leaves no other that serves */
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = d->pixels;
  config.output.u.RGBA.stride = (int)d->stride_bytes;
  config.output.u.RGBA.size = d->stride_bytes * (d->bottom - d->top);
  webp_memory_is_short = false;
  VP8StatusCode code = WebPDecode(d->header->coded.data, d->header->coded.size_bytes, &config);
  WebPFreeDecBuffer(&config.output);
  return explain(code, d, error);
}

/* Columns first..end of the canvas, of which the frame's are decoded. */
static void unpack(const decoder *d, uint32_t y, uint32_t first, uint32_t end) {
  const webp_header *header = d->header;
  for (int c = 0; c < 3; ++c) memset(d->planes[c] + first, 255, end - first);
  if (y < header->y_px || y - header->y_px < d->top || y - header->y_px >= d->bottom) return;
  const uint8_t *row = d->pixels + (y - header->y_px - d->top) * d->stride_bytes;
  uint32_t begin = clamp(first, header->x_px + d->left, header->x_px + d->right);
  uint32_t stop = clamp(end, header->x_px + d->left, header->x_px + d->right);
  uint8_t *const *planes = d->planes;
  const uint8_t *pixel = row + (size_t)(begin - header->x_px - d->left) * 4;
  for (uint32_t x = begin; x < stop; ++x, pixel += 4) {
    for (int c = 0; c < 4; ++c) planes[c][x] = pixel[c];
  }
  if (d->colour != NULL) image_colour_row(d->colour, planes, begin, stop);
  if (!header->has_alpha) return;
  for (int c = 0; c < 3; ++c) {
    for (uint32_t x = begin; x < stop; ++x) {
      planes[c][x] = image_lay_on_white(planes[c][x], planes[3][x]);
    }
  }
}

insitu_status webp_decode_rows(span file, const webp_header *header, const image_sink *sink,
                               insitu_error *error) {
  (void)file;
  decoder d = {.header = header, .sink = sink};
  const image_region *region = &sink->region;
  cut(region->first_column, region->end_column, header->x_px, header->coded_width_px, &d.left,
      &d.right);
  cut(region->first_row, region->end_row, header->y_px, header->coded_height_px, &d.top, &d.bottom);
  d.bottom = header->coded_height_px;
  if (d.left == d.right) d.right = header->coded_width_px; /* beside it: seen to be whole */
  insitu_status status = allocate(&d, error);
  if (status == INSITU_STATUS_OK) status = decode(&d, error);
  const uint8_t *rgb[3] = {d.planes[0], d.planes[1], d.planes[2]};
  for (uint32_t y = region->first_row; status == INSITU_STATUS_OK && y < region->end_row; ++y) {
    unpack(&d, y, region->first_column, region->end_column);
    sink->row(sink->context, y, rgb);
  }
  alloc_free(d.pixels);
  image_colour_destroy(d.colour);
  for (int i = 0; i < 4; ++i) alloc_free(d.planes[i]);
  return status;
}
