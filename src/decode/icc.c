/* ICC profiles: header, tag table, and five kinds of tags. Whatever is beyond the
 * span's end or of another kind makes a profile that is not used. */
#include "decode/icc.h"

#include <string.h>

#define SIGNATURE(a, b, c, d) \
  ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The tag's content, from its type signature on. */
static bool find_tag(span icc, uint32_t signature, span *tag) {
  uint32_t num_tags, found, offset, size;
  if (!span_u32_be(icc, 128, &num_tags) || num_tags > (icc.size_bytes - 132) / 12) return false;
  for (uint32_t i = 0; i < num_tags && i < 1024; ++i) {
    size_t entry = 132 + 12 * (size_t)i;
    if (!span_u32_be(icc, entry, &found) || !span_u32_be(icc, entry + 4, &offset) ||
        !span_u32_be(icc, entry + 8, &size)) {
      return false;
    }
    if (found == signature) return span_sub(icc, offset, size, tag);
  }
  return false;
}

static bool has_type(span tag, uint32_t type) {
  uint32_t found;
  return span_u32_be(tag, 0, &found) && found == type;
}

/* s15Fixed16 */
static bool read_fixed(span tag, size_t offset, double *value) {
  uint32_t bits;
  if (!span_u32_be(tag, offset, &bits)) return false;
  *value = (int32_t)bits / 65536.0;
  return true;
}

/* ---- Curves (10.6, 10.18) --------------------------------------------------- */

static bool read_sampled_curve(span tag, uint16_t table[256]) {
  uint32_t count;
  if (!span_u32_be(tag, 8, &count) || count > tag.size_bytes) return false;
  if (count < 2) {
    uint16_t gamma = 256;
    if (count == 1 && !span_u16_be(tag, 12, &gamma)) return false;
    profile_fill_curve(&(profile_curve){.g = gamma / 256.0, .a = 1.0}, table);
    return true;
  }
  for (uint32_t i = 0; i < 256; ++i) {
    uint64_t position = (uint64_t)i * (count - 1);
    size_t below = 12 + 2 * (size_t)(position / 255);
    uint32_t rest = (uint32_t)(position % 255);
    uint16_t low, high;
    if (!span_u16_be(tag, below, &low)) return false;
    high = low;
    if (rest > 0 && !span_u16_be(tag, below + 2, &high)) return false;
    table[i] = (uint16_t)((low * (255 - rest) + high * rest + 127) / 255);
  }
  return true;
}

static bool read_parametric_curve(span tag, uint16_t table[256]) {
  static const uint8_t counts[5] = {1, 3, 4, 5, 7};
  uint16_t kind;
  double p[7] = {0.0, 1.0}; /* g a b c d e f */
  if (!span_u16_be(tag, 8, &kind) || kind > 4) return false;
  for (size_t i = 0; i < counts[kind]; ++i) {
    if (!read_fixed(tag, 12 + 4 * i, &p[i])) return false;
  }
  profile_curve curve = {p[0], p[1], p[2], p[3], p[4], p[5], p[6]};
  if (kind == 1 || kind == 2) { /* the formula where its base is positive; else c */
    if (curve.a == 0.0) return false;
    curve = (profile_curve){p[0], p[1], p[2], 0.0, -p[2] / p[1], p[3], p[3]};
  }
  profile_fill_curve(&curve, table);
  return true;
}

static bool read_curve(span icc, uint32_t signature, uint16_t table[256]) {
  span tag;
  if (!find_tag(icc, signature, &tag)) return false;
  if (has_type(tag, SIGNATURE('c', 'u', 'r', 'v'))) return read_sampled_curve(tag, table);
  return has_type(tag, SIGNATURE('p', 'a', 'r', 'a')) && read_parametric_curve(tag, table);
}

/* ---- Names (10.15; 6.5.17 of version 2) -------------------------------------- */

typedef struct name_writer {
  char *text;
  size_t length, room;
} name_writer;

/* False where there is no room left. */
static bool add_character(name_writer *w, uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000)) c = '?';
  char bytes[4];
  size_t length = 0;
  if (c < 0x80) {
    bytes[length++] = (char)c;
  } else if (c < 0x800) {
    bytes[length++] = (char)(0xc0 | c >> 6);
  } else {
    bytes[length++] = (char)(0xe0 | c >> 12); /* a plane of 16 bits; others are '?' */
    bytes[length++] = (char)(0x80 | (c >> 6 & 63));
  }
  if (c >= 0x80) bytes[length++] = (char)(0x80 | (c & 63));
  if (w->length + length >= w->room) return false;
  memcpy(w->text + w->length, bytes, length);
  w->length += length;
  w->text[w->length] = '\0';
  return true;
}

/* The English text where there is one, else the first. */
static bool find_record(span tag, span *text) {
  uint32_t num_records, size, offset;
  bool found = false;
  if (!span_u32_be(tag, 8, &num_records)) return false;
  for (uint32_t i = 0; i < num_records && i < 256; ++i) {
    size_t record = 16 + 12 * (size_t)i;
    uint16_t language;
    if (!span_u16_be(tag, record, &language) || !span_u32_be(tag, record + 4, &size) ||
        !span_u32_be(tag, record + 8, &offset)) {
      break;
    }
    bool is_english = language == ('e' << 8 | 'n');
    if ((found && !is_english) || !span_sub(tag, offset, size, text)) continue;
    found = true;
    if (is_english) break;
  }
  return found;
}

static void read_name(span icc, char name[48]) {
  name_writer w = {name, 0, 48};
  span tag, text;
  if (!find_tag(icc, SIGNATURE('d', 'e', 's', 'c'), &tag)) return;
  if (has_type(tag, SIGNATURE('d', 'e', 's', 'c'))) {
    for (size_t i = 12; i < tag.size_bytes && tag.data[i] != 0; ++i) {
      if (!add_character(&w, tag.data[i] < 0x80 ? tag.data[i] : '?')) return;
    }
  } else if (has_type(tag, SIGNATURE('m', 'l', 'u', 'c')) && find_record(tag, &text)) {
    uint16_t c;
    for (size_t i = 0; span_u16_be(text, i, &c) && c != 0; i += 2) {
      if (!add_character(&w, c)) return;
    }
  }
}

/* ---- Profiles ---------------------------------------------------------------- */

static bool read_primaries(span icc, double to_xyz[3][3]) {
  static const uint32_t columns[3] = {SIGNATURE('r', 'X', 'Y', 'Z'), SIGNATURE('g', 'X', 'Y', 'Z'),
                                      SIGNATURE('b', 'X', 'Y', 'Z')};
  for (size_t c = 0; c < 3; ++c) {
    span tag;
    if (!find_tag(icc, columns[c], &tag) || !has_type(tag, SIGNATURE('X', 'Y', 'Z', ' '))) {
      return false;
    }
    for (size_t i = 0; i < 3; ++i) {
      if (!read_fixed(tag, 8 + 4 * i, &to_xyz[i][c])) return false;
    }
  }
  return true;
}

static void read_rgb(span icc, decode_profile *profile) {
  static const uint32_t curves[3] = {SIGNATURE('r', 'T', 'R', 'C'), SIGNATURE('g', 'T', 'R', 'C'),
                                     SIGNATURE('b', 'T', 'R', 'C')};
  double to_xyz[3][3];
  if (!read_primaries(icc, to_xyz)) return;
  for (size_t c = 0; c < 3; ++c) {
    if (!read_curve(icc, curves[c], profile->space.curves[c])) return;
  }
  profile_finish(profile, (const double(*)[3])to_xyz);
}

static void read_grey(span icc, decode_profile *profile) {
  image_colour_space *space = &profile->space;
  if (!read_curve(icc, SIGNATURE('k', 'T', 'R', 'C'), space->curves[0])) return;
  for (int c = 1; c < 3; ++c) memcpy(space->curves[c], space->curves[0], sizeof space->curves[0]);
  profile_finish_plain(profile);
}

bool icc_read(span icc, icc_pixels pixels, decode_profile *profile) {
  uint32_t size, mark, kind, connection;
  *profile = (decode_profile){.use = INSITU_PROFILE_NOT_USED};
  if (!span_u32_be(icc, 0, &size) || !span_u32_be(icc, 16, &kind) ||
      !span_u32_be(icc, 20, &connection) || !span_u32_be(icc, 36, &mark) ||
      mark != SIGNATURE('a', 'c', 's', 'p')) {
    return false;
  }
  read_name(icc, profile->name);
  if (!span_sub(icc, 0, size, &icc)) return true; /* cut: browsers do not use it either */
  if (pixels == ICC_CMYK) return true;
  if (kind ==
      SIGNATURE('R', 'G', 'B', ' ')) { /* a matrix is of XYZ, whatever connects its tables */
    read_rgb(icc, profile);
  } else if (kind == SIGNATURE('G', 'R', 'A', 'Y') && pixels == ICC_GREY &&
             connection == SIGNATURE('X', 'Y', 'Z', ' ')) {
    read_grey(icc, profile);
  }
  return true;
}
