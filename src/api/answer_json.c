/* The answer's line and the error's: the one JSON that the command prints and
 * the page's element hands on. docs/answer.schema.json is its norm. */
#include <math.h>

#include "api/bare_json.h"
#include "api/classifier.h"
#include "api/picture_json.h"
#include "base/error.h"
#include "base/json_writer.h"

static const char *const decision_names[] = {NULL, "answer", "unsure", "reject"};
static const char *const action_names[] = {NULL, "watch", "show", "soon"};
static const char *const prior_names[] = {NULL, "training", "uniform"};

const char *insitu_reason_name(insitu_reason_id id) {
  static const char *const names[] = {
#define REASON_NAME(NAME, name, text) name,
      INSITU_REASON_LIST(REASON_NAME)
#undef REASON_NAME
  };
  return (uint32_t)id < INSITU_NUM_REASONS ? names[id] : NULL;
}

/* {"file": …, "ok": …, as every line begins. */
static void begin_line(json_writer *writer, const char *file, bool is_ok) {
  json_writer_init(writer);
  json_object_begin(writer);
  json_key(writer, "file");
  json_string(writer, file);
  json_key(writer, "ok");
  json_bool(writer, is_ok);
}

/* A text, or null where there is none. */
static void write_text(json_writer *writer, const char *key, const char *text) {
  json_key(writer, key);
  if (text) json_string(writer, text);
  else json_null(writer);
}

/* What a clock or a measure cannot tell apart is rounded away. */
static void write_rounded(json_writer *writer, const char *key, double value, double step) {
  json_key(writer, key);
  json_number(writer, round(value / step) * step);
}

static void write_class(json_writer *writer, const insitu_classifier *classifier, uint32_t index,
                        bool with_score) {
  const pack_class *names = &classifier->pack->classes[index];
  json_object_begin(writer);
  json_key(writer, "id");
  json_string(writer, names->id);
  json_key(writer, "label");
  json_string(writer, names->label);
  json_key(writer, "p");
  json_number(writer, classifier->answer.probabilities[index]);
  if (with_score) {
    json_key(writer, "score");
    json_number(writer, classifier->answer.scores[index]);
  }
  json_object_end(writer);
}

static void write_reasons(json_writer *writer, const insitu_answer *answer) {
  json_key(writer, "reasons");
  json_array_begin(writer);
  for (uint32_t i = 0; i < answer->num_reasons; ++i) {
    const insitu_reason *reason = &answer->reasons[i];
    json_object_begin(writer);
    json_key(writer, "id");
    json_string(writer, insitu_reason_name(reason->id));
    json_key(writer, "value");
    json_number(writer, reason->value);
    json_key(writer, "limit");
    json_number(writer, reason->limit);
    json_object_end(writer);
  }
  json_array_end(writer);
}

static void write_set(json_writer *writer, const insitu_classifier *classifier) {
  const insitu_answer *answer = &classifier->answer;
  if (!answer->has_set) return;
  json_key(writer, "set");
  json_array_begin(writer);
  for (uint32_t i = 0; i < answer->set_size; ++i) {
    json_string(writer, classifier->pack->classes[answer->set[i]].id);
  }
  json_array_end(writer);
}

static void write_groups(json_writer *writer, const insitu_answer *answer) {
  if (answer->num_groups == 0) return;
  json_key(writer, "groups");
  json_array_begin(writer);
  for (uint32_t i = 0; i < answer->num_groups; ++i) {
    const insitu_group_answer *group = &answer->groups[i];
    json_object_begin(writer);
    json_key(writer, "id");
    json_string(writer, group->id);
    json_key(writer, "label");
    json_string(writer, group->label);
    json_key(writer, "p");
    json_number(writer, group->p);
    json_key(writer, "limit");
    if (isnan(group->limit)) json_null(writer);
    else json_number(writer, group->limit);
    json_key(writer, "reached");
    json_bool(writer, group->is_reached);
    json_object_end(writer);
  }
  json_array_end(writer);
}

static void write_classes(json_writer *writer, const insitu_classifier *classifier,
                          uint32_t num_wanted, bool with_scores) {
  const insitu_answer *answer = &classifier->answer;
  uint32_t count = answer->num_classes;
  /* A rejected picture's are in the pack's order: a part of them says nothing. */
  bool is_cut = num_wanted > 0 && num_wanted < count && answer->decision != INSITU_DECISION_REJECT;
  if (is_cut) count = num_wanted;
  json_key(writer, "classes");
  json_array_begin(writer);
  for (uint32_t i = 0; i < count; ++i) {
    write_class(writer, classifier, answer->ranking[i], with_scores);
  }
  json_array_end(writer);
}

static void write_quality(json_writer *writer, const insitu_quality *quality) {
  static const double step = 1e-4;
  bool is_measured = false;
#define IS_MEASURED(name) is_measured = is_measured || !isnan(quality->name);
  INSITU_QUALITY_LIST(IS_MEASURED)
#undef IS_MEASURED
  if (!is_measured) return;
  json_key(writer, "quality");
  json_object_begin(writer);
#define WRITE_MEASURE(name) \
  if (!isnan(quality->name)) write_rounded(writer, #name, quality->name, step);
  INSITU_QUALITY_LIST(WRITE_MEASURE)
#undef WRITE_MEASURE
  json_object_end(writer);
}

static void write_map(json_writer *writer, const insitu_classifier *classifier) {
  const insitu_map *map = &classifier->answer.map;
  if (map->width == 0) return;
  json_key(writer, "map");
  json_object_begin(writer);
  json_key(writer, "class");
  json_string(writer, classifier->pack->classes[map->class_index].id);
  json_key(writer, "width");
  json_unsigned(writer, map->width);
  json_key(writer, "height");
  json_unsigned(writer, map->height);
  json_key(writer, "values");
  json_array_begin(writer);
  for (size_t i = 0; i < (size_t)map->width * map->height; ++i) {
    json_number(writer, round((double)map->values[i] * 1e3) / 1e3);
  }
  json_array_end(writer);
  json_object_end(writer);
}

static void write_model(json_writer *writer, const insitu_classifier *classifier, bool is_plain) {
  json_key(writer, "model");
  json_object_begin(writer);
  write_text(writer, "id", classifier->pack->id);
  write_text(writer, "version", classifier->pack->version);
  write_text(writer, "variant", classifier->variant ? classifier->variant->info.name : NULL);
  if (!is_plain) write_text(writer, "prior", prior_names[classifier->answer.prior]);
  json_object_end(writer);
}

static void write_timing(json_writer *writer, const insitu_classifier *classifier) {
  static const double microsecond = 1e-3;
  json_key(writer, "ms");
  json_object_begin(writer);
  if (classifier->picture.version) {
    write_rounded(writer, "decode", classifier->picture.decode_ms, microsecond);
    write_rounded(writer, "prepare", classifier->picture.prepare_ms, microsecond);
  }
  write_rounded(writer, "infer", classifier->answer.infer_ms, microsecond);
  json_object_end(writer);
}

/* Everything that a person or a program must know before the ranking. */
static void write_judgement(json_writer *writer, const insitu_classifier *classifier) {
  const insitu_answer *answer = &classifier->answer;
  json_key(writer, "decision");
  json_string(writer, decision_names[answer->decision]);
  if (answer->action != INSITU_ACTION_NONE) {
    json_key(writer, "action");
    json_string(writer, action_names[answer->action]);
  }
  write_reasons(writer, answer);
}

static void write_facts(json_writer *writer, const insitu_classifier *classifier) {
  const insitu_answer *answer = &classifier->answer;
  if (!isnan(answer->typicality)) write_rounded(writer, "typicality", answer->typicality, 1e-4);
  if (answer->taken_with) write_text(writer, "taken_with", answer->taken_with);
  if (classifier->picture.version) write_quality(writer, &classifier->picture.quality);
  write_map(writer, classifier);
  if (classifier->picture.version) {
    json_key(writer, "picture");
    picture_json_write(writer, &classifier->picture);
  }
}

static insitu_status check_answer(const insitu_classifier *classifier, bool is_plain,
                                  insitu_error *error) {
  if (!classifier->has_answer) {
    return error_set(error, INSITU_STATUS_INVALID_ARGUMENT,
                     "there is no answer: the last picture failed or none was classified yet");
  }
  const insitu_answer *answer = &classifier->answer;
  if (!is_plain || answer->decision != INSITU_DECISION_REJECT) return INSITU_STATUS_OK;
  return error_set(error, INSITU_STATUS_REJECTED,
                   "the model may not judge this picture: %s (%.4g, the limit is %.4g)",
                   insitu_reason_name(answer->reasons[0].id), answer->reasons[0].value,
                   answer->reasons[0].limit);
}

insitu_status insitu_classifier_answer_json(const insitu_classifier *classifier, const char *file,
                                            const insitu_json_options *options, char **json,
                                            insitu_error *error) {
  bool is_plain = options && options->is_plain;
  insitu_status status = check_answer(classifier, is_plain, error);
  if (status) return status;
  const insitu_answer *answer = &classifier->answer;
  json_writer writer;
  begin_line(&writer, file, true);
  if (!is_plain) write_judgement(&writer, classifier);
  if (answer->decision != INSITU_DECISION_REJECT) {
    json_key(&writer, "top");
    write_class(&writer, classifier, answer->ranking[0], false);
  }
  if (!is_plain) {
    write_set(&writer, classifier);
    write_groups(&writer, answer);
  }
  write_classes(&writer, classifier, options ? options->num_classes : 0, !is_plain);
  if (!is_plain) write_facts(&writer, classifier);
  write_model(&writer, classifier, is_plain);
  if (!is_plain) bare_json_write_reading(&writer, &classifier->pack->reading);
  write_timing(&writer, classifier);
  json_object_end(&writer);
  status = json_writer_finish(&writer, json, error);
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
