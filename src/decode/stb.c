/* The only place that includes stb_image. It reaches below its public functions, to its
 * inflate: stbi_load holds a picture three times over and takes half of one for a whole one.
 * Needs the pinned version, 2.30: the names used here are its internals. */
#include "decode/stb.h"

#include <string.h>

#include "base/alloc.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
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
