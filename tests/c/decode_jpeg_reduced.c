/* JPEGs that are decoded smaller: rows beside the means of the whole picture's pixels, and
 * details equal to those, for all samplings and ways of coding. */
#include "check.h"
#include "pictures.h"

static const char *const names[] = {"baseline-420.jpg",
                                    "baseline-422.jpg",
                                    "baseline-444.jpg",
                                    "progressive-420.jpg",
                                    "progressive-422.jpg",
                                    "progressive-444.jpg",
                                    "optimised.jpg",
                                    "best.jpg",
                                    "flat.jpg",
                                    "grey.jpg",
                                    "cmyk.jpg",
                                    "grey-progressive.jpg",
                                    "rgb.jpg",
                                    "two-scans.jpg",
                                    "restarts.jpg",
                                    "restarts-progressive.jpg",
                                    "baseline-411.jpg",
                                    "progressive-411.jpg",
                                    "icc-p3-pieces.jpg"};
enum { NUM_NAMES = sizeof names / sizeof names[0] };

/* Of 255, and its mean over a picture. Means of pixels that were cut to 0..255 are not means
 * of the file's samples, nor of colours that were interpolated: measured, of drawn shapes, 9
 * and 0.56; 45 and 1.13 where colours are sampled half as often. */
enum { MAX_DIFFERENCE = 10, MAX_SUBSAMPLED = 48 };
static const double max_mean = 0.6, max_subsampled_mean = 1.25;

typedef struct compared {
  const uint8_t *whole; /* [height, width, 3] */
  const image_sink *sink;
  uint32_t width, next_row, num_details;
  int largest;
  double sum, count;
} compared;

static void compare_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  compared *c = context;
  uint32_t reduction = c->sink->reduction;
  CHECK_INT(row, c->next_row); /* in order, none left out */
  c->next_row = row + 1;
  for (uint32_t x = c->sink->region.first_column; x < c->sink->region.end_column; ++x) {
    for (uint32_t plane = 0; plane < 3; ++plane) {
      uint32_t sum = reduction * reduction / 2;
      for (uint32_t i = 0; i < reduction * reduction; ++i) {
        size_t at = (size_t)(row * reduction + i / reduction) * c->width + x * reduction;
        sum += c->whole[(at + i % reduction) * 3 + plane];
      }
      int difference = abs((int)planes[plane][x] - (int)(sum / (reduction * reduction)));
      if (difference > c->largest) c->largest = difference;
      c->sum += difference;
      c->count += 1;
    }
  }
}

static void compare_detail(void *context, uint32_t row, const uint8_t *const planes[3]) {
  compared *c = context;
  CHECK(image_runs_have(&c->sink->detail_rows, row));
  for (uint32_t x = 0; x < c->width; ++x) {
    if (!image_runs_have(&c->sink->detail_columns, x)) continue;
    for (uint32_t plane = 0; plane < 3; ++plane) {
      CHECK_INT(planes[plane][x], c->whole[((size_t)row * c->width + x) * 3 + plane]);
    }
  }
  ++c->num_details;
}

static void compare(picture p, const uint8_t *whole, const decode_header *header,
                    uint32_t reduction, uint32_t part) {
  uint32_t width = header->width_px / reduction, height = header->height_px / reduction;
  image_sink sink = {
      .region = {part, height - part / 2, part / 2, width - part},
      .reduction = reduction,
      .detail_columns = {1 + part, 9, 3 - part / 2, 19},
      .detail_rows = {part * 2, 7 + part, 2, 17},
      .row = compare_row,
      .detail = compare_detail,
  };
  compared c = {.whole = whole, .sink = &sink, .width = header->width_px, .next_row = part};
  sink.context = &c;
  insitu_error error;
  CHECK_INT(decode_rows((span){p.bytes, p.size}, header, &sink, &error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  CHECK_INT(c.next_row, sink.region.end_row);
  CHECK_INT(c.num_details, 2 * sink.detail_rows.run_px);
  bool is_subsampled = header->detail.jpeg.h_max > 1;
  int limit = is_subsampled ? MAX_SUBSAMPLED : MAX_DIFFERENCE;
  double mean_limit = is_subsampled ? max_subsampled_mean : max_mean;
  if (c.largest > limit || c.sum > mean_limit * c.count) {
    printf("    by %u: largest difference %d, mean %g\n", reduction, c.largest, c.sum / c.count);
  }
  CHECK(c.largest <= limit && c.sum <= mean_limit * c.count);
}

static void reduces(const char *name) {
  picture p = picture_read(name);
  decode_header header;
  insitu_error error;
  uint8_t *whole = picture_decode((span){p.bytes, p.size}, NULL, &header, &error);
  CHECK(whole != NULL);
  CHECK_INT(header.max_reduction, IMAGE_MAX_REDUCTION);
  for (uint32_t reduction = 2; reduction <= 8 && whole != NULL; reduction *= 2) {
    for (uint32_t part = 0; part < 3; ++part) compare(p, whole, &header, reduction, part);
  }
  free(whole);
  free(p.bytes);
}

/* Colours of which one sample stands for four columns are decoded whole. */
static void colours_that_are_far_apart_are_not_reduced(void) {
  picture p = picture_read("baseline-422.jpg");
  const uint8_t *frame = memmem(p.bytes, p.size, "\xff\xc0", 2);
  CHECK(frame != NULL && frame[11] == 0x21);
  p.bytes[frame + 11 - p.bytes] = 0x41;
  decode_header header;
  CHECK_INT(decode_read_header((span){p.bytes, p.size}, &header, NULL), INSITU_STATUS_OK);
  CHECK_INT(header.max_reduction, 1);
  free(p.bytes);
}

static void other_formats_are_not_reduced(void) {
  picture p = picture_read("rgb8.png");
  decode_header header;
  CHECK_INT(decode_read_header((span){p.bytes, p.size}, &header, NULL), INSITU_STATUS_OK);
  CHECK(header.max_reduction <= 1);
  free(p.bytes);
}

static void nothing(void *context, uint32_t row, const uint8_t *const planes[3]) {
  (void)context, (void)row, (void)planes;
}

/* Blocks that are only passed must be seen to be cut, too. */
static void cut_anywhere_is_truncated(const char *name) {
  picture p = picture_read(name);
  image_sink sink = {.region = {2, 3, 1, 2},
                     .reduction = 8,
                     .detail_columns = {20, 4, 1, 0},
                     .detail_rows = {20, 4, 1, 0},
                     .row = nothing,
                     .detail = nothing};
  for (size_t size = 0; size < p.size - 3; ++size) {
    uint8_t *cut = malloc(size + 1);
    memcpy(cut, p.bytes, size);
    decode_header header;
    insitu_status status = decode_read_header((span){cut, size}, &header, NULL);
    if (status == INSITU_STATUS_OK) status = decode_rows((span){cut, size}, &header, &sink, NULL);
    CHECK_INT(status, INSITU_STATUS_TRUNCATED);
    free(cut);
  }
  free(p.bytes);
}

int main(void) {
  char name[128];
  for (size_t i = 0; i < NUM_NAMES; ++i) {
    check_begin();
    reduces(names[i]);
    snprintf(name, sizeof name, "%s is reduced to its means", names[i]);
    check_end(name);
  }
  RUN(colours_that_are_far_apart_are_not_reduced);
  RUN(other_formats_are_not_reduced);
  static const char *const cut[] = {"baseline-420.jpg", "progressive-420.jpg", "restarts.jpg",
                                    "two-scans.jpg"};
  for (size_t i = 0; i < 4; ++i) {
    check_begin();
    cut_anywhere_is_truncated(cut[i]);
    snprintf(name, sizeof name, "%s cut anywhere is truncated, reduced", cut[i]);
    check_end(name);
  }
  return check_summary();
}
