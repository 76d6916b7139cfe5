/* XNNPACK's memory, from base/alloc. */
#ifndef INSITU_XNN_ALLOCATOR_H_
#define INSITU_XNN_ALLOCATOR_H_

#include <stdbool.h>
#include <stddef.h>

/* Call once before any other XNNPACK function; later calls do nothing. */
bool allocator_initialize(void);

/* XNNPACK does not look at the result of some small allocations while it plans
 * a runtime. Between begin and end, on this thread, those that fail are served
 * from a reserve instead, and end says so: then everything that XNNPACK made
 * in between must already have been destroyed. */
bool allocator_reserve_begin(size_t size_bytes);
bool allocator_reserve_was_used(void);
void allocator_reserve_end(void);

#endif
