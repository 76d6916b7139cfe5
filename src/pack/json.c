/* JSON text to a tree. cJSON parses, and nothing else in the core sees it; what
 * it would let through or would recurse into is refused in one pass before it,
 * and its memory comes from base/alloc. Knows nothing of packs' fields. */
#include "pack/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "cJSON.h"

/* cJSON tells neither why it failed nor of whom: remember a refused block. */
static _Thread_local bool out_of_memory;

static void *allocate(size_t size_bytes) {
  void *memory = alloc_bytes(size_bytes);
  if (!memory) out_of_memory = true;
  return memory;
}

/* The hooks are one for the process: set before main, so that threads never race. */
__attribute__((constructor)) static void use_base_alloc(void) {
  cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = alloc_free};
  cJSON_InitHooks(&hooks);
}

/* Refuses what must not reach cJSON: bytes that are no UTF-8, zero characters
 * (C strings would end there), and deep nesting (cJSON recurses). */
static insitu_status scan(const char *file, const char *json, size_t size, insitu_error *error) {
  const uint8_t *text = (const uint8_t *)json;
  bool in_string = false;
  int depth = 0;
  for (size_t i = 0, length; i < size; i += length) {
    length = text[i] < 0x80 ? 1 : utf8_length(text + i, size - i);
    if (length == 0 || text[i] == 0) {
      return error_set(error, INSITU_STATUS_INVALID_PACK,
                       "%s: byte %zu is 0x%02x, which is not UTF-8 text", file, i, text[i]);
    }
    if (in_string) {
      if (text[i] == '"') in_string = false;
      if (text[i] == '\\') {
        if (size - i >= 6 && memcmp(text + i, "\\u0000", 6) == 0) {
          return error_set(error, INSITU_STATUS_INVALID_PACK,
                           "%s: a text holds the zero character at byte %zu", file, i);
        }
        if (size - i > 1 && text[i + 1] < 0x80) length = 2; /* an escaped quote ends nothing */
      }
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text[i] == '{' || text[i] == '[') {
      if (++depth > PACK_MAX_NESTING) {
        return error_set(error, INSITU_STATUS_INVALID_PACK,
                         "%s: nested more than %d deep at byte %zu", file, PACK_MAX_NESTING, i);
      }
    } else if (text[i] == '}' || text[i] == ']') {
      --depth;
    }
  }
  return INSITU_STATUS_OK;
}

static bool only_space(const char *text, const char *end) {
  while (text < end && (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')) ++text;
  return text == end;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* RFC 8259 leaves open which of two equal names counts: here it would be the
 * first, in JavaScript and Python the last, and they would disagree. Nested no
 * deeper than scan allows. */
static insitu_status check_names(const char *file, const cJSON *value, insitu_error *error) {
  size_t count = (size_t)cJSON_GetArraySize(value), i = 0;
  const char **names = NULL;
  if (cJSON_IsObject(value) && count > 1) {
    names = alloc_array(count, sizeof *names);
    if (!names) return error_out_of_memory(error, file, count * sizeof *names);
  }
  insitu_status status = INSITU_STATUS_OK;
  for (const cJSON *child = value->child; child && !status; child = child->next) {
    if (names) names[i++] = child->string;
    if (child->child) status = check_names(file, child, error);
  }
  if (names && !status) {
    qsort(names, count, sizeof *names, compare_names);
    for (i = 1; i < count && !status; ++i) {
      if (strcmp(names[i - 1], names[i]) == 0) {
        status = error_set(error, INSITU_STATUS_INVALID_PACK,
                           "%s: an object has the name \"%.64s\" twice", file, names[i]);
      }
    }
  }
  alloc_free(names);
  return status;
}

static insitu_status parse(const char *file, const char *json, size_t size, cJSON **tree,
                           insitu_error *error) {
  const char *end = json;
  out_of_memory = false;
  *tree = cJSON_ParseWithLengthOpts(json, size, &end, false);
  if (out_of_memory) return error_out_of_memory(error, file, size);
  if (!*tree || !only_space(end, json + size)) {
    return error_set(error, INSITU_STATUS_INVALID_PACK, "%s is not JSON at byte %zu of %zu", file,
                     (size_t)(end - json), size);
  }
  if (!cJSON_IsObject(*tree)) {
    return error_set(error, INSITU_STATUS_INVALID_PACK, "%s is not a JSON object", file);
  }
  return check_names(file, *tree, error);
}

insitu_status pack_json_parse(const char *file, const char *json, size_t json_size,
                              pack_json **root, insitu_error *error) {
  if (json_size > INSITU_MAX_PACK_JSON_BYTES) {
    return error_set(error, INSITU_STATUS_TOO_LARGE, "%s has %zu bytes, but at most %u are read",
                     file, json_size, INSITU_MAX_PACK_JSON_BYTES);
  }
  insitu_status status = scan(file, json, json_size, error);
  if (status) return status;
  cJSON *tree = NULL;
  status = parse(file, json, json_size, &tree, error);
  if (status) {
    cJSON_Delete(tree);
    return status;
  }
  *root = (pack_json *)tree;
  return error_clear(error);
}

/* A pack_json is a cJSON that only this file may look into. */
static const cJSON *inside(const pack_json *value) { return (const cJSON *)value; }

void pack_json_destroy(pack_json *root) { cJSON_Delete((cJSON *)root); }

bool pack_json_is_object(const pack_json *value) { return cJSON_IsObject(inside(value)); }

bool pack_json_is_array(const pack_json *value) { return cJSON_IsArray(inside(value)); }
bool pack_json_is_null(const pack_json *value) { return cJSON_IsNull(inside(value)); }

bool pack_json_number(const pack_json *value, double *number) {
  if (!cJSON_IsNumber(inside(value))) return false;
  *number = inside(value)->valuedouble;
  return true;
}

const char *pack_json_text(const pack_json *value) {
  return cJSON_IsString(inside(value)) ? inside(value)->valuestring : NULL;
}

const pack_json *pack_json_member(const pack_json *object, const char *name) {
  return (const pack_json *)cJSON_GetObjectItemCaseSensitive(inside(object), name);
}

const pack_json *pack_json_first(const pack_json *parent) {
  return parent ? (const pack_json *)inside(parent)->child : NULL;
}

const pack_json *pack_json_next(const pack_json *value) {
  return value ? (const pack_json *)inside(value)->next : NULL;
}

uint32_t pack_json_count(const pack_json *parent) {
  return (uint32_t)cJSON_GetArraySize(inside(parent));
}

const char *pack_json_name(const pack_json *value) { return value ? inside(value)->string : NULL; }
