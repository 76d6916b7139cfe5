/* Thousands of damaged pictures, the same on every run: each must be answered
 * or refused with a message, within five seconds, without a crash (the
 * sanitizers see to what would not crash by itself), and the same twice.
 *
 *   INSITU_FUZZ_ROUNDS=N  mutants a source (default 150)
 *   INSITU_FUZZ_KEEP=FILE writes each mutant there before it is tried, so that
 *                         a crash leaves its cause; keep it as
 *                         tests/fuzz/fixtures/picture-<what>.<ext>
 *
 * Files in tests/fuzz/fixtures whose names begin with "picture-" are tried first. */
#include "../c/check.h"

#include <dirent.h>

#include "base/clock.h"
#include "insitu.h"

#define FIXTURES "tests/fuzz/fixtures"
static const double limit_ms = 5000.0;

static const char *const sources[] = {"baseline-420.jpg",
                                      "baseline-422.jpg",
                                      "baseline-444.jpg",
                                      "progressive-420.jpg",
                                      "progressive-444.jpg",
                                      "two-scans.jpg",
                                      "grey.jpg",
                                      "grey-progressive.jpg",
                                      "cmyk.jpg",
                                      "restarts.jpg",
                                      "restarts-progressive.jpg",
                                      "exif-6.jpg",
                                      "optimised.jpg",
                                      "rgb8.png",
                                      "rgb8-pieces.png",
                                      "rgba16-interlaced.png",
                                      "palette4.png",
                                      "grey1-interlaced.png",
                                      "orientation-6.png",
                                      "lossy.webp",
                                      "lossless.webp",
                                      "lossy-alpha.webp",
                                      "lossless-alpha.webp",
                                      "animation.webp",
                                      "icc.webp",
                                      "icc-p3.png",
                                      "icc-p3-pieces.jpg",
                                      "gama-linear-16.png"};

static uint32_t random_state;
static uint32_t random_below(size_t limit) { /* xorshift32 */
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return limit == 0 ? 0 : random_state % (uint32_t)limit;
}

static void fix_png_checksums(uint8_t *bytes, size_t size) {
  for (size_t at = 8; at + 12 <= size;) {
    size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                    (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    if (length > size - at - 12) break;
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length + 4; ++i) {
      crc ^= bytes[at + 4 + i];
      for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
    }
    for (int i = 0; i < 4; ++i)
      bytes[at + 8 + length + (size_t)i] = (uint8_t)(~crc >> (24 - 8 * i));
    at += 12 + length;
  }
}

/* Headers are few bytes of the file and most of its meaning: half of the
 * changes go there. */
static size_t random_place(size_t size) {
  return random_below(random_below(2) == 0 && size > 700 ? 700 : size);
}

/* bytes has room for 2 * size. Returns the new size. */
static size_t mutate(uint8_t *bytes, size_t size) {
  static const uint8_t telling[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xd9, 0xda, 0xc0, 0xc2, 0xc4};
  uint32_t num_changes = 1 + random_below(6);
  for (uint32_t i = 0; i < num_changes && size > 4; ++i) {
    size_t at = random_place(size), length = 1 + random_below(1 + size / 8);
    if (length > size - at) length = size - at;
    switch (random_below(7)) {
      case 0: bytes[at] ^= (uint8_t)(1u << random_below(8)); break;
      case 1: bytes[at] = (uint8_t)random_below(256); break;
      case 2: bytes[at] = telling[random_below(sizeof telling)]; break;
      case 3: /* two bytes: a length, a size, a marker */
        bytes[at] = random_below(2) ? 0xff : (uint8_t)random_below(256);
        if (at + 1 < size) bytes[at + 1] = (uint8_t)random_below(256);
        break;
      case 4: /* taken out */
        memmove(bytes + at, bytes + at + length, size - at - length);
        size -= length;
        break;
      case 5:                       /* repeated */
        if (num_changes > 3) break; /* stay within the room */
        length = length < 300 ? length : 300;
        memmove(bytes + at + length, bytes + at, size - at);
        size += length;
        break;
      default: /* cut */
        if (random_below(4) == 0) size -= length / 2;
    }
  }
  return size;
}

static void keep(const char *path, const uint8_t *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  if (file == NULL) return;
  fwrite(bytes, 1, size, file);
  fclose(file);
}

/* Returns true where the picture was answered. */
static bool try_picture(const uint8_t *bytes, size_t size) {
  static const insitu_input input = {.width_px = 32, .height_px = 24, .crop_fraction = 0.9};
  uint8_t rgb[2][32 * 24 * 3];
  insitu_error error[2];
  uint8_t *own = malloc(size + 1); /* its own block, so that a read past its end shows */
  memcpy(own, bytes, size);
  for (int time = 0; time < 2; ++time) {
    memset(rgb[time], 77, sizeof rgb[time]);
    double start_ms = clock_ms();
    insitu_status status =
        insitu_picture_prepare(own, size, NULL, &input, rgb[time], NULL, &error[time]);
    CHECK(clock_ms() - start_ms < limit_ms);
    CHECK_INT(error[time].status, status);
    CHECK((status == INSITU_STATUS_OK) == (error[time].message[0] == '\0'));
    CHECK(status != INSITU_STATUS_INTERNAL && status != INSITU_STATUS_INVALID_ARGUMENT);
  }
  CHECK_STR(error[0].message, error[1].message);
  CHECK_INT(memcmp(rgb[0], rgb[1], sizeof rgb[0]), 0);
  free(own);
  return error[0].status == INSITU_STATUS_OK;
}

static void try_mutants(const char *name, int rounds, const char *keep_path) {
  char path[256];
  snprintf(path, sizeof path, "tests/golden/%s", name);
  size_t size;
  uint8_t *source = check_read_file(path, &size), *mutant = malloc(2 * size + 2000);
  bool is_png = strstr(name, ".png") != NULL;
  int num_answered = 0;
  random_state = 0x9e3779b9;
  for (const char *c = name; *c != '\0'; ++c) random_state = random_state * 31 + (uint8_t)*c;
  CHECK(try_picture(source, size));
  for (int round = 0; round < rounds; ++round) {
    memcpy(mutant, source, size);
    size_t mutant_size = mutate(mutant, size);
    if (is_png && round % 4 != 0) fix_png_checksums(mutant, mutant_size);
    if (keep_path != NULL) keep(keep_path, mutant, mutant_size);
    bool failed_before = check_state.case_failed;
    num_answered += try_picture(mutant, mutant_size);
    if (check_state.case_failed && !failed_before) printf("    first at mutant %d\n", round);
  }
  printf("    %s: %d mutants, %d still answered\n", name, rounds, num_answered);
  free(source);
  free(mutant);
}

static void fixtures_do_no_harm(void) {
  DIR *folder = opendir(FIXTURES);
  if (folder == NULL) return; /* none yet */
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (strncmp(entry->d_name, "picture-", 8) != 0) continue;
    char path[512];
    snprintf(path, sizeof path, FIXTURES "/%s", entry->d_name);
    size_t size;
    uint8_t *bytes = check_read_file(path, &size);
    printf("    %s: %s\n", entry->d_name, try_picture(bytes, size) ? "answered" : "refused");
    free(bytes);
  }
  closedir(folder);
}

int main(void) {
  const char *rounds = getenv("INSITU_FUZZ_ROUNDS");
  RUN(fixtures_do_no_harm);
  for (size_t i = 0; i < sizeof sources / sizeof sources[0]; ++i) {
    char name[128];
    check_begin();
    try_mutants(sources[i], rounds == NULL ? 150 : atoi(rounds), getenv("INSITU_FUZZ_KEEP"));
    snprintf(name, sizeof name, "mutants of %s", sources[i]);
    check_end(name);
  }
  return check_summary();
}
