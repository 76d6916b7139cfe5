/* PNG chunks (W3C PNG, third edition, sections 5 and 11). Decodes nothing. */
#include "decode/png_header.h"

#include <string.h>

#include "base/error.h"
#include "decode/exif.h"
#include "decode/limits.h"
#include "decode/png_colour.h"

typedef struct walk {
  png_header header;
  png_colour colour;
  bool has_palette;           /* any PLTE; colour chunks after it are out of place */
  bool has_exif;              /* the first one counts */
  bool is_animated, is_frame; /* acTL; and fcTL: the picture data are an animation's first frame */
} walk;

static insitu_status damaged(insitu_error *error, const char *what) {
  return error_set(error, INSITU_STATUS_DAMAGED, "The PNG is damaged: %s", what);
}

static insitu_status truncated(span file, insitu_error *error) {
  return error_set(error, INSITU_STATUS_TRUNCATED,
                   "The PNG ends after %zu bytes, before the end of its data. "
                   "Copy or download it again",
                   file.size_bytes);
}

insitu_status png_read_chunk(span file, size_t offset, png_chunk *chunk, insitu_error *error) {
  uint32_t length;
  if (!span_u32_be(file, offset, &length) || !span_u32_be(file, offset + 4, &chunk->type)) {
    return truncated(file, error);
  }
  if (length > INT32_MAX) return damaged(error, "a chunk's length is above 2^31 - 1");
  size_t there = file.size_bytes - (offset + 8);
  chunk->is_cut = there < 4 || there - 4 < length;
  chunk->payload = (span){file.data + offset + 8, there < length ? there : length};
  chunk->next = offset + 8 + (size_t)length + 4;
  return error_clear(error);
}

/* CRC-32 (annex D) by a table of bytes. */
static void crc_init(uint32_t table[256]) {
  for (uint32_t n = 0; n < 256; ++n) {
    uint32_t c = n;
    for (int bit = 0; bit < 8; ++bit) c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
    table[n] = c;
  }
}

/* The CRC covers the type and the payload, which it follows. */
static bool crc_matches(const uint32_t table[256], const png_chunk *chunk) {
  const uint8_t *p = chunk->payload.data - 4;
  const uint8_t *end = chunk->payload.data + chunk->payload.size_bytes;
  uint32_t crc = 0xffffffff, stored = 0;
  while (p < end) crc = table[(crc ^ *p++) & 255] ^ crc >> 8;
  return span_u32_be((span){end, 4}, 0, &stored) && stored == ~crc;
}

size_t png_row_bytes(const png_header *header, uint32_t width_px) {
  return ((size_t)width_px * header->num_channels * header->bit_depth + 7) / 8;
}

png_pass png_pass_at(const png_header *header, uint32_t index) {
  static const png_pass adam7[7] = {{0, 0, 8, 8, 0, 0}, {4, 0, 8, 8, 0, 0}, {0, 4, 4, 8, 0, 0},
                                    {2, 0, 4, 4, 0, 0}, {0, 2, 2, 4, 0, 0}, {1, 0, 2, 2, 0, 0},
                                    {0, 1, 1, 2, 0, 0}};
  if (!header->interlaced) return (png_pass){0, 0, 1, 1, header->width_px, header->height_px};
  png_pass pass = adam7[index];
  pass.width_px = (header->width_px - pass.x0 + pass.x_step - 1) / pass.x_step;
  pass.height_px = (header->height_px - pass.y0 + pass.y_step - 1) / pass.y_step;
  return pass;
}

static size_t raw_bytes(const png_header *header) {
  size_t total = 0;
  for (uint32_t i = 0; i < png_num_passes(header); ++i) {
    png_pass pass = png_pass_at(header, i);
    if (pass.width_px > 0) total += (1 + png_row_bytes(header, pass.width_px)) * pass.height_px;
  }
  return total;
}

static insitu_status read_ihdr(span payload, png_header *header, insitu_error *error) {
  uint32_t width, height;
  if (payload.size_bytes != 13 || !span_u32_be(payload, 0, &width) ||
      !span_u32_be(payload, 4, &height)) {
    return damaged(error, "its header has a wrong length");
  }
  const uint8_t *p = payload.data + 8;
  uint8_t depth = p[0], type = p[1];
  static const uint8_t channels[7] = {1, 0, 3, 1, 2, 0, 4};
  bool depth_is_power = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
  if (type > 6 || channels[type] == 0 || !depth_is_power ||
      (type == (PNG_PALETTE | PNG_COLOUR) && depth > 8) ||
      (type != 0 && type != (PNG_PALETTE | PNG_COLOUR) && depth < 8)) {
    return error_set(error, INSITU_STATUS_DAMAGED,
                     "The PNG is damaged: colour type %u with %u bits does not exist", type, depth);
  }
  if (p[2] != 0 || p[3] != 0 || p[4] > 1) {
    return damaged(error, "its compression, filter or interlace method does not exist");
  }
  insitu_status status = limits_check_size(width, height, error);
  if (status != INSITU_STATUS_OK) return status;
  header->width_px = width;
  header->height_px = height;
  header->bit_depth = depth;
  header->colour_type = type;
  header->num_channels = channels[type];
  header->interlaced = p[4] == 1;
  header->raw_bytes = raw_bytes(header); /* at most 2^28 pixels of 8 bytes: fits 32 bits */
  return limits_check_memory(header->raw_bytes, error);
}

static bool is_indexed(const png_header *header) { return header->colour_type & PNG_PALETTE; }

static insitu_status read_plte(span payload, png_header *header, insitu_error *error) {
  if (!is_indexed(header)) return error_clear(error); /* only a suggestion */
  size_t count = payload.size_bytes / 3;
  if (count < 1 || count > 256 || header->palette_size > 0) {
    return damaged(error, "its palette has a wrong length");
  }
  memcpy(header->palette, payload.data, 3 * count);
  header->palette_size = (uint32_t)count;
  return error_clear(error);
}

/* One that cannot apply is left out. */
static void read_trns(span payload, png_header *header) {
  if (header->has_trns) return;
  if (is_indexed(header)) {
    if (payload.size_bytes > header->palette_size) return;
    for (size_t i = 0; i < payload.size_bytes; ++i) header->palette_alpha[i] = payload.data[i];
    header->has_trns = payload.size_bytes > 0;
    return;
  }
  if (header->colour_type & PNG_ALPHA || payload.size_bytes != 2u * header->num_channels) return;
  for (uint32_t i = 0; i < header->num_channels; ++i) {
    if (!span_u16_be(payload, 2 * i, &header->key[i])) return;
    if (header->bit_depth < 16) header->key[i] &= 255; /* the others mean nothing */
  }
  header->has_trns = true;
}

typedef struct chunk_name {
  char text[8];
} chunk_name;

/* Its four letters; a damaged one's bytes need not be text. */
static chunk_name type_name(uint32_t type) {
  chunk_name name = {{(char)(type >> 24), (char)(type >> 16), (char)(type >> 8), (char)type}};
  for (int i = 0; i < 4; ++i) {
    char letter = name.text[i] | 32;
    if (letter < 'a' || letter > 'z') return (chunk_name){"?"};
  }
  return name;
}

insitu_status png_refuse_checksum(const char *type, size_t before, insitu_error *error) {
  return error_set(error, INSITU_STATUS_DAMAGED,
                   "The PNG is damaged: the checksum of its chunk %s before byte %zu is "
                   "wrong. Copy or download it again",
                   type, before);
}

static insitu_status visit_critical(const png_chunk *chunk, png_header *header,
                                    insitu_error *error) {
  uint32_t type = chunk->type;
  switch (type) {
    case PNG_TYPE('I', 'H', 'D', 'R'):
      if (header->width_px > 0) return damaged(error, "it has two headers");
      return read_ihdr(chunk->payload, header, error);
    case PNG_TYPE('P', 'L', 'T', 'E'):
    case PNG_TYPE('I', 'D', 'A', 'T'):
    case PNG_TYPE('I', 'E', 'N', 'D'): break;
    default: /* before the header, too: CgBI, of Apple's tools */
      return error_set(error, INSITU_STATUS_UNSUPPORTED,
                       "This PNG has a chunk 0x%08x that must be understood and is not. "
                       "Save it again as an ordinary PNG or JPEG",
                       (unsigned)type);
  }
  if (header->width_px == 0) return damaged(error, "its header is missing");
  if (type == PNG_TYPE('P', 'L', 'T', 'E')) return read_plte(chunk->payload, header, error);
  if (type == PNG_TYPE('I', 'E', 'N', 'D')) return damaged(error, "it has no picture data");
  if (header->num_idat++ == 0) header->idat = chunk->payload;
  header->idat_bytes += chunk->payload.size_bytes;
  header->is_cut = chunk->is_cut;
  return error_clear(error);
}

/* Where a colour chunk's content is kept; NULL for other types. */
static span *find_colour(uint32_t type, png_colour *colour) {
  switch (type) {
    case PNG_TYPE('c', 'I', 'C', 'P'): return &colour->cicp;
    case PNG_TYPE('i', 'C', 'C', 'P'): return &colour->iccp;
    case PNG_TYPE('s', 'R', 'G', 'B'): return &colour->srgb;
    case PNG_TYPE('g', 'A', 'M', 'A'): return &colour->gama;
    case PNG_TYPE('c', 'H', 'R', 'M'): return &colour->chrm;
    default: return NULL;
  }
}

static void visit_ancillary(const uint32_t crc_table[256], const png_chunk *chunk, walk *w) {
  bool is_trns = chunk->type == PNG_TYPE('t', 'R', 'N', 'S');
  bool is_exif = chunk->type == PNG_TYPE('e', 'X', 'I', 'f');
  bool is_actl = chunk->type == PNG_TYPE('a', 'c', 'T', 'L');
  uint32_t num_frames = 0;
  bool is_fctl = chunk->type == PNG_TYPE('f', 'c', 'T', 'L');
  span *colour = find_colour(chunk->type, &w->colour);
  if (!is_trns && !is_exif && !is_actl && !is_fctl && colour == NULL) return;
  if (!crc_matches(crc_table, chunk)) return;
  if (is_actl && chunk->payload.size_bytes == 8 && span_u32_be(chunk->payload, 0, &num_frames)) {
    w->is_animated = w->is_animated || num_frames > 0;
  }
  w->is_frame = w->is_frame || is_fctl;
  if (is_trns) read_trns(chunk->payload, &w->header);
  if (is_exif && !w->has_exif) {
    w->header.orientation = exif_orientation(chunk->payload);
    w->has_exif = true;
  }
  if (colour != NULL && colour->data == NULL && !w->has_palette) *colour = chunk->payload;
}

/* Lower case means that a reader may pass over it. */
static bool is_ancillary(uint32_t type) { return type >> 29 & 1; }

/* One chunk up to the last of the picture data. */
static insitu_status visit(const uint32_t crc_table[256], const png_chunk *chunk, walk *w,
                           insitu_error *error) {
  if (is_ancillary(chunk->type)) {
    visit_ancillary(crc_table, chunk, w);
    return error_clear(error);
  }
  bool is_palette = chunk->type == PNG_TYPE('P', 'L', 'T', 'E');
  bool is_suggestion = is_palette && !is_indexed(&w->header);
  w->has_palette = w->has_palette || is_palette;
  if (!is_suggestion && !chunk->is_cut && !crc_matches(crc_table, chunk)) {
    bool is_data = chunk->type == PNG_TYPE('I', 'D', 'A', 'T');
    if (!is_data) return png_refuse_checksum(type_name(chunk->type).text, chunk->next, error);
    w->header.bad_checksum_before = chunk->next; /* the picture has a second one */
  }
  return visit_critical(chunk, &w->header, error);
}

static insitu_status finish(walk *w, insitu_error *error) {
  png_header *header = &w->header;
  if (is_indexed(header) && header->palette_size == 0) {
    return damaged(error, "its palette is missing");
  }
  if (w->is_animated && !w->is_frame) {
    /* Browsers show the animation alone, others this picture alone. */
    return error_set(error, INSITU_STATUS_UNSUPPORTED,
                     "This PNG is an animation whose first picture is not part of it. "
                     "Save the picture that you mean as an ordinary PNG or JPEG");
  }
  uint64_t joined = header->num_idat > 1 ? header->idat_bytes : 0;
  insitu_status status = limits_check_memory(header->raw_bytes + joined, error);
  if (status != INSITU_STATUS_OK) return status;
  return png_read_profile(&w->colour, !(header->colour_type & PNG_COLOUR), &header->profile, error);
}

insitu_status png_read_header(span file, png_header *header, insitu_error *error) {
  walk w = {.header = {.orientation = 1}};
  memset(w.header.palette_alpha, 255, sizeof w.header.palette_alpha);
  uint32_t table[256];
  crc_init(table);
  png_chunk chunk = {.next = 8}; /* after the signature, which sniffing has seen */
  for (;;) {
    insitu_status status = png_read_chunk(file, chunk.next, &chunk, error);
    bool is_data = status == INSITU_STATUS_OK && chunk.type == PNG_TYPE('I', 'D', 'A', 'T');
    if (w.header.num_idat > 0 && !is_data) {
      w.header.is_cut = w.header.is_cut || status == INSITU_STATUS_TRUNCATED;
      break;
    }
    if (status != INSITU_STATUS_OK) return status;
    if (chunk.is_cut && !is_data) return truncated(file, error);
    status = visit(table, &chunk, &w, error);
    if (status != INSITU_STATUS_OK) return status;
  }
  insitu_status status = finish(&w, error);
  if (status == INSITU_STATUS_OK) *header = w.header;
  return status;
}
