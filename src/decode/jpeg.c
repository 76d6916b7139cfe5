/* The JPEG decoder's loops: markers, scans, MCUs.
 *
 * A baseline picture with one scan is never held: a band (one row of MCUs) is
 * decoded, and the rows that it completes leave at once. Where coefficients
 * come in several scans those that are needed are kept, 2 bytes each, and turned
 * into bands at the end. Only blocks that the sink's region needs go through the
 * inverse DCT, but all of the file's data is read: a segment that runs out of bits,
 * or a restart marker that is not where it must be, fails the picture. */
#include "decode/jpeg.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "decode/jpeg_bands.h"
#include "decode/jpeg_entropy.h"
#include "decode/jpeg_markers.h"
#include "decode/jpeg_store.h"

typedef struct component {
  const jpeg_component *header;
  const jpeg_plane *plane;
  /* As it was when the component's first scan began, in zigzag order; repeats its last. */
  uint16_t quant[80];
  uint16_t row_quant[64]; /* the same in row order */
  bool has_quant;
  jpeg_store store; /* where the header says that the picture is stored */
} component;

typedef struct decoder {
  span file;
  const jpeg_header *header;
  insitu_error *error;
  jpeg_entropy *entropy;
  jpeg_bands bands;
  component components[JPEG_MAX_COMPONENTS];
  uint32_t restart_interval; /* MCUs; 0: none */
  uint32_t num_scans;        /* read so far */
} decoder;

static uint32_t min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }
/* Without the padding to whole MCUs. */
static uint32_t num_blocks(uint32_t size_px) { return (size_px + 7) / 8; }

/* ---- Scans to blocks ------------------------------------------------------- */

static insitu_status damaged(const decoder *d, const char *what, uint32_t band) {
  if (jpeg_bits_has_overrun(&d->entropy->bits)) {
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
  enum { MAX_UNREAD_BYTES = 20 };
  if (jpeg_bits_has_overrun(&d->entropy->bits)) return damaged(d, "", band);
  if (is_open) return error_clear(d->error);
  if (jpeg_bits_num_unread(&d->entropy->bits, MAX_UNREAD_BYTES + 1) > MAX_UNREAD_BYTES)
    return damaged(d, "it has more data than pixels", band);
  return error_clear(d->error);
}

/* offset: in, of the segment's first byte; out, of the marker after it. */
static void begin_segment(decoder *d, size_t *offset) {
  size_t end = jpeg_entropy_end(d->file, *offset);
  jpeg_entropy_begin(d->entropy, (span){d->file.data + *offset, end - *offset});
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
  const component *c = &d->components[n];
  if (d->header->progressive) {
    jpeg_block kept = jpeg_store_block(&c->store, column, row);
    if (scan->first_k == 0) return jpeg_entropy_read_mean(d->entropy, n, dc, &kept);
    return jpeg_entropy_read_band(d->entropy, ac, &kept);
  }
  int16_t block[64];
  uint8_t needs = jpeg_bands_needs(c->plane, column, row);
  bool is_ok = needs == 0 || jpeg_bands_needs_mean(c->plane, needs)
                   ? jpeg_entropy_pass_block(d->entropy, n, dc, ac, c->quant, block)
                   : jpeg_entropy_read_block(d->entropy, n, dc, ac, c->quant, block);
  if (!is_ok || needs == 0) return is_ok;
  if (jpeg_is_stored(d->header)) jpeg_store_write(&c->store, block, column, row);
  else jpeg_bands_put(c->plane, needs, block, column, row);
  return true;
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
    if ((needs_dc && !d->entropy->tables.dc[scan->components[i].dc_table].is_there) ||
        (needs_ac && !d->entropy->tables.ac[scan->components[i].ac_table].is_there)) {
      return damaged(d, "a Huffman table is missing", 0);
    }
    if (c->has_quant) continue;
    if (!d->entropy->tables.has_quant[c->header->quant_index]) {
      return damaged(d, "a quantisation table is missing", 0);
    }
    for (int k = 0; k < 80; ++k) {
      c->quant[k] = d->entropy->tables.quant[c->header->quant_index][k < 64 ? k : 63];
      c->row_quant[jpeg_zigzag[k]] = c->quant[k];
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
  d->entropy->band = (jpeg_band){scan.first_k, scan.last_k, scan.high, scan.low};
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
    if (jpeg_bits_has_overrun(&d->entropy->bits)) return damaged(d, "", band);
    if (!stored) jpeg_bands_give(&d->bands, row + 1);
  }
  return end_scan(d, offset, (down - 1) / rows_a_band);
}

/* ---- Stored coefficients to bands ------------------------------------------ */

static void put_stored(const decoder *d, const component *c, uint32_t column, uint32_t row) {
  uint8_t needs = jpeg_bands_needs(c->plane, column, row);
  if (needs == 0) return;
  int16_t block[64];
  jpeg_store_read(&c->store, column, row, block);
  if (d->header->progressive) { /* else they were dequantised when read */
    for (int i = 0; i < 64; ++i) block[i] = (int16_t)(block[i] * c->row_quant[i]);
  }
  jpeg_bands_put(c->plane, needs, block, column, row);
}

static void give_stored(decoder *d) {
  for (uint32_t band = 0; band < d->header->mcus_down; ++band) {
    for (uint32_t i = 0; i < d->header->num_components; ++i) {
      const component *c = &d->components[i];
      uint32_t end_row = min_u32((band + 1) * c->header->v, num_blocks(c->header->height_px));
      for (uint32_t row = band * c->header->v; row < end_row; ++row) {
        if (c->plane->row_needs[row] == 0) continue;
        for (uint32_t column = 0; column < num_blocks(c->header->width_px); ++column) {
          put_stored(d, c, column, row);
        }
      }
    }
    jpeg_bands_give(&d->bands, band + 1);
  }
}

/* ---- Set-up ----------------------------------------------------------------- */

static insitu_status init(decoder *d, const image_sink *sink) {
  insitu_status status = jpeg_bands_init(&d->bands, d->header, sink, d->error);
  if (status != INSITU_STATUS_OK) return status;
  d->entropy = alloc_zeroed(sizeof *d->entropy);
  bool ok = d->entropy != NULL;
  size_t total = sizeof *d->entropy;
  for (uint32_t i = 0; i < d->header->num_components; ++i) {
    component *c = &d->components[i];
    c->header = &d->header->components[i];
    c->plane = &d->bands.planes[i];
    if (!jpeg_is_stored(d->header)) continue;
    ok = jpeg_store_init(&c->store, c->plane, d->header->progressive, &total) && ok;
  }
  return ok ? error_clear(d->error) : error_out_of_memory(d->error, "decoding the JPEG", total);
}

static void deinit(decoder *d) {
  for (uint32_t i = 0; i < JPEG_MAX_COMPONENTS; ++i) jpeg_store_deinit(&d->components[i].store);
  alloc_free(d->entropy);
  jpeg_bands_deinit(&d->bands);
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
  bool is_ok = marker->code == JPEG_DQT
                   ? jpeg_read_quantisation(&d->entropy->tables, marker->payload)
                   : jpeg_read_huffman(&d->entropy->tables, marker->payload);
  if (!is_ok) {
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
  decoder d = {.file = file, .header = header, .error = error};
  insitu_status status = init(&d, sink);
  if (status == INSITU_STATUS_OK) {
    /* Motion JPEG's frames leave out the tables that everybody has; progressive
     * files need their own. */
    if (!header->progressive) jpeg_add_standard_tables(&d.entropy->tables);
    status = read_markers(&d);
  }
  if (status == INSITU_STATUS_OK && jpeg_is_stored(header)) give_stored(&d);
  if (status == INSITU_STATUS_OK && !jpeg_bands_are_given(&d.bands)) {
    status =
        error_set(error, INSITU_STATUS_INTERNAL, "the JPEG decoder gave %u rows", d.bands.next_row);
  }
  deinit(&d);
  return status;
}
