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
 *   insitu_picture picture;
 *   insitu_picture_prepare(file, file_size, NULL, input, rgb, &picture, &error);
 *   insitu_classifier_classify(classifier, rgb, &picture, NULL, &error);
 *   const insitu_answer *answer = insitu_classifier_answer(classifier);
 *   ... answer->decision first, or the same as one line of JSON:
 *   insitu_classifier_answer_json(classifier, "photo.jpg", NULL, &json, &error);
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

#define INSITU_VERSION "0.2.0"

/* ---- Statuses -------------------------------------------------------------
 * number, NAME, name in JSON, what it means. The numbers never change. */
#define INSITU_STATUS_LIST(X)                                                       \
  X(0, OK, "ok", "Success")                                                         \
  X(1, INVALID_ARGUMENT, "invalid-argument", "An argument is not valid")            \
  X(2, OUT_OF_MEMORY, "out-of-memory", "There is not enough memory")                \
  X(3, IO, "io", "A file could not be read or written")                             \
  X(4, UNKNOWN_FORMAT, "unknown-format", "This file is not a JPEG, PNG or WebP")    \
  X(5, TRUNCATED, "truncated", "The file ends before the data does")                \
  X(6, DAMAGED, "damaged", "The file is damaged")                                   \
  X(7, UNSUPPORTED, "unsupported", "The file uses a feature that is not supported") \
  X(8, TOO_LARGE, "too-large", "The file is above a limit")                         \
  X(9, TOO_SMALL, "too-small", "The picture is below the smallest size")            \
  X(10, INVALID_MODEL, "invalid-model", "The model is not consistent")              \
  X(11, UNSUPPORTED_MODEL, "unsupported-model",                                     \
    "The model needs an operator that is not built in")                             \
  X(12, INVALID_PACK, "invalid-pack", "The pack is not consistent")                 \
  X(13, DIGEST_MISMATCH, "digest-mismatch", "A file differs from its digest")       \
  X(14, NOT_FINITE, "not-finite", "The model gave a score that is no number")       \
  X(15, INTERNAL, "internal", "An internal error")                                  \
  X(16, REJECTED, "rejected", "The model may not judge this picture")

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
  char message[1024]; /* UTF-8, NUL-terminated, "" on success */
} insitu_error;

/* ---- Pictures ------------------------------------------------------------- */

/* Limits that are checked before any pixel is decoded. */
#define INSITU_MAX_FILE_BYTES (64u << 20)
#define INSITU_MAX_SIDE_PX 32768u
#define INSITU_MAX_PIXELS (1u << 28)         /* for the time; memory is the next limit */
#define INSITU_MAX_DECODE_BYTES (256u << 20) /* working memory, estimated from the header */
#define INSITU_MAX_SCANS 64u
#define INSITU_MIN_SIDE_PX 16u
#define INSITU_MAX_INPUT_SIDE_PX 1024u

typedef enum insitu_format {
  INSITU_FORMAT_JPEG = 1,
  INSITU_FORMAT_PNG = 2,
  INSITU_FORMAT_WEBP = 3,
  INSITU_FORMAT_PIXELS = 4 /* given as pixels: insitu_picture_prepare_pixels */
} insitu_format;

/* Whose code turned the file into pixels. */
typedef enum insitu_decoder {
  INSITU_DECODER_OWN = 1,
  INSITU_DECODER_LIBWEBP = 2,
  INSITU_DECODER_CALLER = 3 /* in a browser: the browser's own */
} insitu_decoder;

/* What became of the file's colour profile. */
typedef enum insitu_profile {
  INSITU_PROFILE_NONE = 0,      /* the file names none, so sRGB is meant */
  INSITU_PROFILE_SRGB = 1,      /* it is sRGB: nothing to do */
  INSITU_PROFILE_CONVERTED = 2, /* converted to sRGB */
  INSITU_PROFILE_NOT_USED = 3   /* of a kind that is not converted; taken for sRGB */
} insitu_profile;

/* Measures of the judged square, at the picture's own resolution or of what the
 * model sees; NAN where not measured. How each is defined: src/image/quality.h. */
typedef struct insitu_quality {
#define INSITU_QUALITY_LIST(X)                                               \
  X(sharpness)  /* of what the model sees: 0 blurred, 1 as fine as can be */ \
  X(focus)      /* the same at the picture's own resolution */               \
  X(dark)       /* share of pixels that are clipped or nearly so, 0..1 */    \
  X(bright)     /* likewise at the bright end */                             \
  X(glare)      /* share of pixels in colourless highlights, 0..1 */         \
  X(contrast)   /* standard deviation of luma, 0..127.5 */                   \
  X(mean)       /* of luma, 0..255 */                                        \
  X(resolution) /* pixels a side over those of the model's input */          \
  X(uniform)    /* share of the square without structure, 0..1 */            \
  X(drawn)      /* how alike a drawing or a screenshot, 0..1 */
#define INSITU_QUALITY_FIELD(name) double name;
  INSITU_QUALITY_LIST(INSITU_QUALITY_FIELD)
#undef INSITU_QUALITY_FIELD
} insitu_quality;

/* What is known of a picture, from its decoder to its answer. One flat block:
 * between two WebAssembly modules it travels as its bytes, unread. */
#define INSITU_PICTURE_VERSION 1u
typedef struct insitu_picture {
  uint32_t version, size_bytes; /* INSITU_PICTURE_VERSION, sizeof(insitu_picture) */
  uint32_t format, decoder;     /* insitu_format, insitu_decoder */
  uint32_t width_px, height_px; /* upright: after EXIF orientation */
  uint32_t orientation;         /* EXIF 1..8; 1 where the file has none */
  uint32_t profile;             /* insitu_profile */
  char profile_name[48];        /* "Display P3"; UTF-8, NUL-terminated, "" where it has none */
  /* The judged rectangle in the upright picture; 0 wide where only probed. */
  uint32_t judged_x_px, judged_y_px, judged_width_px, judged_height_px;
  insitu_quality quality;
  double decode_ms, prepare_ms; /* 0 where only probed */
} insitu_picture;

/* A rectangle in the upright picture, in fractions of its width and height;
 * 0 <= x, 0 < width, x + width <= 1, likewise y. */
typedef struct insitu_crop {
  double x, y, width, height;
} insitu_crop;

/* What a model wants to see. */
typedef struct insitu_input {
  uint32_t width_px, height_px;
  double crop_fraction;  /* of the largest centred rectangle with the input's
                            aspect ratio, in (0,1] */
  float mean[3], std[3]; /* per channel, R G B, of pixels scaled to 0..1 */
  uint32_t num_views;    /* 1, 2 or 4: the scores are the mean over the picture,
                            its mirror image, and both upside down */
} insitu_input;

/* Reads the header only. `picture` gets format, size, orientation, profile. */
INSITU_API insitu_status insitu_picture_probe(const uint8_t *file, size_t file_size,
                                              insitu_picture *picture,
                                              insitu_error *error) INSITU_MUST_USE;

/* Decodes a JPEG, PNG or WebP, turns it upright, crops (`crop`, or the centre where
 * NULL: the largest centred rectangle with the input's aspect ratio, times
 * input->crop_fraction), and resizes with an antialiased triangle filter in
 * integers (equal bit for bit on all platforms, rows first, and to Pillow's BILINEAR; JPEGs
 * of which 3 megapixels or more are judged are decoded smaller, and come within some levels).
 * Transparent pixels are laid on white; grey becomes RGB; 16 bits become 8.
 * rgb: caller's, input->height_px * input->width_px * 3 bytes, [H,W,3] u8.
 * picture: may be NULL. */
INSITU_API insitu_status insitu_picture_prepare(const uint8_t *file, size_t file_size,
                                                const insitu_crop *crop, const insitu_input *input,
                                                uint8_t *rgb, insitu_picture *picture,
                                                insitu_error *error) INSITU_MUST_USE;

typedef enum insitu_pixel_layout {
  INSITU_PIXELS_RGB = 1,
  INSITU_PIXELS_RGBA = 2, /* alpha not multiplied in */
  INSITU_PIXELS_GREY = 3
} insitu_pixel_layout;

/* A picture that the caller has decoded: sRGB, rows from top to bottom. */
typedef struct insitu_pixels {
  const void *data;    /* borrowed; with 16 bits aligned to 2 */
  size_t size_bytes;   /* at least (height - 1) * stride + a row */
  size_t stride_bytes; /* from a row to the next; at least a row, with 16 bits even */
  uint32_t width_px, height_px;
  uint32_t layout;      /* insitu_pixel_layout */
  uint32_t bits;        /* a sample: 8, or 16 in the machine's byte order */
  uint32_t orientation; /* EXIF 1..8; 1: the rows are upright already */
} insitu_pixels;

/* As insitu_picture_prepare, of pixels: the same limits, crop, resize and
 * measures, and to the last bit the same pixels as from a PNG of them. `picture`
 * says INSITU_FORMAT_PIXELS, INSITU_DECODER_CALLER. Statuses: INVALID_ARGUMENT,
 * TOO_SMALL, TOO_LARGE, OUT_OF_MEMORY. */
INSITU_API insitu_status insitu_picture_prepare_pixels(const insitu_pixels *pixels,
                                                       const insitu_crop *crop,
                                                       const insitu_input *input, uint8_t *rgb,
                                                       insitu_picture *picture,
                                                       insitu_error *error) INSITU_MUST_USE;

/* {"format","decoder","width",…}: the facts as one JSON object. NULL only when
 * out of memory; the caller's to free with insitu_free. */
INSITU_API char *insitu_picture_json(const insitu_picture *picture);

/* ---- Models: a .tflite file as a runtime ---------------------------------- */

typedef struct insitu_model insitu_model;

#define INSITU_MAX_RANK 6
#define INSITU_MAX_MODEL_BYTES (256u << 20)
#define INSITU_MAX_THREADS 64u

typedef enum insitu_dtype {
  INSITU_F32 = 1,
  INSITU_I8 = 2,
  INSITU_U8 = 3,
  INSITU_I32 = 4, /* indices, at the end of a network; rank 0 is possible there */
  INSITU_I64 = 5
} insitu_dtype;

typedef struct insitu_tensor_info {
  const char *name; /* owned by the model, "" where the file has none */
  insitu_dtype dtype;
  uint32_t rank;
  uint32_t dims[INSITU_MAX_RANK];
  size_t size_bytes;
  float scale; /* 0 where not quantised; real = scale * (q - zero_point) */
  int32_t zero_point;
} insitu_tensor_info;

typedef struct insitu_model_options {
  /* 0 and 1: the calling thread alone. At most INSITU_MAX_THREADS; more than
   * insitu_max_threads() are not started. */
  uint32_t num_threads;
  /* Tensors inside the model, by their names, to be handed out as further
   * outputs behind the model's own, in this order. */
  const char *const *interior;
  uint32_t num_interior;
  /* Of the pictures that the model takes, where its file leaves that open; 0:
   * not given, and such a file is refused. */
  uint32_t width_px, height_px;
  /* Which of the file's signatures is run; NULL: the first. */
  const char *signature;
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

/* An operator as it is run: fused ones are one, and some of a file's operators
 * become several, so the two need not match one to one. */
typedef struct insitu_operator_time {
  const char *name; /* "Convolution (NHWC, F32) IGEMM", XNNPACK's; owned by the model */
  uint32_t rank, dims[INSITU_MAX_RANK]; /* of its output */
  double elapsed_ms;                    /* in the last run; 0 before one */
} insitu_operator_time;

/* Reads the clock round every operator of every run from now on. */
INSITU_API insitu_status insitu_model_profile(insitu_model *model,
                                              insitu_error *error) INSITU_MUST_USE;
/* In the order in which they run; 0 and NULL before insitu_model_profile. The
 * records are the model's, change with each run, and last until destroy. */
INSITU_API uint32_t insitu_model_num_operators(const insitu_model *model);
INSITU_API const insitu_operator_time *insitu_model_operator(const insitu_model *model,
                                                             uint32_t index);

/* Describes a file, also one that cannot be run: inputs, outputs, operators
 * with counts, precision, parameters, macs, bytes, unsupported (with why), and
 * its signatures where it has several (the rest is of the one that is named, or
 * of the first where `signature` is NULL).
 * json: the caller's to free with insitu_free; one JSON object, UTF-8. */
INSITU_API insitu_status insitu_model_inspect_json(const uint8_t *file, size_t file_size,
                                                   const char *signature, char **json,
                                                   insitu_error *error) INSITU_MUST_USE;

/* ---- Packs: what a model means (models/FORMAT.md) -------------------------- */

typedef struct insitu_pack insitu_pack;

#define INSITU_MAX_CLASSES 1024u
#define INSITU_MAX_PACK_JSON_BYTES (4u << 20)

typedef struct insitu_variant {
  const char *name; /* "float32", "int8" */
  const char *file; /* relative to the pack's folder, no "..", no "/" first */
  uint64_t size_bytes;
  const char *sha256; /* 64 lower-case hex digits */
} insitu_variant;

INSITU_API insitu_status insitu_pack_create(const char *json, size_t json_size, insitu_pack **pack,
                                            insitu_error *error) INSITU_MUST_USE;

/* What a bare model's output is. */
typedef enum insitu_output {
  INSITU_OUTPUT_DEFAULT = 0, /* followed back through the network's operators */
  INSITU_OUTPUT_PROBABILITIES = 1,
  INSITU_OUTPUT_LOGITS = 2, /* of classes that exclude each other: they get a softmax */
  INSITU_OUTPUT_SIGMOID = 3 /* of findings, each by itself: each gets a sigmoid */
} insitu_output;

typedef struct insitu_bare_options { /* for a .tflite file without a pack */
  const char *id;                    /* shown as the model's id; NULL: "model" */
  bool has_mean, has_std;            /* override what the file says */
  float mean[3], std[3];             /* in units of pixels scaled to 0..1 */
  const char *const *labels;         /* num_labels of them, or NULL; copied */
  uint32_t num_labels;
  insitu_output output;
  uint32_t width_px, height_px; /* where the file leaves its size open; else 0 */
  const char *signature;        /* of the file; NULL: the first; copied */
} insitu_bare_options;

/* A pack for a bare model: ids are output indices. Labels: those given, else
 * those in the file's associated files, else the ids. Pixels: what the file's
 * TFLite metadata says of a float input; 0..255 for quantised inputs, and where
 * the network scales bytes itself; else 0..1. Softmax or sigmoid only where the
 * network has none. A network of one output answers with two classes, no and
 * yes, unless one label is given. One that picks classes at its end (ARG_MAX,
 * TOPK_V2) is read by the scores that it picks from; INVALID_MODEL where it picks
 * at each place of a picture. How all this was read is in the answer. */
INSITU_API insitu_status insitu_pack_create_bare(const uint8_t *file, size_t file_size,
                                                 const insitu_bare_options *options,
                                                 insitu_pack **pack,
                                                 insitu_error *error) INSITU_MUST_USE;
/* {"task","width","height","classes":[{"id","label"}],"read_as":{…}}: what a bare
 * model was read as; INVALID_ARGUMENT for a pack of a pack.json. json: the
 * caller's to free with insitu_free. */
INSITU_API insitu_status insitu_pack_bare_json(const insitu_pack *pack, char **json,
                                               insitu_error *error) INSITU_MUST_USE;
INSITU_API void insitu_pack_destroy(insitu_pack *pack);

/* Takes the labels of texts/<language>.json, for packs of format 2, whose
 * labels are the classes' ids until then. INVALID_PACK where a class or a group
 * has no label. After a failure the pack has the labels that it had. */
INSITU_API insitu_status insitu_pack_add_texts(insitu_pack *pack, const char *json,
                                               size_t json_size,
                                               insitu_error *error) INSITU_MUST_USE;
/* BCP 47 tags of the texts that there are, the default first; NULL past the
 * last, and for format 1 and bare packs. */
INSITU_API const char *insitu_pack_language(const insitu_pack *pack, uint32_t index);

INSITU_API const char *insitu_pack_id(const insitu_pack *pack);
INSITU_API const char *insitu_pack_version(const insitu_pack *pack); /* NULL for a bare model */
INSITU_API const insitu_input *insitu_pack_input(const insitu_pack *pack);
INSITU_API uint32_t insitu_pack_num_classes(const insitu_pack *pack);
INSITU_API const char *insitu_pack_class_id(const insitu_pack *pack, uint32_t index);
INSITU_API const char *insitu_pack_class_label(const insitu_pack *pack, uint32_t index);
/* Classes that the pack counts together (format 2). NULL, and false, where an
 * index is out of range. */
INSITU_API uint32_t insitu_pack_num_groups(const insitu_pack *pack);
INSITU_API const char *insitu_pack_group_id(const insitu_pack *pack, uint32_t index);
INSITU_API const char *insitu_pack_group_label(const insitu_pack *pack, uint32_t index);
INSITU_API bool insitu_pack_group_has(const insitu_pack *pack, uint32_t index,
                                      uint32_t class_index);
/* name NULL: the pack's default variant. NULL where there is none of that
 * name, and for bare packs. */
INSITU_API const insitu_variant *insitu_pack_variant(const insitu_pack *pack, const char *name);
INSITU_API uint32_t insitu_pack_num_variants(const insitu_pack *pack);
INSITU_API const insitu_variant *insitu_pack_variant_at(const insitu_pack *pack, uint32_t index);

/* ---- Classifier: a pack and one of its variants, ready --------------------- */

typedef struct insitu_classifier insitu_classifier;

typedef enum insitu_prior {
  INSITU_PRIOR_DEFAULT = 0, /* the pack's: of a device's own limits, where it has them */
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

/* ---- The answer ------------------------------------------------------------ */

typedef enum insitu_decision {
  INSITU_DECISION_ANSWER = 1, /* the top class may be shown as the likeliest */
  INSITU_DECISION_UNSURE = 2, /* the set may be shown, no class of it as the answer */
  INSITU_DECISION_REJECT = 3  /* nothing that the model says of this picture may be shown */
} insitu_decision;

/* What a person is asked to do, by rising urgency. */
typedef enum insitu_action {
  INSITU_ACTION_NONE = 0, /* the pack names no actions, or the picture was rejected */
  INSITU_ACTION_WATCH = 1,
  INSITU_ACTION_SHOW = 2,
  INSITU_ACTION_SOON = 3
} insitu_action;

/* Why an answer is none, or an unsure one: NAME, id in JSON, what it means. */
#define INSITU_REASON_LIST(X)                                                                   \
  X(NOT_THIS_KIND, "not-this-kind", "unlike what the model learnt from")                        \
  X(TAKEN_WITH, "taken-with", "taken with a device that the model did not learn from")          \
  X(TOO_BLURRED, "too-blurred", "blurred")                                                      \
  X(TOO_DARK, "too-dark", "too dark")                                                           \
  X(TOO_BRIGHT, "too-bright", "too bright")                                                     \
  X(GLARE, "glare", "glare")                                                                    \
  X(LOW_CONTRAST, "low-contrast", "hardly any contrast")                                        \
  X(TOO_SMALL, "too-small", "fewer pixels than the model looks at")                             \
  X(UNIFORM, "uniform", "nothing to see")                                                       \
  X(DRAWN, "drawn", "a drawing or a screenshot")                                                \
  X(SEVERAL_CLASSES, "several-classes", "several classes fit, which call for different action") \
  X(NOT_SURE, "not-sure", "no class is likely enough")

typedef enum insitu_reason_id {
#define INSITU_REASON_ENUM(NAME, id, text) INSITU_REASON_##NAME,
  INSITU_REASON_LIST(INSITU_REASON_ENUM)
#undef INSITU_REASON_ENUM
      INSITU_NUM_REASONS
} insitu_reason_id;

/* "too-blurred"; NULL for a number that is none. */
INSITU_API const char *insitu_reason_name(insitu_reason_id id);

typedef struct insitu_reason {
  insitu_reason_id id;
  double value, limit; /* what was measured, and what would have been enough */
} insitu_reason;

/* Classes that the pack counts together. */
typedef struct insitu_group_answer {
  const char *id, *label;
  double p;        /* the sum of its classes' probabilities, under limits_prior */
  double limit;    /* NAN: the pack names none */
  bool is_reached; /* p at or above the limit */
} insitu_group_answer;

/* Where the network looked for one class: [height, width] of the judged square,
 * 0..1 of the largest, row by row. */
typedef struct insitu_map {
  uint32_t class_index, width, height; /* width 0: there is none */
  const float *values;
} insitu_map;

/* All of it belongs to the classifier, until the next classify. */
typedef struct insitu_answer {
  insitu_decision decision;
  insitu_action action;
  uint32_t num_reasons; /* of a reject, or of an unsure; none of an answer */
  const insitu_reason *reasons;
  uint32_t num_classes;
  const double *scores;        /* [num_classes] as the network gave them, the mean over the views */
  const double *probabilities; /* [num_classes], calibrated, under `prior` */
  insitu_prior prior;          /* the one asked for, else that of limits_of, else the pack's */
  const uint32_t *ranking; /* [num_classes] by falling probability; of a reject the pack's order */
  bool has_set;
  uint32_t set_size; /* 0 of a reject; of findings (multilabel) possibly too */
  const uint32_t *set;
  uint32_t num_groups; /* 0 of a reject */
  const insitu_group_answer *groups;
  double typicality; /* 0..1: the share of the pictures learnt from that are less typical; NAN */
  const char *taken_with; /* one of the pack's words, NULL where it cannot be told */
  /* By what set, groups and decision came about: the limits that the pack has for
   * pictures taken with limits_of (NULL: those for all others), under their prior
   * (DEFAULT: they carry none). */
  const char *limits_of;
  insitu_prior limits_prior;
  insitu_map map;
  double infer_ms;
} insitu_answer;

#define INSITU_TOP_CLASS UINT32_MAX

typedef struct insitu_classify_options {
  insitu_prior prior;
  /* The class to draw a map of: an index, or INSITU_TOP_CLASS. is_map_wanted
   * false: none. There is none either where the picture is rejected, or where the
   * network does not end in a mean over its last feature map and one dense layer. */
  bool is_map_wanted;
  uint32_t map_class;
  /* 0: as many views as the pack names. 1, 2 or 4: no more than so many, for a
   * live view, where the next picture comes at once. The pack's limits were fitted
   * to its own number: such an answer is of the moment, and is judged anew. */
  uint32_t most_views;
} insitu_classify_options;

/* rgb: [H,W,3] u8 from insitu_picture_prepare with insitu_pack_input, and the
 * picture that it filled; NULL: nothing is known, so no rule about quality can
 * apply. options: NULL for the defaults. */
INSITU_API insitu_status insitu_classifier_classify(insitu_classifier *classifier,
                                                    const uint8_t *rgb,
                                                    const insitu_picture *picture,
                                                    const insitu_classify_options *options,
                                                    insitu_error *error) INSITU_MUST_USE;
/* Of the last classify; NULL where it failed or there was none. */
INSITU_API const insitu_answer *insitu_classifier_answer(const insitu_classifier *classifier);

typedef struct insitu_json_options {
  uint32_t num_classes; /* the likeliest so many; 0: all */
  bool is_plain;        /* the line of version 0.1; a reject fails with REJECTED */
} insitu_json_options;

/* The answer as one line of JSON (docs/answer.schema.json). file: UTF-8 or any
 * bytes (made valid). options: may be NULL. json: the caller's to free with
 * insitu_free. */
INSITU_API insitu_status insitu_classifier_answer_json(const insitu_classifier *classifier,
                                                       const char *file,
                                                       const insitu_json_options *options,
                                                       char **json,
                                                       insitu_error *error) INSITU_MUST_USE;
/* {"file","ok":false,"status","message"} for a failure. NULL only when out of
 * memory. */
INSITU_API char *insitu_error_json(const char *file, const insitu_error *error);

/* The core's allocator, for what a caller of this header keeps in memory itself.
 * NULL where there is none left; size 0 gives a unique pointer. */
INSITU_API void *insitu_alloc(size_t size_bytes);
/* Keeps the old block on failure; memory may be NULL. */
INSITU_API void *insitu_resize(void *memory, size_t size_bytes);
INSITU_API void insitu_free(void *memory);

#ifdef __cplusplus
}
#endif
#endif /* INSITU_H_ */
