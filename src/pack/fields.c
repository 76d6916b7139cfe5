/* Fields of a JSON object, read with their limits and named in messages as
 * one would write them in JavaScript ("variants[1].calibration.temperature"). */
#include "pack/fields.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define MAX_WORD_CHARS 64
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
const char pack_lower_alphabet[] = LOWER DIGITS "-";
const char pack_name_alphabet[] = UPPER LOWER DIGITS "._-";
const char pack_hex_alphabet[] = DIGITS "abcdef";

/* Appends the names from the root on, cut off where there is no room. */
static void write_path(const pack_node *node, char *path, size_t size) {
  if (!node->parent) return;
  write_path(node->parent, path, size);
  size_t length = strlen(path);
  if (node->name) {
    bool is_array = cJSON_IsArray(node->json);
    snprintf(path + length, size - length, "%.32s%s", node->name, is_array ? "" : ".");
  } else {
    snprintf(path + length, size - length, "[%u].", node->index);
  }
}

void pack_fail(pack_reader *reader, const pack_node *parent, const char *key, const char *what,
               ...) {
  if (reader->status) return;
  char text[192], path[96] = "";
  write_path(parent, path, sizeof path);
  va_list arguments;
  va_start(arguments, what);
  vsnprintf(text, sizeof text, what, arguments);
  va_end(arguments);
  reader->status = error_set(reader->error, INSITU_STATUS_INVALID_PACK, "pack.json: %s%s %s",
                             path, key, text);
}

void pack_fail_memory(pack_reader *reader) {
  if (reader->status) return;
  reader->status =
      error_set(reader->error, INSITU_STATUS_OUT_OF_MEMORY, "out of memory: reading pack.json");
}

bool pack_has(const pack_node *parent, const char *key) {
  return cJSON_GetObjectItemCaseSensitive(parent->json, key) != NULL;
}

static const cJSON *find(pack_reader *reader, const pack_node *parent, const char *key) {
  if (reader->status) return NULL;
  const cJSON *json = cJSON_GetObjectItemCaseSensitive(parent->json, key);
  if (!json) pack_fail(reader, parent, key, "is missing");
  return json;
}

pack_node pack_object(pack_reader *reader, const pack_node *parent, const char *key) {
  const cJSON *json = find(reader, parent, key);
  if (json && !cJSON_IsObject(json)) pack_fail(reader, parent, key, "must be an object");
  return (pack_node){.json = reader->status ? NULL : json, .parent = parent, .name = key};
}

pack_node pack_array(pack_reader *reader, const pack_node *parent, const char *key, uint32_t min,
                     uint32_t max) {
  const cJSON *json = find(reader, parent, key);
  if (json && !cJSON_IsArray(json)) pack_fail(reader, parent, key, "must be an array");
  if (!reader->status) {
    uint32_t count = (uint32_t)cJSON_GetArraySize(json);
    if (min == max && count != min) {
      pack_fail(reader, parent, key, "has %u entries, but must have %u", count, min);
    } else if (count < min || count > max) {
      pack_fail(reader, parent, key, "has %u entries, but must have %u to %u", count, min, max);
    }
  }
  return (pack_node){.json = reader->status ? NULL : json, .parent = parent, .name = key};
}

uint32_t pack_count(const pack_node *array) { return (uint32_t)cJSON_GetArraySize(array->json); }

pack_node pack_entry(pack_reader *reader, const pack_node *array, const cJSON *child,
                     uint32_t index) {
  if (!cJSON_IsObject(child)) {
    char name[16];
    snprintf(name, sizeof name, "[%u]", index);
    pack_fail(reader, array, name, "must be an object");
  }
  return (pack_node){.json = reader->status ? NULL : child, .parent = array, .index = index};
}

/* True for a finite number in low..high; else fails and is false. */
static bool number_in(pack_reader *reader, const pack_node *parent, const char *key,
                      const cJSON *json, double low, double high) {
  if (!cJSON_IsNumber(json)) {
    pack_fail(reader, parent, key, "must be a number");
  } else if (!isfinite(json->valuedouble)) {
    pack_fail(reader, parent, key, "must be a finite number");
  } else if (json->valuedouble < low || json->valuedouble > high) {
    if (low == -DBL_MAX || high == DBL_MAX) {
      pack_fail(reader, parent, key, "is %.9g, but must be at %s %.9g", json->valuedouble,
                low == -DBL_MAX ? "most" : "least", low == -DBL_MAX ? high : low);
    } else {
      pack_fail(reader, parent, key, "is %.9g, but must be %.9g to %.9g", json->valuedouble, low,
                high);
    }
  }
  return !reader->status;
}

double pack_number(pack_reader *reader, const pack_node *parent, const char *key, double low,
                   double high) {
  const cJSON *json = find(reader, parent, key);
  return json && number_in(reader, parent, key, json, low, high) ? json->valuedouble : 0;
}

double pack_positive(pack_reader *reader, const pack_node *parent, const char *key, double high) {
  double value = pack_number(reader, parent, key, -DBL_MAX, high);
  if (!reader->status && value <= 0) {
    pack_fail(reader, parent, key, "is %.9g, but must be greater than 0", value);
  }
  return value;
}

uint32_t pack_whole(pack_reader *reader, const pack_node *parent, const char *key, uint32_t low,
                    uint32_t high) {
  double value = pack_number(reader, parent, key, low, high);
  if (!reader->status && value != floor(value)) {
    pack_fail(reader, parent, key, "is %.9g, but must be a whole number", value);
  }
  return reader->status ? 0 : (uint32_t)value;
}

void pack_numbers(pack_reader *reader, const pack_node *parent, const char *key, uint32_t count,
                  double low, double high, double *values) {
  pack_node array = pack_array(reader, parent, key, count, count);
  uint32_t index = 0;
  const cJSON *child;
  cJSON_ArrayForEach(child, array.json) {
    char name[16];
    snprintf(name, sizeof name, "[%u]", index);
    if (!number_in(reader, &array, name, child, low, high)) return;
    values[index++] = child->valuedouble;
  }
}

const char *pack_long_text(pack_reader *reader, const pack_node *parent, const char *key,
                           size_t max_bytes) {
  const cJSON *json = find(reader, parent, key);
  if (json && !cJSON_IsString(json)) pack_fail(reader, parent, key, "must be a text");
  if (reader->status) return "";
  size_t length = strlen(json->valuestring);
  if (length == 0) pack_fail(reader, parent, key, "is empty");
  if (length > max_bytes) {
    pack_fail(reader, parent, key, "has %zu bytes, but at most %zu are allowed", length, max_bytes);
  }
  return reader->status ? "" : json->valuestring;
}

const char *pack_text(pack_reader *reader, const pack_node *parent, const char *key) {
  return pack_long_text(reader, parent, key, PACK_MAX_TEXT_BYTES);
}

const char *pack_word(pack_reader *reader, const pack_node *parent, const char *key,
                      const char *alphabet, size_t max) {
  const char *text = pack_text(reader, parent, key);
  if (reader->status) return "";
  size_t length = strlen(text), valid = strspn(text, alphabet);
  if (length > max) {
    pack_fail(reader, parent, key, "has %zu characters, but must have at most %zu", length, max);
  } else if (valid < length) {
    pack_fail(reader, parent, key, "is \"%.64s\": character %zu is not one of %s", text, valid + 1,
              alphabet == pack_lower_alphabet ? "a-z 0-9 -"
              : alphabet == pack_hex_alphabet ? "0-9 a-f"
                                              : "A-Z a-z 0-9 . _ -");
  }
  return reader->status ? "" : text;
}

const char *pack_file_name(pack_reader *reader, const pack_node *parent, const char *key) {
  const char *name = pack_word(reader, parent, key, pack_name_alphabet, PACK_MAX_NAME_BYTES);
  if (!reader->status && strspn(name, ".") == strlen(name)) {
    pack_fail(reader, parent, key, "is \"%s\", which is no file name", name);
  }
  return name;
}

uint32_t pack_choice(pack_reader *reader, const pack_node *parent, const char *key,
                     const char *const *options, uint32_t count) {
  const char *text = pack_text(reader, parent, key);
  char known[96] = "";
  for (uint32_t i = 0; i < count; ++i) {
    if (strcmp(text, options[i]) == 0) return i;
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s\"%s\"", i ? " or " : "", options[i]);
  }
  pack_fail(reader, parent, key, "is \"%.48s\", but must be %s", text, known);
  return 0;
}

char **pack_words(pack_reader *reader, const pack_node *parent, const char *key, uint32_t min,
                  uint32_t max, uint32_t *num_words) {
  pack_node array = pack_array(reader, parent, key, min, max);
  if (reader->status) return NULL;
  char **words = alloc_array(pack_count(&array), sizeof *words);
  if (!words) pack_fail_memory(reader);
  const cJSON *child;
  cJSON_ArrayForEach(child, array.json) {
    if (reader->status) break;
    char name[16];
    snprintf(name, sizeof name, "[%u]", *num_words);
    const char *word = cJSON_IsString(child) ? child->valuestring : "";
    size_t length = strlen(word);
    if (length < 1 || length > MAX_WORD_CHARS || strspn(word, UPPER LOWER DIGITS "-") < length) {
      pack_fail(reader, &array, name, "must be 1 to %d letters, digits or -", MAX_WORD_CHARS);
      break;
    }
    for (uint32_t i = 0; i < *num_words; ++i) {
      if (strcmp(words[i], word) == 0) pack_fail(reader, &array, name, "is there twice");
    }
    words[(*num_words)++] = pack_copy(reader, word);
  }
  return words;
}

char *pack_copy(pack_reader *reader, const char *text) {
  if (reader->status) return NULL;
  char *copy = alloc_string(text);
  if (!copy) pack_fail_memory(reader);
  return copy;
}
