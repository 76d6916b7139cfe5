/* The result line and the error line: the one JSON that the command prints and
 * the page's element hands on. */
#include <math.h>

#include "api/classifier.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/json_writer.h"

/* {"file": …, "ok": …, as every line begins. */
static void begin_line(json_writer *writer, const char *file, bool is_ok) {
  json_writer_init(writer);
  json_object_begin(writer);
  json_key(writer, "file");
  json_string(writer, file);
  json_key(writer, "ok");
  json_bool(writer, is_ok);
}

/* A value or, in bare packs, none. */
static void write_text_or_null(json_writer *writer, const char *text) {
  if (text) {
    json_string(writer, text);
  } else {
    json_null(writer);
  }
}

/* Microseconds are as fine as any clock here is. */
static void write_ms(json_writer *writer, const char *key, double milliseconds) {
  json_key(writer, key);
  json_number(writer, round(milliseconds * 1e3) / 1e3);
}

static void write_class(json_writer *writer, const insitu_classifier *classifier, uint32_t index) {
  const pack_class *names = &classifier->pack->classes[index];
  json_object_begin(writer);
  json_key(writer, "id");
  json_string(writer, names->id);
  json_key(writer, "label");
  json_string(writer, names->label);
  json_key(writer, "p");
  json_number(writer, classifier->probabilities[index]);
  json_object_end(writer);
}

static void write_model(json_writer *writer, const insitu_classifier *classifier) {
  json_key(writer, "model");
  json_object_begin(writer);
  json_key(writer, "id");
  json_string(writer, classifier->pack->id);
  json_key(writer, "version");
  write_text_or_null(writer, classifier->pack->version);
  json_key(writer, "variant");
  write_text_or_null(writer, classifier->variant ? classifier->variant->info.name : NULL);
  json_object_end(writer);
}

static void write_timing(json_writer *writer, const insitu_classifier *classifier,
                         const insitu_timing *timing) {
  json_key(writer, "ms");
  json_object_begin(writer);
  if (timing) {
    write_ms(writer, "decode", timing->decode_ms);
    write_ms(writer, "prepare", timing->prepare_ms);
  }
  write_ms(writer, "infer", timing ? timing->infer_ms : classifier->infer_ms);
  json_object_end(writer);
}

insitu_status insitu_classifier_result_json(const insitu_classifier *classifier, const char *file,
                                            const insitu_timing *timing, char **json,
                                            insitu_error *error) {
  if (!classifier->has_answer) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "there is no answer: the last picture failed or none was classified yet");
  }
  uint32_t num_classes = classifier->pack->num_classes;
  uint32_t *order = alloc_array(num_classes, sizeof *order);
  if (!order) return error_out_of_memory(error, "the ranking", num_classes * sizeof *order);
  classify_rank(classifier->probabilities, num_classes, order);

  json_writer writer;
  begin_line(&writer, file, true);
  json_key(&writer, "top");
  write_class(&writer, classifier, order[0]);
  json_key(&writer, "classes");
  json_array_begin(&writer);
  for (uint32_t i = 0; i < num_classes; ++i) write_class(&writer, classifier, order[i]);
  json_array_end(&writer);
  write_model(&writer, classifier);
  write_timing(&writer, classifier, timing);
  json_object_end(&writer);
  alloc_free(order);
  insitu_status status = json_writer_finish(&writer, json, error);
  json_writer_deinit(&writer);
  return status;
}

char *insitu_error_json(const char *file, const insitu_error *error) {
  json_writer writer;
  begin_line(&writer, file, false);
  json_key(&writer, "status");
  json_string(&writer, insitu_status_name(error->status));
  json_key(&writer, "message");
  json_string(&writer, error->message);
  json_object_end(&writer);
  char *json = NULL;
  insitu_status status = json_writer_finish(&writer, &json, NULL);
  json_writer_deinit(&writer);
  return status ? NULL : json;
}
