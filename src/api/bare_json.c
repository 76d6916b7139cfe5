/* How a bare model was read, since no pack says it: in every answer, and by
 * itself for whoever keeps the model (insitu_pack_bare_json). */
#include "api/bare_json.h"

#include "base/error.h"

static void write_text(json_writer *writer, const char *key, const char *text) {
  json_key(writer, key);
  json_string(writer, text);
}

void bare_json_write_reading(json_writer *writer, const pack_reading *reading) {
  if (!reading->output) return;
  json_key(writer, "read_as");
  json_object_begin(writer);
  write_text(writer, "output", reading->output);
  write_text(writer, "output_from", reading->output_from);
  write_text(writer, "pixels", reading->pixels);
  write_text(writer, "pixels_from", reading->pixels_from);
  write_text(writer, "labels_from", reading->labels_from);
  json_object_end(writer);
}

static void write_classes(json_writer *writer, const insitu_pack *pack) {
  json_key(writer, "classes");
  json_array_begin(writer);
  for (uint32_t i = 0; i < pack->num_classes; ++i) {
    json_object_begin(writer);
    write_text(writer, "id", pack->classes[i].id);
    write_text(writer, "label", pack->classes[i].label);
    json_object_end(writer);
  }
  json_array_end(writer);
}

insitu_status insitu_pack_bare_json(const insitu_pack *pack, char **json, insitu_error *error) {
  if (!pack->reading.output) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "the pack '%.64s' is not of a bare model", pack->id);
  }
  json_writer writer;
  json_writer_init(&writer);
  json_object_begin(&writer);
  write_text(&writer, "task", pack->task == PACK_MULTILABEL ? "multilabel" : "multiclass");
  json_key(&writer, "width");
  json_unsigned(&writer, pack->input.width_px);
  json_key(&writer, "height");
  json_unsigned(&writer, pack->input.height_px);
  write_classes(&writer, pack);
  bare_json_write_reading(&writer, &pack->reading);
  json_object_end(&writer);
  insitu_status status = json_writer_finish(&writer, json, error);
  json_writer_deinit(&writer);
  return status;
}
