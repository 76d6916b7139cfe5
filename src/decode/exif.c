/* Reads the Orientation tag of the first image file directory (TIFF 6.0,
 * section 2; CIPA DC-008, 4.6). Follows no other pointer than the first. */
#include "decode/exif.h"

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY_SIZE = 12 };

typedef bool read_u16(span s, size_t offset, uint16_t *value);
typedef bool read_u32(span s, size_t offset, uint32_t *value);

uint32_t exif_orientation(span tiff) {
  uint16_t byte_order, magic, num_entries;
  uint32_t directory;
  if (!span_u16_be(tiff, 0, &byte_order)) return 1;
  bool little = byte_order == 0x4949; /* "II"; else "MM" */
  if (!little && byte_order != 0x4d4d) return 1;
  read_u16 *u16 = little ? span_u16_le : span_u16_be;
  read_u32 *u32 = little ? span_u32_le : span_u32_be;
  if (!u16(tiff, 2, &magic) || magic != 42) return 1;
  if (!u32(tiff, 4, &directory) || !u16(tiff, directory, &num_entries)) return 1;

  for (uint32_t i = 0; i < num_entries; ++i) {
    /* No wrap: a directory that lies within the file is far below 4 GiB. */
    size_t entry = (size_t)directory + 2 + (size_t)i * ENTRY_SIZE;
    uint16_t tag, type, value;
    uint32_t count;
    if (!u16(tiff, entry, &tag) || !u16(tiff, entry + 2, &type) || !u32(tiff, entry + 4, &count) ||
        !u16(tiff, entry + 8, &value)) {
      return 1;
    }
    if (tag != TAG_ORIENTATION) continue;
    return type == TYPE_SHORT && count == 1 && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
