/* Sizes whose products and sums cannot wrap (size_t has 32 bits in WASM). */
#ifndef INSITU_BASE_CHECKED_H_
#define INSITU_BASE_CHECKED_H_

#include <stdbool.h>
#include <stddef.h>

static inline bool checked_mul(size_t a, size_t b, size_t *product) {
  return !__builtin_mul_overflow(a, b, product);
}
static inline bool checked_add(size_t a, size_t b, size_t *sum) {
  return !__builtin_add_overflow(a, b, sum);
}

#endif
