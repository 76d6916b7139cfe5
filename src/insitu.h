/* insitu.h: the whole public interface of the classifier core.
 *
 * From a picture file to a ranked answer:
 *
 *   insitu_error error;
 *   insitu_pack *pack;
 *   insitu_pack_create(pack_json, pack_json_size, &pack, &error);
 *   const insitu_variant *variant = insitu_pack_variant(pack, NULL);
 *   ... read variant->file into model_bytes ...
 *   insitu_classifier *classifier;
 *   insitu_classifier_create(pack, NULL, model_bytes, model_size, NULL,
 *                            &classifier, &error);
 *   const insitu_input *input = insitu_pack_input(pack);
 *   uint8_t *rgb = malloc(input->width_px * input->height_px * 3);
 *   insitu_picture_prepare(file, file_size, NULL, input, rgb, NULL, &error);
 *   insitu_classifier_classify(classifier, rgb, INSITU_PRIOR_DEFAULT, &error);
 *   insitu_classifier_result_json(classifier, "photo.jpg", NULL, &json, &error);
 *
 * Every function that can fail returns a status, and fills `error` (which may
 * be NULL) with a sentence that names the field, the value and the limit.
 * After a failure the output pointers are untouched and there is nothing to
 * free. `destroy` functions accept NULL. An object must not be used by two
 * threads at the same time; different objects may. Nothing here reads files,
 * prints, or ends the process. Sizes are in bytes unless the name says so.
 */
#ifndef INSITU_H_
#define INSITU_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define INSITU_MUST_USE __attribute__((warn_unused_result))
#define INSITU_API __attribute__((visibility("default")))
#else
#define INSITU_MUST_USE
#define INSITU_API
#endif

#define INSITU_VERSION "0.1.0"

/* ---- Statuses -------------------------------------------------------------
 * number, NAME, name in JSON, what it means. The numbers never change. */
#define INSITU_STATUS_LIST(X)                                                  \
  X(0, OK, "ok", "Success")                                                    \
  X(1, INVALID_ARGUMENT, "invalid-argument", "An argument is not valid")       \
  X(2, OUT_OF_MEMORY, "out-of-memory", "There is not enough memory")           \
  X(3, IO, "io", "A file could not be read or written")                        \
  X(4, UNKNOWN_FORMAT, "unknown-format", "This file is not a JPEG or PNG")     \
  X(5, TRUNCATED, "truncated", "The file ends before the data does")           \
  X(6, DAMAGED, "damaged", "The file is damaged")                              \
  X(7, UNSUPPORTED, "unsupported", "The file uses a feature that is not supported") \
  X(8, TOO_LARGE, "too-large", "The file is above a limit")                    \
  X(9, TOO_SMALL, "too-small", "The picture is below the smallest size")       \
  X(10, INVALID_MODEL, "invalid-model", "The model is not consistent")         \
  X(11, UNSUPPORTED_MODEL, "unsupported-model", "The model needs an operator that is not built in") \
  X(12, INVALID_PACK, "invalid-pack", "The pack is not consistent")            \
  X(13, DIGEST_MISMATCH, "digest-mismatch", "A file differs from its digest")  \
  X(14, NOT_FINITE, "not-finite", "The model gave a score that is no number")  \
  X(15, INTERNAL, "internal", "An internal error")

typedef enum insitu_status {
#define INSITU_STATUS_ENUM(number, NAME, name, text) INSITU_STATUS_##NAME = number,
  INSITU_STATUS_LIST(INSITU_STATUS_ENUM)
#undef INSITU_STATUS_ENUM
} insitu_status;

/* Name as in JSON ("too-large"), never NULL; "internal" for unknown numbers. */
INSITU_API const char *insitu_status_name(insitu_status status);
/* One short sentence without a full stop, never NULL. */
INSITU_API const char *insitu_status_text(insitu_status status);

typedef struct insitu_error {
  insitu_status status;
  char message[256]; /* UTF-8, NUL-terminated, "" on success */
} insitu_error;

/* ---- Pictures ------------------------------------------------------------- */

/* Limits that are checked before any pixel is decoded. */
#define INSITU_MAX_FILE_BYTES (64u << 20)
#define INSITU_MAX_SIDE_PX 16384u
#define INSITU_MAX_PIXELS 64000000u
#define INSITU_MAX_DECODE_BYTES (256u << 20) /* working memory, estimated from the header */
#define INSITU_MAX_SCANS 64u
#define INSITU_MIN_SIDE_PX 16u
#define INSITU_MAX_INPUT_SIDE_PX 1024u

typedef enum insitu_format { INSITU_FORMAT_JPEG = 1, INSITU_FORMAT_PNG = 2 } insitu_format;

typedef struct insitu_picture_info {
  insitu_format format;
  uint32_t width_px, height_px; /* upright: after EXIF orientation */
  uint32_t orientation;         /* EXIF 1..8; 1 where the file has none */
  double decode_ms, prepare_ms; /* filled by insitu_picture_prepare */
} insitu_picture_info;

/* A rectangle in the upright picture, in fractions of its width and height;
 * 0 <= x, 0 < width, x + width <= 1, likewise y. */
typedef struct insitu_crop {
  double x, y, width, height;
} insitu_crop;

/* What a model wants to see. */
typedef struct insitu_input {
  uint32_t width_px, height_px;
  double crop_fraction; /* of the largest centred rectangle with the input's
                           aspect ratio, in (0,1] */
  float mean[3], std[3]; /* per channel, R G B, of pixels scaled to 0..1 */
  uint32_t num_views;    /* 1, 2 or 4: the scores are the mean over the picture,
                            its mirror image, and both upside down */
} insitu_input;

/* Reads the header only. `info` gets format, size, orientation. */
INSITU_API insitu_status insitu_picture_probe(const uint8_t *file, size_t file_size,
                                              insitu_picture_info *info,
                                              insitu_error *error) INSITU_MUST_USE;

/* Decodes a JPEG or PNG, turns it upright, crops (`crop`, or the centre where
 * NULL: the largest centred rectangle with the input's aspect ratio, times
 * input->crop_fraction), and resizes with an antialiased triangle filter in
 * integers (equal bit for bit on all platforms, rows first, and to Pillow's BILINEAR).
 * Transparent pixels are laid on white; grey becomes RGB; 16 bits become 8.
 * rgb: caller's, input->height_px * input->width_px * 3 bytes, [H,W,3] u8.
 * info: may be NULL. */
INSITU_API insitu_status insitu_picture_prepare(const uint8_t *file, size_t file_size,
                                                const insitu_crop *crop,
                                                const insitu_input *input, uint8_t *rgb,
                                                insitu_picture_info *info,
                                                insitu_error *error) INSITU_MUST_USE;

/* ---- Models: a .tflite file as a runtime ---------------------------------- */

typedef struct insitu_model insitu_model;

#define INSITU_MAX_RANK 6
#define INSITU_MAX_MODEL_BYTES (256u << 20)
#define INSITU_MAX_THREADS 64u

typedef enum insitu_dtype { INSITU_F32 = 1, INSITU_I8 = 2, INSITU_U8 = 3, INSITU_I32 = 4 } insitu_dtype;

typedef struct insitu_tensor_info {
  const char *name; /* owned by the model, "" where the file has none */
  insitu_dtype dtype;
  uint32_t rank;
  uint32_t dims[INSITU_MAX_RANK];
  size_t size_bytes;
  float scale;        /* 0 where not quantised; real = scale * (q - zero_point) */
  int32_t zero_point;
} insitu_tensor_info;

typedef struct insitu_model_options {
  /* 0 and 1: the calling thread alone. At most INSITU_MAX_THREADS; more than
   * insitu_max_threads() are not started. */
  uint32_t num_threads;
} insitu_model_options;

/* The processors that this process may use, 1..INSITU_MAX_THREADS; 1 in a WASM
 * build without threads. */
INSITU_API uint32_t insitu_max_threads(void);

/* Verifies the file, reads it into a graph and makes one XNNPACK runtime.
 * file: borrowed; must stay unchanged until destroy. options: may be NULL. */
INSITU_API insitu_status insitu_model_create(const uint8_t *file, size_t file_size,
                                             const insitu_model_options *options,
                                             insitu_model **model,
                                             insitu_error *error) INSITU_MUST_USE;
INSITU_API void insitu_model_destroy(insitu_model *model);

INSITU_API uint32_t insitu_model_num_inputs(const insitu_model *model);
INSITU_API uint32_t insitu_model_num_outputs(const insitu_model *model);
/* NULL where index is out of range. Owned by the model. */
INSITU_API const insitu_tensor_info *insitu_model_input(const insitu_model *model, uint32_t index);
INSITU_API const insitu_tensor_info *insitu_model_output(const insitu_model *model, uint32_t index);
/* Buffers of the tensors' size_bytes, owned by the model, stable until destroy. */
INSITU_API void *insitu_model_input_data(insitu_model *model, uint32_t index);
INSITU_API const void *insitu_model_output_data(const insitu_model *model, uint32_t index);
/* Runs once: inputs' buffers to outputs' buffers. */
INSITU_API insitu_status insitu_model_run(insitu_model *model, insitu_error *error) INSITU_MUST_USE;

/* Describes a file, also one that cannot be run: inputs, outputs, operators
 * with counts, precision, parameters, macs, bytes, unsupported (with why).
 * json: the caller's to free with insitu_free; one JSON object, UTF-8. */
INSITU_API insitu_status insitu_model_inspect_json(const uint8_t *file, size_t file_size,
                                                   char **json,
                                                   insitu_error *error) INSITU_MUST_USE;

/* ---- Packs: what a model means (models/FORMAT.md) -------------------------- */

typedef struct insitu_pack insitu_pack;

#define INSITU_MAX_CLASSES 1024u
#define INSITU_MAX_PACK_JSON_BYTES (4u << 20)

typedef struct insitu_variant {
  const char *name;    /* "float32", "int8" */
  const char *file;    /* relative to the pack's folder, no "..", no "/" first */
  uint64_t size_bytes;
  const char *sha256;  /* 64 lower-case hex digits */
} insitu_variant;

INSITU_API insitu_status insitu_pack_create(const char *json, size_t json_size,
                                            insitu_pack **pack,
                                            insitu_error *error) INSITU_MUST_USE;

typedef struct insitu_bare_options { /* for a .tflite file without a pack */
  const char *id;              /* shown as the model's id; NULL: "model" */
  bool has_mean, has_std;      /* override what the file's metadata says */
  float mean[3], std[3];       /* in units of pixels scaled to 0..1 */
  const char *const *labels;   /* num_labels of them, or NULL; copied */
  uint32_t num_labels;
} insitu_bare_options;

/* A pack for a bare model: ids are output indices; preprocessing from the
 * file's TFLite metadata where present, else 0..255 for quantised inputs and
 * 0..1 for float; softmax only where the output is none already. */
INSITU_API insitu_status insitu_pack_create_bare(const uint8_t *file, size_t file_size,
                                                 const insitu_bare_options *options,
                                                 insitu_pack **pack,
                                                 insitu_error *error) INSITU_MUST_USE;
INSITU_API void insitu_pack_destroy(insitu_pack *pack);

INSITU_API const char *insitu_pack_id(const insitu_pack *pack);
INSITU_API const char *insitu_pack_version(const insitu_pack *pack); /* NULL for a bare model */
INSITU_API const insitu_input *insitu_pack_input(const insitu_pack *pack);
INSITU_API uint32_t insitu_pack_num_classes(const insitu_pack *pack);
INSITU_API const char *insitu_pack_class_id(const insitu_pack *pack, uint32_t index);
INSITU_API const char *insitu_pack_class_label(const insitu_pack *pack, uint32_t index);
/* name NULL: the pack's default variant. NULL where there is none of that
 * name, and for bare packs. */
INSITU_API const insitu_variant *insitu_pack_variant(const insitu_pack *pack, const char *name);
INSITU_API uint32_t insitu_pack_num_variants(const insitu_pack *pack);
INSITU_API const insitu_variant *insitu_pack_variant_at(const insitu_pack *pack, uint32_t index);

/* ---- Classifier: a pack and one of its variants, ready --------------------- */

typedef struct insitu_classifier insitu_classifier;

typedef enum insitu_prior {
  INSITU_PRIOR_DEFAULT = 0, /* the pack's */
  INSITU_PRIOR_TRAINING = 1,
  INSITU_PRIOR_UNIFORM = 2
} insitu_prior;

/* What INSITU_PRIOR_DEFAULT stands for with this pack; itself where its scores
 * carry no prior (multilabel, and bare models). */
INSITU_API insitu_prior insitu_pack_default_prior(const insitu_pack *pack);

typedef struct insitu_classifier_options {
  uint32_t num_threads; /* as in insitu_model_options */
  bool digest_verified; /* the caller has compared the file's SHA-256 already */
} insitu_classifier_options;

/* pack: borrowed until destroy. variant: NULL for the default. file: the
 * variant's .tflite, borrowed until destroy; size and SHA-256 are checked. */
INSITU_API insitu_status insitu_classifier_create(const insitu_pack *pack, const char *variant,
                                                  const uint8_t *file, size_t file_size,
                                                  const insitu_classifier_options *options,
                                                  insitu_classifier **classifier,
                                                  insitu_error *error) INSITU_MUST_USE;
INSITU_API void insitu_classifier_destroy(insitu_classifier *classifier);

/* rgb: [H,W,3] u8 from insitu_picture_prepare with insitu_pack_input. */
INSITU_API insitu_status insitu_classifier_classify(insitu_classifier *classifier,
                                                    const uint8_t *rgb, insitu_prior prior,
                                                    insitu_error *error) INSITU_MUST_USE;
/* After a successful classify: probabilities [num_classes] in the pack's
 * order, owned by the classifier, until the next classify. NULL before. */
INSITU_API const double *insitu_classifier_probabilities(const insitu_classifier *classifier);

typedef struct insitu_timing {
  double decode_ms, prepare_ms, infer_ms;
} insitu_timing;

/* Milliseconds of the last classify's inference. */
INSITU_API double insitu_classifier_infer_ms(const insitu_classifier *classifier);

/* One line: {"file","ok":true,"top":{…},"classes":[…],"model":{…},"ms":{…}},
 * classes by falling probability, equal ones in the pack's order. file: UTF-8
 * or any bytes (made valid). timing: may be NULL, then "ms" holds infer alone.
 * json: the caller's to free with insitu_free. */
INSITU_API insitu_status insitu_classifier_result_json(const insitu_classifier *classifier,
                                                       const char *file,
                                                       const insitu_timing *timing,
                                                       char **json,
                                                       insitu_error *error) INSITU_MUST_USE;
/* {"file","ok":false,"status","message"} for a failure. NULL only when out of
 * memory. */
INSITU_API char *insitu_error_json(const char *file, const insitu_error *error);

INSITU_API void insitu_free(void *memory);

#ifdef __cplusplus
}
#endif
#endif /* INSITU_H_ */
