/* Walks a JPEG file's markers. Reads nothing of the segments but their length. */
#include "decode/jpeg_markers.h"

#include <string.h>

#include "base/error.h"

static bool has_segment(uint8_t code) {
  return code != JPEG_TEM && !(code >= JPEG_RST0 && code <= JPEG_EOI);
}

/* What no pixel depends on. */
static bool is_remark(uint8_t code) {
  return code == JPEG_COM || (code >= JPEG_APP0 && code <= JPEG_APP15);
}

insitu_status jpeg_read_marker(span file, size_t offset, jpeg_marker *marker, insitu_error *error) {
  for (;;) {
    if (offset >= file.size_bytes) break;
    const uint8_t *found = memchr(file.data + offset, 0xff, file.size_bytes - offset);
    if (found == NULL) break;
    offset = (size_t)(found - file.data) + 1;
    uint8_t code;
    if (!span_u8(file, offset, &code)) break;
    if (code == 0x00 || code == 0xff) continue; /* a stuffed or a fill byte */
    ++offset;
    if (!has_segment(code)) {
      *marker = (jpeg_marker){code, {NULL, 0}, offset};
      return error_clear(error);
    }
    uint16_t length;
    span payload;
    if (!span_u16_be(file, offset, &length)) break;
    if (length < 2 && is_remark(code)) length = 2; /* read as empty, as libjpeg does */
    if (length < 2) {
      return error_set(error, INSITU_STATUS_DAMAGED,
                       "The JPEG is damaged: segment 0x%02x at byte %zu has the length %u, "
                       "at least 2 are needed",
                       code, offset, length);
    }
    if (!span_sub(file, offset + 2, length - 2u, &payload)) break;
    *marker = (jpeg_marker){code, payload, offset + length};
    return error_clear(error);
  }
  return error_set(error, INSITU_STATUS_TRUNCATED,
                   "The JPEG ends after %zu bytes, before the end of its data. "
                   "Copy or download it again",
                   file.size_bytes);
}

size_t jpeg_entropy_end(span file, size_t offset) {
  while (offset < file.size_bytes) {
    const uint8_t *found = memchr(file.data + offset, 0xff, file.size_bytes - offset);
    if (found == NULL) break;
    size_t first = (size_t)(found - file.data), after = first + 1;
    while (after < file.size_bytes && file.data[after] == 0xff) ++after; /* fill bytes */
    if (after == file.size_bytes) break;
    if (file.data[after] != 0x00) return first;
    offset = after + 1;
  }
  return file.size_bytes;
}
