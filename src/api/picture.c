/* insitu.h's pictures: checks what the caller gives, joins the source of the rows
 * with the resize and the measures, and takes the time of each. */
#include "api/picture.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "decode/decode.h"
#include "image/orientation.h"
#include "image/quality.h"
#include "image/resize.h"

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

enum { NUMBER_CHARS = 24 };

/* A number that should lie within 0..1, for a message: to six places, without printf's way
 * with floats, of which a decoder that a phone fetches has no other need. Returns a part of text.
 */
static const char *write_number(double value, char text[NUMBER_CHARS]) {
  if (!(fabs(value) < 1e6)) {
    return value > 0.0 ? "above 1000000" : value < 0.0 ? "below -1000000" : "no number";
  }
  uint64_t millionths = (uint64_t)(fabs(value) * 1e6 + 0.5);
  char *at = text + NUMBER_CHARS - 1; /* from its end */
  *at = '\0';
  for (int place = 6; place >= 0 || millionths > 0; --place, millionths /= 10) {
    bool is_trailing = place > 0 && *at == '\0' && millionths % 10 == 0;
    if (!is_trailing) *--at = (char)('0' + millionths % 10);
    if (place == 1 && *at != '\0') *--at = '.';
  }
  if (value < 0.0) *--at = '-';
  return at;
}

insitu_status picture_check_request(const insitu_crop *crop, const insitu_input *input,
                                    const uint8_t *rgb, insitu_error *error) {
  char text[4][NUMBER_CHARS];
  if (input == NULL || rgb == NULL) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT, "%s is NULL",
                     input == NULL ? "input" : "rgb");
  }
  if (input->width_px < 1 || input->width_px > INSITU_MAX_INPUT_SIDE_PX || input->height_px < 1 ||
      input->height_px > INSITU_MAX_INPUT_SIDE_PX) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "input is %u x %u px; each side must be within 1..%u", input->width_px,
                     input->height_px, INSITU_MAX_INPUT_SIDE_PX);
  }
  if (crop == NULL && !(input->crop_fraction > 0.0 && input->crop_fraction <= 1.0)) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "crop_fraction is %s; it must be above 0 and at most 1",
                     write_number(input->crop_fraction, text[0]));
  }
  if (crop != NULL && !(is_range(crop->x, crop->width) && is_range(crop->y, crop->height))) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "crop is x %s, y %s, width %s, height %s; it must lie within the picture, "
                     "0..1",
                     write_number(crop->x, text[0]), write_number(crop->y, text[1]),
                     write_number(crop->width, text[2]), write_number(crop->height, text[3]));
  }
  return error_clear(error);
}

insitu_picture picture_describe(uint32_t width_px, uint32_t height_px, uint32_t orientation) {
  bool swaps = image_orientation_from_exif(orientation).swaps_axes;
  return (insitu_picture){.version = INSITU_PICTURE_VERSION,
                          .size_bytes = sizeof(insitu_picture),
                          .width_px = swaps ? height_px : width_px,
                          .height_px = swaps ? width_px : height_px,
                          .orientation = orientation,
#define UNMEASURED(name) .quality.name = NAN,
                          INSITU_QUALITY_LIST(UNMEASURED)
#undef UNMEASURED
  };
}

static insitu_picture describe(const decode_header *header) {
  insitu_picture facts = picture_describe(header->width_px, header->height_px, header->orientation);
  facts.format = header->format;
  facts.decoder =
      header->format == INSITU_FORMAT_WEBP ? INSITU_DECODER_LIBWEBP : INSITU_DECODER_OWN;
  facts.profile = header->profile;
  memcpy(facts.profile_name, header->profile_name, sizeof facts.profile_name);
  return facts;
}

insitu_status insitu_picture_probe(const uint8_t *file, size_t file_size, insitu_picture *picture,
                                   insitu_error *error) {
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

/* Pictures of which fewer pixels are judged are decoded whole: they take a third of the time
 * of a 12-megapixel photo, and are what models learn from. */
#define REDUCED_MIN_PIXELS 3000000u
/* Pixels of the reduced picture along each side, at least, for one that the model sees. */
#define REDUCED_MIN_OVERSAMPLING 2u

/* By how much a decoder may make the picture smaller before the resize. */
static uint32_t choose_reduction(const image_box *box, const insitu_input *input,
                                 uint32_t max_reduction) {
  uint64_t width = box->x1 - box->x0, height = box->y1 - box->y0;
  uint32_t reduction = max_reduction;
  if (width * height < REDUCED_MIN_PIXELS) return 1;
  while (reduction > 1 &&
         (width < (uint64_t)input->width_px * REDUCED_MIN_OVERSAMPLING * reduction ||
          height < (uint64_t)input->height_px * REDUCED_MIN_OVERSAMPLING * reduction)) {
    reduction /= 2;
  }
  return reduction;
}

/* What becomes of a row, with a clock round it: rows come while decoding goes on. */
typedef struct stage {
  image_resize *resize;
  image_sink to_resize;
  image_quality *quality;
  double elapsed_ms;
} stage;

static void take_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  stage *stage = context;
  double start_ms = clock_ms();
  stage->to_resize.row(stage->to_resize.context, row, planes);
  if (stage->to_resize.reduction <= 1) image_quality_take_row(stage->quality, row, planes);
  stage->elapsed_ms += clock_ms() - start_ms;
}

static void take_detail(void *context, uint32_t row, const uint8_t *const planes[3]) {
  stage *stage = context;
  double start_ms = clock_ms();
  image_quality_take_row(stage->quality, row, planes);
  stage->elapsed_ms += clock_ms() - start_ms;
}

static void finish(stage *stage, const image_box *box, double start_ms, const uint8_t *rgb,
                   insitu_picture *picture) {
  double begin_ms = clock_ms();
  image_quality_finish(stage->quality, rgb, &picture->quality);
  double end_ms = clock_ms();
  picture->judged_x_px = box->x0;
  picture->judged_y_px = box->y0;
  picture->judged_width_px = box->x1 - box->x0;
  picture->judged_height_px = box->y1 - box->y0;
  picture->prepare_ms = stage->elapsed_ms + (end_ms - begin_ms);
  picture->decode_ms = end_ms - start_ms - picture->prepare_ms;
}

insitu_status picture_prepare(const picture_source *source, const insitu_picture *facts,
                              double start_ms, const insitu_crop *crop, const insitu_input *input,
                              uint8_t *rgb, insitu_picture *picture, insitu_error *error) {
  uint32_t width = facts->width_px, height = facts->height_px;
  image_resize_options options = {
      .width_px = source->width_px,
      .height_px = source->height_px,
      .orientation = facts->orientation,
      .box = crop == NULL ? image_crop_centre(width, height, input)
                          : image_crop_given(width, height, crop),
      .out_width_px = input->width_px,
      .out_height_px = input->height_px,
  };
  options.reduction = choose_reduction(&options.box, input, source->max_reduction);
  insitu_status status = INSITU_STATUS_OK;
  size_t rgb_bytes = (size_t)input->width_px * input->height_px * 3;
  uint8_t *prepared = alloc_bytes(rgb_bytes); /* rgb stays untouched on failure */
  stage stage = {0};
  if (prepared != NULL) stage.resize = image_resize_create(&options, prepared);
  if (stage.resize != NULL) stage.quality = image_quality_create(&options);
  if (stage.quality == NULL) {
    status = error_out_of_memory(error, "the resize", rgb_bytes);
    goto cleanup;
  }
  stage.to_resize = image_resize_sink(stage.resize);
  image_sink sink = stage.to_resize;
  sink.row = take_row;
  sink.detail = take_detail;
  sink.context = &stage;
  image_quality_runs(stage.quality, &sink.detail_columns, &sink.detail_rows);
  status = source->give_rows(source->context, &sink, error);
  if (status == INSITU_STATUS_OK) {
    memcpy(rgb, prepared, rgb_bytes);
    if (picture != NULL) {
      *picture = *facts;
      finish(&stage, &options.box, start_ms, rgb, picture);
    }
  }
cleanup:
  image_quality_destroy(stage.quality);
  image_resize_destroy(stage.resize);
  alloc_free(prepared);
  return status;
}

typedef struct file_source {
  span file;
  decode_header header;
} file_source;

static insitu_status give_rows(void *context, const image_sink *sink, insitu_error *error) {
  file_source *source = context;
  return decode_rows(source->file, &source->header, sink, error);
}

insitu_status insitu_picture_prepare(const uint8_t *file, size_t file_size, const insitu_crop *crop,
                                     const insitu_input *input, uint8_t *rgb,
                                     insitu_picture *picture, insitu_error *error) {
  double start_ms = clock_ms();
  insitu_status status = check_file(file, file_size, error);
  if (status == INSITU_STATUS_OK) status = picture_check_request(crop, input, rgb, error);
  if (status != INSITU_STATUS_OK) return status;

  file_source from = {.file = {file, file_size}};
  status = decode_read_header(from.file, &from.header, error);
  if (status != INSITU_STATUS_OK) return status;
  insitu_picture facts = describe(&from.header);
  picture_source source = {from.header.width_px, from.header.height_px, from.header.max_reduction,
                           give_rows, &from};
  return picture_prepare(&source, &facts, start_ms, crop, input, rgb, picture, error);
}
