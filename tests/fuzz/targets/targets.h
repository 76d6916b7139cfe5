/* What is fuzzed: a row here, a file of the same name, which says what one input
 * must do, and a corpus, tests/fuzz/corpus/<name>.bin. Each target takes any
 * bytes, aborts where our own promises are broken, and leaves memory errors to
 * the sanitizers. libfuzzer.c makes a fuzzer of one target, ../replay.c runs all
 * on their corpora without clang. */
#ifndef INSITU_TESTS_FUZZ_TARGETS_H_
#define INSITU_TESTS_FUZZ_TARGETS_H_

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_TARGET_LIST(X) X(exif) X(icc) X(jpeg) X(metadata) X(model) X(pack) X(png) X(webp)

#define FUZZ_TARGET_DECLARE(name) void fuzz_##name(const uint8_t *bytes, size_t size);
FUZZ_TARGET_LIST(FUZZ_TARGET_DECLARE)
#undef FUZZ_TARGET_DECLARE

/* Not assert: NDEBUG must not switch it off. */
#define FUZZ_CHECK(condition)                                                   \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                  \
    }                                                                           \
  } while (0)

/* A number that depends on all of the bytes (FNV-1a), for choices that are not
 * in the file: the crop, which allocation fails. */
static inline uint32_t fuzz_hash(const uint8_t *bytes, size_t size) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

#endif
