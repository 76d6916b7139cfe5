/* The facts of an insitu_picture as JSON: a new one is a row here. */
#include "api/picture_json.h"

#include <stddef.h>

/* Names of the enumerations, by their numbers; NULL: no name, so null. */
static const char *const formats[] = {NULL, "jpeg", "png", "webp", "pixels"};
static const char *const decoders[] = {NULL, "insitu", "libwebp", "caller"};
static const char *const profile_uses[] = {"none", "srgb", "converted", "not-used"};

typedef enum kind { COUNT, NAMED, TEXT } kind;

typedef struct fact {
  const char *key;
  kind kind;
  size_t offset;
  const char *const *names; /* [num_names] of a NAMED one */
  size_t num_names;
} fact;

#define AT(field) offsetof(insitu_picture, field)
#define NAMES(list) list, sizeof list / sizeof *list

static const fact facts[] = {
    {"format", NAMED, AT(format), NAMES(formats)},
    {"decoder", NAMED, AT(decoder), NAMES(decoders)},
    {"width", COUNT, AT(width_px), NULL, 0},
    {"height", COUNT, AT(height_px), NULL, 0},
    {"orientation", COUNT, AT(orientation), NULL, 0},
    {"profile", TEXT, AT(profile_name), NULL, 0},
    {"profile_use", NAMED, AT(profile), NAMES(profile_uses)},
};
static const fact judged_facts[] = {
    {"x", COUNT, AT(judged_x_px), NULL, 0},
    {"y", COUNT, AT(judged_y_px), NULL, 0},
    {"width", COUNT, AT(judged_width_px), NULL, 0},
    {"height", COUNT, AT(judged_height_px), NULL, 0},
};

static void write_fact(json_writer *writer, const insitu_picture *picture, const fact *row) {
  const char *field = (const char *)picture + row->offset;
  json_key(writer, row->key);
  if (row->kind == TEXT) {
    if (*field != '\0') json_string(writer, field);
    else json_null(writer);
    return;
  }
  uint32_t number = *(const uint32_t *)field;
  const char *name = row->kind == NAMED && number < row->num_names ? row->names[number] : NULL;
  if (row->kind == COUNT) json_unsigned(writer, number);
  else if (name != NULL) json_string(writer, name);
  else json_null(writer);
}

void picture_json_write(json_writer *writer, const insitu_picture *picture) {
  json_object_begin(writer);
  for (size_t i = 0; i < sizeof facts / sizeof *facts; ++i) write_fact(writer, picture, &facts[i]);
  if (picture->judged_width_px > 0) {
    json_key(writer, "judged");
    json_object_begin(writer);
    for (size_t i = 0; i < sizeof judged_facts / sizeof *judged_facts; ++i) {
      write_fact(writer, picture, &judged_facts[i]);
    }
    json_object_end(writer);
  }
  json_object_end(writer);
}

char *insitu_picture_json(const insitu_picture *picture) {
  json_writer writer;
  json_writer_init(&writer);
  picture_json_write(&writer, picture);
  char *json = NULL;
  insitu_status status = json_writer_finish(&writer, &json, NULL);
  json_writer_deinit(&writer);
  return status ? NULL : json;
}
