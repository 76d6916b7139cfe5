/* A classifier from the command's options: a pack's folder, or a bare .tflite. */
#ifndef INSITU_CLI_MODEL_H_
#define INSITU_CLI_MODEL_H_

#include "cli/options.h"
#include "insitu.h"

typedef struct cli_model_options {
  const char *pack;  /* folder; NULL with model NULL: see default_pack.h */
  const char *model; /* .tflite file */
  const char *variant;
  const char *labels;   /* one line a class, for bare models */
  const char *language; /* of a pack's labels; NULL: the pack's first */
  insitu_prior prior;
  uint32_t num_threads;
  cli_triple mean, std; /* these and the rest for bare models */
  cli_pair range;       /* low, high of pixels; instead of mean and std */
  cli_pair size;        /* width, height */
  const char *signature;
  insitu_output output;
} cli_model_options;

typedef struct cli_model {
  const char *source; /* what to name when it cannot be used: a file or folder */
  char source_path[4096];
  insitu_pack *pack;
  insitu_classifier *classifier;
  uint8_t *file; /* the .tflite, which the classifier borrows */
  uint8_t *rgb;  /* [H,W,3] u8, the picture prepared last */
  insitu_prior prior;
} cli_model;

/* folder/pack.json. *json (may be NULL): its text, the caller's to insitu_free. */
insitu_status cli_pack_open(const char *folder, insitu_pack **pack, char **json,
                            insitu_error *error);

/* Reads folder/texts/<language>.json into the pack. path[CLI_MAX_PATH_BYTES]: the
 * file, also of a failure. */
insitu_status cli_pack_add_texts(const char *folder, insitu_pack *pack, const char *language,
                                 char *path, insitu_error *error);

/* All of it, or nothing: on failure model->source still names the culprit. */
insitu_status cli_model_open(const cli_model_options *options, cli_model *model,
                             insitu_error *error);
void cli_model_close(cli_model *model);

/* Answers one picture file; options: NULL for the model's prior alone. */
insitu_status cli_model_classify(cli_model *model, const char *path,
                                 const insitu_classify_options *options, insitu_error *error);

#endif
