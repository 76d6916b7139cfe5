/* All memory of the core comes from here (stb_image, cJSON and XNNPACK too),
 * so that a test can make any chosen allocation fail. */
#ifndef INSITU_BASE_ALLOC_H_
#define INSITU_BASE_ALLOC_H_

#include <stdbool.h>
#include <stddef.h>

/* NULL when there is no memory. size 0 gives a unique pointer. */
void *alloc_bytes(size_t size_bytes);
void *alloc_zeroed(size_t size_bytes);
/* count * size, NULL on overflow. Zeroed. */
void *alloc_array(size_t count, size_t size_bytes);
/* Keeps the old block on failure. */
void *alloc_resize(void *memory, size_t size_bytes);
/* alignment: a power of two. Free with alloc_free_aligned. */
void *alloc_aligned(size_t alignment, size_t size_bytes);
void alloc_free(void *memory);
void alloc_free_aligned(void *memory);
char *alloc_string(const char *text);

/* Test hook: the allocation with this index from now on (0: the next) and all
 * after it fail; a negative index switches it off. Always linked: it costs one
 * comparison. */
void alloc_fail_after(long num_allocations);
/* Allocations asked for since the last alloc_fail_after. */
long alloc_count(void);

#endif
