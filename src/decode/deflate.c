/* See deflate.h. stb_inflate takes zlib streams, with bytes to read behind them
 * and room for one step more than is wanted: so both ends are copied. */
#include "decode/deflate.h"

#include <string.h>

#include "base/alloc.h"
#include "decode/stb.h"

insitu_status deflate_inflate(span deflated, uint8_t *to, size_t size_bytes) {
  static const uint8_t zlib_header[2] = {0x78, 0x01};
  size_t stream_bytes = sizeof zlib_header + deflated.size_bytes;
  size_t room = size_bytes + STB_INFLATE_STEP;
  uint8_t *stream = alloc_zeroed(stream_bytes + STB_INFLATE_TAIL), *out = alloc_bytes(room);
  insitu_status status = INSITU_STATUS_OUT_OF_MEMORY;
  if (stream != NULL && out != NULL) {
    memcpy(stream, zlib_header, sizeof zlib_header);
    memcpy(stream + sizeof zlib_header, deflated.data, deflated.size_bytes);
    bool is_whole = stb_inflate((span){stream, stream_bytes}, out, room) == size_bytes;
    status = is_whole ? INSITU_STATUS_OK : INSITU_STATUS_DAMAGED;
  }
  if (status == INSITU_STATUS_OK) memcpy(to, out, size_bytes);
  alloc_free(stream);
  alloc_free(out);
  return status;
}
