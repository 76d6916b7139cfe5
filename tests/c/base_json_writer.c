/* base/json_writer: commas, escapes, repair of what is not UTF-8, numbers, and
 * failures that stick. */
#include <math.h>

#include "check.h"

#include "base/alloc.h"
#include "base/json_writer.h"

/* What `writer` holds, until the next call. */
static const char *finish(json_writer *writer) {
  static char *text;
  insitu_free(text);
  text = NULL;
  insitu_error error;
  if (json_writer_finish(writer, &text, &error)) return NULL;
  return text;
}

static void nests_with_commas(void) {
  json_writer writer;
  json_writer_init(&writer);
  json_object_begin(&writer);
  json_key(&writer, "a");
  json_array_begin(&writer);
  json_integer(&writer, -9007199254740993);
  json_unsigned(&writer, 18446744073709551615u);
  json_object_begin(&writer);
  json_object_end(&writer);
  json_bool(&writer, true);
  json_array_end(&writer);
  json_key(&writer, "b");
  json_null(&writer);
  json_object_end(&writer);
  CHECK_STR(finish(&writer), "{\"a\":[-9007199254740993,18446744073709551615,{},true],\"b\":null}");
}

static const char *string_of(const char *text, size_t length) {
  json_writer writer;
  json_writer_init(&writer);
  json_string_sized(&writer, text, length);
  return finish(&writer);
}
#define STRING_OF(text) string_of(text, sizeof text - 1)

static void escapes(void) {
  CHECK_STR(STRING_OF("q\" b\\ \b\f\n\r\t \x01\x7f"),
            "\"q\\\" b\\\\ \\b\\f\\n\\r\\t \\u0001\\u007f\"");
  CHECK_STR(STRING_OF("a\0b"), "\"a\\u0000b\"");
  CHECK_STR(STRING_OF("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA"), "\"\\u2028\\u2029\xE2\x80\xAA\"");
  CHECK_STR(STRING_OF(""), "\"\"");
}

static void repairs_what_is_not_utf8(void) {
#define BAD "\xEF\xBF\xBD"
  CHECK_STR(STRING_OF("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\"");
  CHECK_STR(STRING_OF("a\xFFz"), "\"a" BAD "z\"");
  CHECK_STR(STRING_OF("\xC0\xAF"), "\"" BAD BAD "\"");                 /* overlong */
  CHECK_STR(STRING_OF("\xED\xA0\x80"), "\"" BAD BAD BAD "\"");         /* surrogate */
  CHECK_STR(STRING_OF("\xF4\x90\x80\x80"), "\"" BAD BAD BAD BAD "\""); /* > 10FFFF */
  CHECK_STR(STRING_OF("\xE2\x82"), "\"" BAD BAD "\"");                 /* cut short */
}

static const char *number_of(double value) {
  json_writer writer;
  json_writer_init(&writer);
  json_number(&writer, value);
  const char *text = finish(&writer);
  json_writer_deinit(&writer);
  return text;
}

static void numbers_are_short_and_exact_as_floats(void) {
  CHECK_STR(number_of(0), "0");
  CHECK_STR(number_of(0.1f), "0.1");
  CHECK_STR(number_of(16777215), "16777215");
  CHECK_STR(number_of(1e300), "1e+300");
  CHECK_STR(number_of(1.25e-300), "1.25e-300");
  for (uint32_t bits = 1; bits < 0x7F800000u; bits += 7654321u) {
    float value;
    memcpy(&value, &bits, sizeof value);
    CHECK((float)strtod(number_of(value), NULL) == value);
  }
}

static void refuses_what_is_no_number(void) {
  CHECK(number_of(NAN) == NULL);
  CHECK(number_of(INFINITY) == NULL);
  CHECK(number_of(-INFINITY) == NULL);
}

static void a_failed_allocation_sticks(void) {
  for (long fail_at = 0;; fail_at++) {
    json_writer writer;
    json_writer_init(&writer);
    alloc_fail_after(fail_at);
    for (int i = 0; i < 200; i++) json_string(&writer, "twenty bytes of text");
    char *text = NULL;
    insitu_error error;
    insitu_status status = json_writer_finish(&writer, &text, &error);
    alloc_fail_after(-1);
    json_writer_deinit(&writer);
    if (!status) {
      CHECK(fail_at > 2);
      CHECK_INT(strlen(text), 200 * 23 - 1);
      insitu_free(text);
      return;
    }
    CHECK_INT(status, INSITU_STATUS_OUT_OF_MEMORY);
    CHECK(text == NULL);
  }
}

int main(void) {
  RUN(nests_with_commas);
  RUN(escapes);
  RUN(repairs_what_is_not_utf8);
  RUN(numbers_are_short_and_exact_as_floats);
  RUN(refuses_what_is_no_number);
  RUN(a_failed_allocation_sticks);
  return check_summary();
}
