/* JSON text that must never reach the reader of fields. */
#include "pack/json.h"

#include "check.h"

static insitu_status parse(const char *text, size_t size, insitu_error *error) {
  pack_json *root = NULL;
  insitu_status status = pack_json_parse("pack.json", text, size, &root, error);
  if (status != INSITU_STATUS_OK && root != NULL) check_fail(__FILE__, __LINE__, "root was set");
  pack_json_destroy(root);
  return status;
}

static void takes_an_object(void) {
  insitu_error error;
  CHECK_INT(parse("{\"a\": [1, \"\xc3\xa9 \\\" { [\"]} \n", 24, &error), INSITU_STATUS_OK);
}

static void refuses_what_is_no_json_object(void) {
  const char *const texts[] = {"", "{", "[1]", "3", "{\"a\":1} {}", "{\"a\":1,}", "{'a':1}", "nul"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    insitu_error error = {0};
    CHECK_INT(parse(texts[i], strlen(texts[i]), &error), INSITU_STATUS_INVALID_PACK);
    CHECK_HAS(error.message, "JSON");
  }
}

static void counts_nesting_outside_strings(void) {
  char text[256] = "{\"a\":";
  insitu_error error;
  for (int depth = 15; depth <= 16; ++depth) { /* brackets within the one brace */
    char *at = text + 5;
    memset(at, '[', (size_t)depth);
    memset(at + depth, ']', (size_t)depth);
    strcpy(at + 2 * depth, "}");
    CHECK_INT(parse(text, strlen(text), &error),
              depth == 15 ? INSITU_STATUS_OK : INSITU_STATUS_INVALID_PACK);
  }
  CHECK_HAS(error.message, "nested more than 16 deep at byte 20");
  const char *brackets = "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[\"}";
  CHECK_INT(parse(brackets, strlen(brackets), &error), INSITU_STATUS_OK);
  size_t size = 4u << 20;
  char *deep = malloc(size); /* would overflow the stack of a recursive parser */
  memset(deep, '[', size);
  CHECK_INT(parse(deep, size, &error), INSITU_STATUS_INVALID_PACK);
  free(deep);
}

static void refuses_bad_utf8_and_zeros(void) {
  static const struct {
    const char *text;
    size_t size;
  } bad[] = {
      {"{\"a\":\"\xff\"}", 9},          {"{\"a\":\"\xc0\x80\"}", 10},
      {"{\"a\":\"\xed\xa0\x80\"}", 11}, {"{\"a\":\"\xf4\x90\x80\x80\"}", 12},
      {"{\"a\":\"\xe2\x82\"}", 10},     {"{\"a\":\"x\0y\"}", 11},
      {"{\"a\":\"\\u0000\"}", 14},      {"{\"a\":1}\xc3", 8},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    insitu_error error = {0};
    CHECK_INT(parse(bad[i].text, bad[i].size, &error), INSITU_STATUS_INVALID_PACK);
    CHECK_HAS(error.message, "byte");
  }
  insitu_error error;
  CHECK_INT(parse("{\"a\":\"\\\\u0000\"}", 15, &error),
            INSITU_STATUS_OK); /* a backslash, then u0000 */
  CHECK_INT(parse("{\"a\":\"\xf0\x9f\x94\xac\"}", 12, &error), INSITU_STATUS_OK);
}

static void refuses_a_name_twice(void) {
  const char *const texts[] = {"{\"a\":1,\"b\":2,\"a\":1}", "{\"x\":[{\"a\":1,\"\\u0061\":2}]}"};
  insitu_error error = {0};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    CHECK_INT(parse(texts[i], strlen(texts[i]), &error), INSITU_STATUS_INVALID_PACK);
    CHECK_HAS(error.message, "pack.json: an object has the name \"a\" twice");
  }
  const char *apart = "{\"a\":{\"b\":1},\"b\":[{\"a\":1},{\"a\":2}],\"A\":1}";
  CHECK_INT(parse(apart, strlen(apart), &error), INSITU_STATUS_OK);
}

static void refuses_too_many_bytes(void) {
  size_t size = INSITU_MAX_PACK_JSON_BYTES + 1;
  char *text = malloc(size);
  memset(text, ' ', size);
  memcpy(text, "{}", 2);
  insitu_error error;
  CHECK_INT(parse(text, size, &error), INSITU_STATUS_TOO_LARGE);
  CHECK_HAS(error.message, "4194305 bytes, but at most 4194304");
  CHECK_INT(parse(text, size - 1, &error), INSITU_STATUS_OK);
  free(text);
}

int main(void) {
  RUN(takes_an_object);
  RUN(refuses_what_is_no_json_object);
  RUN(counts_nesting_outside_strings);
  RUN(refuses_bad_utf8_and_zeros);
  RUN(refuses_a_name_twice);
  RUN(refuses_too_many_bytes);
  return check_summary();
}
