/* The writing half of JSON (RFC 8259). Owns escaping, the repair of strings
 * that are not UTF-8 (Unicode 15, table 3-7) and the form of numbers. Does not
 * check that keys and brackets match: that is the caller's. */
#include "base/json_writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/decimal.h"
#include "base/error.h"
#include "base/utf8.h"

void json_writer_init(json_writer *writer) { *writer = (json_writer){0}; }

void json_writer_deinit(json_writer *writer) {
  alloc_free(writer->text);
  json_writer_init(writer);
}

static void append(json_writer *writer, const char *bytes, size_t length) {
  if (writer->status) return;
  size_t needed;
  if (!checked_add(writer->length, length, &needed) || !checked_add(needed, 1, &needed)) {
    writer->status = INSITU_STATUS_OUT_OF_MEMORY;
    return;
  }
  if (needed > writer->capacity) {
    size_t capacity = needed < 256 ? 256 : needed;
    if (writer->capacity <= SIZE_MAX / 2 && capacity < writer->capacity * 2) {
      capacity = writer->capacity * 2;
    }
    char *text = alloc_resize(writer->text, capacity);
    if (text == NULL) {
      writer->status = INSITU_STATUS_OUT_OF_MEMORY;
      return;
    }
    writer->text = text;
    writer->capacity = capacity;
  }
  memcpy(writer->text + writer->length, bytes, length);
  writer->length += length;
  writer->text[writer->length] = '\0';
}

static void append_text(json_writer *writer, const char *text) {
  append(writer, text, strlen(text));
}

/* Before every value: the comma that parts it from the one before. */
static void begin_value(json_writer *writer) {
  if (writer->needs_comma) append(writer, ",", 1);
  writer->needs_comma = true;
}

static void open_bracket(json_writer *writer, const char *bracket) {
  begin_value(writer);
  append(writer, bracket, 1);
  writer->needs_comma = false;
}

static void close_bracket(json_writer *writer, const char *bracket) {
  append(writer, bracket, 1);
  writer->needs_comma = true;
}

void json_object_begin(json_writer *writer) { open_bracket(writer, "{"); }
void json_object_end(json_writer *writer) { close_bracket(writer, "}"); }
void json_array_begin(json_writer *writer) { open_bracket(writer, "["); }
void json_array_end(json_writer *writer) { close_bracket(writer, "]"); }

void json_key(json_writer *writer, const char *key) {
  json_string(writer, key);
  append(writer, ":", 1);
  writer->needs_comma = false;
}

/* NULL where the byte stands for itself. */
static const char *short_escape(unsigned char byte) {
  switch (byte) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return NULL;
  }
}

void json_string_sized(json_writer *writer, const char *text, size_t length) {
  begin_value(writer);
  append(writer, "\"", 1);
  const uint8_t *bytes = (const uint8_t *)text;
  for (size_t i = 0; i < length;) {
    size_t size = utf8_length(bytes + i, length - i);
    const char *escape = size == 1 ? short_escape(bytes[i]) : NULL;
    if (size == 0) {
      append_text(writer, "\xEF\xBF\xBD");
      size = 1;
    } else if (escape != NULL) {
      append_text(writer, escape);
    } else if (size == 1 && (bytes[i] < 0x20 || bytes[i] == 0x7F)) {
      char control[8];
      snprintf(control, sizeof control, "\\u%04x", bytes[i]);
      append_text(writer, control);
    } else if (size == 3 && bytes[i] == 0xE2 && bytes[i + 1] == 0x80 &&
               (bytes[i + 2] == 0xA8 || bytes[i + 2] == 0xA9)) {
      /* Line ends to JavaScript before 2019, and to many log readers. */
      append_text(writer, bytes[i + 2] == 0xA8 ? "\\u2028" : "\\u2029");
    } else {
      append(writer, text + i, size);
    }
    i += size;
  }
  append(writer, "\"", 1);
}

void json_string(json_writer *writer, const char *text) {
  json_string_sized(writer, text, strlen(text));
}

void json_number(json_writer *writer, double value) {
  if (!isfinite(value)) {
    if (!writer->status) writer->status = INSITU_STATUS_NOT_FINITE;
    return;
  }
  char number[DECIMAL_MAX_BYTES];
  decimal_write(number, value);
  begin_value(writer);
  append_text(writer, number);
}

void json_integer(json_writer *writer, int64_t value) {
  char number[24];
  snprintf(number, sizeof number, "%lld", (long long)value);
  begin_value(writer);
  append_text(writer, number);
}

void json_unsigned(json_writer *writer, uint64_t value) {
  char number[24];
  snprintf(number, sizeof number, "%llu", (unsigned long long)value);
  begin_value(writer);
  append_text(writer, number);
}

void json_bool(json_writer *writer, bool value) {
  begin_value(writer);
  append_text(writer, value ? "true" : "false");
}

void json_null(json_writer *writer) {
  begin_value(writer);
  append_text(writer, "null");
}

insitu_status json_writer_finish(json_writer *writer, char **json, insitu_error *error) {
  if (writer->status == INSITU_STATUS_OUT_OF_MEMORY) {
    return error_out_of_memory(error, "the JSON text", writer->length);
  }
  if (writer->status) {
    return error_set(error, writer->status, "a number in the JSON text is not finite");
  }
  append(writer, "", 0);
  if (writer->status) return error_out_of_memory(error, "the JSON text", 1);
  *json = writer->text;
  json_writer_init(writer);
  return error_clear(error);
}
