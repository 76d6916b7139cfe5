/* Means of fours, and so of eights, are made of the first order and the odd ones alone
 * (jpeg_pixels.c): 25 of 64. */
#include "decode/jpeg_store.h"

#include <string.h>

#include "base/alloc.h"

#define NO_SLOT 255

enum { NO = NO_SLOT };

struct jpeg_kept {
  uint32_t num_slots;
  uint32_t num_places;    /* slots of coefficients that are kept: the first */
  uint8_t slots[64 + 16]; /* see jpeg_block */
  uint8_t places[64];     /* each slot's, in row order */
};

static bool is_kept(uint32_t order, uint32_t num_samples) {
  return order == 0 || num_samples > 2 || (num_samples == 2 && order % 2 == 1);
}

/* For so many samples along each axis, up to 8; 0: none of either. Zeroed before. */
static void fill_kept(jpeg_kept *kept, uint32_t num_columns, uint32_t num_rows) {
  uint8_t slot_of[64], num_places = 0;
  for (uint32_t place = 0; place < 64 && num_columns * num_rows > 0; ++place) {
    slot_of[place] = NO_SLOT;
    if (!is_kept(place % 8, num_columns) || !is_kept(place / 8, num_rows)) continue;
    kept->places[num_places] = (uint8_t)place;
    slot_of[place] = num_places++;
  }
  kept->num_places = num_places;
  kept->num_slots = num_places + (num_places > 1 && num_places < 64);
  for (uint32_t k = 0; k < 80 && num_places > 1; ++k) {
    uint8_t slot = slot_of[jpeg_zigzag[k]];
    kept->slots[k] = slot != NO_SLOT ? slot : num_places;
  }
}

bool jpeg_store_init(jpeg_store *s, const jpeg_plane *plane, bool is_progressive,
                     size_t *total_bytes) {
  const jpeg_component *c = plane->header;
  s->plane = plane;
  s->kept = alloc_array(JPEG_NUM_NEEDS, sizeof *s->kept);
  s->row_offsets = alloc_array(c->blocks_down, sizeof *s->row_offsets);
  s->column_offsets =
      alloc_array((size_t)JPEG_NUM_NEEDS * c->blocks_across, sizeof *s->column_offsets);
  if (s->kept == NULL || s->row_offsets == NULL || s->column_offsets == NULL) return false;
  fill_kept(&s->kept[0], 0, 0);
  fill_kept(&s->kept[JPEG_NEEDS_WHOLE], 8, 8);
  fill_kept(&s->kept[JPEG_NEEDS_REDUCED], plane->reduced_columns, plane->reduced_rows);
  fill_kept(&s->kept[JPEG_NEEDS_WHOLE | JPEG_NEEDS_REDUCED], 8, 8);
  size_t row_sizes[JPEG_NUM_NEEDS], size = 0;
  for (uint32_t row_needs = 0; row_needs < JPEG_NUM_NEEDS; ++row_needs) {
    uint32_t offset = 0;
    for (uint32_t column = 0; column < c->blocks_across; ++column) {
      s->column_offsets[row_needs * c->blocks_across + column] = offset;
      offset += s->kept[plane->column_needs[column] & row_needs].num_slots;
    }
    row_sizes[row_needs] = offset;
  }
  for (uint32_t row = 0; row < c->blocks_down; ++row) {
    s->row_offsets[row] = size; /* limits_check_memory has bounded what it may become */
    size += row_sizes[plane->row_needs[row]];
  }
  size_t num_blocks = (size_t)c->blocks_across * c->blocks_down;
  s->coefficients = alloc_bytes(size * sizeof *s->coefficients);
  if (is_progressive) s->nonzero = alloc_bytes(num_blocks * sizeof *s->nonzero);
  *total_bytes += size * sizeof *s->coefficients + num_blocks * sizeof *s->nonzero;
  return s->coefficients != NULL && (!is_progressive || s->nonzero != NULL);
}

void jpeg_store_deinit(jpeg_store *s) {
  alloc_free(s->kept);
  alloc_free(s->row_offsets);
  alloc_free(s->column_offsets);
  alloc_free(s->coefficients);
  alloc_free(s->nonzero);
}

static const jpeg_kept *find(const jpeg_store *s, uint32_t column, uint32_t row,
                             int16_t **coefficients) {
  const jpeg_plane *plane = s->plane;
  uint32_t row_needs = plane->row_needs[row];
  *coefficients = s->coefficients + s->row_offsets[row] +
                  s->column_offsets[row_needs * plane->header->blocks_across + column];
  return &s->kept[plane->column_needs[column] & row_needs];
}

jpeg_block jpeg_store_block(const jpeg_store *s, uint32_t column, uint32_t row) {
  jpeg_block block;
  const jpeg_kept *kept = find(s, column, row, &block.coefficients);
  block.slots = kept->slots;
  block.num_slots = kept->num_slots;
  block.nonzero = s->nonzero + (size_t)row * s->plane->header->blocks_across + column;
  return block;
}

void jpeg_store_write(const jpeg_store *s, const int16_t *block, uint32_t column, uint32_t row) {
  int16_t *coefficients;
  const jpeg_kept *kept = find(s, column, row, &coefficients);
  for (uint32_t i = 0; i < kept->num_places; ++i) coefficients[i] = block[kept->places[i]];
}

void jpeg_store_read(const jpeg_store *s, uint32_t column, uint32_t row, int16_t block[64]) {
  int16_t *coefficients;
  const jpeg_kept *kept = find(s, column, row, &coefficients);
  if (kept->num_places == 64) {
    memcpy(block, coefficients, 64 * sizeof *block);
    return;
  }
  memset(block, 0, 64 * sizeof *block);
  for (uint32_t i = 0; i < kept->num_places; ++i) block[kept->places[i]] = coefficients[i];
}
