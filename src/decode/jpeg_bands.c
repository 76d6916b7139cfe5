/* Sample rows are interpolated as stb_image does it: see source_rows. A reduced picture
 * needs none of that, since its colours' blocks give as many samples as its others. */
#include "decode/jpeg_bands.h"

#include "base/alloc.h"
#include "base/error.h"
#include "decode/jpeg_pixels.h"

static uint32_t min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* ---- Bands to rows ------------------------------------------------------------- */

static uint8_t *sample_row(const jpeg_plane *p, uint32_t row) {
  return p->samples + (size_t)(row % (2 * p->band_rows)) * p->stride;
}

/* Which two sample rows make picture row y, as stb_image centres them. */
static void source_rows(const jpeg_plane *p, uint32_t y, uint32_t *near, uint32_t *far) {
  uint32_t last = p->header->height_px - 1;
  uint32_t position = y + p->scale_y / 2, below = position / p->scale_y;
  uint32_t above = below > 0 ? below - 1 : 0;
  bool nearer_below = position % p->scale_y >= p->scale_y / 2;
  *near = min_u32(nearer_below ? below : above, last);
  *far = min_u32(nearer_below ? above : below, last);
}

/* True where all samples of row y are in bands before end_band. */
static bool has_row(const jpeg_bands *b, uint32_t y, uint32_t end_band) {
  for (uint32_t i = 0; i < b->header->num_components; ++i) {
    const jpeg_plane *p = &b->planes[i];
    uint32_t near, far;
    source_rows(p, y, &near, &far);
    if (near >= end_band * p->band_rows || far >= end_band * p->band_rows) return false;
  }
  return true;
}

static void to_srgb(const jpeg_bands *b, uint8_t *const lines[4], uint32_t begin, uint32_t end) {
  jpeg_to_rgb(b->header->colour, lines, begin, end);
  if (b->colour != NULL) image_colour_row(b->colour, lines, begin, end);
}

static void make_row(const jpeg_bands *b, uint32_t y, uint32_t begin, uint32_t end) {
  for (uint32_t i = 0; i < b->header->num_components; ++i) {
    const jpeg_plane *p = &b->planes[i];
    uint32_t near, far;
    source_rows(p, y, &near, &far);
    jpeg_upsample(sample_row(p, near), sample_row(p, far), p->header->width_px, p->scale_x,
                  p->scale_y, begin, end, b->scratch, b->lines[i]);
  }
  to_srgb(b, b->lines, begin, end);
}

static void give_row(const jpeg_bands *b, uint32_t y) {
  if (!image_runs_have(&b->rows, y)) return;
  for (uint32_t i = 0; i < b->columns.num_runs; ++i) {
    uint32_t begin = b->columns.first + i * b->columns.distance;
    make_row(b, y, begin, begin + b->columns.run_px);
  }
  const image_sink *sink = b->sink;
  const uint8_t *rgb[3] = {b->lines[0], b->lines[1], b->lines[2]};
  (b->is_reduced ? sink->detail : sink->row)(sink->context, y, rgb);
}

/* The planes are turned into red, green and blue where they are. */
static void give_reduced_row(const jpeg_bands *b, uint32_t y, uint32_t row_of_band) {
  const image_region *region = &b->sink->region;
  if (y < region->first_row) return;
  uint8_t *lines[JPEG_MAX_COMPONENTS];
  for (uint32_t i = 0; i < JPEG_MAX_COMPONENTS; ++i) {
    const jpeg_plane *p = &b->planes[i];
    lines[i] = i < b->header->num_components ? p->reduced + (size_t)row_of_band * p->reduced_stride
                                             : b->lines[i];
  }
  to_srgb(b, lines, region->first_column, region->end_column);
  const uint8_t *rgb[3] = {lines[0], lines[1], lines[2]};
  b->sink->row(b->sink->context, y, rgb);
}

static uint32_t end_of(const image_runs *runs) {
  return runs->first + (runs->num_runs - 1) * runs->distance + runs->run_px;
}

void jpeg_bands_give(jpeg_bands *b, uint32_t end_band) {
  if (b->is_reduced) {
    uint32_t rows_a_band = 8 * b->header->v_max / b->sink->reduction;
    uint32_t end = min_u32(end_band * rows_a_band, b->sink->region.end_row);
    for (; b->next_reduced_row < end; ++b->next_reduced_row) {
      give_reduced_row(b, b->next_reduced_row, b->next_reduced_row % rows_a_band);
    }
  }
  while (b->next_row < end_of(&b->rows) && has_row(b, b->next_row, end_band)) {
    give_row(b, b->next_row++);
  }
}

bool jpeg_bands_are_given(const jpeg_bands *b) {
  return b->next_row == end_of(&b->rows) &&
         (!b->is_reduced || b->next_reduced_row == b->sink->region.end_row);
}

/* ---- Blocks to bands ----------------------------------------------------------- */

void jpeg_bands_put(const jpeg_plane *p, uint8_t needs, const int16_t *block, uint32_t column,
                    uint32_t row) {
  if ((needs & JPEG_NEEDS_WHOLE) != 0) {
    jpeg_idct(block, sample_row(p, row * 8) + (size_t)column * 8, p->stride);
  }
  if ((needs & JPEG_NEEDS_REDUCED) != 0) {
    uint8_t *out = p->reduced + (size_t)(row % p->header->v) * p->reduced_rows * p->reduced_stride +
                   (size_t)column * p->reduced_columns;
    if (p->reduced_columns * p->reduced_rows == 1) *out = jpeg_idct_mean(block[0]);
    else jpeg_idct_reduced(block, p->reduced_columns, p->reduced_rows, out, p->reduced_stride);
  }
}

/* ---- Set-up --------------------------------------------------------------------- */

uint32_t jpeg_max_reduction(const jpeg_header *header) {
  for (uint32_t i = 0; i < header->num_components; ++i) {
    const jpeg_component *c = &header->components[i];
    if (header->h_max / c->h > 2 || header->v_max / c->v > 2) return 1;
  }
  return IMAGE_MAX_REDUCTION;
}

/* For pixels of the picture within `runs`, with those that upsampling looks at beside them. */
static void mark_whole(uint8_t *needs, uint32_t num_blocks, const image_runs *runs,
                       uint32_t scale) {
  for (uint32_t i = 0; i < runs->num_runs; ++i) {
    uint32_t begin = runs->first + i * runs->distance, last = begin + runs->run_px - 1;
    uint32_t first_sample = begin / scale, last_sample = last / scale + 1;
    uint32_t block = (first_sample > 0 ? first_sample - 1 : 0) / 8;
    uint32_t end = min_u32(last_sample / 8 + 1, num_blocks);
    for (; block < end; ++block) needs[block] |= JPEG_NEEDS_WHOLE;
  }
}

static void mark_reduced(uint8_t *needs, uint32_t num_blocks, uint32_t begin, uint32_t end,
                         uint32_t samples_a_block) {
  uint32_t end_block = min_u32((end + samples_a_block - 1) / samples_a_block, num_blocks);
  for (uint32_t block = begin / samples_a_block; block < end_block; ++block) {
    needs[block] |= JPEG_NEEDS_REDUCED;
  }
}

/* Returns false where there is no memory. limits_check_memory has bounded the products. */
static bool init_plane(jpeg_bands *b, jpeg_plane *p, const jpeg_component *c, size_t *total) {
  const image_region *region = &b->sink->region;
  p->header = c;
  p->scale_x = b->header->h_max / c->h;
  p->scale_y = b->header->v_max / c->v;
  p->stride = c->blocks_across * 8;
  p->band_rows = 8u * c->v;
  size_t band_bytes = (size_t)p->stride * p->band_rows * 2;
  p->samples = alloc_zeroed(band_bytes);
  p->column_needs = alloc_zeroed(c->blocks_across);
  p->row_needs = alloc_zeroed(c->blocks_down);
  *total += band_bytes + c->blocks_across + c->blocks_down;
  if (p->samples == NULL || p->column_needs == NULL || p->row_needs == NULL) return false;
  mark_whole(p->column_needs, c->blocks_across, &b->columns, p->scale_x);
  mark_whole(p->row_needs, c->blocks_down, &b->rows, p->scale_y);
  if (!b->is_reduced) return true;
  p->reduced_columns = 8 * p->scale_x / b->sink->reduction;
  p->reduced_rows = 8 * p->scale_y / b->sink->reduction;
  p->reduced_stride = c->blocks_across * p->reduced_columns;
  size_t reduced_bytes = (size_t)p->reduced_stride * p->reduced_rows * c->v;
  p->reduced = alloc_zeroed(reduced_bytes);
  *total += reduced_bytes;
  if (p->reduced == NULL) return false;
  mark_reduced(p->column_needs, c->blocks_across, region->first_column, region->end_column,
               p->reduced_columns);
  mark_reduced(p->row_needs, c->blocks_down, region->first_row, region->end_row, p->reduced_rows);
  return true;
}

insitu_status jpeg_bands_init(jpeg_bands *b, const jpeg_header *header, const image_sink *sink,
                              insitu_error *error) {
  const image_region *region = &sink->region;
  size_t total = 0, line_bytes = header->width_px + 4u;
  *b = (jpeg_bands){.header = header, .sink = sink, .is_reduced = sink->reduction > 1};
  b->columns = (image_runs){region->first_column, region->end_column - region->first_column, 1, 0};
  b->rows = (image_runs){region->first_row, region->end_row - region->first_row, 1, 0};
  if (b->is_reduced) {
    b->columns = sink->detail_columns;
    b->rows = sink->detail_rows;
  }
  b->next_row = b->rows.first;
  b->next_reduced_row = region->first_row;
  b->scratch = alloc_array(header->width_px + 2u, sizeof *b->scratch);
  bool converts = header->profile.use == INSITU_PROFILE_CONVERTED;
  if (converts) b->colour = image_colour_create(&header->profile.space);
  bool ok = b->scratch != NULL && (!converts || b->colour != NULL);
  /* RGB needs three planes, grey too. */
  for (uint32_t i = 0; i < (header->num_components == 4 ? 4u : 3u); ++i) {
    b->lines[i] = alloc_zeroed(line_bytes);
    ok = ok && b->lines[i] != NULL;
  }
  for (uint32_t i = 0; i < header->num_components; ++i) {
    ok = init_plane(b, &b->planes[i], &header->components[i], &total) && ok;
  }
  return ok ? error_clear(error) : error_out_of_memory(error, "decoding the JPEG", total);
}

void jpeg_bands_deinit(jpeg_bands *b) {
  alloc_free(b->scratch);
  image_colour_destroy(b->colour);
  for (uint32_t i = 0; i < JPEG_MAX_COMPONENTS; ++i) {
    alloc_free(b->lines[i]);
    alloc_free(b->planes[i].samples);
    alloc_free(b->planes[i].column_needs);
    alloc_free(b->planes[i].row_needs);
    alloc_free(b->planes[i].reduced);
  }
}
