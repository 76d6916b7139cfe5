/* infer_module.c: what the infer module exports to the page's worker. Owns the
 * one pack, the one classifier and the last error of its instance; everything
 * else is insitu.h. It fetches nothing and keeps no picture.
 *
 * Exported with a leading underscore (Module._infer_classify). Pointers and
 * sizes are 32-bit offsets into the module's memory; statuses are the numbers
 * of INSITU_STATUS_LIST, 0 is success; strings are UTF-8 and end in NUL. Any
 * call may grow the memory: take HEAPU8 afresh after each.
 *
 *   const char *infer_version(void)
 *       "0.2.0"; static.
 *
 *   uint8_t *infer_alloc(size_t size_bytes)
 *   void infer_free(void *memory)
 *       Memory for what the worker hands in. NULL when there is none left.
 *
 *   int infer_pack_open(const char *json, size_t json_size)
 *       Reads pack.json. json is copied: free it afterwards. Closes what was
 *       open before, also on failure.
 *
 *   int infer_pack_add_texts(const char *json, size_t json_size)
 *       The pack's texts in one language, for its labels; copied likewise.
 *
 *   const char *infer_variant_json(const char *name)
 *       {"name":"int8","file":"shapes-int8.tflite","bytes":4021904,"sha256":"…"}
 *       of the variant of that name, of the default where name is 0. Returns 0
 *       where there is no pack or no such variant (see infer_last_error_json).
 *
 *   int infer_classifier_open(const char *variant, uint8_t *model,
 *                             size_t model_size, uint32_t num_threads,
 *                             int digest_verified)
 *       variant: 0 for the default. model: the variant's whole .tflite file in
 *       memory from infer_alloc; the module takes it over, on failure too, so
 *       never free it. digest_verified: 1 where the worker compares the
 *       SHA-256 itself before it answers (crypto.subtle is faster), else 0.
 *       Closes the classifier that was open before; the pack stays.
 *
 *   int infer_bare_open(uint8_t *model, size_t model_size, const char *id,
 *                       const char *labels, int output, uint32_t width,
 *                       uint32_t height, double low, double high,
 *                       uint32_t num_threads)
 *       A .tflite file without a pack, and its classifier. model: as above, and
 *       taken over likewise. labels: one a line, 0 for the file's own. output: a
 *       number of insitu_output. width, height: where the file leaves its size
 *       open, else 0. low, high: the values that black and white have in the
 *       model's input; both 0 for what the file says.
 *
 *   const char *infer_bare_json(void)
 *       What it was read as (insitu_pack_bare_json). Returns 0 on failure.
 *
 *   uint32_t infer_input_width(void), infer_input_height(void)
 *   double infer_input_crop_fraction(void)
 *       What the decode module must prepare; 0 where no pack is open.
 *
 *   int infer_classify(const uint8_t *rgb, const insitu_picture *picture,
 *                      size_t picture_bytes, int prior, int with_map,
 *                      uint32_t most_views)
 *       rgb: height * width * 3 bytes, [H,W,3] u8, upright and cropped; the
 *       worker's, from infer_alloc, may be reused. picture: the block that the
 *       decode module filled, byte for byte; 0: nothing is known of it. prior:
 *       0 the pack's, 1 training, 2 uniform. with_map: 1 for a map of the
 *       likeliest class. most_views: 0 for as many as the pack names.
 *
 *   const char *infer_picture_json(const insitu_picture *picture,
 *                                  size_t picture_bytes)
 *       The facts of a block as JSON; needs no pack. Returns 0 on failure.
 *
 *   const char *infer_answer_json(const char *file)
 *       The line of the last infer_classify, the same as the command's. file:
 *       the name to show. Returns 0 on failure.
 *
 *   const char *infer_last_error_json(const char *file)
 *       {"file","ok":false,"status","message"} of the last call that failed.
 *       Returns 0 only when there is no memory even for that.
 *
 *   void infer_close(void)
 *       Destroys the classifier and the pack and frees the model.
 *
 * A returned string belongs to the module and lasts until the next call that
 * returns one (infer_version's for ever).
 */
#include <emscripten.h>

#include <stdio.h>
#include <string.h>

#include "insitu.h"

static insitu_pack *open_pack;
static insitu_classifier *open_classifier;
static uint8_t *open_model; /* the classifier's .tflite, owned */
static insitu_error last_error;
static char *last_string; /* from insitu_free's allocator, owned */
static char variant_json[512];

static insitu_status fail(insitu_status status, const char *message) {
  last_error.status = status;
  snprintf(last_error.message, sizeof last_error.message, "%s", message);
  return status;
}

static void close_classifier(void) {
  insitu_classifier_destroy(open_classifier);
  open_classifier = NULL;
  insitu_free(open_model);
  open_model = NULL;
}

static const char *keep_string(char *text) {
  insitu_free(last_string);
  last_string = text;
  return text;
}

EMSCRIPTEN_KEEPALIVE const char *infer_version(void) { return INSITU_VERSION; }

EMSCRIPTEN_KEEPALIVE uint8_t *infer_alloc(size_t size_bytes) { return insitu_alloc(size_bytes); }

EMSCRIPTEN_KEEPALIVE void infer_free(void *memory) { insitu_free(memory); }

EMSCRIPTEN_KEEPALIVE void infer_close(void) {
  close_classifier();
  insitu_pack_destroy(open_pack);
  open_pack = NULL;
  keep_string(NULL);
}

EMSCRIPTEN_KEEPALIVE int infer_pack_open(const char *json, size_t json_size) {
  infer_close();
  return (int)insitu_pack_create(json, json_size, &open_pack, &last_error);
}

EMSCRIPTEN_KEEPALIVE int infer_pack_add_texts(const char *json, size_t json_size) {
  if (!open_pack) {
    return (int)fail(INSITU_STATUS_INVALID_ARGUMENT, "no pack is open: call infer_pack_open first");
  }
  return (int)insitu_pack_add_texts(open_pack, json, json_size, &last_error);
}

EMSCRIPTEN_KEEPALIVE const char *infer_variant_json(const char *name) {
  if (!open_pack) {
    fail(INSITU_STATUS_INVALID_ARGUMENT, "no pack is open: call infer_pack_open first");
    return NULL;
  }
  const insitu_variant *variant = insitu_pack_variant(open_pack, name);
  if (!variant) {
    fail(INSITU_STATUS_INVALID_ARGUMENT, "the pack has no variant of that name");
    return NULL;
  }
  /* The pack's reader let only plain names and hex digits through, at most 128
   * bytes each: nothing here needs escaping, and it fits. */
  snprintf(variant_json, sizeof variant_json,
           "{\"name\":\"%s\",\"file\":\"%s\",\"bytes\":%llu,\"sha256\":\"%s\"}", variant->name,
           variant->file, (unsigned long long)variant->size_bytes, variant->sha256);
  return variant_json;
}

EMSCRIPTEN_KEEPALIVE int infer_classifier_open(const char *variant, uint8_t *model,
                                               size_t model_size, uint32_t num_threads,
                                               int digest_verified) {
  close_classifier();
  open_model = model;
  if (!open_pack) {
    close_classifier();
    return (int)fail(INSITU_STATUS_INVALID_ARGUMENT, "no pack is open: call infer_pack_open first");
  }
  insitu_classifier_options options = {.num_threads = num_threads,
                                       .digest_verified = digest_verified != 0};
  insitu_status status = insitu_classifier_create(open_pack, variant, model, model_size, &options,
                                                  &open_classifier, &last_error);
  if (status) close_classifier();
  return (int)status;
}

/* Cuts a copy of text at its line ends into lines; *copy and *lines are the
 * caller's to free. -> how many, one more than is allowed at most */
static uint32_t split_lines(const char *text, char **copy, const char ***lines) {
  size_t size = strlen(text) + 1;
  uint32_t count = 0;
  *copy = insitu_alloc(size);
  *lines = insitu_alloc((INSITU_MAX_CLASSES + 1) * sizeof **lines);
  if (!*copy || !*lines) return 0;
  memcpy(*copy, text, size);
  for (char *at = *copy; at && count <= INSITU_MAX_CLASSES;) {
    (*lines)[count++] = at;
    at = strchr(at, '\n');
    if (at) *at++ = '\0';
  }
  return count;
}

/* low..high as mean and std of pixels that are 0..1. */
static void set_range(insitu_bare_options *bare, double low, double high) {
  bare->has_mean = bare->has_std = true;
  for (int c = 0; c < 3; ++c) {
    bare->mean[c] = (float)(-low / (high - low));
    bare->std[c] = (float)(1 / (high - low));
  }
}

EMSCRIPTEN_KEEPALIVE int infer_bare_open(uint8_t *model, size_t model_size, const char *id,
                                         const char *labels, int output, uint32_t width,
                                         uint32_t height, double low, double high,
                                         uint32_t num_threads) {
  infer_close();
  open_model = model;
  insitu_bare_options options = {
      .id = id, .output = (insitu_output)output, .width_px = width, .height_px = height};
  if (low != high) set_range(&options, low, high);
  char *copy = NULL;
  const char **lines = NULL;
  insitu_status status = INSITU_STATUS_OK;
  if (labels) {
    options.num_labels = split_lines(labels, &copy, &lines);
    options.labels = lines;
    if (options.num_labels == 0) {
      status = fail(INSITU_STATUS_OUT_OF_MEMORY, "out of memory: the labels");
    }
  }
  if (!status) {
    status = insitu_pack_create_bare(model, model_size, &options, &open_pack, &last_error);
  }
  insitu_free(lines);
  insitu_free(copy);
  insitu_classifier_options threads = {.num_threads = num_threads};
  if (!status) {
    status = insitu_classifier_create(open_pack, NULL, model, model_size, &threads,
                                      &open_classifier, &last_error);
  }
  if (status) infer_close();
  return (int)status;
}

EMSCRIPTEN_KEEPALIVE const char *infer_bare_json(void) {
  if (!open_pack) {
    fail(INSITU_STATUS_INVALID_ARGUMENT, "no model is open: call infer_bare_open first");
    return NULL;
  }
  char *json;
  if (insitu_pack_bare_json(open_pack, &json, &last_error)) return NULL;
  return keep_string(json);
}

EMSCRIPTEN_KEEPALIVE uint32_t infer_input_width(void) {
  return open_pack ? insitu_pack_input(open_pack)->width_px : 0;
}

EMSCRIPTEN_KEEPALIVE uint32_t infer_input_height(void) {
  return open_pack ? insitu_pack_input(open_pack)->height_px : 0;
}

EMSCRIPTEN_KEEPALIVE double infer_input_crop_fraction(void) {
  return open_pack ? insitu_pack_input(open_pack)->crop_fraction : 0;
}

EMSCRIPTEN_KEEPALIVE const char *infer_picture_json(const insitu_picture *picture,
                                                    size_t picture_bytes) {
  if (picture_bytes != sizeof *picture) {
    fail(INSITU_STATUS_INVALID_ARGUMENT,
         "the picture's record is of another size: take both modules of one release");
    return NULL;
  }
  char *json = insitu_picture_json(picture);
  if (!json) fail(INSITU_STATUS_OUT_OF_MEMORY, "out of memory: a picture's facts");
  return json ? keep_string(json) : NULL;
}

EMSCRIPTEN_KEEPALIVE int infer_classify(const uint8_t *rgb, const insitu_picture *picture,
                                        size_t picture_bytes, int prior, int with_map,
                                        uint32_t most_views) {
  if (!open_classifier) {
    return (int)fail(INSITU_STATUS_INVALID_ARGUMENT,
                     "no classifier is open: call infer_classifier_open first");
  }
  if (picture && picture_bytes != sizeof *picture) {
    return (int)fail(INSITU_STATUS_INVALID_ARGUMENT,
                     "the picture's record is of another size: take both modules of one release");
  }
  insitu_classify_options options = {.prior = (insitu_prior)prior,
                                     .is_map_wanted = with_map != 0,
                                     .map_class = INSITU_TOP_CLASS,
                                     .most_views = most_views};
  return (int)insitu_classifier_classify(open_classifier, rgb, picture, &options, &last_error);
}

EMSCRIPTEN_KEEPALIVE const char *infer_answer_json(const char *file) {
  if (!open_classifier) {
    fail(INSITU_STATUS_INVALID_ARGUMENT, "no classifier is open: call infer_classifier_open first");
    return NULL;
  }
  char *json;
  if (insitu_classifier_answer_json(open_classifier, file, NULL, &json, &last_error)) return NULL;
  return keep_string(json);
}

EMSCRIPTEN_KEEPALIVE const char *infer_last_error_json(const char *file) {
  return keep_string(insitu_error_json(file, &last_error));
}
