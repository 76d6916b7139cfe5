/* libwebp's memory, from base/alloc. Stands in for its src/utils/utils.c, which
 * holds these functions and others that its encoder alone needs. */
#include "decode/webp_memory.h"

#include <string.h>

#define WEBP_EXTERN extern /* as -fvisibility says: nothing of it is exported */
#include <src/utils/utils.h>

#include "base/alloc.h"

/* libwebp's own limit is 16 GiB; ours are checked before it is called. */
static bool size_of(uint64_t count, size_t size, size_t *size_bytes) {
  uint64_t product;
  if (__builtin_mul_overflow(count, (uint64_t)size, &product) || product > SIZE_MAX / 2) {
    return false;
  }
  *size_bytes = (size_t)product;
  return true;
}

_Thread_local bool webp_memory_is_short;

static void *noted(void *memory) {
  if (memory == NULL) webp_memory_is_short = true;
  return memory;
}

void *WebPSafeMalloc(uint64_t nmemb, size_t size) {
  size_t size_bytes;
  return noted(size_of(nmemb, size, &size_bytes) ? alloc_bytes(size_bytes) : NULL);
}

void *WebPSafeCalloc(uint64_t nmemb, size_t size) {
  size_t size_bytes;
  return noted(size_of(nmemb, size, &size_bytes) ? alloc_zeroed(size_bytes) : NULL);
}

void WebPSafeFree(void *const ptr) { alloc_free(ptr); }

void WebPCopyPlane(const uint8_t *src, int src_stride, uint8_t *dst, int dst_stride, int width,
                   int height) {
  for (; height > 0; --height, src += src_stride, dst += dst_stride) {
    memcpy(dst, src, (size_t)width);
  }
}
