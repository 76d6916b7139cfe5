/* Damaged models: each of the small golden models (and, where the data set is
 * there, MobileNetV1) with a few bytes changed, hundreds of times, from a fixed
 * seed. Each must be refused with a message or run, within 5 seconds of
 * processor time (a busy machine is no failure); the sanitizers watch. Files
 * that once did worse are in tests/fuzz/fixtures/ and are tried first.
 *
 *   model_mutation [MUTANTS_PER_MODEL]     run from the repository's root */
#include <dirent.h>
#include <time.h>

#include "../c/check.h"
#include "insitu.h"

#define MAX_SECONDS 5

static uint64_t state = 0x9E3779B97F4A7C15u;

/* xorshift64* */
static uint32_t next_random(uint32_t bound) {
  state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
  return (uint32_t)((state * 0x2545F4914F6CDD1Du) >> 33) % bound;
}

/* file: its own block, so that a read past its end is seen. */
static insitu_status try_model(const uint8_t *file, size_t size_bytes) {
  insitu_error error = {0};
  insitu_model *model = NULL;
  char *json = NULL;
  clock_t start = clock();
  insitu_status described = insitu_model_inspect_json(file, size_bytes, NULL, &json, &error);
  CHECK((described == INSITU_STATUS_OK) == (json != NULL));
  CHECK(described == INSITU_STATUS_OK || error.message[0] != '\0');
  insitu_status status = insitu_model_create(file, size_bytes, NULL, &model, &error);
  CHECK((status == INSITU_STATUS_OK) == (model != NULL));
  CHECK(status == INSITU_STATUS_OK || error.message[0] != '\0');
  CHECK(status != INSITU_STATUS_INTERNAL);
  if (model != NULL) {
    CHECK(json != NULL && strstr(json, "\"supported\":true") != NULL);
    status = insitu_model_run(model, &error);
    CHECK(status == INSITU_STATUS_OK || error.message[0] != '\0');
  }
  insitu_model_destroy(model);
  insitu_free(json);
  CHECK_NEAR((double)(clock() - start) / CLOCKS_PER_SEC, 0, MAX_SECONDS);
  return status;
}

/* One to four changes of the kinds that file damage and attackers make. */
static size_t mutate(uint8_t *file, size_t size_bytes) {
  static const uint32_t edges[] = {
      0,       1,         2,          0x7F,       0x80,       0xFF,       0x7FFF,     0xFFFF,
      0x10000, 0x1000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x7F800000, 0x7FC00000};
  for (uint32_t n = 1 + next_random(4); n > 0; n--) {
    uint32_t position = next_random((uint32_t)size_bytes);
    switch (next_random(6)) {
      case 0: file[position] ^= (uint8_t)(1u << next_random(8)); break;
      case 1: file[position] = (uint8_t)next_random(256); break;
      case 2:
      case 3: { /* a whole field */
        uint32_t value = edges[next_random(sizeof edges / sizeof *edges)];
        if (next_random(3) == 0) value = next_random(64);
        position &= ~3u;
        if (position + 4 <= size_bytes) memcpy(file + position, &value, 4);
        break;
      }
      case 4: { /* a piece from elsewhere */
        uint32_t length = 1 + next_random(32), source = next_random((uint32_t)size_bytes);
        if (position + length <= size_bytes && source + length <= size_bytes) {
          memmove(file + position, file + source, length);
        }
        break;
      }
      default:
        if (next_random(4) == 0) size_bytes = position > 0 ? position : 1; /* cut */
        break;
    }
  }
  return size_bytes;
}

static void save(const uint8_t *file, size_t size_bytes, const char *name, uint32_t index) {
  char path[160];
  snprintf(path, sizeof path, "/tmp/insitu-mutant-%.80s-%u.tflite", name, index);
  FILE *out = fopen(path, "wb");
  if (out == NULL) return;
  if (fwrite(file, 1, size_bytes, out) == size_bytes) printf("    kept as %s\n", path);
  fclose(out);
}

static void mutate_model(const char *path, const char *name, uint32_t num_mutants) {
  size_t size_bytes;
  uint8_t *original = check_read_file(path, &size_bytes);
  uint32_t num_run = 0;
  check_begin();
  for (uint32_t i = 0; i < num_mutants; i++) {
    uint8_t *scratch = malloc(size_bytes);
    memcpy(scratch, original, size_bytes);
    size_t mutant_bytes = mutate(scratch, size_bytes);
    uint8_t *mutant = malloc(mutant_bytes);
    memcpy(mutant, scratch, mutant_bytes);
    free(scratch);
    bool failed_before = check_state.case_failed;
    num_run += try_model(mutant, mutant_bytes) == INSITU_STATUS_OK;
    if (check_state.case_failed && !failed_before) save(mutant, mutant_bytes, name, i);
    free(mutant);
  }
  char line[128];
  snprintf(line, sizeof line, "%.80s: %u mutants, %u still run", name, num_mutants, num_run);
  check_end(line);
  free(original);
}

static void try_fixtures(void) {
  DIR *folder = opendir("tests/fuzz/fixtures");
  if (folder == NULL) return;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    const char *suffix = strrchr(entry->d_name, '.');
    if (suffix == NULL || strcmp(suffix, ".tflite") != 0) continue;
    char path[320];
    snprintf(path, sizeof path, "tests/fuzz/fixtures/%s", entry->d_name);
    size_t size_bytes;
    uint8_t *file = check_read_file(path, &size_bytes);
    check_begin();
    try_model(file, size_bytes);
    check_end(entry->d_name);
    free(file);
  }
  closedir(folder);
}

int main(int num_arguments, char **arguments) {
  uint32_t num_mutants = num_arguments > 1 ? (uint32_t)atoi(arguments[1]) : 12;
  try_fixtures();
  size_t list_bytes;
  uint8_t *list = check_read_file("tests/golden/models/cases.txt", &list_bytes);
  list[list_bytes - 1] = '\0';
  for (char *name = strtok((char *)list, "\n"); name != NULL; name = strtok(NULL, "\n")) {
    char path[160];
    snprintf(path, sizeof path, "tests/golden/models/%s.tflite", name);
    mutate_model(path, name, num_mutants);
  }
  free(list);
  const char *data = getenv("INSITU_DATA");
  char path[512];
  snprintf(path, sizeof path, "%s/tflite/mobilenet_v1_0.25_128_quant.tflite",
           data != NULL ? data : "../shared/data");
  FILE *real = fopen(path, "rb");
  if (real != NULL) {
    fclose(real);
    mutate_model(path, "mobilenet_v1_0.25_128_quant", num_mutants * 4);
  } else {
    printf("skip %s: it is not there (set INSITU_DATA)\n", path);
  }
  return check_summary();
}
