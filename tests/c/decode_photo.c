/* Large JPEGs, which are decoded smaller: what the model gets beside what it got of the whole
 * picture, the measures, and the same numbers on every platform. */
#include "check.h"
#include "pictures.h"

#include "base/alloc.h"
#include "base/sha256.h"
#include "image/quality.h"
#include "image/resize.h"

enum { SIDE = 192, RGB_BYTES = SIDE * SIDE * 3 };
static const insitu_input input = {.width_px = SIDE, .height_px = SIDE, .crop_fraction = 1.0};

/* Of 255, and its mean; measured: 4 and 0.16. */
enum { MAX_DIFFERENCE = 5 };
static const double max_mean = 0.2;

typedef struct both {
  image_sink to_resize;
  image_quality *quality;
} both;

static void take_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  both *b = context;
  b->to_resize.row(b->to_resize.context, row, planes);
  image_quality_take_row(b->quality, row, planes);
}

/* By way of all pixels. */
static void prepare_whole(picture p, uint8_t *rgb, insitu_quality *measures) {
  decode_header header;
  insitu_error error;
  CHECK_INT(decode_read_header((span){p.bytes, p.size}, &header, &error), INSITU_STATUS_OK);
  image_resize_options options = {
      .width_px = header.width_px,
      .height_px = header.height_px,
      .orientation = 1,
      .box = image_crop_centre(header.width_px, header.height_px, &input),
      .out_width_px = SIDE,
      .out_height_px = SIDE};
  image_resize *resize = image_resize_create(&options, rgb);
  both b = {image_resize_sink(resize), image_quality_create(&options)};
  image_sink sink = {.region = b.to_resize.region, .row = take_row, .context = &b};
  CHECK_INT(decode_rows((span){p.bytes, p.size}, &header, &sink, &error), INSITU_STATUS_OK);
  image_quality_finish(b.quality, rgb, measures);
  image_quality_destroy(b.quality);
  image_resize_destroy(resize);
}

static void is_close_to_the_whole_picture(const char *name) {
  static uint8_t rgb[RGB_BYTES], whole[RGB_BYTES];
  picture p = picture_read(name);
  insitu_picture facts;
  insitu_quality measures;
  insitu_error error;
  CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &input, rgb, &facts, &error),
            INSITU_STATUS_OK);
  prepare_whole(p, whole, &measures);
  int largest = 0;
  double sum = 0;
  for (size_t i = 0; i < RGB_BYTES; ++i) {
    int difference = abs(rgb[i] - whole[i]);
    if (difference > largest) largest = difference;
    sum += difference;
  }
  CHECK(largest > 0); /* else it was not decoded smaller */
  if (largest > MAX_DIFFERENCE || sum > max_mean * RGB_BYTES) {
    printf("    largest difference %d, mean %g\n", largest, sum / RGB_BYTES);
  }
  CHECK(largest <= MAX_DIFFERENCE && sum <= max_mean * RGB_BYTES);
  /* what is measured at the picture's own resolution is the same to the last bit */
  CHECK(facts.quality.focus == measures.focus && facts.quality.drawn == measures.drawn);
  CHECK(facts.quality.dark == measures.dark && facts.quality.bright == measures.bright);
  CHECK(facts.quality.mean == measures.mean && facts.quality.contrast == measures.contrast);
  CHECK_NEAR(facts.quality.sharpness, measures.sharpness, 0.02);
  char hex[65]; /* the same file, coded in two ways */
  sha256_hex((span){rgb, RGB_BYTES}, hex);
  CHECK_STR(hex, "9339f56bea84e8b620d7f48fa6ee4a55e5e611d29cba7d983186d47d2c9d4aa7");
  free(p.bytes);
}

static void survives_want_of_memory(const char *name) {
  picture p = picture_read(name);
  static uint8_t rgb[RGB_BYTES];
  insitu_error error;
  alloc_fail_after(-1);
  CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &input, rgb, NULL, &error),
            INSITU_STATUS_OK);
  long num_allocations = alloc_count();
  for (long i = 0; i < num_allocations; ++i) {
    alloc_fail_after(i);
    CHECK_INT(insitu_picture_prepare(p.bytes, p.size, NULL, &input, rgb, NULL, &error),
              INSITU_STATUS_OUT_OF_MEMORY);
  }
  alloc_fail_after(-1);
  free(p.bytes);
}

int main(void) {
  static const char *const names[] = {"photo.jpg", "photo-progressive.jpg"};
  for (size_t i = 0; i < 2; ++i) {
    char name[128];
    check_begin();
    is_close_to_the_whole_picture(names[i]);
    snprintf(name, sizeof name, "%s gives nearly what all of its pixels give", names[i]);
    check_end(name);
    check_begin();
    survives_want_of_memory(names[i]);
    snprintf(name, sizeof name, "%s survives want of memory", names[i]);
    check_end(name);
  }
  return check_summary();
}
