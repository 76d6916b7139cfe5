/* The RIFF container, read here and not by libwebp's demuxer: it is small, and
 * what libwebp then gets is the coded picture alone, whole and of known size. */
#include "decode/webp_header.h"

#include <src/webp/decode.h>

#include "base/error.h"
#include "decode/icc.h"
#include "decode/limits.h"

#define FOURCC(a, b, c, d) \
  ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

enum {
  VP8 = FOURCC('V', 'P', '8', ' '),
  VP8L = FOURCC('V', 'P', '8', 'L'),
  VP8X = FOURCC('V', 'P', '8', 'X'),
  ALPH = FOURCC('A', 'L', 'P', 'H'),
  ANMF = FOURCC('A', 'N', 'M', 'F'),
  ICCP = FOURCC('I', 'C', 'C', 'P')
};

enum {
  FIRST_CHUNK = 12,
  CHUNK_HEADER = 8,
  ANMF_HEADER = 16,
  FLAG_ANIMATION = 2,
  FLAG_ALPHA = 16,
  FLAG_ICC = 32
};

typedef struct chunk {
  uint32_t type;
  span payload;
  size_t end; /* where its payload ends; the next one begins there or a byte later */
} chunk;

static insitu_status truncated(span file, insitu_error *error) {
  return error_set(error, INSITU_STATUS_TRUNCATED,
                   "The WebP ends after %zu bytes, before its picture does. Copy or download it "
                   "again",
                   file.size_bytes);
}

static insitu_status damaged(const char *what, insitu_error *error) {
  return error_set(error, INSITU_STATUS_DAMAGED, "The WebP is damaged: %s", what);
}

/* The chunk at offset. False: it does not lie within. */
static bool read_chunk(span bytes, size_t offset, chunk *found) {
  uint32_t type, length;
  if (!span_u32_le(bytes, offset, &type) || !span_u32_le(bytes, offset + 4, &length) ||
      !span_sub(bytes, offset + CHUNK_HEADER, length, &found->payload)) {
    return false;
  }
  found->type = type;
  found->end = offset + CHUNK_HEADER + length;
  return true;
}

static size_t next_of(const chunk *c) { return c->end + c->end % 2; }

/* 24 bits, least significant byte first. */
static bool read_u24(span bytes, size_t offset, uint32_t *value) {
  uint16_t low;
  uint8_t high;
  if (!span_u16_le(bytes, offset, &low) || !span_u8(bytes, offset + 2, &high)) return false;
  *value = (uint32_t)high << 16 | low;
  return true;
}

/* From offset on: ALPH, perhaps others, and VP8, or VP8L. False: not there. */
static bool find_coded(span bytes, size_t offset, webp_header *header) {
  chunk c;
  size_t begin = offset;
  bool has_alph = false;
  for (; read_chunk(bytes, offset, &c); offset = next_of(&c)) {
    if (c.type == ALPH && !has_alph) {
      begin = offset;
      has_alph = true;
    }
    if (c.type != VP8 && c.type != VP8L) continue;
    if (!has_alph || c.type == VP8L) begin = offset;
    header->is_lossless = c.type == VP8L;
    return span_sub(bytes, begin, c.end - begin, &header->coded);
  }
  return false;
}

/* The first frame of an animation (RFC 9649, 2.7.1.1). */
static insitu_status read_frame(span frame, webp_header *header, insitu_error *error) {
  uint32_t x, y, width, height;
  if (!read_u24(frame, 0, &x) || !read_u24(frame, 3, &y) || !read_u24(frame, 6, &width) ||
      !read_u24(frame, 9, &height) || frame.size_bytes < ANMF_HEADER) {
    return damaged("the header of its first frame is too short", error);
  }
  header->x_px = 2 * x;
  header->y_px = 2 * y;
  header->coded_width_px = width + 1;
  header->coded_height_px = height + 1;
  if (header->x_px > header->width_px || width + 1 > header->width_px - header->x_px ||
      header->y_px > header->height_px || height + 1 > header->height_px - header->y_px) {
    return damaged("its first frame reaches beyond the picture", error);
  }
  if (!find_coded(frame, ANMF_HEADER, header)) {
    return damaged("its first frame has no picture", error);
  }
  return error_clear(error);
}

/* The first one, wherever it stands: some tools put it behind the picture. */
static void read_profile(span file, size_t offset, decode_profile *profile) {
  chunk c;
  for (; read_chunk(file, offset, &c); offset = next_of(&c)) {
    if (c.type != ICCP) continue;
    (void)icc_read(c.payload, ICC_RGB, profile);
    return;
  }
}

/* A file with a VP8X chunk: size and flags stand there, the rest after it. */
static insitu_status read_extended(span file, const chunk *vp8x, webp_header *header,
                                   insitu_error *error) {
  uint32_t width, height;
  uint8_t flags;
  if (!span_u8(vp8x->payload, 0, &flags) || !read_u24(vp8x->payload, 4, &width) ||
      !read_u24(vp8x->payload, 7, &height)) {
    return damaged("its VP8X chunk is too short", error);
  }
  header->width_px = width + 1;
  header->height_px = height + 1;
  header->has_alpha = (flags & FLAG_ALPHA) != 0;
  bool is_animation = (flags & FLAG_ANIMATION) != 0;
  if ((flags & FLAG_ICC) != 0) read_profile(file, next_of(vp8x), &header->profile);
  chunk c = *vp8x;
  for (size_t offset = next_of(vp8x); read_chunk(file, offset, &c); offset = next_of(&c)) {
    if (is_animation ? c.type == ANMF : c.type == ALPH || c.type == VP8 || c.type == VP8L) {
      header->coded_width_px = header->width_px;
      header->coded_height_px = header->height_px;
      if (is_animation) return read_frame(c.payload, header, error);
      return find_coded(file, offset, header) ? error_clear(error) : truncated(file, error);
    }
  }
  /* No chunk that is whole has a picture: is there more to come? */
  uint32_t riff_bytes = 0;
  (void)span_u32_le(file, 4, &riff_bytes);
  return file.size_bytes < (uint64_t)riff_bytes + CHUNK_HEADER
             ? truncated(file, error)
             : damaged("it has no picture", error);
}

/* Working memory: we keep 4 bytes a pixel, of the columns that the sink wants; of
 * lossless pictures libwebp keeps as much, of transparency all alpha. */
static uint64_t working_bytes_of(const webp_header *header) {
  uint64_t pixels = (uint64_t)header->coded_width_px * header->coded_height_px;
  uint64_t bytes = pixels * 4 + (uint64_t)header->width_px * 64;
  return bytes + pixels * (header->is_lossless ? 4 : header->has_alpha ? 1 : 0);
}

/* What libwebp says of the coded picture must agree with the container. */
static insitu_status check_coded(webp_header *header, bool is_extended, insitu_error *error) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(header->coded.data, header->coded.size_bytes, &features) != VP8_STATUS_OK) {
    return damaged("the header of its picture makes no sense", error);
  }
  uint32_t width = (uint32_t)features.width, height = (uint32_t)features.height;
  if (!is_extended) {
    header->width_px = header->coded_width_px = width;
    header->height_px = header->coded_height_px = height;
    header->has_alpha = true;
  }
  header->has_alpha = header->has_alpha && features.has_alpha;
  if (width != header->coded_width_px || height != header->coded_height_px) {
    return error_set(error, INSITU_STATUS_DAMAGED,
                     "The WebP is damaged: its picture has %u x %u pixels, its header says %u x %u",
                     width, height, header->coded_width_px, header->coded_height_px);
  }
  return error_clear(error);
}

insitu_status webp_read_header(span file, webp_header *header, insitu_error *error) {
  webp_header found = {0};
  chunk first;
  if (!read_chunk(file, FIRST_CHUNK, &first)) return truncated(file, error);
  bool is_extended = first.type == VP8X;
  insitu_status status = INSITU_STATUS_OK;
  if (is_extended) {
    status = read_extended(file, &first, &found, error);
  } else if (!find_coded(file, FIRST_CHUNK, &found)) {
    status = damaged("its first chunk is no picture", error);
  }
  if (status == INSITU_STATUS_OK) status = check_coded(&found, is_extended, error);
  if (status == INSITU_STATUS_OK) {
    status = limits_check_size(found.width_px, found.height_px, error);
  }
  if (status != INSITU_STATUS_OK) return status;
  found.working_bytes = working_bytes_of(&found);
  status = limits_check_memory(found.working_bytes, error);
  if (status == INSITU_STATUS_OK) *header = found;
  return status;
}
