/* JSON text to a cJSON tree, for hostile input. */
#ifndef INSITU_PACK_JSON_H_
#define INSITU_PACK_JSON_H_

#include <stddef.h>

#include "cJSON.h"
#include "insitu.h"

#define PACK_MAX_NESTING 16

/* Parses one JSON object of at most INSITU_MAX_PACK_JSON_BYTES: valid UTF-8,
 * nested at most PACK_MAX_NESTING deep, no zero bytes and nothing behind it.
 * *root: the caller's to free with cJSON_Delete. */
insitu_status pack_json_parse(const char *json, size_t json_size, cJSON **root,
                              insitu_error *error);

#endif
