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

#define FUZZ_TARGET_LIST(X) \
  X(exif)                   \
  X(icc)                    \
  X(jpeg)                   \
  X(markers)                \
  X(metadata)               \
  X(model)                  \
  X(pack)                   \
  X(png)                    \
  X(progressive)            \
  X(restarts)               \
  X(reuse)                  \
  X(webp)                   \
  X(zip)

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

/* The whole file, never freed; ends the program where it cannot be read. */
static inline uint8_t *fuzz_read_file(const char *path, size_t *size) {
  enum { MOST_BYTES = 1 << 20 };
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "cannot open %s (run from the repository's root)\n", path);
    exit(2);
  }
  uint8_t *bytes = malloc(MOST_BYTES);
  *size = fread(bytes, 1, MOST_BYTES, file);
  fclose(file);
  return bytes;
}

/* A target's own loops over a hundred megabytes: no coverage of ours lies in them,
 * and its hooks took most of the time that an input may take. Bounds are watched. */
#if defined(__clang__)
#define FUZZ_UNWATCHED __attribute__((no_sanitize("coverage")))
#else
#define FUZZ_UNWATCHED
#endif

/* A number that depends on all of the bytes (FNV-1a), for choices that are not
 * in the file: the crop, which allocation fails. */
FUZZ_UNWATCHED static inline uint32_t fuzz_hash(const uint8_t *bytes, size_t size) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

#endif
