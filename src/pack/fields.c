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
    bool is_array = pack_json_is_array(node->json);
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
  reader->status = error_set(reader->error, INSITU_STATUS_INVALID_PACK, "%s: %s%s %s", reader->file,
                             path, key, text);
}

void pack_fail_memory(pack_reader *reader) {
  if (reader->status) return;
  reader->status = error_set(reader->error, INSITU_STATUS_OUT_OF_MEMORY,
                             "out of memory: reading %s", reader->file);
}

bool pack_has(const pack_node *parent, const char *key) {
  return pack_json_member(parent->json, key) != NULL;
}

static const pack_json *find(pack_reader *reader, const pack_node *parent, const char *key) {
  if (reader->status) return NULL;
  const pack_json *json = pack_json_member(parent->json, key);
  if (!json) pack_fail(reader, parent, key, "is missing");
  return json;
}

pack_node pack_object(pack_reader *reader, const pack_node *parent, const char *key) {
  const pack_json *json = find(reader, parent, key);
  if (json && !pack_json_is_object(json)) pack_fail(reader, parent, key, "must be an object");
  return (pack_node){.json = reader->status ? NULL : json, .parent = parent, .name = key};
}

pack_node pack_array(pack_reader *reader, const pack_node *parent, const char *key, uint32_t min,
                     uint32_t max) {
  const pack_json *json = find(reader, parent, key);
  if (json && !pack_json_is_array(json)) pack_fail(reader, parent, key, "must be an array");
  if (!reader->status) {
    uint32_t count = pack_json_count(json);
    if (min == max && count != min) {
      pack_fail(reader, parent, key, "has %u entries, but must have %u", count, min);
    } else if (count < min || count > max) {
      pack_fail(reader, parent, key, "has %u entries, but must have %u to %u", count, min, max);
    }
  }
  return (pack_node){.json = reader->status ? NULL : json, .parent = parent, .name = key};
}

uint32_t pack_count(const pack_node *array) { return pack_json_count(array->json); }

static pack_node node_of(const pack_json *json, const pack_node *parent, uint32_t index) {
  return (pack_node){json, parent, pack_json_name(json), index};
}

pack_node pack_first(const pack_node *parent) {
  return node_of(pack_json_first(parent->json), parent, 0);
}

pack_node pack_next(const pack_node *node) {
  return node_of(pack_json_next(node->json), node->parent, node->index + 1);
}

/* "[3]" of an entry, "recall" of a member, as keys of messages. */
#define MAX_KEY_BYTES 64
static const char *key_of(const pack_node *node, char key[MAX_KEY_BYTES]) {
  if (node->name) {
    snprintf(key, MAX_KEY_BYTES, "%.48s", node->name);
  } else {
    snprintf(key, MAX_KEY_BYTES, "[%u]", node->index);
  }
  return key;
}

void pack_fail_entry(pack_reader *reader, const pack_node *node, const char *what) {
  char key[MAX_KEY_BYTES];
  pack_fail(reader, node->parent, key_of(node, key), "%s", what);
}

void pack_check_object(pack_reader *reader, const pack_node *node) {
  char key[MAX_KEY_BYTES];
  if (!pack_json_is_object(node->json)) {
    pack_fail(reader, node->parent, key_of(node, key), "must be an object");
  }
}

const char *pack_entry_text(pack_reader *reader, const pack_node *node) {
  char key[MAX_KEY_BYTES];
  const char *text = pack_json_text(node->json);
  if (!text) pack_fail(reader, node->parent, key_of(node, key), "must be a text");
  return text && !reader->status ? text : "";
}

static bool is_number_in(const pack_json *json, double low, double high, double *number) {
  double value;
  if (!pack_json_number(json, &value) || !(value >= low && value <= high)) return false;
  *number = value;
  return true;
}

/* True for a finite number in low..high; else fails and is false. */
static bool number_in(pack_reader *reader, const pack_node *parent, const char *key,
                      const pack_json *json, double low, double high, double *number) {
  double value = 0;
  if (is_number_in(json, low, high, number)) return true;
  if (!pack_json_number(json, &value)) {
    pack_fail(reader, parent, key, "must be a number");
  } else if (!isfinite(value)) {
    pack_fail(reader, parent, key, "must be a finite number");
  } else if (low == -DBL_MAX || high == DBL_MAX) {
    pack_fail(reader, parent, key, "is %.9g, but must be at %s %.9g", value,
              low == -DBL_MAX ? "most" : "least", low == -DBL_MAX ? high : low);
  } else {
    pack_fail(reader, parent, key, "is %.9g, but must be %.9g to %.9g", value, low, high);
  }
  return false;
}

double pack_number(pack_reader *reader, const pack_node *parent, const char *key, double low,
                   double high) {
  const pack_json *json = find(reader, parent, key);
  double value = 0;
  if (json) number_in(reader, parent, key, json, low, high, &value);
  return value;
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
  PACK_EACH(entry, &array) {
    double *value = &values[entry.index];
    if (is_number_in(entry.json, low, high, value)) continue; /* its name is for messages alone */
    char name[MAX_KEY_BYTES];
    number_in(reader, &array, key_of(&entry, name), entry.json, low, high, value);
    return;
  }
}

const char *pack_long_text(pack_reader *reader, const pack_node *parent, const char *key,
                           size_t max_bytes) {
  const pack_json *json = find(reader, parent, key);
  const char *text = pack_json_text(json);
  if (json && !text) pack_fail(reader, parent, key, "must be a text");
  if (reader->status) return "";
  size_t length = strlen(text);
  if (length == 0) pack_fail(reader, parent, key, "is empty");
  if (length > max_bytes) {
    pack_fail(reader, parent, key, "has %zu bytes, but at most %zu are allowed", length, max_bytes);
  }
  return reader->status ? "" : text;
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
  PACK_EACH(entry, &array) {
    const char *word = pack_entry_text(reader, &entry);
    if (reader->status) break;
    size_t length = strlen(word);
    if (length < 1 || length > MAX_WORD_CHARS || strspn(word, UPPER LOWER DIGITS "-") < length) {
      pack_fail_entry(reader, &entry, "must be 1 to 64 letters, digits or -");
      break;
    }
    for (uint32_t i = 0; i < *num_words; ++i) {
      if (strcmp(words[i], word) == 0) {
        pack_fail(reader, parent, key, "names \"%.64s\" twice", word);
      }
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
