/* The only place that includes stb_image. It reaches below its public
 * functions, to its block readers: stbi_load holds a photo three times over (12
 * megapixels: 90 MB) and takes half a JPEG for a whole one. Needs the pinned
 * version, 2.30: the names used here are its internals. */
#include "decode/stb.h"

#include <string.h>

#include "base/alloc.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_SUPPORT_ZLIB
#define STBI_NO_STDIO
#define STBI_NO_SIMD
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_NO_FAILURE_STRINGS
#define STBI_MALLOC(size) alloc_bytes(size)
#define STBI_REALLOC(memory, size) \
  ((void)(memory), (void)(size), (void *)NULL) /* never asked for */
#define STBI_FREE(memory) alloc_free(memory)
#define STBI_MAX_DIMENSIONS 16384
/* Its assertions are about damaged tables, which are not our bug. */
#define STBI_ASSERT(condition) ((void)0)

#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function" /* to the end: told there */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wconversion"
#endif
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

struct stb_entropy {
  stbi__jpeg jpeg;
  stbi__context context;
  size_t num_padding; /* zero bytes handed out after the segment's end */
};

stb_entropy *stb_entropy_create(void) {
  stb_entropy *entropy = alloc_zeroed(sizeof *entropy);
  if (entropy != NULL) entropy->jpeg.s = &entropy->context;
  return entropy;
}

void stb_entropy_destroy(stb_entropy *entropy) { alloc_free(entropy); }

static void set_bytes(stb_entropy *entropy, span bytes) {
  memset(&entropy->context, 0, sizeof entropy->context);
  entropy->context.img_buffer = (stbi_uc *)bytes.data; /* never written through */
  entropy->context.img_buffer_end = (stbi_uc *)bytes.data + bytes.size_bytes;
  entropy->num_padding = 0;
}

/* T.81, B.2.4.1 */
static bool read_quantisation(stbi__jpeg *jpeg, span payload) {
  while (payload.size_bytes > 0) {
    size_t wide = payload.data[0] >> 4, table = payload.data[0] & 15, size = 1 + (64 << wide);
    if (wide > 1 || table > 3 || payload.size_bytes < size) return false;
    for (size_t i = 0; i < 64; ++i) {
      const uint8_t *p = payload.data + 1 + (i << wide);
      jpeg->dequant[table][stbi__jpeg_dezigzag[i]] = wide ? (stbi__uint16)(p[0] << 8 | p[1]) : p[0];
    }
    payload = (span){payload.data + size, payload.size_bytes - size};
  }
  return true;
}

/* T.81, B.2.4.2 */
static bool read_huffman(stbi__jpeg *jpeg, span payload) {
  while (payload.size_bytes > 0) {
    size_t is_ac = payload.data[0] >> 4, table = payload.data[0] & 15, num_symbols = 0;
    if (is_ac > 1 || table > 3 || payload.size_bytes < 17) return false;
    int counts[16]; /* of codes by their length */
    for (size_t i = 0; i < 16; ++i) {
      counts[i] = payload.data[1 + i];
      num_symbols += payload.data[1 + i];
    }
    if (num_symbols > 256 || payload.size_bytes < 17 + num_symbols) return false;
    stbi__huffman *huffman = is_ac ? &jpeg->huff_ac[table] : &jpeg->huff_dc[table];
    if (!stbi__build_huffman(huffman, counts)) return false;
    for (size_t i = 0; i < num_symbols; ++i) huffman->values[i] = payload.data[17 + i];
    if (is_ac) stbi__build_fast_ac(jpeg->fast_ac[table], huffman);
    payload = (span){payload.data + 17 + num_symbols, payload.size_bytes - 17 - num_symbols};
  }
  return true;
}

bool stb_entropy_read_tables(stb_entropy *entropy, uint8_t marker, span payload) {
  return marker == 0xdb ? read_quantisation(&entropy->jpeg, payload)
                        : read_huffman(&entropy->jpeg, payload);
}

bool stb_entropy_has_dc_table(const stb_entropy *entropy, uint32_t index) {
  return entropy->jpeg.huff_dc[index].size[0] != 0;
}

bool stb_entropy_has_ac_table(const stb_entropy *entropy, uint32_t index) {
  return entropy->jpeg.huff_ac[index].size[0] != 0;
}

const uint16_t *stb_entropy_quant_table(const stb_entropy *entropy, uint32_t index) {
  return entropy->jpeg.dequant[index];
}

void stb_entropy_begin_scan(stb_entropy *entropy, uint32_t first_k, uint32_t last_k, uint32_t high,
                            uint32_t low) {
  entropy->jpeg.spec_start = (int)first_k;
  entropy->jpeg.spec_end = (int)last_k;
  entropy->jpeg.succ_high = (int)high;
  entropy->jpeg.succ_low = (int)low;
}

static int read_padding(void *user, char *data, int size_bytes) {
  stb_entropy *entropy = user;
  memset(data, 0, (size_t)size_bytes);
  entropy->num_padding += (size_t)size_bytes;
  /* stb_image counts what was read, in an int that would overflow. */
  entropy->context.callback_already_read = 0;
  entropy->context.img_buffer_original = entropy->context.img_buffer;
  return size_bytes;
}

void stb_entropy_begin_segment(stb_entropy *entropy, span bytes) {
  set_bytes(entropy, bytes);
  stbi__context *context = &entropy->context;
  context->io.read = read_padding;
  context->io_user_data = entropy;
  context->read_from_callbacks = 1;
  context->buflen = (int)sizeof context->buffer_start;
  stbi__jpeg_reset(&entropy->jpeg);
}

bool stb_entropy_has_overrun(const stb_entropy *entropy) {
  if (entropy->num_padding == 0) return false;
  const stbi__context *context = &entropy->context;
  size_t unread = (size_t)(context->img_buffer_end - context->img_buffer);
  size_t padding_bits = (entropy->num_padding - unread) * 8;
  size_t bits_left = entropy->jpeg.code_bits > 0 ? (size_t)entropy->jpeg.code_bits : 0;
  return bits_left < padding_bits;
}

span stb_entropy_unread(const stb_entropy *entropy) {
  if (entropy->num_padding > 0) return (span){NULL, 0};
  const stbi__context *context = &entropy->context;
  return (span){context->img_buffer, (size_t)(context->img_buffer_end - context->img_buffer)};
}

bool stb_entropy_read_block(stb_entropy *entropy, uint32_t component, uint32_t dc_table,
                            uint32_t ac_table, const uint16_t *quant, int16_t *block) {
  stbi__jpeg *jpeg = &entropy->jpeg;
  return stbi__jpeg_decode_block(jpeg, block, &jpeg->huff_dc[dc_table], &jpeg->huff_ac[ac_table],
                                 jpeg->fast_ac[ac_table], (int)component,
                                 (uint16_t *)quant) != 0; /* only read */
}

bool stb_entropy_read_mean(stb_entropy *entropy, uint32_t component, uint32_t dc_table,
                           int16_t *block) {
  stbi__jpeg *jpeg = &entropy->jpeg;
  return stbi__jpeg_decode_block_prog_dc(jpeg, block, &jpeg->huff_dc[dc_table], (int)component) !=
         0;
}

bool stb_entropy_read_band(stb_entropy *entropy, uint32_t ac_table, int16_t *block) {
  stbi__jpeg *jpeg = &entropy->jpeg;
  return stbi__jpeg_decode_block_prog_ac(jpeg, block, &jpeg->huff_ac[ac_table],
                                         jpeg->fast_ac[ac_table]) != 0;
}

/* True where bits of the tail were used. */
static bool inflate_has_overrun(const stbi__zbuf *state, const uint8_t *end) {
  return state->zbuffer > end && (state->zbuffer - end) * 8 > state->num_bits;
}

/* One block of DEFLATE (RFC 1951, 3.2.3), as stbi__parse_zlib has it. False: it
 * is damaged, or has no room. */
static bool inflate_block(stbi__zbuf *state, bool *is_last) {
  *is_last = stbi__zreceive(state, 1) != 0;
  switch (stbi__zreceive(state, 2)) {
    case 0: return stbi__parse_uncompressed_block(state) != 0;
    case 1:
      return stbi__zbuild_huffman(&state->z_length, stbi__zdefault_length, 288) &&
             stbi__zbuild_huffman(&state->z_distance, stbi__zdefault_distance, 32) &&
             stbi__parse_huffman_block(state);
    case 2: return stbi__compute_huffman_codes(state) && stbi__parse_huffman_block(state);
    default: return false;
  }
}

size_t stb_inflate(span stream, uint8_t *out, size_t room) {
  /* At the end of its input stbi reads zeros, and does not always know it. The
   * tail keeps it from that end by more than it reads ahead, 4 bytes, so that
   * whether bits of the tail were used can be told. */
  const uint8_t *end = stream.data + stream.size_bytes;
  stbi__zbuf state = {.zbuffer = (stbi_uc *)stream.data, /* only read */
                      .zbuffer_end = (stbi_uc *)end + STB_INFLATE_TAIL,
                      .zout_start = (char *)out,
                      .zout = (char *)out,
                      .zout_end = (char *)out + room};
  size_t whole = 0; /* from blocks that ended within the stream */
  bool is_ended = !stbi__parse_zlib_header(&state);
  while (!is_ended) {
    bool is_last = false;
    is_ended = !inflate_block(&state, &is_last) || is_last;
    if (inflate_has_overrun(&state, end)) return whole;
    whole = (size_t)(state.zout - state.zout_start);
  }
  return whole;
}
