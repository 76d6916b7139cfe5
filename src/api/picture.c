/* insitu.h's pictures: checks what the caller gives, joins decoder and resize,
 * and takes the time of each. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "decode/decode.h"
#include "image/orientation.h"
#include "image/resize.h"
#include "insitu.h"

static insitu_status check_file(const uint8_t *file, size_t file_size, insitu_error *error) {
  if (file == NULL && file_size > 0) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "file is NULL, its size %zu bytes",
                     file_size);
  }
  return error_clear(error);
}

/* Comparisons that are false for NaN. A crop that comes from pixels may end a
 * rounding error beyond 1. */
static bool is_range(double begin, double length) {
  return begin >= 0.0 && length > 0.0 && begin + length <= 1.0 + 1e-9;
}

static insitu_status check_request(const insitu_crop *crop, const insitu_input *input,
                                   const uint8_t *rgb, insitu_error *error) {
  if (input == NULL || rgb == NULL) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "%s is NULL",
                     input == NULL ? "input" : "rgb");
  }
  if (input->width_px < 1 || input->width_px > INSITU_MAX_INPUT_SIDE_PX ||
      input->height_px < 1 || input->height_px > INSITU_MAX_INPUT_SIDE_PX) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "input is %u x %u px; each side must be within 1..%u", input->width_px,
                     input->height_px, INSITU_MAX_INPUT_SIDE_PX);
  }
  if (crop == NULL && !(input->crop_fraction > 0.0 && input->crop_fraction <= 1.0)) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "crop_fraction is %g; it must be above 0 and at most 1",
                     input->crop_fraction);
  }
  if (crop != NULL && !(is_range(crop->x, crop->width) && is_range(crop->y, crop->height))) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "crop is x %g, y %g, width %g, height %g; it must lie within the picture, "
                     "0..1",
                     crop->x, crop->y, crop->width, crop->height);
  }
  return error_clear(error);
}

static insitu_picture describe(const decode_header *header) {
  bool swaps = image_orientation_from_exif(header->orientation).swaps_axes;
  insitu_picture picture = {
      .version = INSITU_PICTURE_VERSION,
      .size_bytes = sizeof(insitu_picture),
      .format = header->format,
      .decoder = INSITU_DECODER_OWN,
      .width_px = swaps ? header->height_px : header->width_px,
      .height_px = swaps ? header->width_px : header->height_px,
      .orientation = header->orientation,
      .profile = header->profile,
#define UNMEASURED(name) .quality.name = NAN,
      INSITU_QUALITY_LIST(UNMEASURED)
#undef UNMEASURED
  };
  memcpy(picture.profile_name, header->profile_name, sizeof picture.profile_name);
  return picture;
}

insitu_status insitu_picture_probe(const uint8_t *file, size_t file_size,
                                   insitu_picture *picture, insitu_error *error) {
  insitu_status status = check_file(file, file_size, error);
  if (status != INSITU_STATUS_OK) return status;
  if (picture == NULL) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "picture is NULL");
  }
  decode_header header;
  status = decode_read_header((span){file, file_size}, &header, error);
  if (status == INSITU_STATUS_OK) *picture = describe(&header);
  return status;
}

/* The resize's sink with a clock round it: rows come while decoding goes on. */
typedef struct timed_sink {
  image_sink inner;
  double elapsed_ms;
} timed_sink;

static void take_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  timed_sink *timed = context;
  double start_ms = clock_ms();
  timed->inner.row(timed->inner.context, row, planes);
  timed->elapsed_ms += clock_ms() - start_ms;
}

insitu_status insitu_picture_prepare(const uint8_t *file, size_t file_size,
                                     const insitu_crop *crop, const insitu_input *input,
                                     uint8_t *rgb, insitu_picture *picture,
                                     insitu_error *error) {
  double start_ms = clock_ms();
  insitu_status status = check_file(file, file_size, error);
  if (status == INSITU_STATUS_OK) status = check_request(crop, input, rgb, error);
  if (status != INSITU_STATUS_OK) return status;

  span bytes = {file, file_size};
  decode_header header;
  status = decode_read_header(bytes, &header, error);
  if (status != INSITU_STATUS_OK) return status;
  insitu_picture found = describe(&header);
  image_resize_options options = {
      .width_px = header.width_px,
      .height_px = header.height_px,
      .orientation = header.orientation,
      .box = crop == NULL ? image_crop_centre(found.width_px, found.height_px, input)
                          : image_crop_given(found.width_px, found.height_px, crop),
      .out_width_px = input->width_px,
      .out_height_px = input->height_px,
  };
  size_t rgb_bytes = (size_t)input->width_px * input->height_px * 3;
  uint8_t *prepared = alloc_bytes(rgb_bytes); /* rgb stays untouched on failure */
  image_resize *resize = prepared == NULL ? NULL : image_resize_create(&options, prepared);
  if (resize == NULL) {
    alloc_free(prepared);
    return error_out_of_memory(error, "the resize", rgb_bytes);
  }
  timed_sink timed = {.inner = image_resize_sink(resize)};
  image_sink sink = {.region = timed.inner.region, .row = take_row, .context = &timed};
  status = decode_rows(bytes, &header, &sink, error);
  if (status == INSITU_STATUS_OK) {
    memcpy(rgb, prepared, rgb_bytes);
    if (picture != NULL) {
      found.judged_x_px = options.box.x0;
      found.judged_y_px = options.box.y0;
      found.judged_width_px = options.box.x1 - options.box.x0;
      found.judged_height_px = options.box.y1 - options.box.y0;
      found.prepare_ms = timed.elapsed_ms;
      found.decode_ms = clock_ms() - start_ms - timed.elapsed_ms;
      *picture = found;
    }
  }
  image_resize_destroy(resize);
  alloc_free(prepared);
  return status;
}
