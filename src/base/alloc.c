/* Memory for the whole core, with a counter in front so that tests can make
 * any chosen allocation fail. Owns no pools and keeps no list of blocks: leaks
 * are for the sanitizers to find. The counters are atomic because different
 * objects may be used by different threads. */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "insitu.h"

static atomic_long num_asked = 0;
static atomic_long fail_from = -1;

static bool may_allocate(void) {
  long index = atomic_fetch_add_explicit(&num_asked, 1, memory_order_relaxed);
  long limit = atomic_load_explicit(&fail_from, memory_order_relaxed);
  return limit < 0 || index < limit;
}

void alloc_fail_after(long num_allocations) {
  atomic_store(&num_asked, 0);
  atomic_store(&fail_from, num_allocations);
}

long alloc_count(void) { return atomic_load(&num_asked); }

/* malloc(0) may be NULL, which here would read as a failure. */
static size_t at_least_one(size_t size_bytes) { return size_bytes == 0 ? 1 : size_bytes; }

void *alloc_bytes(size_t size_bytes) {
  return may_allocate() ? malloc(at_least_one(size_bytes)) : NULL;
}

void *alloc_zeroed(size_t size_bytes) {
  return may_allocate() ? calloc(1, at_least_one(size_bytes)) : NULL;
}

void *alloc_array(size_t count, size_t size_bytes) {
  size_t total_bytes;
  if (!checked_mul(count, size_bytes, &total_bytes)) return NULL;
  return alloc_zeroed(total_bytes);
}

void *alloc_resize(void *memory, size_t size_bytes) {
  return may_allocate() ? realloc(memory, at_least_one(size_bytes)) : NULL;
}

void *alloc_aligned(size_t alignment, size_t size_bytes) {
  /* Emscripten's aligned_alloc refuses alignments below a pointer's. */
  if (alignment < _Alignof(max_align_t)) alignment = _Alignof(max_align_t);
  if (!may_allocate() || size_bytes > SIZE_MAX - alignment) return NULL;
  /* C11 asks for a size that is a multiple of the alignment. */
  size_t rounded = (at_least_one(size_bytes) + alignment - 1) & ~(alignment - 1);
  return aligned_alloc(alignment, rounded);
}

void alloc_free(void *memory) { free(memory); }

void alloc_free_aligned(void *memory) { free(memory); }

char *alloc_string(const char *text) {
  size_t size_bytes = strlen(text) + 1;
  char *copy = alloc_bytes(size_bytes);
  if (copy != NULL) memcpy(copy, text, size_bytes);
  return copy;
}

void *insitu_alloc(size_t size_bytes) { return alloc_bytes(size_bytes); }

void *insitu_resize(void *memory, size_t size_bytes) { return alloc_resize(memory, size_bytes); }

void insitu_free(void *memory) { alloc_free(memory); }
