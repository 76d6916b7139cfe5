/* The JPEG decoder's loops: markers, scans, MCUs, bands.
 *
 * A baseline picture with one scan is never held: a band (one row of MCUs) is
 * decoded, and the rows that it completes leave at once. Where coefficients
 * come in several scans they are kept, 2 bytes each, and turned into bands at
 * the end. Only blocks that the sink's region needs go through the inverse
 * DCT, but all of the file's data is read: a segment that runs out of bits, or
 * a restart marker that is not where it must be, fails the picture. */
#include "decode/jpeg.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "decode/jpeg_markers.h"
#include "decode/jpeg_pixels.h"
#include "decode/jpeg_tables.h"
#include "decode/stb.h"

typedef struct component {
  const jpeg_component *header;
  uint16_t quant[64]; /* as it was when the component's first scan began */
  bool has_quant;
  /* [blocks_down, blocks_across, 64], or NULL. Not zeroed, which would take a
   * tenth of the time: a component's first scan, which the header has found,
   * writes all of every block but the padding ones. */
  int16_t *coefficients;
  uint8_t *bands;                  /* [2 * band_rows, stride]: this band and the one before */
  uint32_t band_rows, stride;      /* samples */
  uint32_t scale_x, scale_y;       /* picture pixels a sample */
  uint32_t first_block, end_block; /* columns of blocks that the region needs */
} component;

typedef struct decoder {
  span file;
  const jpeg_header *header;
  const image_sink *sink;
  insitu_error *error;
  stb_entropy *entropy;
  component components[JPEG_MAX_COMPONENTS];
  uint32_t restart_interval;            /* MCUs; 0: none */
  uint32_t num_scans;                   /* read so far */
  uint32_t first_band, end_band;        /* that the region needs */
  uint32_t next_row;                    /* of the sink's region */
  uint16_t *scratch;                    /* [width + 2] */
  uint8_t *planes[JPEG_MAX_COMPONENTS]; /* [width + 4] each */
  image_colour *colour;                 /* NULL: rows are sRGB */
} decoder;

static uint32_t min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }
/* Without the padding to whole MCUs. */
static uint32_t num_blocks(uint32_t size_px) { return (size_px + 7) / 8; }

/* ---- Bands to rows -------------------------------------------------------- */

static uint8_t *band_row(const component *c, uint32_t row) {
  return c->bands + (size_t)(row % (2 * c->band_rows)) * c->stride;
}

/* Which two sample rows make picture row y, as stb_image centres them. */
static void source_rows(const component *c, uint32_t y, uint32_t *near, uint32_t *far) {
  uint32_t last = c->header->height_px - 1;
  uint32_t position = y + c->scale_y / 2, below = position / c->scale_y;
  uint32_t above = below > 0 ? below - 1 : 0;
  bool nearer_below = position % c->scale_y >= c->scale_y / 2;
  *near = min_u32(nearer_below ? below : above, last);
  *far = min_u32(nearer_below ? above : below, last);
}

/* True where all samples of row y are in bands before end_band. */
static bool has_row(const decoder *d, uint32_t y, uint32_t end_band) {
  for (uint32_t i = 0; i < d->header->num_components; ++i) {
    const component *c = &d->components[i];
    uint32_t near, far;
    source_rows(c, y, &near, &far);
    if (near >= end_band * c->band_rows || far >= end_band * c->band_rows) return false;
  }
  return true;
}

static void give_row(decoder *d, uint32_t y) {
  const image_region *region = &d->sink->region;
  for (uint32_t i = 0; i < d->header->num_components; ++i) {
    const component *c = &d->components[i];
    uint32_t near, far;
    source_rows(c, y, &near, &far);
    jpeg_upsample(band_row(c, near), band_row(c, far), c->header->width_px, c->scale_x, c->scale_y,
                  region->first_column, region->end_column, d->scratch, d->planes[i]);
  }
  jpeg_to_rgb(d->header->colour, d->planes, region->first_column, region->end_column);
  if (d->colour != NULL) {
    image_colour_row(d->colour, d->planes, region->first_column, region->end_column);
  }
  const uint8_t *rgb[3] = {d->planes[0], d->planes[1], d->planes[2]};
  d->sink->row(d->sink->context, y, rgb);
}

static void give_rows(decoder *d, uint32_t end_band) {
  while (d->next_row < d->sink->region.end_row && has_row(d, d->next_row, end_band)) {
    give_row(d, d->next_row++);
  }
}

static bool needs_block(const decoder *d, const component *c, uint32_t band, uint32_t column) {
  return band >= d->first_band && band < d->end_band && column >= c->first_block &&
         column < c->end_block;
}

static void block_to_band(const component *c, const int16_t *block, uint32_t column, uint32_t row) {
  jpeg_idct(block, band_row(c, row * 8) + (size_t)column * 8, c->stride);
}

/* ---- Scans to blocks ------------------------------------------------------- */

static insitu_status damaged(const decoder *d, const char *what, uint32_t band) {
  if (stb_entropy_has_overrun(d->entropy)) {
    return error_set(d->error, INSITU_STATUS_TRUNCATED,
                     "The JPEG's data end near row %u of %u. Copy or download it again",
                     min_u32(band * 8 * d->header->v_max, d->header->height_px),
                     d->header->height_px);
  }
  return error_set(d->error, INSITU_STATUS_DAMAGED, "The JPEG is damaged near row %u of %u: %s",
                   min_u32(band * 8 * d->header->v_max, d->header->height_px), d->header->height_px,
                   what);
}

/* Asked when a segment's last block has been read, at which `next` follows.
 * Damaged data fall out of step, and then mostly use too many bits or too few.
 * Some cameras pad with zeros, so only other bytes count. A picture that no end
 * mark follows may have anything behind it that its maker put there. */
static insitu_status end_segment(decoder *d, uint32_t band, bool is_open) {
  enum { MAX_UNREAD_BYTES = 16 };
  if (stb_entropy_has_overrun(d->entropy)) return damaged(d, "", band);
  if (is_open) return error_clear(d->error);
  span unread = stb_entropy_unread(d->entropy);
  size_t num_unread = 0;
  for (size_t i = 0; i < unread.size_bytes; ++i) num_unread += unread.data[i] != 0;
  if (num_unread > MAX_UNREAD_BYTES) return damaged(d, "it has more data than pixels", band);
  return error_clear(d->error);
}

/* offset: in, of the segment's first byte; out, of the marker after it. */
static void begin_segment(decoder *d, size_t *offset) {
  size_t end = jpeg_entropy_end(d->file, *offset);
  stb_entropy_begin_segment(d->entropy, (span){d->file.data + *offset, end - *offset});
  *offset = end;
}

static insitu_status restart(decoder *d, size_t *offset, uint32_t *num_restarts, uint32_t band) {
  jpeg_marker marker;
  insitu_status status = end_segment(d, band, false);
  if (status != INSITU_STATUS_OK) return status;
  status = jpeg_read_marker(d->file, *offset, &marker, d->error);
  if (status != INSITU_STATUS_OK) return status;
  if (marker.code != JPEG_RST0 + (*num_restarts)++ % 8) {
    return damaged(d, "a restart marker is missing", band);
  }
  *offset = marker.next;
  begin_segment(d, offset);
  return error_clear(d->error);
}

/* column, row: of the block within its component. */
static bool read_block(decoder *d, const jpeg_scan *scan, uint32_t index, uint32_t column,
                       uint32_t row) {
  uint32_t n = scan->components[index].index;
  uint32_t dc = scan->components[index].dc_table, ac = scan->components[index].ac_table;
  component *c = &d->components[n];
  if (c->coefficients == NULL) {
    int16_t block[64];
    if (!stb_entropy_read_block(d->entropy, n, dc, ac, c->quant, block)) return false;
    if (needs_block(d, c, row / c->header->v, column)) block_to_band(c, block, column, row);
    return true;
  }
  int16_t *block = c->coefficients + ((size_t)row * c->header->blocks_across + column) * 64;
  if (!d->header->progressive) {
    return stb_entropy_read_block(d->entropy, n, dc, ac, c->quant, block);
  }
  if (scan->first_k == 0) return stb_entropy_read_mean(d->entropy, n, dc, block);
  return stb_entropy_read_band(d->entropy, ac, block);
}

/* A scan of one component has its blocks one by one, without the padding to
 * whole MCUs; else an MCU has h x v blocks of each (T.81, A.2). */
static bool read_mcu(decoder *d, const jpeg_scan *scan, uint32_t column, uint32_t row) {
  if (scan->num_components == 1) return read_block(d, scan, 0, column, row);
  for (uint32_t i = 0; i < scan->num_components; ++i) {
    const jpeg_component *c = d->components[scan->components[i].index].header;
    for (uint32_t y = 0; y < c->v; ++y) {
      for (uint32_t x = 0; x < c->h; ++x) {
        if (!read_block(d, scan, i, column * c->h + x, row * c->v + y)) return false;
      }
    }
  }
  return true;
}

static insitu_status latch_tables(decoder *d, const jpeg_scan *scan) {
  for (uint32_t i = 0; i < scan->num_components; ++i) {
    component *c = &d->components[scan->components[i].index];
    bool needs_dc = scan->first_k == 0 && scan->high == 0, needs_ac = scan->last_k > 0;
    if ((needs_dc && !stb_entropy_has_dc_table(d->entropy, scan->components[i].dc_table)) ||
        (needs_ac && !stb_entropy_has_ac_table(d->entropy, scan->components[i].ac_table))) {
      return damaged(d, "a Huffman table is missing", 0);
    }
    if (c->has_quant) continue;
    memcpy(c->quant, stb_entropy_quant_table(d->entropy, c->header->quant_index), sizeof c->quant);
    for (int k = 0; k < 64; ++k) {
      if (c->quant[k] == 0) return damaged(d, "a quantisation table is missing", 0);
    }
    c->has_quant = true;
  }
  return error_clear(d->error);
}

/* True where the next marker at or after offset, but for restarts, is the end mark. */
static bool is_before_end_mark(span file, size_t offset) {
  jpeg_marker marker;
  while (jpeg_read_marker(file, offset, &marker, NULL) == INSITU_STATUS_OK) {
    if (!jpeg_is_restart(marker.code)) return marker.code == JPEG_EOI;
    offset = jpeg_entropy_end(file, marker.next);
  }
  return false;
}

/* A last restart marker is harmless, data after it are not. */
static insitu_status end_scan(decoder *d, size_t *offset, uint32_t band) {
  bool is_last = ++d->num_scans == d->header->num_scans;
  bool is_open = is_last && !is_before_end_mark(d->file, *offset);
  insitu_status status = end_segment(d, band, is_open);
  if (is_open) return status;
  jpeg_marker marker;
  while (status == INSITU_STATUS_OK) {
    status = jpeg_read_marker(d->file, *offset, &marker, d->error);
    if (status != INSITU_STATUS_OK || !jpeg_is_restart(marker.code)) break;
    *offset = marker.next;
    begin_segment(d, offset);
    status = end_segment(d, band, false);
  }
  return status;
}

/* offset: in, of the scan's first entropy-coded byte; out, of what follows. */
static insitu_status read_scan(decoder *d, span payload, size_t *offset) {
  jpeg_scan scan;
  insitu_status status = jpeg_read_scan(d->header, payload, &scan, d->error);
  if (status != INSITU_STATUS_OK) return status;
  stb_entropy_begin_scan(d->entropy, scan.first_k, scan.last_k, scan.high, scan.low);
  begin_segment(d, offset);
  status = latch_tables(d, &scan);
  if (status != INSITU_STATUS_OK) return status;

  uint32_t across = d->header->mcus_across, down = d->header->mcus_down, rows_a_band = 1;
  if (scan.num_components == 1) {
    const jpeg_component *c = d->components[scan.components[0].index].header;
    across = num_blocks(c->width_px);
    down = num_blocks(c->height_px);
    rows_a_band = c->v;
  }
  bool stored = jpeg_is_stored(d->header);
  uint32_t until_restart = d->restart_interval, num_restarts = 0;
  for (uint32_t row = 0; row < down; ++row) {
    uint32_t band = row / rows_a_band;
    for (uint32_t column = 0; column < across; ++column) {
      if (d->restart_interval > 0 && until_restart-- == 0) {
        status = restart(d, offset, &num_restarts, band);
        if (status != INSITU_STATUS_OK) return status;
        until_restart = d->restart_interval - 1;
      }
      if (!read_mcu(d, &scan, column, row)) {
        return damaged(d, "its data make no sense", band);
      }
    }
    /* Asked once a row, so that a short file does not cost a long wait. */
    if (stb_entropy_has_overrun(d->entropy)) return damaged(d, "", band);
    if (!stored) give_rows(d, row + 1);
  }
  return end_scan(d, offset, (down - 1) / rows_a_band);
}

/* ---- Stored coefficients to bands ------------------------------------------ */

static void stored_block(const decoder *d, const component *c, uint32_t column, uint32_t row) {
  const int16_t *block = c->coefficients + ((size_t)row * c->header->blocks_across + column) * 64;
  if (!d->header->progressive) { /* dequantised when read */
    block_to_band(c, block, column, row);
    return;
  }
  int16_t scaled[64];
  for (int k = 0; k < 64; ++k) scaled[k] = (int16_t)(block[k] * c->quant[k]);
  block_to_band(c, scaled, column, row);
}

static void give_stored(decoder *d) {
  for (uint32_t band = d->first_band; band < d->end_band; ++band) {
    for (uint32_t i = 0; i < d->header->num_components; ++i) {
      const component *c = &d->components[i];
      uint32_t end_row = min_u32((band + 1) * c->header->v, num_blocks(c->header->height_px));
      uint32_t end_column = min_u32(c->end_block, num_blocks(c->header->width_px));
      for (uint32_t row = band * c->header->v; row < end_row; ++row) {
        for (uint32_t column = c->first_block; column < end_column; ++column) {
          stored_block(d, c, column, row);
        }
      }
    }
    give_rows(d, band + 1);
  }
}

/* ---- Set-up ----------------------------------------------------------------- */

/* The region with the rows and columns that upsampling looks at beside it. */
static void find_needed(decoder *d) {
  const image_region *region = &d->sink->region;
  uint32_t band_px = 8 * d->header->v_max, margin = 2 * d->header->v_max;
  uint32_t first = region->first_row > margin ? region->first_row - margin : 0;
  d->first_band = first / band_px;
  d->end_band = min_u32((region->end_row + margin + band_px - 1) / band_px, d->header->mcus_down);
  d->next_row = region->first_row;
  for (uint32_t i = 0; i < d->header->num_components; ++i) {
    component *c = &d->components[i];
    uint32_t first_sample = region->first_column / c->scale_x;
    uint32_t last_sample = (region->end_column - 1) / c->scale_x + 1;
    c->first_block = (first_sample > 0 ? first_sample - 1 : 0) / 8;
    c->end_block = min_u32(last_sample / 8 + 1, c->header->blocks_across);
  }
}

static insitu_status allocate(decoder *d) {
  const jpeg_header *header = d->header;
  bool stored = jpeg_is_stored(header);
  size_t total = 0, line_bytes = header->width_px + 4u;
  d->entropy = stb_entropy_create();
  d->scratch = alloc_array(header->width_px + 2u, sizeof *d->scratch);
  bool converts = header->profile.use == INSITU_PROFILE_CONVERTED;
  if (converts) d->colour = image_colour_create(&header->profile.space);
  bool ok = d->entropy != NULL && d->scratch != NULL && (!converts || d->colour != NULL);
  /* RGB needs three planes, grey too. */
  for (uint32_t i = 0; i < (header->num_components == 4 ? 4u : 3u); ++i) {
    d->planes[i] = alloc_zeroed(line_bytes);
    ok = ok && d->planes[i] != NULL;
  }
  for (uint32_t i = 0; i < header->num_components; ++i) {
    component *c = &d->components[i];
    c->header = &header->components[i];
    c->scale_x = header->h_max / c->header->h;
    c->scale_y = header->v_max / c->header->v;
    c->stride = c->header->blocks_across * 8;
    c->band_rows = 8u * c->header->v;
    /* limits_check_memory has bounded both products. */
    size_t band_bytes = (size_t)c->stride * c->band_rows * 2;
    size_t num_coefficients = (size_t)c->header->blocks_across * c->header->blocks_down * 64;
    total += band_bytes + (stored ? num_coefficients * sizeof(int16_t) : 0);
    c->bands = alloc_zeroed(band_bytes);
    if (stored) c->coefficients = alloc_bytes(num_coefficients * sizeof(int16_t));
    ok = ok && c->bands != NULL && (!stored || c->coefficients != NULL);
  }
  return ok ? error_clear(d->error) : error_out_of_memory(d->error, "decoding the JPEG", total);
}

static void release(decoder *d) {
  stb_entropy_destroy(d->entropy);
  alloc_free(d->scratch);
  image_colour_destroy(d->colour);
  for (uint32_t i = 0; i < JPEG_MAX_COMPONENTS; ++i) {
    alloc_free(d->planes[i]);
    alloc_free(d->components[i].bands);
    alloc_free(d->components[i].coefficients);
  }
}

static insitu_status read_tables(decoder *d, const jpeg_marker *marker) {
  if (marker->code == JPEG_DRI) {
    uint16_t interval;
    if (!span_u16_be(marker->payload, 0, &interval) || marker->payload.size_bytes != 2) {
      return damaged(d, "the restart interval has a wrong length", 0);
    }
    d->restart_interval = interval;
    return error_clear(d->error);
  }
  if (!stb_entropy_read_tables(d->entropy, marker->code, marker->payload)) {
    return damaged(d, "a Huffman or quantisation table makes no sense", 0);
  }
  return error_clear(d->error);
}

/* To the end of the last scan that the header has counted. */
static insitu_status read_markers(decoder *d) {
  jpeg_marker marker = {.next = 2};
  insitu_status status = error_clear(d->error);
  while (status == INSITU_STATUS_OK && d->num_scans < d->header->num_scans) {
    status = jpeg_read_marker(d->file, marker.next, &marker, d->error);
    if (status != INSITU_STATUS_OK) break;
    if (marker.code == JPEG_DHT || marker.code == JPEG_DQT || marker.code == JPEG_DRI) {
      status = read_tables(d, &marker);
    } else if (marker.code == JPEG_SOS) {
      status = read_scan(d, marker.payload, &marker.next);
    }
  }
  return status;
}

insitu_status jpeg_decode_rows(span file, const jpeg_header *header, const image_sink *sink,
                               insitu_error *error) {
  decoder d = {.file = file, .header = header, .sink = sink, .error = error};
  insitu_status status = allocate(&d);
  if (status == INSITU_STATUS_OK) {
    /* Motion JPEG's frames leave out the tables that everybody has; progressive
     * files need their own. */
    if (!header->progressive) jpeg_add_standard_tables(d.entropy);
    find_needed(&d);
    status = read_markers(&d);
  }
  if (status == INSITU_STATUS_OK && jpeg_is_stored(header)) give_stored(&d);
  if (status == INSITU_STATUS_OK && d.next_row != sink->region.end_row) {
    status = error_set(error, INSITU_STATUS_INTERNAL, "the JPEG decoder gave %u rows of %u",
                       d.next_row, sink->region.end_row);
  }
  release(&d);
  return status;
}
