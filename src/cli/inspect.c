/* insitu inspect: what a model file or a pack holds. */
#include <stdio.h>
#include <string.h>

#include "cJSON.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/inspect_table.h"
#include "cli/model.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/platform.h"

static const char help[] =
    "Usage: insitu inspect FILE.tflite | PACK [--json]\n\n"
    "Describes a model: inputs, outputs, operators with their counts, precision,\n"
    "parameters, multiply-accumulates, bytes, and what is unsupported and why. Of\n"
    "a pack's folder: its identity, and for each variant whether it can be used\n"
    "(the file there, its size and SHA-256 as named, its shapes as described) and\n"
    "its model.\n\n"
    "  --json  one JSON object instead of tables\n"
    "  --help  this text\n\n"
    "Exit status: 0 described, 1 damaged or not as the pack says, 2 wrong usage.\n";

/* The description of a file's bytes; NULL after filling the error. */
static cJSON *describe(const uint8_t *file, size_t size, insitu_error *error) {
  char *json;
  if (insitu_model_inspect_json(file, size, &json, error)) return NULL;
  cJSON *object = cJSON_Parse(json);
  insitu_free(json);
  if (!object) cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the description");
  return object;
}

static cJSON *describe_file(const char *path, insitu_error *error) {
  uint8_t *file;
  size_t size;
  if (file_read(path, INSITU_MAX_MODEL_BYTES, &file, &size, error)) return NULL;
  cJSON *object = describe(file, size, error);
  insitu_free(file);
  return object;
}

/* Adds usable, and status and message where it is not, and the model where it
 * can be described at all. False when out of memory. */
static bool describe_variant(cJSON *item, const char *folder, const insitu_pack *pack,
                             const insitu_variant *variant, bool *usable) {
  char path[CLI_MAX_PATH_BYTES];
  uint8_t *file = NULL;
  size_t size;
  insitu_error error, ignored;
  insitu_classifier *classifier = NULL;
  insitu_status status = file_join(folder, variant->file, path, &error);
  if (!status) status = file_read(path, INSITU_MAX_MODEL_BYTES, &file, &size, &error);
  cJSON *model = status ? NULL : describe(file, size, &ignored);
  if (!status) {
    status = insitu_classifier_create(pack, variant->name, file, size, NULL, &classifier, &error);
  }
  insitu_classifier_destroy(classifier);
  insitu_free(file);
  *usable = status == INSITU_STATUS_OK;
  bool done = cJSON_AddBoolToObject(item, "usable", *usable) != NULL;
  if (status) {
    done = done && cJSON_AddStringToObject(item, "status", insitu_status_name(status)) &&
           cJSON_AddStringToObject(item, "message", error.message);
  }
  if (model && !(done && cJSON_AddItemToObject(item, "model", model))) {
    cJSON_Delete(model);
    return false;
  }
  return done;
}

/* pack.json itself, with the descriptions put into its variants. */
static cJSON *describe_pack(const char *folder, bool *all_usable, insitu_error *error) {
  insitu_pack *pack;
  char *json;
  if (cli_pack_open(folder, &pack, &json, error)) return NULL;
  cJSON *object = cJSON_Parse(json);
  bool done = object != NULL;
  uint32_t index = 0;
  cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "variants")) {
    bool usable = false;
    done = done &&
           describe_variant(item, folder, pack, insitu_pack_variant_at(pack, index++), &usable);
    *all_usable &= usable;
  }
  insitu_free(json);
  insitu_pack_destroy(pack);
  if (done) return object;
  cJSON_Delete(object);
  cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the description");
  return NULL;
}

static int run(int argc, char **argv) {
  bool json = false, all_usable = true;
  const cli_option options[] = {{"--json", OPTION_FLAG, &json, 0, 0}};
  int num_files;
  cli_parse parsed = cli_parse_options(&cli_inspect, options, 1, argc, argv, &num_files);
  if (parsed != PARSE_OK) return parsed == PARSE_HELP ? CLI_OK : CLI_USAGE;
  if (num_files != 1) return cli_usage(&cli_inspect, "name one FILE.tflite or PACK");

  insitu_error error;
  bool is_pack = platform_is_folder(argv[0]);
  cJSON *object = is_pack ? describe_pack(argv[0], &all_usable, &error)
                          : describe_file(argv[0], &error);
  if (!object) {
    cli_complain("%s: %s", argv[0], error.message);
    return CLI_FAILED;
  }
  int code = all_usable ? CLI_OK : CLI_FAILED;
  if (json) {
    char *text = cJSON_PrintUnformatted(object);
    if (text) {
      output_line(text);
    } else {
      cli_complain("out of memory: the description");
      code = CLI_FAILED;
    }
    cJSON_free(text);
  } else if (is_pack) {
    inspect_print_pack(object);
  } else {
    inspect_print_model(object, "");
  }
  cJSON_Delete(object);
  return code;
}

const cli_command cli_inspect = {"inspect", "describe a model or a pack", help, run};
