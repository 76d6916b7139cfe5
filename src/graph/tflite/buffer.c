/* See buffer.h. */
#include "graph/tflite/buffer.h"

#include "graph/tflite/schema.h"

span buffer_read(flat_file *file, flat_vector buffers, uint32_t index, const char *what) {
  span none = {0};
  if (index >= buffers.count) {
    flat_fail(file, INSITU_STATUS_INVALID_MODEL, "%s has buffer %u, but there are %u buffers", what,
              index, buffers.count);
    return none;
  }
  flat_table buffer = flat_vector_table(file, buffers, index, "Model.buffers");
  uint64_t offset = flat_u64(file, buffer, TFLITE_BUFFER_OFFSET, "Buffer.offset");
  uint64_t size_bytes = flat_u64(file, buffer, TFLITE_BUFFER_SIZE, "Buffer.size");
  if (offset > 1) {
    span data;
    if (offset > file->bytes.size_bytes || size_bytes > file->bytes.size_bytes ||
        !span_sub(file->bytes, (size_t)offset, (size_t)size_bytes, &data)) {
      flat_fail(file, INSITU_STATUS_INVALID_MODEL,
                "%s: buffer %u has %llu bytes at offset %llu, outside the file of %zu bytes", what,
                index, (unsigned long long)size_bytes, (unsigned long long)offset,
                file->bytes.size_bytes);
      return none;
    }
    return data;
  }
  flat_vector vector = flat_vector_of(file, buffer, TFLITE_BUFFER_DATA, 1, "Buffer.data");
  if (file->status || vector.count == 0) return none;
  return (span){file->bytes.data + vector.position, vector.count};
}
