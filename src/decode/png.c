/* PNG pixels: inflate, unfilter in place, and one row after the other to RGB.
 * Beside the file it holds the inflated rows, and the compressed bytes once
 * more where they come in several chunks. Transparency is laid on white, 16
 * bits become their upper 8, gamma and colour profiles are left alone. */
#include "decode/png.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "decode/stb.h"

typedef struct decoder {
  const png_header *header;
  const image_sink *sink;
  uint8_t *joined;    /* [idat_bytes], or NULL where there is one chunk */
  uint8_t *raw;       /* [raw_bytes] */
  uint8_t *zeros;     /* [a whole row]: what stands above the first one */
  uint8_t *planes[3]; /* [width] each */
  const uint8_t *pass_rows[7]; /* each pass's first filter byte in raw */
} decoder;

/* The neighbour closest to a + b - c (PNG, 9.4). */
static uint8_t paeth(int a, int b, int c) {
  int pa = b - c, pb = a - c, pc = pa + pb;
  if (pa < 0) pa = -pa;
  if (pb < 0) pb = -pb;
  if (pc < 0) pc = -pc;
  return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* row: of size_bytes, filtered; above: the row before it, unfiltered. step:
 * bytes from a pixel to the next, at least 1. False: no such filter. */
static bool unfilter_row(uint8_t filter, uint8_t *restrict row, const uint8_t *restrict above,
                         size_t size_bytes, size_t step) {
  size_t head = step < size_bytes ? step : size_bytes, i;
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (i = step; i < size_bytes; ++i) row[i] = (uint8_t)(row[i] + row[i - step]);
      return true;
    case 2:
      for (i = 0; i < size_bytes; ++i) row[i] = (uint8_t)(row[i] + above[i]);
      return true;
    case 3:
      for (i = 0; i < head; ++i) row[i] = (uint8_t)(row[i] + above[i] / 2);
      for (; i < size_bytes; ++i) row[i] = (uint8_t)(row[i] + (row[i - step] + above[i]) / 2);
      return true;
    case 4:
      for (i = 0; i < head; ++i) row[i] = (uint8_t)(row[i] + above[i]);
      for (; i < size_bytes; ++i) {
        row[i] = (uint8_t)(row[i] + paeth(row[i - step], above[i], above[i - step]));
      }
      return true;
    default:
      return false;
  }
}

static insitu_status unfilter(decoder *d, insitu_error *error) {
  size_t step = (size_t)d->header->num_channels * d->header->bit_depth / 8;
  if (step == 0) step = 1;
  uint8_t *row = d->raw;
  for (uint32_t p = 0; p < png_num_passes(d->header); ++p) {
    png_pass pass = png_pass_at(d->header, p);
    size_t row_bytes = png_row_bytes(d->header, pass.width_px);
    const uint8_t *above = d->zeros;
    d->pass_rows[p] = row;
    if (pass.width_px == 0) continue;
    for (uint32_t y = 0; y < pass.height_px; ++y) {
      if (!unfilter_row(row[0], row + 1, above, row_bytes, step)) {
        return error_set(error, INSITU_STATUS_DAMAGED,
                         "The PNG is damaged: row %u uses filter %u, which does not exist", y,
                         row[0]);
      }
      above = row + 1;
      row += 1 + row_bytes;
    }
  }
  return error_clear(error);
}

/* value * alpha + white * (1 - alpha), rounded. */
static uint8_t lay_on_white(uint8_t value, uint8_t alpha) {
  uint32_t t = (uint32_t)value * alpha + 255u * (255u - alpha) + 128;
  return (uint8_t)((t + (t >> 8)) >> 8);
}

/* Sample `index` of a row at full depth. */
static uint16_t sample_at(const uint8_t *row, uint32_t bit_depth, size_t index) {
  if (bit_depth == 8) return row[index];
  if (bit_depth == 16) return (uint16_t)(row[2 * index] << 8 | row[2 * index + 1]);
  uint32_t bit = (uint32_t)(index * bit_depth % 8);
  uint32_t shift = 8 - bit_depth - bit, mask = (1u << bit_depth) - 1;
  return (uint16_t)(row[index * bit_depth / 8] >> shift & mask);
}

static uint8_t to_8_bits(uint16_t sample, uint32_t bit_depth) {
  if (bit_depth == 16) return (uint8_t)(sample >> 8);
  return (uint8_t)(sample * 255u / ((1u << bit_depth) - 1));
}

/* One pixel, transparency laid on white. False: its colour is not in the palette. */
static bool read_pixel(const png_header *header, const uint8_t *row, uint32_t x, uint8_t rgb[3]) {
  uint32_t depth = header->bit_depth, channels = header->num_channels;
  uint8_t alpha = 255;
  if (header->colour_type & PNG_PALETTE) {
    uint32_t index = sample_at(row, depth, x);
    if (index >= header->palette_size) return false;
    memcpy(rgb, header->palette[index], 3);
    alpha = header->palette_alpha[index];
  } else {
    uint32_t num_colours = header->colour_type & PNG_COLOUR ? 3 : 1;
    bool is_key = header->has_key;
    for (uint32_t i = 0; i < num_colours; ++i) {
      uint16_t sample = sample_at(row, depth, (size_t)x * channels + i);
      is_key = is_key && sample == header->key[i];
      rgb[i] = to_8_bits(sample, depth);
    }
    if (num_colours == 1) rgb[1] = rgb[2] = rgb[0];
    if (header->colour_type & PNG_ALPHA) {
      alpha = to_8_bits(sample_at(row, depth, (size_t)x * channels + num_colours), depth);
    }
    if (is_key) alpha = 0;
  }
  for (int i = 0; i < 3; ++i) rgb[i] = lay_on_white(rgb[i], alpha);
  return true;
}

/* All pixels of one pass's row into the planes. */
static bool unpack_row(decoder *d, const png_pass *pass, const uint8_t *row) {
  const png_header *header = d->header;
  uint8_t *restrict r = d->planes[0], *restrict g = d->planes[1], *restrict b = d->planes[2];
  if (header->colour_type == PNG_COLOUR && header->bit_depth == 8 && !header->has_key &&
      !header->interlaced) { /* most photos */
    for (uint32_t x = 0; x < pass->width_px; ++x, row += 3) {
      r[x] = row[0], g[x] = row[1], b[x] = row[2];
    }
    return true;
  }
  for (uint32_t i = 0, x = pass->x0; i < pass->width_px; ++i, x += pass->x_step) {
    uint8_t rgb[3];
    if (!read_pixel(header, row, i, rgb)) return false;
    r[x] = rgb[0], g[x] = rgb[1], b[x] = rgb[2];
  }
  return true;
}

static insitu_status give_row(decoder *d, uint32_t y, insitu_error *error) {
  for (uint32_t p = 0; p < png_num_passes(d->header); ++p) {
    png_pass pass = png_pass_at(d->header, p);
    if (y < pass.y0 || (y - pass.y0) % pass.y_step != 0) continue;
    size_t pass_row = (y - pass.y0) / pass.y_step;
    const uint8_t *row =
        d->pass_rows[p] + pass_row * (1 + png_row_bytes(d->header, pass.width_px)) + 1;
    if (!unpack_row(d, &pass, row)) {
      return error_set(error, INSITU_STATUS_DAMAGED,
                       "The PNG is damaged: row %u has a colour that is not among its palette's %u",
                       y, d->header->palette_size);
    }
  }
  const uint8_t *rgb[3] = {d->planes[0], d->planes[1], d->planes[2]};
  d->sink->row(d->sink->context, y, rgb);
  return error_clear(error);
}

static insitu_status allocate(decoder *d, insitu_error *error) {
  const png_header *header = d->header;
  size_t row_bytes = png_row_bytes(header, header->width_px);
  bool joins = header->num_idat > 1;
  d->raw = alloc_bytes(header->raw_bytes);
  d->zeros = alloc_zeroed(row_bytes);
  if (joins) d->joined = alloc_bytes(header->idat_bytes);
  bool ok = d->raw != NULL && d->zeros != NULL && (!joins || d->joined != NULL);
  for (int i = 0; i < 3; ++i) {
    d->planes[i] = alloc_bytes(header->width_px);
    ok = ok && d->planes[i] != NULL;
  }
  if (ok) return error_clear(error);
  return error_out_of_memory(error, "decoding the PNG",
                             header->raw_bytes + (joins ? header->idat_bytes : 0));
}

/* The compressed stream in one piece. */
static insitu_status join(const decoder *d, span file, span *stream, insitu_error *error) {
  *stream = d->header->idat;
  if (d->joined == NULL) return error_clear(error);
  *stream = (span){d->joined, 0};
  png_chunk chunk = {.next = 8};
  while (stream->size_bytes < d->header->idat_bytes) {
    insitu_status status = png_read_chunk(file, chunk.next, &chunk, error);
    if (status != INSITU_STATUS_OK) return status;
    if (chunk.type != PNG_TYPE('I', 'D', 'A', 'T') || chunk.payload.size_bytes == 0) continue;
    memcpy(d->joined + stream->size_bytes, chunk.payload.data, chunk.payload.size_bytes);
    stream->size_bytes += chunk.payload.size_bytes;
  }
  return error_clear(error);
}

static insitu_status decode(decoder *d, span file, insitu_error *error) {
  span stream;
  insitu_status status = join(d, file, &stream, error);
  if (status != INSITU_STATUS_OK) return status;
  if (!stb_inflate(stream, d->raw, d->header->raw_bytes)) {
    return error_set(error, INSITU_STATUS_DAMAGED,
                     "The PNG is damaged: its data do not inflate to the %zu bytes that %u x %u "
                     "pixels take",
                     d->header->raw_bytes, d->header->width_px, d->header->height_px);
  }
  alloc_free(d->joined); /* the resize may need its room */
  d->joined = NULL;
  status = unfilter(d, error);
  for (uint32_t y = d->sink->region.first_row;
       status == INSITU_STATUS_OK && y < d->sink->region.end_row; ++y) {
    status = give_row(d, y, error);
  }
  return status;
}

insitu_status png_decode_rows(span file, const png_header *header, const image_sink *sink,
                               insitu_error *error) {
  decoder d = {.header = header, .sink = sink};
  insitu_status status = allocate(&d, error);
  if (status == INSITU_STATUS_OK) status = decode(&d, file, error);
  alloc_free(d.joined);
  alloc_free(d.raw);
  alloc_free(d.zeros);
  for (int i = 0; i < 3; ++i) alloc_free(d.planes[i]);
  return status;
}
