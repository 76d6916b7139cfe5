/* DHT and DQT segments (ITU T.81, B.2.4). Looking up a code and the value after
 * it at once is stb_image's idea. */
#include "decode/jpeg_tables.h"

#include <string.h>

const uint8_t jpeg_zigzag[64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/* Gives codes to symbols in order of length (T.81, annex C), counts[0] being
 * those of one bit. False: more codes than a length has. */
static bool assign_codes(jpeg_huffman *table, const uint8_t counts[16]) {
  memset(table->lookup, 0, sizeof table->lookup);
  uint32_t code = 0, index = 0;
  for (uint32_t length = 1; length <= 16; ++length, code <<= 1) {
    table->offset[length] = (int32_t)index - (int32_t)code;
    for (uint32_t i = 0; i < counts[length - 1]; ++i, ++index, ++code) {
      if (code >= 1u << length) return false;
      if (length > JPEG_LOOKUP_BITS) continue;
      uint32_t spare = JPEG_LOOKUP_BITS - length; /* bits after the code: any */
      for (uint32_t rest = 0; rest < 1u << spare; ++rest) {
        table->lookup[code << spare | rest] = (uint16_t)(length << 8 | table->symbols[index]);
      }
    }
    table->limit[length] = code << (16 - length);
  }
  table->is_defined = index > 0;
  return true;
}

/* Entries whose code and value both lie within the lookup's bits, for values
 * that fit a byte. */
static void fill_values(jpeg_huffman *table) {
  for (uint32_t bits = 0; bits < 1u << JPEG_LOOKUP_BITS; ++bits) {
    uint32_t length = table->lookup[bits] >> 8, symbol = table->lookup[bits] & 255;
    uint32_t size = symbol & 15, run = symbol >> 4;
    table->values[bits] = 0;
    if (length == 0 || size == 0 || length + size > JPEG_LOOKUP_BITS) continue;
    uint32_t spare = JPEG_LOOKUP_BITS - length - size;
    int32_t value = (int32_t)(bits >> spare & ((1u << size) - 1));
    if (value < 1 << (size - 1)) value -= (1 << size) - 1;
    if (value < -128 || value > 127) continue;
    table->values[bits] = (int16_t)(value * 256 + (int32_t)(run * 16 + length + size));
  }
}

bool jpeg_tables_read_huffman(jpeg_tables *tables, span payload) {
  while (payload.size_bytes > 0) {
    span counts, symbols;
    if (!span_sub(payload, 1, 16, &counts)) return false;
    uint32_t is_ac = payload.data[0] >> 4, index = payload.data[0] & 15, num_symbols = 0;
    for (uint32_t i = 0; i < 16; ++i) num_symbols += counts.data[i];
    if (is_ac > 1 || index >= JPEG_NUM_TABLES || num_symbols > 256) return false;
    if (!span_sub(payload, 17, num_symbols, &symbols)) return false;
    jpeg_huffman *table = is_ac ? &tables->ac[index] : &tables->dc[index];
    memset(table->symbols, 0, sizeof table->symbols);
    memcpy(table->symbols, symbols.data, num_symbols);
    if (!assign_codes(table, counts.data)) return false;
    if (is_ac) fill_values(table);
    payload = (span){symbols.data + num_symbols, payload.size_bytes - 17 - num_symbols};
  }
  return true;
}

bool jpeg_tables_read_quant(jpeg_tables *tables, span payload) {
  while (payload.size_bytes > 0) {
    uint32_t is_16_bits = payload.data[0] >> 4, index = payload.data[0] & 15;
    size_t size_bytes = 1 + (is_16_bits ? 128u : 64u);
    if (is_16_bits > 1 || index >= JPEG_NUM_TABLES || payload.size_bytes < size_bytes) return false;
    for (uint32_t k = 0; k < 64; ++k) {
      uint16_t value = payload.data[1 + k];
      if (is_16_bits && !span_u16_be(payload, 1 + 2 * k, &value)) return false;
      tables->quant[index][jpeg_zigzag[k]] = value;
    }
    payload = (span){payload.data + size_bytes, payload.size_bytes - size_bytes};
  }
  return true;
}
