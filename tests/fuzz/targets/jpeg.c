/* A file that the JPEG reader takes up: as any picture, and decoded smaller, which small
 * files never are: with the same verdict, and rows that are the same twice. */
#include "decode/decode.h"
#include "picture.h"

typedef struct rows {
  const image_sink *sink;
  uint32_t next_row, num_details, hash;
} rows;

static void take(rows *r, const uint8_t *plane, uint32_t begin, uint32_t end) {
  for (uint32_t x = begin; x < end; ++x) r->hash = r->hash * 31 + plane[x];
}

static void take_row(void *context, uint32_t row, const uint8_t *const planes[3]) {
  rows *r = context;
  FUZZ_CHECK(row == r->next_row);
  ++r->next_row;
  const image_region *region = &r->sink->region;
  for (int i = 0; i < 3; ++i) take(r, planes[i], region->first_column, region->end_column);
}

static void take_detail(void *context, uint32_t row, const uint8_t *const planes[3]) {
  rows *r = context;
  FUZZ_CHECK(image_runs_have(&r->sink->detail_rows, row));
  const image_runs *columns = &r->sink->detail_columns;
  for (uint32_t i = 0; i < columns->num_runs; ++i) {
    uint32_t begin = columns->first + i * columns->distance;
    for (int c = 0; c < 3; ++c) take(r, planes[c], begin, begin + columns->run_px);
  }
  ++r->num_details;
}

/* A run of at least one pixel within `size`, or two. */
static image_runs choose_runs(uint32_t size, uint32_t choice) {
  uint32_t first = choice % size, run = choice / 5 % (size - first) + 1;
  if (choice % 3 == 0 || run < 4) return (image_runs){first, run, 1, 0};
  return (image_runs){first, run / 4 + 1, 2, run / 2 + 1};
}

static insitu_status reduce(span file, const decode_header *header, uint32_t choice, rows *r,
                            insitu_error *error) {
  uint32_t reduction = 2u << choice % 3;
  uint32_t width = header->width_px / reduction, height = header->height_px / reduction;
  image_region region = {.first_row = choice / 7 % height, .first_column = choice / 11 % width};
  region.end_row = region.first_row + choice / 13 % (height - region.first_row) + 1;
  region.end_column = region.first_column + choice / 17 % (width - region.first_column) + 1;
  image_sink sink = {.region = region,
                     .row = take_row,
                     .detail = take_detail,
                     .context = r,
                     .reduction = reduction,
                     .detail_columns = choose_runs(header->width_px, choice / 19),
                     .detail_rows = choose_runs(header->height_px, choice / 23)};
  *r = (rows){.sink = &sink, .next_row = region.first_row};
  insitu_status status = decode_rows(file, header, &sink, error);
  if (status == INSITU_STATUS_OK) {
    FUZZ_CHECK(r->next_row == region.end_row);
    FUZZ_CHECK(r->num_details == sink.detail_rows.num_runs * sink.detail_rows.run_px);
  }
  r->sink = NULL;
  return status;
}

void fuzz_jpeg(const uint8_t *bytes, size_t size) {
  if (size < 3 || memcmp(bytes, "\xff\xd8\xff", 3) != 0) return;
  picture_fuzz(bytes, size);
  span file = {bytes, size};
  uint32_t choice = fuzz_hash(bytes, size);
  decode_header header;
  rows first, again;
  insitu_error error, whole_error;
  if (decode_read_header(file, &header, &error) != INSITU_STATUS_OK) return;
  if (header.max_reduction < IMAGE_MAX_REDUCTION) return;
  uint8_t rgb[PICTURE_BYTES];
  insitu_status whole = picture_try(bytes, size, choice, -1, rgb, &whole_error);
  alloc_fail_after(-1);
  insitu_status status = reduce(file, &header, choice, &first, &error);
  FUZZ_CHECK(status == whole && strcmp(error.message, whole_error.message) == 0);
  long fail_after = (long)(choice / 4 % (uint32_t)(alloc_count() + 1));
  alloc_fail_after(fail_after);
  insitu_status failing = reduce(file, &header, choice, &again, &error);
  FUZZ_CHECK(failing == status || failing == INSITU_STATUS_OUT_OF_MEMORY);
  alloc_fail_after(-1);
  if (failing != status) failing = reduce(file, &header, choice, &again, &error);
  FUZZ_CHECK(failing == status && first.hash == again.hash);
}
