/* A byte that says how long a name is, the name, and what may end in an archive that has a
 * file of it, which is taken out. */
#include "graph/tflite/zip.h"

#include <string.h>

#include "base/alloc.h"
#include "decode/deflate.h"
#include "targets.h"

static void inflate(const zip_entry *entry, uint32_t choice) {
  enum { MOST_BYTES = 1 << 20 };
  if (entry->size_bytes > MOST_BYTES) return;
  uint8_t *out = malloc(entry->size_bytes), *again = malloc(entry->size_bytes);
  alloc_fail_after(-1);
  insitu_status status = deflate_inflate(entry->content, out, entry->size_bytes);
  FUZZ_CHECK(status == INSITU_STATUS_OK || status == INSITU_STATUS_DAMAGED);
  alloc_fail_after((long)(choice % (uint32_t)(alloc_count() + 1)));
  insitu_status failing = deflate_inflate(entry->content, again, entry->size_bytes);
  alloc_fail_after(-1);
  FUZZ_CHECK(failing == status || failing == INSITU_STATUS_OUT_OF_MEMORY);
  if (failing == INSITU_STATUS_OK) FUZZ_CHECK(memcmp(out, again, entry->size_bytes) == 0);
  free(out);
  free(again);
}

void fuzz_zip(const uint8_t *bytes, size_t size) {
  if (size < 1 || bytes[0] > size - 1) return;
  span name = {bytes + 1, bytes[0]}, rest = {bytes + 1 + bytes[0], size - 1 - bytes[0]};
  zip_entry entry;
  insitu_error error = {0};
  if (zip_find(rest, name, &entry, &error) != INSITU_STATUS_OK) {
    FUZZ_CHECK(error.status == INSITU_STATUS_INVALID_MODEL && error.message[0] != '\0');
    return;
  }
  FUZZ_CHECK(entry.content.data >= rest.data);
  FUZZ_CHECK(entry.content.size_bytes <=
             (size_t)(rest.data + rest.size_bytes - entry.content.data));
  if (entry.is_deflated) inflate(&entry, fuzz_hash(bytes, size));
}
