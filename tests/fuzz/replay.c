/* What coverage-guided fuzzing has left behind, without clang: every input of
 * every target's corpus, tests/fuzz/corpus/<target>.bin, and every file
 * tests/fuzz/fixtures/<target>-<what>.crash, which once did harm. The targets
 * abort where a promise is broken; the sanitizers watch; and none may take 5 s of
 * processor time.
 *
 *   replay [TARGET]...     all where none is named; run from the repository's root
 *
 * tests/fuzz/corpus.py packs and unpacks corpora, and says how. */
#include <dirent.h>
#include <time.h>

#include "../c/check.h"
#include "decode/deflate.h"
#include "targets/targets.h"

#define MAX_SECONDS 5.0

typedef struct target {
  const char *name;
  void (*run)(const uint8_t *bytes, size_t size);
} target;

static const target targets[] = {
#define TARGET_ROW(name) {#name, fuzz_##name},
    FUZZ_TARGET_LIST(TARGET_ROW)
#undef TARGET_ROW
};

/* In a block of its own, so that a read past its end is seen. */
static void try_input(const target *target, const uint8_t *bytes, size_t size) {
  uint8_t *own = malloc(size);
  if (size > 0) memcpy(own, bytes, size);
  clock_t start = clock();
  target->run(own, size);
  CHECK_NEAR((double)(clock() - start) / CLOCKS_PER_SEC, 0, MAX_SECONDS);
  free(own);
}

static size_t u32_at(const uint8_t *bytes) {
  return (size_t)bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
}

/* A packed corpus's inputs behind each other; freed by the caller. */
static uint8_t *unpack(const char *path, size_t *size_bytes) {
  size_t packed_bytes;
  uint8_t *packed = check_read_file(path, &packed_bytes);
  CHECK(packed_bytes > 4);
  *size_bytes = packed_bytes > 4 ? u32_at(packed) : 0;
  uint8_t *inputs = malloc(*size_bytes + 1);
  CHECK_INT(deflate_inflate((span){packed + 4, packed_bytes - 4}, inputs, *size_bytes),
            INSITU_STATUS_OK);
  free(packed);
  return inputs;
}

static void replay_corpus(const target *target) {
  char path[128], line[160];
  size_t size_bytes, num_inputs = 0;
  snprintf(path, sizeof path, "tests/fuzz/corpus/%s.bin", target->name);
  check_begin();
  uint8_t *file = unpack(path, &size_bytes);
  size_t at = 0;
  while (size_bytes - at >= 4) {
    size_t size = u32_at(file + at);
    at += 4;
    if (size > size_bytes - at) break;
    try_input(target, file + at, size);
    at += size;
    ++num_inputs;
  }
  CHECK_INT(at, size_bytes); /* else the corpus is cut */
  CHECK(num_inputs > 0);
  snprintf(line, sizeof line, "%s: %zu inputs", target->name, num_inputs);
  check_end(line);
  free(file);
}

static void replay_crashers(const target *target) {
  DIR *folder = opendir("tests/fuzz/fixtures");
  if (folder == NULL) return;
  size_t name_length = strlen(target->name);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    const char *suffix = strrchr(entry->d_name, '.');
    if (strncmp(entry->d_name, target->name, name_length) != 0 ||
        entry->d_name[name_length] != '-' || suffix == NULL || strcmp(suffix, ".crash") != 0) {
      continue;
    }
    char path[320];
    size_t size_bytes;
    snprintf(path, sizeof path, "tests/fuzz/fixtures/%s", entry->d_name);
    uint8_t *bytes = check_read_file(path, &size_bytes);
    check_begin();
    try_input(target, bytes, size_bytes);
    check_end(entry->d_name);
    free(bytes);
  }
  closedir(folder);
}

static bool is_named(const target *target, int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], target->name) == 0) return true;
  }
  return argc < 2;
}

int main(int argc, char **argv) {
  for (size_t i = 0; i < sizeof targets / sizeof targets[0]; ++i) {
    if (!is_named(&targets[i], argc, argv)) continue;
    replay_corpus(&targets[i]);
    replay_crashers(&targets[i]);
  }
  return check_summary();
}
