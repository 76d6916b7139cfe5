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
    "Usage: insitu inspect FILE.tflite | PACK [OPTION]...\n\n"
    "Describes a model: inputs, outputs, operators with their counts, precision,\n"
    "parameters, multiply-accumulates, bytes, and what is unsupported and why. Of\n"
    "a pack's folder: its identity, and for each variant whether it can be used\n"
    "(the file there, its size and SHA-256 as named, its shapes as described) and\n"
    "its model; for each language whether its texts can be used.\n\n"
    "  --json            one JSON object instead of tables\n"
    "  --signature NAME  describe that one of a file that has several (default: the\n"
    "                    first)\n"
    "  --help            this text\n\n"
    "Exit status: 0 described, 1 damaged or not as the pack says, 2 wrong usage.\n";

/* The description of a file's bytes; NULL after filling the error. */
static cJSON *describe(const uint8_t *file, size_t size, const char *signature,
                       insitu_error *error) {
  char *json;
  if (insitu_model_inspect_json(file, size, signature, &json, error)) return NULL;
  cJSON *object = cJSON_Parse(json);
  insitu_free(json);
  if (!object) cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the description");
  return object;
}

static cJSON *describe_file(const char *path, const char *signature, insitu_error *error) {
  uint8_t *file;
  size_t size;
  if (file_read(path, INSITU_MAX_MODEL_BYTES, &file, &size, error)) return NULL;
  cJSON *object = describe(file, size, signature, error);
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
  cJSON *model = status ? NULL : describe(file, size, NULL, &ignored);
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

/* A copy of a text of texts/<language>.json, where pack.json has none itself. */
static bool copy_text(cJSON *to, const char *key, const cJSON *from) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, key));
  return !text || cJSON_HasObjectItem(to, key) || cJSON_AddStringToObject(to, key, text);
}

/* Labels of classes or groups, by their ids. */
static bool copy_labels(cJSON *object, const char *key, const cJSON *texts) {
  const cJSON *labels = cJSON_GetObjectItemCaseSensitive(texts, key);
  bool done = true;
  cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, key)) {
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "id"));
    done = done && copy_text(item, "label", cJSON_GetObjectItemCaseSensitive(labels, id));
  }
  return done;
}

/* The name and the labels of the pack's first language. */
static bool add_first_texts(cJSON *object, const char *path) {
  uint8_t *text;
  size_t size;
  insitu_error ignored;
  if (file_read_text(path, INSITU_MAX_PACK_JSON_BYTES, &text, &size, &ignored)) return false;
  cJSON *texts = cJSON_Parse((const char *)text);
  insitu_free(text);
  bool done = texts && copy_text(object, "name", texts) && copy_labels(object, "classes", texts) &&
              copy_labels(object, "groups", texts);
  cJSON_Delete(texts);
  return done;
}

/* Adds texts: of each language whether its file can be used. */
static bool describe_texts(cJSON *object, const char *folder, insitu_pack *pack, bool *all_usable) {
  if (!insitu_pack_language(pack, 0)) return true;
  cJSON *texts = cJSON_AddArrayToObject(object, "texts");
  for (uint32_t i = 0; texts && insitu_pack_language(pack, i); ++i) {
    char path[CLI_MAX_PATH_BYTES];
    insitu_error error;
    cJSON *item = cJSON_CreateObject();
    if (!item || !cJSON_AddItemToArray(texts, item)) {
      cJSON_Delete(item);
      return false;
    }
    const char *language = insitu_pack_language(pack, i);
    insitu_status status = cli_pack_add_texts(folder, pack, language, path, &error);
    if (!cJSON_AddStringToObject(item, "language", language) ||
        !cJSON_AddBoolToObject(item, "usable", status == INSITU_STATUS_OK) ||
        (status && (!cJSON_AddStringToObject(item, "status", insitu_status_name(status)) ||
                    !cJSON_AddStringToObject(item, "message", error.message)))) {
      return false;
    }
    *all_usable &= status == INSITU_STATUS_OK;
    if (i == 0 && !status && !add_first_texts(object, path)) return false;
  }
  return texts != NULL;
}

/* pack.json itself, with the descriptions put into its variants, texts, and of
 * format 2 the labels of the first language. */
static cJSON *describe_pack(const char *folder, bool *all_usable, insitu_error *error) {
  insitu_pack *pack;
  char *json;
  if (cli_pack_open(folder, &pack, &json, error)) return NULL;
  cJSON *object = cJSON_Parse(json);
  bool done = object != NULL && describe_texts(object, folder, pack, all_usable);
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
  const char *signature = NULL;
  const cli_option options[] = {{"--json", OPTION_FLAG, &json, 0, 0},
                                {"--signature", OPTION_TEXT, &signature, 0, 0}};
  int num_files;
  cli_parse parsed = cli_parse_options(&cli_inspect, options, sizeof options / sizeof *options,
                                       argc, argv, &num_files);
  if (parsed != PARSE_OK) return parsed == PARSE_HELP ? CLI_OK : CLI_USAGE;
  if (num_files != 1) return cli_usage(&cli_inspect, "name one FILE.tflite or PACK");

  insitu_error error;
  bool is_pack = platform_is_folder(argv[0]);
  cJSON *object = is_pack ? describe_pack(argv[0], &all_usable, &error)
                          : describe_file(argv[0], signature, &error);
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
