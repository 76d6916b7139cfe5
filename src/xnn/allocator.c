/* Hands base/alloc to XNNPACK, so that failures can be injected there too.
 * Owns the reserve that keeps unchecked allocations from crashing. */
#include "xnn/allocator.h"

#include <pthread.h>
#include <string.h>
#include <xnnpack.h>

#include "base/alloc.h"
#include "xnn/kernels/kernels.h"

/* Blocks of the reserve begin with their size and are never reused. */
#define RESERVE_ALIGNMENT 64u

static _Thread_local struct {
  unsigned char *memory; /* NULL: no reserve on this thread */
  size_t size_bytes, used_bytes;
} reserve;

static bool is_reserved(const void *pointer) {
  const unsigned char *byte = pointer;
  return reserve.memory != NULL && byte >= reserve.memory &&
         byte < reserve.memory + reserve.size_bytes;
}

static void *from_reserve(size_t size_bytes) {
  if (reserve.memory == NULL || size_bytes > reserve.size_bytes) return NULL;
  size_t needed = RESERVE_ALIGNMENT +
                  (size_bytes + RESERVE_ALIGNMENT - 1) / RESERVE_ALIGNMENT * RESERVE_ALIGNMENT;
  if (needed > reserve.size_bytes - reserve.used_bytes) return NULL;
  unsigned char *block = reserve.memory + reserve.used_bytes;
  reserve.used_bytes += needed;
  memcpy(block, &size_bytes, sizeof size_bytes);
  return block + RESERVE_ALIGNMENT;
}

static void *allocate(void *context, size_t size_bytes) {
  (void)context;
  void *memory = alloc_bytes(size_bytes);
  return memory != NULL ? memory : from_reserve(size_bytes);
}

static void *reallocate(void *context, void *pointer, size_t size_bytes) {
  if (pointer == NULL) return allocate(context, size_bytes);
  if (!is_reserved(pointer)) return alloc_resize(pointer, size_bytes);
  size_t old_bytes;
  memcpy(&old_bytes, (unsigned char *)pointer - RESERVE_ALIGNMENT, sizeof old_bytes);
  void *memory = from_reserve(size_bytes);
  if (memory != NULL) memcpy(memory, pointer, old_bytes < size_bytes ? old_bytes : size_bytes);
  return memory;
}

static void deallocate(void *context, void *pointer) {
  (void)context;
  if (!is_reserved(pointer)) alloc_free(pointer);
}

static void *aligned_allocate(void *context, size_t alignment, size_t size_bytes) {
  (void)context;
  void *memory = alloc_aligned(alignment, size_bytes);
  return memory != NULL || alignment > RESERVE_ALIGNMENT ? memory : from_reserve(size_bytes);
}

static void aligned_deallocate(void *context, void *pointer) {
  (void)context;
  if (!is_reserved(pointer)) alloc_free_aligned(pointer);
}

bool allocator_initialize(void) {
  static const struct xnn_allocator allocator = {
      .allocate = allocate,
      .reallocate = reallocate,
      .deallocate = deallocate,
      .aligned_allocate = aligned_allocate,
      .aligned_deallocate = aligned_deallocate,
  };
  /* Models may be made on several threads at once, and XNNPACK's tables are one. */
  static pthread_once_t installed = PTHREAD_ONCE_INIT;
  return xnn_initialize(&allocator) == xnn_status_success &&
         pthread_once(&installed, kernels_install) == 0;
}

bool allocator_reserve_begin(size_t size_bytes) {
  reserve.memory = alloc_aligned(RESERVE_ALIGNMENT, size_bytes);
  reserve.size_bytes = size_bytes;
  reserve.used_bytes = 0;
  return reserve.memory != NULL;
}

bool allocator_reserve_was_used(void) { return reserve.used_bytes > 0; }

void allocator_reserve_end(void) {
  alloc_free_aligned(reserve.memory);
  reserve.memory = NULL;
  reserve.size_bytes = reserve.used_bytes = 0;
}
