/* PNG pixels: inflate, unfilter in place, and one row after the other to RGB.
 * Beside the file it holds the inflated rows, and the compressed bytes once
 * more where they come in several chunks. 16 bits become their upper 8, colours
 * become sRGB's, and then transparency is laid on white. */
#include "decode/png.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "decode/stb.h"
#include "image/white.h"

typedef struct decoder {
  const png_header *header;
  const image_sink *sink;
  uint8_t *joined;      /* [idat_bytes + STB_INFLATE_TAIL], or NULL where there is one chunk */
  uint8_t *raw;         /* [raw_bytes + STB_INFLATE_STEP] */
  uint8_t *zeros;       /* [a whole row]: what stands above the first one */
  uint8_t *planes[4];   /* [width] each: red, green, blue, alpha */
  image_colour *colour; /* NULL: the samples are sRGB */
  /* Where a pixel has one sample of at most 8 bits: all of its values, finished. */
  uint8_t table[4][256];
  uint32_t table_size;         /* 0: none */
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
    case 0: return true;
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
    default: return false;
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

/* ---- Finished pixels: sRGB, laid on white ------------------------------------ */

static bool has_alpha(const png_header *header) {
  return header->colour_type & PNG_ALPHA || header->has_trns;
}

/* Columns [begin, end) of planes whose samples had 8 bits. */
static void finish_pixels(const decoder *d, uint8_t *const planes[4], uint32_t begin,
                          uint32_t end) {
  bool is_wide = d->header->bit_depth == 16; /* converted from all of their bits already */
  if (d->colour != NULL && !is_wide) image_colour_row(d->colour, planes, begin, end);
  if (!has_alpha(d->header)) return;
  const uint8_t *restrict alpha = planes[3];
  for (int plane = 0; plane < 3; ++plane) {
    uint8_t *restrict values = planes[plane];
    for (uint32_t i = begin; i < end; ++i) values[i] = image_lay_on_white(values[i], alpha[i]);
  }
}

static void fill_table(decoder *d) {
  const png_header *header = d->header;
  bool is_indexed = header->colour_type & PNG_PALETTE;
  if (header->num_channels > 1 || header->bit_depth > 8) return;
  d->table_size = 1u << header->bit_depth; /* a palette's missing colours are black */
  for (uint32_t i = 0; i < d->table_size; ++i) {
    for (int c = 0; c < 3; ++c) {
      d->table[c][i] =
          is_indexed ? header->palette[i][c] : to_8_bits((uint16_t)i, header->bit_depth);
    }
    bool is_key = header->has_trns && i == header->key[0];
    d->table[3][i] = is_indexed ? header->palette_alpha[i] : is_key ? 0 : 255;
  }
  uint8_t *planes[4] = {d->table[0], d->table[1], d->table[2], d->table[3]};
  finish_pixels(d, planes, 0, d->table_size);
}

/* ---- Rows to planes ------------------------------------------------------------ */

static void look_up_row(decoder *d, const png_pass *pass, const uint8_t *row) {
  uint32_t depth = d->header->bit_depth;
  uint8_t *restrict r = d->planes[0], *restrict g = d->planes[1], *restrict b = d->planes[2];
  for (uint32_t i = 0, x = pass->x0; i < pass->width_px; ++i, x += pass->x_step) {
    uint32_t index = sample_at(row, depth, i) & 255u; /* for the compiler: depth is at most 8 */
    r[x] = d->table[0][index], g[x] = d->table[1][index], b[x] = d->table[2][index];
  }
}

/* One pixel of 8 or 16 bits a sample, not yet laid on white, into column x. */
static void read_pixel(const decoder *d, const uint8_t *row, size_t index, uint32_t x) {
  const png_header *header = d->header;
  uint32_t depth = header->bit_depth, channels = header->num_channels;
  uint32_t num_colours = header->colour_type & PNG_COLOUR ? 3 : 1;
  bool is_key = header->has_trns;
  uint16_t samples[3];
  uint8_t rgb[3];
  for (uint32_t i = 0; i < num_colours; ++i) {
    samples[i] = sample_at(row, depth, index * channels + i);
    is_key = is_key && samples[i] == header->key[i];
    rgb[i] = to_8_bits(samples[i], depth);
  }
  if (num_colours == 1) {
    samples[1] = samples[2] = samples[0];
    rgb[1] = rgb[2] = rgb[0];
  }
  if (d->colour != NULL && depth == 16) image_colour_wide_pixel(d->colour, samples, rgb);
  for (int i = 0; i < 3; ++i) d->planes[i][x] = rgb[i];
  if (header->colour_type & PNG_ALPHA) {
    d->planes[3][x] = to_8_bits(sample_at(row, depth, index * channels + num_colours), depth);
  } else if (header->has_trns) {
    d->planes[3][x] = is_key ? 0 : 255;
  }
}

/* All pixels of one pass's row into the planes. */
static void unpack_row(decoder *d, const png_pass *pass, const uint8_t *row) {
  const png_header *header = d->header;
  if (d->table_size > 0) {
    look_up_row(d, pass, row);
    return;
  }
  bool is_copied = header->bit_depth == 8 && header->colour_type & PNG_COLOUR && !header->has_trns;
  for (uint32_t c = 0; is_copied && c < header->num_channels; ++c) { /* most photos */
    const uint8_t *restrict from = row + c;
    uint8_t *restrict plane = d->planes[c];
    for (uint32_t i = 0, x = pass->x0; i < pass->width_px; ++i, x += pass->x_step) {
      plane[x] = *from;
      from += header->num_channels;
    }
  }
  for (uint32_t i = 0, x = pass->x0; !is_copied && i < pass->width_px; ++i, x += pass->x_step) {
    read_pixel(d, row, i, x);
  }
}

static void give_row(decoder *d, uint32_t y) {
  for (uint32_t p = 0; p < png_num_passes(d->header); ++p) {
    png_pass pass = png_pass_at(d->header, p);
    if (y < pass.y0 || (y - pass.y0) % pass.y_step != 0) continue;
    size_t pass_row = (y - pass.y0) / pass.y_step;
    const uint8_t *row =
        d->pass_rows[p] + pass_row * (1 + png_row_bytes(d->header, pass.width_px)) + 1;
    unpack_row(d, &pass, row);
  }
  const image_region *region = &d->sink->region;
  if (d->table_size == 0) {
    finish_pixels(d, d->planes, region->first_column, region->end_column);
  }
  const uint8_t *rgb[3] = {d->planes[0], d->planes[1], d->planes[2]};
  d->sink->row(d->sink->context, y, rgb);
}

/* The tail of a stream in one chunk is what follows it in the file. */
static bool needs_join(const png_header *header, span file) {
  size_t end = (size_t)(header->idat.data - file.data) + header->idat.size_bytes;
  return header->num_idat > 1 || !span_has(file, end, STB_INFLATE_TAIL);
}

static insitu_status allocate(decoder *d, span file, insitu_error *error) {
  const png_header *header = d->header;
  size_t row_bytes = png_row_bytes(header, header->width_px);
  bool joins = needs_join(header, file);
  bool converts = header->profile.use == INSITU_PROFILE_CONVERTED;
  d->raw = alloc_bytes(header->raw_bytes + STB_INFLATE_STEP);
  d->zeros = alloc_zeroed(row_bytes);
  if (joins) d->joined = alloc_bytes(header->idat_bytes + STB_INFLATE_TAIL);
  if (converts) d->colour = image_colour_create(&header->profile.space);
  bool ok = d->raw != NULL && d->zeros != NULL && (!joins || d->joined != NULL) &&
            (!converts || d->colour != NULL);
  for (int i = 0; i < (has_alpha(header) ? 4 : 3); ++i) {
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
  *stream = (span){d->joined, d->header->idat_bytes};
  memset(d->joined + stream->size_bytes, 0, STB_INFLATE_TAIL);
  png_chunk chunk = {.next = 8};
  size_t num_bytes = 0;
  for (uint32_t i = 0; i < d->header->num_idat;) {
    insitu_status status = png_read_chunk(file, chunk.next, &chunk, error);
    if (status != INSITU_STATUS_OK) return status;
    if (chunk.type != PNG_TYPE('I', 'D', 'A', 'T')) continue;
    if (chunk.payload.size_bytes > 0) {
      memcpy(d->joined + num_bytes, chunk.payload.data, chunk.payload.size_bytes);
    }
    num_bytes += chunk.payload.size_bytes;
    ++i;
  }
  return error_clear(error);
}

static insitu_status refuse_short(const png_header *header, span file, insitu_error *error) {
  if (header->is_cut) {
    return error_set(error, INSITU_STATUS_TRUNCATED,
                     "The PNG ends after %zu bytes, before the last of its %u rows. "
                     "Copy or download it again",
                     file.size_bytes, header->height_px);
  }
  return error_set(error, INSITU_STATUS_DAMAGED,
                   "The PNG is damaged: its data do not inflate to the %zu bytes that %u x %u "
                   "pixels take",
                   header->raw_bytes, header->width_px, header->height_px);
}

/* RFC 1950, 8.2 */
static uint32_t adler_32(const uint8_t *bytes, size_t size) {
  uint32_t a = 1, b = 0;
  while (size > 0) {
    size_t step = size < 5552 ? size : 5552; /* the most before b overflows */
    size -= step;
    for (; step > 0; --step) b += a += *bytes++;
    a %= 65521;
    b %= 65521;
  }
  return b << 16 | a;
}

/* A chunk's CRC may be wrong where its content is not: the stream ends with a sum
 * over all rows. */
static bool rows_match_their_sum(const decoder *d, span stream) {
  uint32_t stored;
  return stream.size_bytes >= 4 && span_u32_be(stream, stream.size_bytes - 4, &stored) &&
         stored == adler_32(d->raw, d->header->raw_bytes);
}

static insitu_status decode(decoder *d, span file, insitu_error *error) {
  const png_header *header = d->header;
  span stream;
  insitu_status status = join(d, file, &stream, error);
  if (status != INSITU_STATUS_OK) return status;
  /* More than the rows is left out, as all readers do. */
  bool is_short =
      stb_inflate(stream, d->raw, header->raw_bytes + STB_INFLATE_STEP) < header->raw_bytes;
  if (header->bad_checksum_before > 0 && (is_short || !rows_match_their_sum(d, stream))) {
    return png_refuse_checksum("IDAT", header->bad_checksum_before, error);
  }
  if (is_short) return refuse_short(header, file, error);
  alloc_free(d->joined); /* the resize may need its room */
  d->joined = NULL;
  fill_table(d);
  status = unfilter(d, error);
  for (uint32_t y = d->sink->region.first_row;
       status == INSITU_STATUS_OK && y < d->sink->region.end_row; ++y) {
    give_row(d, y);
  }
  return status;
}

insitu_status png_decode_rows(span file, const png_header *header, const image_sink *sink,
                              insitu_error *error) {
  decoder d = {.header = header, .sink = sink};
  insitu_status status = allocate(&d, file, error);
  if (status == INSITU_STATUS_OK) status = decode(&d, file, error);
  alloc_free(d.joined);
  alloc_free(d.raw);
  alloc_free(d.zeros);
  image_colour_destroy(d.colour);
  for (int i = 0; i < 4; ++i) alloc_free(d.planes[i]);
  return status;
}
