/* What is asked of stb_image's inflate where src/decode leans on it: the end of the bits told
 * exactly. */
#include "check.h"

#include "decode/stb.h"

static void inflates_what_is_there_and_no_more(void) {
  /* zlib of "insitu insitu insitu": 11 bytes and 2 bits beside the Adler-32 */
  static const uint8_t stream[] = {0x78, 0x9c, 0xcb, 0xcc, 0x2b, 0xce, 0x2c, 0x29, 0x55,
                                   0xc8, 0x44, 0xa6, 0x00, 0x54, 0x80, 0x08, 0x15};
  enum { OUT = 20, ROOM = OUT + STB_INFLATE_STEP };
  uint8_t *out = malloc(ROOM), *in = malloc(sizeof stream + STB_INFLATE_TAIL);
  for (int tail = 0; tail < 256; tail += 51) { /* zeros, ones, and between: all the same */
    for (size_t size = 0; size <= sizeof stream; ++size) {
      memset(in, tail, sizeof stream + STB_INFLATE_TAIL);
      memcpy(in, stream, size);
      memset(out, 0, OUT);
      size_t num_bytes = stb_inflate((span){in, size}, out, ROOM);
      CHECK_INT(num_bytes, size < 13 ? 0 : OUT);
      if (size >= 13) CHECK_INT(memcmp(out, "insitu insitu insitu", OUT), 0);
    }
  }
  CHECK(stb_inflate((span){stream, sizeof stream - STB_INFLATE_TAIL}, out, OUT - 1) < OUT);
  free(in);
  free(out);
}

int main(void) {
  RUN(inflates_what_is_there_and_no_more);
  return check_summary();
}
