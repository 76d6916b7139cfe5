/* A JPEG file as markers and segments (ITU T.81, annex B): where things are,
 * not what they mean. */
#ifndef INSITU_DECODE_JPEG_MARKERS_H_
#define INSITU_DECODE_JPEG_MARKERS_H_

#include "base/span.h"
#include "insitu.h"

enum {
  JPEG_TEM = 0x01,
  JPEG_SOF0 = 0xc0,
  JPEG_SOF1 = 0xc1,
  JPEG_SOF2 = 0xc2,
  JPEG_DHT = 0xc4,
  JPEG_SOF15 = 0xcf,
  JPEG_JPG = 0xc8,
  JPEG_DAC = 0xcc,
  JPEG_RST0 = 0xd0,
  JPEG_RST7 = 0xd7,
  JPEG_SOI = 0xd8,
  JPEG_EOI = 0xd9,
  JPEG_SOS = 0xda,
  JPEG_DQT = 0xdb,
  JPEG_DNL = 0xdc,
  JPEG_DRI = 0xdd,
  JPEG_APP0 = 0xe0,
  JPEG_APP1 = 0xe1,
  JPEG_APP2 = 0xe2,
  JPEG_APP14 = 0xee,
  JPEG_APP15 = 0xef,
  JPEG_COM = 0xfe,
};

static inline bool jpeg_is_restart(uint8_t code) { return code >= JPEG_RST0 && code <= JPEG_RST7; }

typedef struct jpeg_marker {
  uint8_t code;
  span payload; /* after the length field; empty for markers without one */
  size_t next;  /* offset of what follows */
} jpeg_marker;

/* The first marker at or after offset. Stray bytes before it are skipped, as
 * other readers do. TRUNCATED where there is none or its segment is cut;
 * DAMAGED where its length is impossible, but for comments' and applications'. */
insitu_status jpeg_read_marker(span file, size_t offset, jpeg_marker *marker, insitu_error *error);

/* Offset of the first marker after entropy-coded bytes that begin at offset
 * (restart markers too): of its first 0xff. The file's size where there is none. */
size_t jpeg_entropy_end(span file, size_t offset);

#endif
