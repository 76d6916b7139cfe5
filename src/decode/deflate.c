/* See deflate.h. stb_inflate takes zlib streams, with bytes to read behind them
 * and room for one step more than is wanted: so both ends are copied. */
#include "decode/deflate.h"

#include <string.h>

#include "base/alloc.h"
#include "decode/stb.h"

bool deflate_inflate(span deflated, uint8_t *to, size_t size_bytes) {
  static const uint8_t zlib_header[2] = {0x78, 0x01};
  size_t stream_bytes = sizeof zlib_header + deflated.size_bytes;
  size_t room = size_bytes + STB_INFLATE_STEP;
  if (deflated.size_bytes > INT32_MAX / 2 || size_bytes > INT32_MAX / 2) return false;
  uint8_t *stream = alloc_zeroed(stream_bytes + STB_INFLATE_TAIL), *out = alloc_bytes(room);
  bool is_whole = stream != NULL && out != NULL;
  if (is_whole) {
    memcpy(stream, zlib_header, sizeof zlib_header);
    memcpy(stream + sizeof zlib_header, deflated.data, deflated.size_bytes);
    is_whole = stb_inflate((span){stream, stream_bytes}, out, room) == size_bytes;
  }
  if (is_whole) memcpy(to, out, size_bytes);
  alloc_free(stream);
  alloc_free(out);
  return is_whole;
}
