/* Reads the central directory alone; each number is checked against the bytes
 * that there are. Offsets count from the archive's start, which is not the
 * file's: what lies before is found from where the directory ends. */
#include "graph/tflite/zip.h"

#include <string.h>

#include "base/error.h"

#define END_SIGNATURE 0x06054b50u
#define ENTRY_SIGNATURE 0x02014b50u
#define LOCAL_SIGNATURE 0x04034b50u
enum { STORED = 0, DEFLATED = 8 };
enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, MAX_COMMENT_BYTES = 65535 };

static uint32_t u16_at(span s, size_t offset) {
  uint16_t value = 0;
  span_u16_le(s, offset, &value);
  return value;
}

static uint32_t u32_at(span s, size_t offset) {
  uint32_t value = 0;
  span_u32_le(s, offset, &value);
  return value;
}

/* Where the end of the directory is, size_bytes where there is none. */
static size_t find_end(span bytes) {
  for (size_t back = END_BYTES; back <= bytes.size_bytes && back <= END_BYTES + MAX_COMMENT_BYTES;
       back++) {
    size_t at = bytes.size_bytes - back;
    if (u32_at(bytes, at) == END_SIGNATURE && u16_at(bytes, at + 20) == back - END_BYTES) return at;
  }
  return bytes.size_bytes;
}

static insitu_status damaged(insitu_error *error, const char *what, size_t at) {
  return error_set(error, INSITU_STATUS_INVALID_MODEL,
                   "the archive of associated files: %s at offset %zu is outside the file", what,
                   at);
}

/* The bytes of an entry whose local header is at `local`. */
static insitu_status open_entry(span bytes, size_t local, size_t size_bytes, span *content,
                                insitu_error *error) {
  if (!span_has(bytes, local, LOCAL_BYTES) || u32_at(bytes, local) != LOCAL_SIGNATURE) {
    return damaged(error, "a header", local);
  }
  size_t start = local + LOCAL_BYTES + u16_at(bytes, local + 26) + u16_at(bytes, local + 28);
  if (!span_sub(bytes, start, size_bytes, content)) return damaged(error, "a file", start);
  return INSITU_STATUS_OK;
}

insitu_status zip_find(span bytes, span name, zip_entry *entry, insitu_error *error) {
  *entry = (zip_entry){.content = {bytes.data, 0}};
  size_t end = find_end(bytes);
  if (end == bytes.size_bytes) return INSITU_STATUS_OK;
  size_t count = u16_at(bytes, end + 10), directory_bytes = u32_at(bytes, end + 12);
  size_t directory_offset = u32_at(bytes, end + 16);
  if (directory_bytes > end || directory_offset > end - directory_bytes) {
    return damaged(error, "the directory", directory_offset);
  }
  size_t at = end - directory_bytes, before = at - directory_offset;
  for (size_t i = 0; i < count; i++) {
    if (!span_has(bytes, at, ENTRY_BYTES) || u32_at(bytes, at) != ENTRY_SIGNATURE) {
      return damaged(error, "an entry", at);
    }
    size_t name_bytes = u16_at(bytes, at + 28);
    span entry_name;
    if (!span_sub(bytes, at + ENTRY_BYTES, name_bytes, &entry_name)) {
      return damaged(error, "a name", at);
    }
    uint32_t method = u16_at(bytes, at + 10);
    bool is_readable = (method == STORED || method == DEFLATED) && (u16_at(bytes, at + 8) & 1) == 0;
    if (is_readable && name_bytes == name.size_bytes &&
        memcmp(entry_name.data, name.data, name_bytes) == 0) {
      size_t local = u32_at(bytes, at + 42);
      if (local > bytes.size_bytes - before) return damaged(error, "a file", local);
      entry->is_deflated = method == DEFLATED;
      entry->size_bytes = u32_at(bytes, at + 24);
      size_t kept_bytes = entry->is_deflated ? u32_at(bytes, at + 20) : entry->size_bytes;
      return open_entry(bytes, before + local, kept_bytes, &entry->content, error);
    }
    at += ENTRY_BYTES + name_bytes + u16_at(bytes, at + 30) + u16_at(bytes, at + 32);
  }
  return INSITU_STATUS_OK;
}
