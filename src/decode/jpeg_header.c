/* JPEG frame and scan headers (ITU T.81, B.2) and the application segments that
 * say how to show the picture (JFIF, Exif, Adobe). Decodes nothing.
 *
 * T.81 allows much that no camera writes; what the decoder cannot do is refused
 * here by name: arithmetic coding, lossless and hierarchical frames, 12 bits,
 * heights that come after the picture. */
#include "decode/jpeg_header.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "decode/exif.h"
#include "decode/icc.h"
#include "decode/jpeg_markers.h"
#include "decode/limits.h"

/* A coefficient is visited once for each bit position from its first scan's down
 * to 0. libjpeg's scripts begin at 2, mozjpeg's at 3; T.81 allows 13, which lets
 * a file of 250 kB cost 5 s (measured at 43 megapixels; at 4 it is 2 s). */
enum { MAX_FIRST_BIT = 4 };

typedef struct walk {
  jpeg_header header;
  bool has_frame, has_jfif, has_exif;
  int adobe_transform; /* -1: no Adobe segment */
  span icc[255];       /* pieces of the colour profile, by their numbers; data NULL: not there */
  uint32_t num_icc;    /* as the first piece says; 0: none */
  /* Lowest bit that scans have delivered so far of each coefficient; -1: none.
   * A whole picture has them all at 0. */
  int8_t low[JPEG_MAX_COMPONENTS][64];
} walk;

static insitu_status damaged(insitu_error *error, const char *what) {
  return error_set(error, INSITU_STATUS_DAMAGED, "The JPEG is damaged: %s", what);
}

static insitu_status unsupported(insitu_error *error, const char *what) {
  return error_set(error, INSITU_STATUS_UNSUPPORTED,
                   "This JPEG uses %s, which is not supported. "
                   "Save it again as an ordinary JPEG or PNG",
                   what);
}

static insitu_status unsupported_frame(uint8_t code, insitu_error *error) {
  if (code == JPEG_SOF0 + 3) return unsupported(error, "lossless coding");
  if (code > JPEG_JPG) return unsupported(error, "arithmetic coding");
  return unsupported(error, "hierarchical coding");
}

static uint32_t divide_up(uint32_t a, uint32_t b) { return (a + b - 1) / b; }

/* 8-bit samples make blocks of at most 64 coefficients of 2 bytes; a stored block
 * has one word more that says which are not zero, and tables of where they lie.
 * It is the most that may be kept: a picture that is decoded smaller keeps less. */
static uint64_t working_bytes(const jpeg_header *header, bool stored) {
  uint64_t total = 0;
  for (uint32_t i = 0; i < header->num_components; ++i) {
    const jpeg_component *c = &header->components[i];
    total += (uint64_t)c->blocks_across * 64 * 2 * c->v; /* two MCU rows of samples */
    if (stored) {
      total +=
          (uint64_t)c->blocks_across * c->blocks_down * (64 * sizeof(int16_t) + sizeof(uint64_t));
      total += c->blocks_down * sizeof(size_t) + 4ull * c->blocks_across * sizeof(uint32_t);
    }
  }
  return total;
}

static insitu_status set_geometry(jpeg_header *header, insitu_error *error) {
  /* One component is never interleaved: its factors have no meaning. */
  if (header->num_components == 1) header->components[0].h = header->components[0].v = 1;
  header->h_max = header->v_max = 1;
  for (uint32_t i = 0; i < header->num_components; ++i) {
    const jpeg_component *c = &header->components[i];
    if (c->h < 1 || c->h > 4 || c->v < 1 || c->v > 4) {
      return damaged(error, "a sampling factor is not within 1..4");
    }
    if (c->quant_index > 3) return damaged(error, "a quantisation table's number is above 3");
    if (c->h > header->h_max) header->h_max = c->h;
    if (c->v > header->v_max) header->v_max = c->v;
  }
  header->mcus_across = divide_up(header->width_px, 8 * header->h_max);
  header->mcus_down = divide_up(header->height_px, 8 * header->v_max);
  for (uint32_t i = 0; i < header->num_components; ++i) {
    jpeg_component *c = &header->components[i];
    if (header->h_max % c->h != 0 || header->v_max % c->v != 0) {
      return unsupported(error, "colour sampling in fractions of a pixel");
    }
    c->width_px = divide_up(header->width_px * c->h, header->h_max);
    c->height_px = divide_up(header->height_px * c->v, header->v_max);
    c->blocks_across = header->mcus_across * c->h;
    c->blocks_down = header->mcus_down * c->v;
  }
  return limits_check_memory(working_bytes(header, header->progressive), error);
}

static insitu_status read_frame(walk *w, uint8_t code, span payload, insitu_error *error) {
  if (w->has_frame) return damaged(error, "it has two frame headers");
  jpeg_header *header = &w->header;
  uint8_t bits, num_components;
  uint16_t width, height;
  if (!span_u8(payload, 0, &bits) || !span_u16_be(payload, 1, &height) ||
      !span_u16_be(payload, 3, &width) || !span_u8(payload, 5, &num_components) ||
      payload.size_bytes != 6u + 3u * num_components) {
    return damaged(error, "its frame header has a wrong length");
  }
  if (bits != 8) return unsupported(error, "samples of other than 8 bits");
  if (height == 0) return unsupported(error, "a height that is given after the picture");
  if (num_components != 1 && num_components != 3 && num_components != 4) {
    return unsupported(error, "a number of colour components other than 1, 3 and 4");
  }
  header->width_px = width;
  header->height_px = height;
  header->num_components = num_components;
  header->progressive = code == JPEG_SOF2;
  for (uint32_t i = 0; i < num_components; ++i) {
    const uint8_t *p = payload.data + 6 + 3 * i;
    header->components[i] =
        (jpeg_component){.id = p[0], .h = p[1] >> 4, .v = p[1] & 15, .quant_index = p[2]};
  }
  w->has_frame = true;
  insitu_status status = limits_check_size(width, height, error);
  return status != INSITU_STATUS_OK ? status : set_geometry(header, error);
}

/* The first component of that id which the scan does not have yet: where several
 * share an id, file order tells them apart, as libjpeg has it. */
static uint32_t find_component(const jpeg_header *header, const jpeg_scan *scan, uint32_t num_found,
                               uint8_t id) {
  for (uint32_t index = 0; index < header->num_components; ++index) {
    bool is_taken = false;
    for (uint32_t i = 0; i < num_found; ++i) {
      is_taken = is_taken || scan->components[i].index == index;
    }
    if (header->components[index].id == id && !is_taken) return index;
  }
  return header->num_components;
}

insitu_status jpeg_read_scan(const jpeg_header *header, span payload, jpeg_scan *scan,
                             insitu_error *error) {
  uint8_t n;
  if (!span_u8(payload, 0, &n) || n < 1 || n > header->num_components ||
      payload.size_bytes != 4u + 2u * n) {
    return damaged(error, "a scan header has a wrong length");
  }
  scan->num_components = n;
  for (uint32_t i = 0; i < n; ++i) {
    const uint8_t *p = payload.data + 1 + 2 * i;
    uint32_t index = find_component(header, scan, i, p[0]);
    if (index == header->num_components) return damaged(error, "a scan names no known component");
    if (p[1] >> 4 > 3 || (p[1] & 15) > 3) return damaged(error, "a scan names no Huffman table");
    scan->components[i].index = (uint8_t)index;
    scan->components[i].dc_table = p[1] >> 4;
    scan->components[i].ac_table = p[1] & 15;
  }
  const uint8_t *p = payload.data + 1 + 2 * n;
  if (!header->progressive) { /* these four mean nothing there, and some files have others */
    scan->first_k = 0;
    scan->last_k = 63;
    scan->high = scan->low = 0;
    return error_clear(error);
  }
  scan->first_k = p[0];
  scan->last_k = p[1];
  scan->high = p[2] >> 4;
  scan->low = p[2] & 15;
  bool ok = scan->last_k <= 63 && scan->first_k <= scan->last_k &&
            (scan->first_k == 0 ? scan->last_k == 0 : n == 1) &&
            (scan->high == 0 || scan->high == scan->low + 1);
  if (!ok) return damaged(error, "a scan header is not consistent");
  if (scan->low > MAX_FIRST_BIT) return unsupported(error, "very many progressive scans");
  return error_clear(error);
}

/* Scans must build each coefficient from its highest bits down, and the mean
 * of a block (k = 0) before its details. */
static insitu_status count_scan(walk *w, span payload, insitu_error *error) {
  if (!w->has_frame) return damaged(error, "a scan comes before the frame header");
  jpeg_scan scan;
  insitu_status status = jpeg_read_scan(&w->header, payload, &scan, error);
  if (status != INSITU_STATUS_OK) return status;
  if (++w->header.num_scans > INSITU_MAX_SCANS) {
    return error_set(error, INSITU_STATUS_TOO_LARGE, "The JPEG has more than %u scans",
                     INSITU_MAX_SCANS);
  }
  for (uint32_t i = 0; i < scan.num_components; ++i) {
    int8_t *low = w->low[scan.components[i].index];
    if (scan.first_k > 0 && low[0] < 0) return damaged(error, "its scans are out of order");
    for (uint32_t k = scan.first_k; k <= scan.last_k; ++k) {
      if (low[k] != (scan.high == 0 ? -1 : scan.high)) {
        return damaged(error, "its scans are out of order");
      }
      low[k] = (int8_t)scan.low;
    }
  }
  return error_clear(error);
}

static bool begins_with(span s, const char *tag, size_t size_bytes) {
  return s.size_bytes >= size_bytes && memcmp(s.data, tag, size_bytes) == 0;
}

static void read_application(walk *w, const jpeg_marker *marker) {
  span payload = marker->payload, tiff;
  if (marker->code == JPEG_APP0 && begins_with(payload, "JFIF", 5) &&
      payload.size_bytes >= 14) { /* a shorter one is none to libjpeg */
    w->has_jfif = true;
  }
  if (marker->code == JPEG_APP14 && begins_with(payload, "Adobe", 5) && payload.size_bytes >= 12) {
    w->adobe_transform = payload.data[11];
  }
  if (marker->code == JPEG_APP1 && !w->has_exif && begins_with(payload, "Exif\0", 6) &&
      span_sub(payload, 6, payload.size_bytes - 6, &tiff)) {
    w->has_exif = true;
    w->header.orientation = exif_orientation(tiff);
  }
  if (marker->code == JPEG_APP2 && begins_with(payload, "ICC_PROFILE", 12) &&
      payload.size_bytes >= 14) {
    uint8_t number = payload.data[12];
    if (w->num_icc == 0) w->num_icc = payload.data[13];
    if (number > 0 && w->icc[number - 1].data == NULL) {
      w->icc[number - 1] = (span){payload.data + 14, payload.size_bytes - 14};
    }
  }
}

/* The pieces' joined content (ICC.1, B.4). Where one is missing there is none. */
static insitu_status read_profile(walk *w, insitu_error *error) {
  static const icc_pixels pixels[] = {ICC_GREY, ICC_RGB, ICC_RGB, ICC_CMYK, ICC_CMYK};
  if (w->num_icc == 0) return error_clear(error);
  w->header.profile.use = INSITU_PROFILE_NOT_USED;
  size_t total = 0; /* at most 255 * 64 KiB */
  for (uint32_t i = 0; i < w->num_icc; ++i) {
    if (w->icc[i].data == NULL) return error_clear(error);
    total += w->icc[i].size_bytes;
  }
  if (w->num_icc == 1) {
    (void)icc_read(w->icc[0], pixels[w->header.colour], &w->header.profile);
    return error_clear(error);
  }
  uint8_t *joined = alloc_bytes(total), *end = joined;
  if (joined == NULL) return error_out_of_memory(error, "the colour profile", total);
  for (uint32_t i = 0; i < w->num_icc; ++i) {
    memcpy(end, w->icc[i].data, w->icc[i].size_bytes);
    end += w->icc[i].size_bytes;
  }
  (void)icc_read((span){joined, total}, pixels[w->header.colour], &w->header.profile);
  alloc_free(joined);
  return error_clear(error);
}

/* True where the scans so far bring every bit of every coefficient. */
static bool is_complete(const walk *w) {
  if (!w->has_frame) return false;
  for (uint32_t i = 0; i < w->header.num_components; ++i) {
    for (uint32_t k = 0; k < 64; ++k) {
      if (w->low[i][k] != 0) return false;
    }
  }
  return true;
}

/* libjpeg's rules, which are those of every browser. */
static jpeg_colour find_colour(const walk *w) {
  const jpeg_component *c = w->header.components;
  bool is_named_rgb = c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B';
  switch (w->header.num_components) {
    case 1: return JPEG_GREY;
    case 3:
      if (w->has_jfif) return JPEG_YCBCR;
      if (w->adobe_transform >= 0) return w->adobe_transform == 0 ? JPEG_RGB : JPEG_YCBCR;
      return is_named_rgb ? JPEG_RGB : JPEG_YCBCR;
    default: /* inverted without Adobe's mark too, as all readers have it */
      return w->adobe_transform <= 0 ? JPEG_CMYK : JPEG_YCCK;
  }
}

/* The end mark has come, and no scan may follow. */
static insitu_status refuse_incomplete(const walk *w, insitu_error *error) {
  if (!w->has_frame) return damaged(error, "it ends before its frame header");
  return error_set(error, INSITU_STATUS_TRUNCATED,
                   "The JPEG is not whole: %u scans were found, and they leave out details of the "
                   "picture. Copy or download it again",
                   w->header.num_scans);
}

static insitu_status visit(walk *w, const jpeg_marker *marker, insitu_error *error) {
  uint8_t code = marker->code;
  switch (code) {
    case JPEG_SOF0:
    case JPEG_SOF1:
    case JPEG_SOF2: return read_frame(w, code, marker->payload, error);
    case JPEG_SOS: return count_scan(w, marker->payload, error);
    case JPEG_DAC:
    case JPEG_DHT:
    case JPEG_DQT:
    case JPEG_DRI:
    case JPEG_DNL: /* repeats the height that the frame header gave */
    case JPEG_COM:
    case JPEG_TEM: return error_clear(error);
    default:
      if (code > JPEG_SOF2 && code <= JPEG_SOF15 && code != JPEG_JPG) {
        return unsupported_frame(code, error);
      }
      if (code >= JPEG_APP0 && code <= JPEG_APP15) {
        if (w->header.num_scans == 0) read_application(w, marker); /* later it is nobody's */
        return error_clear(error);
      }
      if (jpeg_is_restart(code)) return error_clear(error);
      return error_set(error, INSITU_STATUS_DAMAGED,
                       "The JPEG is damaged: marker 0x%02x before byte %zu has no place there",
                       code, marker->next);
  }
}

insitu_status jpeg_read_header(span file, jpeg_header *header, insitu_error *error) {
  walk w = {.header = {.orientation = 1}, .adobe_transform = -1};
  memset(w.low, -1, sizeof w.low);
  jpeg_marker marker = {.next = 2}; /* after SOI, which sniffing has seen */
  while (!is_complete(&w)) {
    insitu_status status = jpeg_read_marker(file, marker.next, &marker, error);
    if (status != INSITU_STATUS_OK) return status;
    if (marker.code == JPEG_EOI) return refuse_incomplete(&w, error);
    status = visit(&w, &marker, error);
    if (status != INSITU_STATUS_OK) return status;
    if (marker.code == JPEG_SOS || jpeg_is_restart(marker.code)) {
      marker.next = jpeg_entropy_end(file, marker.next);
    }
  }
  w.header.colour = find_colour(&w);
  insitu_status status =
      limits_check_memory(working_bytes(&w.header, jpeg_is_stored(&w.header)), error);
  if (status == INSITU_STATUS_OK) status = read_profile(&w, error);
  if (status == INSITU_STATUS_OK) *header = w.header;
  return status;
}
