/* Looking beside the program. Knows no pack by name. */
#include "cli/default_pack.h"

#include <stdio.h>
#include <stdlib.h> /* getenv */
#include <string.h>

#include "cJSON.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/platform.h"

#define MAX_INDEX_BYTES (1u << 20)

static const char *const indices[] = {"models.json", "../models.json", "../models/index.json",
                                      "../../models/index.json",
                                      "../share/insitu/models/index.json"};
static const char *const homes[] = {"../models", "../../models", "../share/insitu/models"};

/* An id as pack.json may have it, so that nothing leaves the folder. */
static bool is_name(const char *text) {
  return text && *text && *text != '.' && !strchr(text, '/') && strlen(text) <= 64;
}

/* What the index at `index` names. */
static insitu_status read_index(const char *index, char *path, insitu_error *error) {
  uint8_t *text;
  size_t size;
  insitu_status status = file_read_text(index, MAX_INDEX_BYTES, &text, &size, error);
  if (status) return status;
  cJSON *root = cJSON_Parse((const char *)text);
  insitu_free(text);
  const char *first = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "first"));
  const char *folder = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "folder"));
  char home[CLI_MAX_PATH_BYTES], packs[CLI_MAX_PATH_BYTES];
  if (!is_name(first)) {
    status = cli_fail(error, INSITU_STATUS_INVALID_PACK,
                      "%.180s: \"first\" must name the first pack; or use --pack DIR", index);
  } else {
    snprintf(home, sizeof home, "%.*s", (int)(strrchr(index, '/') - index), index);
    status = file_join(home, folder ? folder : ".", packs, error);
    if (!status) status = file_join(packs, first, path, error);
  }
  cJSON_Delete(root);
  return status;
}

typedef struct packs {
  const char *home;
  uint32_t count;
  char names[200]; /* joined by commas, as many as fit */
  char only[128];
} packs;

static void see(void *context, const char *name) {
  packs *found = context;
  char folder[CLI_MAX_PATH_BYTES], path[CLI_MAX_PATH_BYTES];
  insitu_error ignored;
  if (!is_name(name) || file_join(found->home, name, folder, &ignored) ||
      file_join(folder, "pack.json", path, &ignored) || !platform_exists(path)) {
    return;
  }
  size_t used = strlen(found->names);
  snprintf(found->names + used, sizeof found->names - used, "%s%s", found->count ? ", " : "", name);
  snprintf(found->only, sizeof found->only, "%s", name);
  ++found->count;
}

insitu_status cli_default_pack(char *path, insitu_error *error) {
  const char *named = getenv("INSITU_PACK");
  if (named && *named) return file_join(".", named, path, error);
  char program[CLI_MAX_PATH_BYTES], place[CLI_MAX_PATH_BYTES];
  platform_program_folder(program, sizeof program);
  insitu_status status;
  for (size_t i = 0; i < sizeof indices / sizeof *indices; ++i) {
    status = file_join(program, indices[i], place, error);
    if (status) return status;
    if (platform_exists(place)) return read_index(place, path, error);
  }
  for (size_t i = 0; i < sizeof homes / sizeof *homes; ++i) {
    status = file_join(program, homes[i], place, error);
    if (status) return status;
    packs found = {.home = place};
    platform_list(place, see, &found);
    if (found.count == 1) return file_join(place, found.only, path, error);
    if (found.count > 1) {
      return cli_fail(error, INSITU_STATUS_IO,
                      "no pack was named, and several are there: %.120s: use --pack DIR or set "
                      "INSITU_PACK",
                      found.names);
    }
  }
  return cli_fail(error, INSITU_STATUS_IO,
                  "no pack was named and none is beside the program (%.100s): use --pack DIR, "
                  "--model FILE.tflite or set INSITU_PACK",
                  program);
}
