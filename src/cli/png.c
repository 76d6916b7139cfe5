/* A signature, then chunks: length, type, data, CRC-32 of type and data. The
 * IDAT chunks together are one zlib stream (RFC 1950) of stored blocks (RFC 1951,
 * 3.2.4); here each holds one row: the filter's type, 0, and the pixels. */
#include "cli/png.h"

#include <stdbool.h>

typedef struct writer {
  FILE *stream;
  uint32_t crc;                   /* of the chunk so far */
  uint32_t adler_low, adler_high; /* of all rows so far (RFC 1950, 8.2) */
} writer;

static void put(writer *writer, const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    writer->crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) {
      writer->crc = writer->crc >> 1 ^ (writer->crc & 1 ? 0xEDB88320u : 0);
    }
  }
  fwrite(bytes, 1, size, writer->stream);
}

static void put_u32(writer *writer, uint32_t value) {
  uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                      (uint8_t)value};
  put(writer, bytes, sizeof bytes);
}

static void begin_chunk(writer *writer, const char *type, uint32_t size) {
  put_u32(writer, size);
  writer->crc = 0xFFFFFFFFu;
  put(writer, (const uint8_t *)type, 4);
}

static void end_chunk(writer *writer) { put_u32(writer, ~writer->crc); }

/* Data of the zlib stream's inside. */
static void put_data(writer *writer, const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    writer->adler_low = (writer->adler_low + bytes[i]) % 65521;
    writer->adler_high = (writer->adler_high + writer->adler_low) % 65521;
  }
  put(writer, bytes, size);
}

static void put_row(writer *writer, const uint8_t *row, uint32_t row_bytes, bool is_first,
                    bool is_last) {
  uint32_t block = 1 + row_bytes;
  uint8_t header[5] = {is_last, (uint8_t)block, (uint8_t)(block >> 8), (uint8_t)~block,
                       (uint8_t)(~block >> 8)};
  begin_chunk(writer, "IDAT", (is_first ? 2u : 0u) + 5u + block + (is_last ? 4u : 0u));
  if (is_first) put(writer, (const uint8_t[]){0x78, 0x01}, 2);
  put(writer, header, sizeof header);
  put_data(writer, (const uint8_t[]){0}, 1);
  put_data(writer, row, row_bytes);
  if (is_last) put_u32(writer, writer->adler_high << 16 | writer->adler_low);
  end_chunk(writer);
}

void png_write(FILE *stream, uint32_t width, uint32_t height, const uint8_t *rgb) {
  static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  static const uint8_t rgb8[] = {8, 2, 0, 0,
                                 0}; /* bits, colour type, compression, filter, interlace */
  writer writer = {.stream = stream, .adler_low = 1};
  put(&writer, signature, sizeof signature);
  begin_chunk(&writer, "IHDR", 13);
  put_u32(&writer, width);
  put_u32(&writer, height);
  put(&writer, rgb8, sizeof rgb8);
  end_chunk(&writer);
  for (uint32_t y = 0; y < height; ++y) {
    put_row(&writer, rgb + (size_t)y * width * 3, width * 3, y == 0, y + 1 == height);
  }
  begin_chunk(&writer, "IEND", 0);
  end_chunk(&writer);
}
