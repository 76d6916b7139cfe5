/* JSON text to a tree of values, for hostile input. What parses it is known to
 * json.c alone; everybody else sees values that cannot be looked into. */
#ifndef INSITU_PACK_JSON_H_
#define INSITU_PACK_JSON_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insitu.h"

#define PACK_MAX_NESTING 16

typedef struct pack_json pack_json;

/* Parses one JSON object of at most INSITU_MAX_PACK_JSON_BYTES: valid UTF-8,
 * nested at most PACK_MAX_NESTING deep, no zero bytes, no name twice in an object
 * and nothing behind it. file: how messages call it ("pack.json").
 * *root: the caller's to free with pack_json_destroy, and with it every value
 * and text below. */
insitu_status pack_json_parse(const char *file, const char *json, size_t json_size,
                              pack_json **root, insitu_error *error);
void pack_json_destroy(pack_json *root);

/* In all of these value may be NULL: it is of no kind, empty, and has no members. */
bool pack_json_is_object(const pack_json *value);
bool pack_json_is_array(const pack_json *value);
bool pack_json_is_null(const pack_json *value); /* of JSON's null, not of NULL */
/* False where the value is no number, and *number untouched. */
bool pack_json_number(const pack_json *value, double *number);
/* NUL-terminated UTF-8; NULL where the value is no text. */
const char *pack_json_text(const pack_json *value);
/* The first member of that name; NULL: there is none. */
const pack_json *pack_json_member(const pack_json *object, const char *name);
/* Members or entries in their order; NULL: there is none. */
const pack_json *pack_json_first(const pack_json *parent);
const pack_json *pack_json_next(const pack_json *value);
uint32_t pack_json_count(const pack_json *parent);
/* An object's member: its name. An array's entry: NULL. */
const char *pack_json_name(const pack_json *value);

#endif
