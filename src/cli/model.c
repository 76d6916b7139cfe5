/* Opening packs and bare models, and answering one picture with them. */
#include "cli/model.h"

#include <stdio.h>
#include <string.h>

#include "cli/default_pack.h"
#include "cli/file.h"

#define MAX_LABELS_BYTES (1u << 20)

insitu_status cli_pack_open(const char *folder, insitu_pack **pack, char **json,
                            insitu_error *error) {
  char path[CLI_MAX_PATH_BYTES];
  uint8_t *text;
  size_t size;
  insitu_status status = file_join(folder, "pack.json", path, error);
  if (status) return status;
  status = file_read(path, INSITU_MAX_PACK_JSON_BYTES, &text, &size, error);
  if (status) {
    insitu_error cause = *error;
    return cli_fail(error, status, "pack.json: %.200s", cause.message);
  }
  status = insitu_pack_create((const char *)text, size, pack, error);
  if (status || !json) {
    insitu_free(text);
  } else {
    *json = (char *)text;
  }
  return status;
}

static void name_source(cli_model *model, const char *path) {
  snprintf(model->source_path, sizeof model->source_path, "%s", path);
  model->source = model->source_path;
}

static insitu_status no_such_variant(const insitu_pack *pack, const char *name,
                                     insitu_error *error) {
  char known[160] = "";
  for (uint32_t i = 0; i < insitu_pack_num_variants(pack); ++i) {
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
             insitu_pack_variant_at(pack, i)->name);
  }
  return cli_fail(error, INSITU_STATUS_INVALID_ARGUMENT,
                  "the pack has no variant '%.48s', but has: %s", name, known);
}

/* What stands between a line's number and its label: spaces, or a spreadsheet's separator.
 * "0,5 mg" has none. 0: nothing does. */
static size_t separator_length(const char *text) {
  size_t blanks = strspn(text, " \t"), after = blanks;
  if (text[after] == ';' ||
      (text[after] == ',' && !(text[after + 1] >= '0' && text[after + 1] <= '9'))) {
    after++;
  }
  return after == 0 ? 0 : after + strspn(text + after, " \t");
}

/* "0 cat", "1 dog" as Teachable Machine writes them, "0;cat" as spreadsheets do: where every
 * line begins with its own number, those are no part of the labels. */
static void strip_numbers(char **lines, uint32_t count) {
  for (int pass = 0; pass < 2; ++pass) {
    for (uint32_t i = 0; i < count; ++i) {
      char number[16];
      size_t length = (size_t)snprintf(number, sizeof number, "%u", i);
      if (strncmp(lines[i], number, length) != 0) return;
      size_t skipped = separator_length(lines[i] + length);
      if (skipped == 0 || lines[i][length + skipped] == '\0') return;
      if (pass == 1) lines[i] += length + skipped;
    }
  }
}

/* A line that is one field in quotes, as spreadsheets save what holds their separator, is
 * what they hold; two within are one. Others stay as they are. */
static void unquote(char *line) {
  size_t length = strlen(line);
  if (length < 2 || line[0] != '"' || line[length - 1] != '"') return;
  for (size_t i = 1; i < length - 1; ++i) {
    if (line[i] == '"' && (++i == length - 1 || line[i] != '"')) return;
  }
  char *out = line;
  for (size_t i = 1; i < length - 1; ++i) {
    *out++ = line[i];
    if (line[i] == '"') i++;
  }
  *out = '\0';
}

/* Reads the labels' file in place into lines, which end in LF, CRLF or CR, without
 * the spaces round them; blank ones at the end are no labels. *labels points into *text. */
static insitu_status read_labels(const char *path, uint8_t **text, char ***labels, uint32_t *count,
                                 insitu_error *error) {
  size_t size;
  insitu_status status = file_read_text(path, MAX_LABELS_BYTES, text, &size, error);
  if (status) return status;
  while (size > 0 && strchr(" \t\r\n", (char)(*text)[size - 1])) (*text)[--size] = '\0';
  char **lines = insitu_alloc((INSITU_MAX_CLASSES + 1) * sizeof *lines);
  if (!lines) {
    insitu_free(*text);
    return cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the labels");
  }
  uint32_t found = 0;
  for (char *at = (char *)*text; *at && found <= INSITU_MAX_CLASSES;) {
    at += strspn(at, " \t");
    lines[found++] = at;
    at += strcspn(at, "\r\n");
    char *end = at;
    if (at[0] == '\r' && at[1] == '\n') at++;
    if (*at) at++;
    while (end > lines[found - 1] && (end[-1] == ' ' || end[-1] == '\t')) end--;
    *end = '\0';
  }
  strip_numbers(lines, found);
  for (uint32_t i = 0; i < found; ++i) unquote(lines[i]);
  *labels = lines;
  *count = found;
  return INSITU_STATUS_OK;
}

/* low..high as mean and std of pixels that are 0..1: (v - mean) / std. */
static void set_range(insitu_bare_options *bare, const double range[2]) {
  double width = range[1] - range[0];
  bare->has_mean = bare->has_std = true;
  for (int c = 0; c < 3; ++c) {
    bare->mean[c] = (float)(-range[0] / width);
    bare->std[c] = (float)(1 / width);
  }
}

static insitu_status open_bare(const cli_model_options *options, cli_model *model,
                               size_t *file_size, insitu_error *error) {
  name_source(model, options->model);
  insitu_status status =
      file_read(options->model, INSITU_MAX_MODEL_BYTES, &model->file, file_size, error);
  if (status) return status;
  const char *slash = strrchr(options->model, '/');
  insitu_bare_options bare = {.id = slash ? slash + 1 : options->model,
                              .has_mean = options->mean.given,
                              .has_std = options->std.given};
  memcpy(bare.mean, options->mean.values, sizeof bare.mean);
  memcpy(bare.std, options->std.values, sizeof bare.std);
  bare.output = options->output;
  bare.signature = options->signature;
  bare.width_px = (uint32_t)options->size.values[0];
  bare.height_px = (uint32_t)options->size.values[1];
  if (options->range.given) set_range(&bare, options->range.values);
  uint8_t *text = NULL;
  char **labels = NULL;
  if (options->labels) {
    status = read_labels(options->labels, &text, &labels, &bare.num_labels, error);
    if (status) {
      name_source(model, options->labels);
      return status;
    }
    bare.labels = (const char *const *)labels;
  }
  status = insitu_pack_create_bare(model->file, *file_size, &bare, &model->pack, error);
  insitu_free(labels);
  insitu_free(text);
  return status;
}

insitu_status cli_pack_add_texts(const char *folder, insitu_pack *pack, const char *language,
                                 char *path, insitu_error *error) {
  char name[128];
  uint8_t *text;
  size_t size;
  snprintf(name, sizeof name, "texts/%.100s.json", language);
  insitu_status status = file_join(folder, name, path, error);
  if (!status) status = file_read_text(path, INSITU_MAX_PACK_JSON_BYTES, &text, &size, error);
  if (status) return status;
  status = insitu_pack_add_texts(pack, (const char *)text, size, error);
  insitu_free(text);
  return status;
}

/* The labels in the language that was asked for, of a pack that has languages. */
static insitu_status add_labels(const char *folder, const char *language, cli_model *model,
                                insitu_error *error) {
  const char *first = insitu_pack_language(model->pack, 0), *chosen = NULL;
  if (!first && language) {
    return cli_fail(error, INSITU_STATUS_INVALID_ARGUMENT,
                    "the pack has no texts by language: its format is 1");
  }
  if (!first) return INSITU_STATUS_OK;
  char known[160] = "";
  for (uint32_t i = 0; insitu_pack_language(model->pack, i); ++i) {
    const char *has = insitu_pack_language(model->pack, i);
    if (!chosen && (!language || strcmp(has, language) == 0)) chosen = has;
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", has);
  }
  if (!chosen) {
    return cli_fail(error, INSITU_STATUS_INVALID_ARGUMENT,
                    "the pack has no texts in the language '%.48s', but in: %s", language, known);
  }
  char path[CLI_MAX_PATH_BYTES];
  insitu_status status = cli_pack_add_texts(folder, model->pack, chosen, path, error);
  if (status) name_source(model, path);
  return status;
}

static insitu_status open_pack(const cli_model_options *options, cli_model *model,
                               size_t *file_size, insitu_error *error) {
  char folder[CLI_MAX_PATH_BYTES], path[CLI_MAX_PATH_BYTES];
  model->source = "pack";
  insitu_status status = options->pack ? file_join(".", options->pack, folder, error)
                                       : cli_default_pack(folder, error);
  if (status) return status;
  name_source(model, options->pack ? options->pack : folder);
  status = cli_pack_open(folder, &model->pack, NULL, error);
  if (!status) status = add_labels(folder, options->language, model, error);
  if (status) return status;
  const insitu_variant *variant = insitu_pack_variant(model->pack, options->variant);
  if (!variant) return no_such_variant(model->pack, options->variant, error);
  status = file_join(folder, variant->file, path, error);
  if (status) return status;
  name_source(model, path);
  return file_read(path, INSITU_MAX_MODEL_BYTES, &model->file, file_size, error);
}

insitu_status cli_model_open(const cli_model_options *options, cli_model *model,
                             insitu_error *error) {
  memset(model, 0, sizeof *model);
  model->prior = options->prior;
  size_t file_size = 0;
  insitu_status status = options->model ? open_bare(options, model, &file_size, error)
                                        : open_pack(options, model, &file_size, error);
  if (!status) {
    insitu_classifier_options threads = {.num_threads = options->num_threads};
    status = insitu_classifier_create(model->pack, options->variant, model->file, file_size,
                                      &threads, &model->classifier, error);
  }
  if (!status) {
    const insitu_input *input = insitu_pack_input(model->pack);
    model->rgb = insitu_alloc((size_t)input->width_px * input->height_px * 3);
    if (!model->rgb) {
      status = cli_fail(error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the model's picture");
    }
  }
  if (status) cli_model_close(model);
  return status;
}

void cli_model_close(cli_model *model) {
  insitu_classifier_destroy(model->classifier);
  insitu_pack_destroy(model->pack);
  insitu_free(model->file);
  insitu_free(model->rgb);
  model->classifier = NULL;
  model->pack = NULL;
  model->file = model->rgb = NULL;
}

insitu_status cli_model_classify(cli_model *model, const char *path,
                                 const insitu_classify_options *options, insitu_error *error) {
  uint8_t *file;
  size_t size;
  insitu_status status = file_read(path, INSITU_MAX_FILE_BYTES, &file, &size, error);
  if (status) return status;
  insitu_picture picture;
  status = insitu_picture_prepare(file, size, NULL, insitu_pack_input(model->pack), model->rgb,
                                  &picture, error);
  insitu_free(file);
  if (status) return status;
  insitu_classify_options defaults = {.prior = model->prior};
  return insitu_classifier_classify(model->classifier, model->rgb, &picture,
                                    options ? options : &defaults, error);
}
